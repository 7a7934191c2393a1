/* SPDX-License-Identifier: MIT
 *
 * through.c - see through.h.
 *
 * Where there is not the time for lull the input passes by it, as late as it
 * would have been (`line`), and the two are cross-faded.  When lull comes back
 * its first `latency` frames are from before, and are not heard.  In the same way it
 * is out of the way while it is reset.
 */
#include "app/through.h"
#include "app/touch.h"
#include "app/progress.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double STALL_S = 0.25;     /* longer than any block: we were stopped */
static const double SETTLE_S = 0.5; /* while a device finds its feet it loses sound or waits */
static const float FADE_S = 0.01f;
enum { RANK_SHARE = 4 };                /* of the directions a quarter stays, the strongest */

bool through_open(struct through *t, lull *l, double rate_hz, unsigned channels)
{
    const size_t latency = lull_latency(l);
    lull_readings r;

    lull_read(l, &r);
    *t = (struct through){
        .l = l,
        .rate_hz = rate_hz,
        .channels = channels,
        .latency = latency,
        .left = ~0ULL,
        .line = calloc(latency * channels + 1, sizeof *t->line),
        .dry = calloc(THROUGH_CHUNK * (size_t)channels, sizeof *t->dry),
        .wet = calloc(THROUGH_CHUNK * (size_t)channels, sizeof *t->wet),
        .most_rank = r.most_rank,
        .share = 1,
    };
    touch(t->line, (latency * channels + 1) * sizeof *t->line);
    touch(t->dry, THROUGH_CHUNK * (size_t)channels * sizeof *t->dry);
    touch(t->wet, THROUGH_CHUNK * (size_t)channels * sizeof *t->wet);
    governor_reset(&t->governor, r.most_rank > 0);
    return t->line && t->dry && t->wet;
}

void through_close(struct through *t)
{
    free(t->line);
    free(t->dry);
    free(t->wet);
    free(t->learnt);
    *t = (struct through){ 0 };
}

void through_begin(struct through *t)
{
    atomic_store(&t->last_s, 0);
}

static float peak(const float *x, size_t n, float most)
{
    for (size_t i = 0; i < n; i++)
        most = fmaxf(most, fabsf(x[i]));
    return most;
}

static void keep_most(_Atomic float *to, float value)
{
    if (value > atomic_load_explicit(to, memory_order_relaxed))
        atomic_store_explicit(to, value, memory_order_relaxed);
}

/* The input of `latency` frames ago, in exchange for that of now. */
static void delay(struct through *t, const float *in, size_t frames)
{
    const size_t c = t->channels;

    for (size_t i = 0; i < frames; i++) {
        float *const slot = t->line + t->at * c;

        for (size_t k = 0; k < c; k++) {
            const float x = in[i * c + k];

            t->dry[i * c + k] = t->latency ? slot[k] : x;
            slot[k] = isfinite(x) ? x : 0;
        }
        t->at = t->at + 1 < t->latency ? t->at + 1 : 0;
    }
}

/* share w + (1 - share) d, with the share on its way to `to`. */
static void fade(struct through *t, const float *d, float *w, size_t frames, float to)
{
    const float step = copysignf(1 / (FADE_S * (float)t->rate_hz), to - t->share);

    for (size_t i = 0; i < frames; i++) {
        t->share = fminf(fmaxf(t->share + step, 0), 1);
        for (size_t k = i * t->channels; k < (i + 1) * t->channels; k++)
            w[k] = t->share * w[k] + (1 - t->share) * d[k];
    }
}

/* While lull is out of the way. */
static void renew(struct through *t)
{
    if (!atomic_load_explicit(&t->renew, memory_order_relaxed))
        return;
    lull_reset(t->l);
    atomic_store_explicit(&t->renew, false, memory_order_relaxed);
}

/* A chunk into t->wet. */
static void process(struct through *t, const float *in, size_t frames)
{
    const bool wanted = t->governor.relief < RELIEF_PASS &&
                        !atomic_load_explicit(&t->renew, memory_order_relaxed);
    const size_t bytes = frames * t->channels * sizeof *in;

    delay(t, in, frames);
    if (!wanted && t->share <= 0) {
        renew(t);
        memcpy(t->wet, t->dry, bytes);
        t->stale = t->latency;
        return;
    }
    lull_process(t->l, in, t->wet, frames);
    if (t->stale) {
        t->stale -= t->stale < frames ? t->stale : frames;
        memcpy(t->wet, t->dry, bytes);
    } else if (!wanted || t->share < 1) {
        fade(t, t->dry, t->wet, frames, wanted ? 1 : 0);
    }
}

static void pass(struct through *t, const float *in, float *out, size_t frames)
{
    const size_t n = frames * t->channels;

    process(t, in, frames);
    keep_most(&t->in_peak, peak(in, n, 0));
    keep_most(&t->out_peak, peak(t->wet, n, 0));
    if (t->record && !ring_put(t->record, t->wet, n))
        atomic_fetch_add_explicit(&t->unrecorded, 1, memory_order_relaxed);
    if (out)
        memcpy(out, t->wet, n * sizeof *out);
}

static void count(atomic_uint *of, bool one)
{
    if (one)
        atomic_fetch_add_explicit(of, 1, memory_order_relaxed);
}

static void relieve(struct through *t, double took_s, double block_s)
{
    const enum relief relief = governor_update(&t->governor, (float)took_s, (float)block_s);
    const bool freeze = relief >= RELIEF_FREEZE ||
                        atomic_load_explicit(&t->freeze, memory_order_relaxed);

    lull_set(t->l, LULL_FREEZE, freeze ? 1 : 0);
    lull_set(t->l, LULL_RANK, (float)(relief < RELIEF_RANK ? LULL_MAX_RANK
                                                           : t->most_rank / RANK_SHARE));
    count(&t->relieved, (int)relief != atomic_load_explicit(&t->relief, memory_order_relaxed));
    atomic_store_explicit(&t->relief, (int)relief, memory_order_relaxed);
    atomic_store_explicit(&t->load, t->governor.load, memory_order_relaxed);
    keep_most(&t->worst, (float)(took_s / block_s));
}

static void copy(struct through *t)
{
    if (atomic_load_explicit(&t->copy, memory_order_acquire) != COPY_WANTED)
        return;
    lull_save(t->l, t->learnt, t->learnt_size);
    atomic_store_explicit(&t->copy, COPY_MADE, memory_order_release);
}

bool through_process(void *user, const float *in, float *out, size_t frames, bool lost)
{
    struct through *const t = user;
    const double began = seconds_now();
    const double last = atomic_load_explicit(&t->last_s, memory_order_relaxed);
    const size_t due = frames < t->left ? frames : (size_t)t->left, c = t->channels;

    if (last <= 0)
        t->settled = t->done + (unsigned long long)(SETTLE_S * t->rate_hz);
    count(&t->lost, lost && t->done >= t->settled);
    count(&t->stalls, last > 0 && began - last > STALL_S && t->done >= t->settled);
    for (size_t done = 0, n; done < due; done += n) {
        n = due - done < THROUGH_CHUNK ? due - done : THROUGH_CHUNK;
        pass(t, in + done * c, out ? out + done * c : NULL, n);
    }
    if (out)
        memset(out + due * c, 0, (frames - due) * c * sizeof *out);
    t->left -= due;
    t->done += due;
    atomic_store_explicit(&t->frames, t->done, memory_order_relaxed);
    copy(t);

    const double ended = seconds_now();

    if (t->done == due)
        atomic_store_explicit(&t->first_s, began, memory_order_relaxed);
    if (due)
        relieve(t, ended - began, (double)due / t->rate_hz);
    atomic_store_explicit(&t->last_s, ended, memory_order_relaxed);
    return t->left > 0;
}
