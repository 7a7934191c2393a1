/* SPDX-License-Identifier: MIT
 *
 * wander.c - see wander.h.
 *
 * The baseline is a running mean of a running mean: a triangular filter of 2 n - 1 frames and
 * of linear phase, so that waves of the signal are not shifted against each other; its delay
 * is n - 1 frames.  It passes what is slower than 1/n and attenuates what is faster by 26 dB
 * and more.  Where that delay is not allowed, a one-pole low-pass takes its place, at half
 * the bandwidth, which limits its phase distortion.  Before the first frame and after the
 * last both are means of the frames there are, so that a lone first sample is no baseline,
 * nor a beat that is cut off.
 *
 * Irregular hearts have a little of their own power below 1/n, which should stay where the
 * baseline is calm.  So of a baseline b, relative to its level, the share
 *
 *   w = max(0, 1 - (OWN rest / stray)^2)
 *
 * is subtracted, where `rest` is the mean power of what is left and `stray` that of the
 * slower half of b, where a heart has least.  Until both are known w is 1, and always for
 * the part of b that is more than a heart can have.
 *
 * Cost: 30 operations a sample.
 */
#include "noise/wander.h"

#include "base/slot.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const float OWN = 0.003f;        /* -25 dB; a very irregular heart had -26          */
static const float MOST = 0.3f;         /* of `rest`, -5 dB: more is subtracted at once    */
static const float BURST = 30;          /* times the mean power: one frame counts no more  */
static const float FADE = 5;            /* spans, time constant of w falling               */
static const float TINY = 1e-30f;
static const float FAR = 1e3f;          /* times the largest sample: bound of a baseline   */

static void running_place(struct running *r, struct arena *a, size_t channels, size_t n)
{
    *r = (struct running){ .channels = channels, .n = n };
    r->ring = arena_floats(a, n * channels);
    r->sum = arena_floats(a, channels);
    r->fresh = arena_floats(a, channels);
}

static void running_reset(struct running *r)
{
    memset(r->ring, 0, r->n * r->channels * sizeof *r->ring);
    memset(r->sum, 0, r->channels * sizeof *r->sum);
    memset(r->fresh, 0, r->channels * sizeof *r->fresh);
    r->at = 0;
}

/* x[channels] in, the mean out. */
static void running_update(struct running *r, float *x)
{
    float *const oldest = r->ring + r->at * r->channels;
    const float unit = 1 / (float)r->n;

    r->at = slot_after(r->at, 1, r->n);
    for (size_t c = 0; c < r->channels; c++) {
        r->sum[c] += x[c] - oldest[c];
        r->fresh[c] += x[c];
        oldest[c] = x[c];
        if (r->at == 0) {
            r->sum[c] = r->fresh[c];
            r->fresh[c] = 0;
        }
        x[c] = r->sum[c] * unit;
    }
}

void wander_place(struct wander *w, struct arena *a, size_t channels, size_t span, size_t most)
{
    const size_t n = span > 1 ? span : 1;

    *w = (struct wander){ .channels = channels, .span = n, .delay = n - 1 <= most ? n - 1 : 0 };
    w->mean = arena_floats(a, channels);
    if (!w->delay) {
        w->pace = 1 - expf(-1 / (float)n);
        return;
    }
    running_place(&w->first, a, channels, n);
    running_place(&w->second, a, channels, n);
    w->late = arena_floats(a, n * channels);
    w->level = arena_take(a, channels, sizeof *w->level);
    w->slow = arena_floats(a, channels);
    w->stray = arena_floats(a, channels);
    w->rest = arena_floats(a, channels);
    w->share = arena_floats(a, channels);
}

void wander_reset(struct wander *w)
{
    w->seen = w->at = w->over = 0;
    memset(w->mean, 0, w->channels * sizeof *w->mean);
    if (!w->delay)
        return;
    running_reset(&w->first);
    running_reset(&w->second);
    memset(w->late, 0, (w->delay + 1) * w->channels * sizeof *w->late);
    w->age = 0;
    for (size_t c = 0; c < w->channels; c++) {
        w->level[c] = 0;
        w->slow[c] = w->stray[c] = w->rest[c] = 0;
        w->share[c] = 1;
    }
}

/* The pole is a plain mean until that is as long. */
static void follow(struct wander *w, float *x)
{
    const float pace = fmaxf(w->pace, 1 / (float)w->seen);

    for (size_t c = 0; c < w->channels; c++) {
        w->mean[c] += pace * (x[c] - w->mean[c]);
        x[c] -= w->mean[c];
    }
}

/* 1 + 2 + .. + n */
static uint64_t stairs(size_t n)
{
    return (uint64_t)n * (n + 1) / 2;
}

/* The triangle, whose n^2 are 1 + .. + n + .. + 1, by what of it was seen: from the first
 * frame on, less what is after the last. */
static float scale(const struct wander *w)
{
    const size_t n = w->span, gone = w->seen > n ? w->seen - n : 0;
    const uint64_t weight = stairs(w->seen - gone) + (uint64_t)n * gone - stairs(gone);
    const uint64_t after = stairs(w->over);

    return weight > after ? (float)((uint64_t)n * n) / (float)(weight - after) : 0;
}

/* Learns from a baseline b and from what it left of the signal, x, in channel c.  A shock
 * counts for no more than BURST times what there was. */
static void weigh(struct wander *w, size_t c, float b, float x)
{
    const size_t n = w->span;
    const bool sure = w->age >= WANDER_LONG * n;
    const float pace = 1 / (float)w->age, unit = 1 / (float)n;
    const float most = w->age > n ? BURST * (w->rest[c] + w->stray[c]) : FLT_MAX;
    const float far = sqrtf(most), off = b - (float)w->level[c];

    w->level[c] += (double)(pace * fmaxf(-far, fminf(off, far)));
    w->slow[c] += fmaxf(pace, unit) * (b - w->slow[c]);
    const float d = w->slow[c] - (float)w->level[c];

    w->stray[c] += pace * (fminf(d * d, most) - w->stray[c]);
    w->rest[c] += pace * (fminf(x * x, most) - w->rest[c]);
    const float own = OWN * w->rest[c] / (w->stray[c] + TINY);
    const float goes = sure ? fmaxf(1 - own * own, 0) : 1, more = goes - w->share[c];

    w->share[c] += more * (more > 0 ? unit : unit / FADE);
}

/* Of the baseline of channel c; nothing in silence. */
static float stays(const struct wander *w, size_t c)
{
    const float b = w->mean[c], most = sqrtf(MOST * w->rest[c]);
    const float off = fmaxf(-most, fminf(b - (float)w->level[c], most));

    return b != 0 ? (1 - w->share[c]) * off : 0;
}

static void straighten(struct wander *w, float *x, bool freeze)
{
    const size_t M = w->channels;
    const float whole = scale(w);
    const bool out = w->seen > w->delay && w->over <= w->delay;

    memcpy(w->late + w->at * M, x, M * sizeof *x);
    memcpy(w->mean, x, M * sizeof *x);
    running_update(&w->first, w->mean);
    running_update(&w->second, w->mean);
    w->at = slot_after(w->at, 1, w->delay + 1);

    const float *const late = w->late + w->at * M;

    for (size_t c = 0; c < M; c++) {
        w->mean[c] *= whole;
        x[c] = out ? late[c] - w->mean[c] : 0;
    }
    if (!out)
        return;
    if (!freeze)
        w->age += w->age < WANDER_LONG * w->span;
    for (size_t c = 0; c < M; c++) {
        if (!w->over && !freeze)
            weigh(w, c, w->mean[c], x[c]);
        x[c] += stays(w, c);
    }
}

void wander_update(struct wander *w, float *x, bool freeze)
{
    w->seen += w->seen < 2 * w->span;
    if (w->delay)
        straighten(w, x, freeze);
    else
        follow(w, x);
}

void wander_end(struct wander *w, float *x)
{
    memset(x, 0, w->channels * sizeof *x);
    w->over += w->over <= w->delay;
    w->seen += w->seen < 2 * w->span;
    if (w->delay)
        straighten(w, x, true);
}

static void running_state(struct running *r, struct store *s)
{
    store_size(s, &r->at, 0, r->n - 1);
    store_samples(s, r->ring, r->n * r->channels, 2);
    store_samples(s, r->sum, r->channels, 2 * (float)r->n);
    store_samples(s, r->fresh, r->channels, 2 * (float)r->n);
}

void wander_state(struct wander *w, struct store *s)
{
    const double far = (double)FAR * (double)STORE_LOUDEST;

    store_size(s, &w->seen, 0, 2 * w->span);
    store_samples(s, w->mean, w->channels, FAR);
    if (!w->delay)
        return;
    store_size(s, &w->over, 0, w->delay + 1);
    running_state(&w->first, s);
    running_state(&w->second, s);
    store_size(s, &w->at, 0, w->delay);
    store_samples(s, w->late, (w->delay + 1) * w->channels, 1);
    store_size(s, &w->age, 0, WANDER_LONG * w->span);
    store_doubles(s, w->level, w->channels, -far, far);
    store_samples(s, w->slow, w->channels, FAR);
    store_powers(s, w->stray, w->channels);
    store_powers(s, w->rest, w->channels);
    store_floats(s, w->share, w->channels, 0, 1);
}
