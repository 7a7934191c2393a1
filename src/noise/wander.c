/* SPDX-License-Identifier: MIT
 *
 * wander.c - see wander.h.  The baseline is a running mean of a running mean: a
 * triangle 2 n - 1 frames long, symmetric, so that no wave of the signal is
 * shifted against another; what is subtracted from it is n - 1 frames old.  It
 * passes what is slower and turns down by 26 dB and more what is faster than
 * 1/n.  Where there is no time for that, a pole follows the signal instead, half
 * as fast, lest it bend the waves too much.  Of what was before the first frame, or is
 * after the last, nothing is known: both are means of what was seen, so that a lone
 * first sample is no baseline, nor a beat that is cut off.
 *
 * Cost: 6 operations a sample.
 */
#include "noise/wander.h"

#include "base/slot.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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
static float share(const struct wander *w)
{
    const size_t n = w->span, gone = w->seen > n ? w->seen - n : 0;
    const uint64_t weight = stairs(w->seen - gone) + (uint64_t)n * gone - stairs(gone);
    const uint64_t after = stairs(w->over);

    return weight > after ? (float)((uint64_t)n * n) / (float)(weight - after) : 0;
}

static void straighten(struct wander *w, float *x)
{
    const size_t M = w->channels;
    const float whole = share(w);
    const bool out = w->seen > w->delay && w->over <= w->delay;

    memcpy(w->late + w->at * M, x, M * sizeof *x);
    memcpy(w->mean, x, M * sizeof *x);
    running_update(&w->first, w->mean);
    running_update(&w->second, w->mean);
    w->at = slot_after(w->at, 1, w->delay + 1);

    const float *const late = w->late + w->at * M;

    for (size_t c = 0; c < M; c++)
        x[c] = out ? late[c] - whole * w->mean[c] : 0;
}

void wander_update(struct wander *w, float *x)
{
    w->seen += w->seen < 2 * w->span;
    if (w->delay)
        straighten(w, x);
    else
        follow(w, x);
}

void wander_end(struct wander *w, float *x)
{
    memset(x, 0, w->channels * sizeof *x);
    w->over += w->over <= w->delay;
    w->seen += w->seen < 2 * w->span;
    if (w->delay)
        straighten(w, x);
}

static void running_state(struct running *r, struct store *s)
{
    store_size(s, &r->at, 0, r->n - 1);
    store_finite(s, r->ring, r->n * r->channels);
    store_finite(s, r->sum, r->channels);
    store_finite(s, r->fresh, r->channels);
}

void wander_state(struct wander *w, struct store *s)
{
    store_size(s, &w->seen, 0, 2 * w->span);
    store_finite(s, w->mean, w->channels);
    if (!w->delay)
        return;
    store_size(s, &w->over, 0, w->delay + 1);
    running_state(&w->first, s);
    running_state(&w->second, s);
    store_size(s, &w->at, 0, w->delay);
    store_finite(s, w->late, (w->delay + 1) * w->channels);
}
