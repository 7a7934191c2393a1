/* SPDX-License-Identifier: MIT
 *
 * onset.c - the first guess at the noise, and when to guess again.
 *
 * The first frames are taken for noise: N is their mean.  A frame whose window the stream
 * has only begun to fill shows less power than the signal has; so each counts by its
 * coverage, the energy of the filled part of the window over that of the whole,
 *
 *   N = share sum P / sum coverage.
 *
 * Those frames may be speech as well.  After digital silence that is likely, for noise would
 * have been there before: then `share` is -20 dB.  And where they sound voiced, the stream
 * begins in a word: then only what lies between harmonics is taken for noise, by the opening
 * of mathematical morphology, which removes all peaks narrower than WIDTH and keeps slopes:
 * the greatest over a neighbourhood of the least over a neighbourhood.
 *
 * Once the signal has stayed far below N for a quarter of a second, N came from a burst or
 * from another input: the guess begins anew.
 */
#include "noise/onset.h"

#include "base/fastmath.h"
#include "base/sum.h"

#include <math.h>
#include <string.h>

static const float SHARE = 0.7f;
static const float SHARE_HUSHED = 0.01f;        /* -20 dB */
static const float DROP = 1e-3f;                /* -30 dB */
static const double PATIENCE_S = 0.25;
static const double WIDTH_HZ = 220;             /* wider than a harmonic under the window */

void onset_place(struct onset *o, struct arena *a, size_t n, double bin_hz, double frame_hz)
{
    *o = (struct onset){ .n = n, .patience = (size_t)(PATIENCE_S * frame_hz) };
    o->reach = (size_t)(WIDTH_HZ / 2 / bin_hz);
    o->mean = arena_floats(a, n);
    o->least = arena_floats(a, n);
}

void onset_calibrate(struct onset *o, const float *a, size_t span, size_t hop)
{
    double energy = 0, newest = 0;

    for (size_t t = 0; t < span; t++)
        energy += (double)a[t] * (double)a[t];
    for (size_t k = 0, t = span; k < ONSET_FRAMES; k++) {
        for (size_t i = 0; i < hop && t > 0; i++, t--)
            newest += (double)a[t - 1] * (double)a[t - 1];
        o->coverage[k] = (float)(newest / energy);
    }
}

void onset_reset(struct onset *o)
{
    o->filled = 0;
    o->hushed = false;
    memset(o->mean, 0, o->n * sizeof *o->mean);
    onset_again(o);
}

void onset_silence(struct onset *o)
{
    o->filled = 0;
    o->hushed = true;
}

void onset_again(struct onset *o)
{
    o->seen = o->quiet = 0;
    o->covered = 0;
}

bool onset_lost(struct onset *o, const float *restrict P, const float *restrict N)
{
    o->quiet = sum(P, o->n) < DROP * sum(N, o->n) ? o->quiet + 1 : 0;
    return o->quiet > o->patience;
}

bool onset_update(struct onset *o, const float *restrict P, float *restrict N)
{
    const bool unknown = o->seen < ONSET_FRAMES;
    const float share = o->hushed ? SHARE_HUSHED : SHARE;

    if (unknown) {
        const float before = o->covered;

        o->covered += o->coverage[o->filled];
        for (size_t f = 0; f < o->n; f++)
            o->mean[f] = ((o->seen ? before * o->mean[f] : 0) + P[f]) / o->covered;
        for (size_t f = 0; f < o->n; f++)
            N[f] = share * o->mean[f];
        o->seen++;
    }
    if (o->filled + 1 < ONSET_FRAMES)
        o->filled++;
    else
        o->hushed = false;
    return unknown;
}

/* First frequency of the neighbourhood of f, and the one above its last. */
static size_t from(const struct onset *o, size_t f)
{
    return f > o->reach ? f - o->reach : 0;
}

static size_t to(const struct onset *o, size_t f)
{
    return f + o->reach < o->n ? f + o->reach + 1 : o->n;
}

void onset_voiced(struct onset *o, float *restrict N)
{
    for (size_t f = 0; f < o->n; f++) {
        o->least[f] = INFINITY;
        for (size_t g = from(o, f); g < to(o, f); g++)
            o->least[f] = fast_min(o->least[f], o->mean[g]);
    }
    for (size_t f = 0; f < o->n; f++)
        N[f] = fast_min(N[f], greatest(o->least + from(o, f), to(o, f) - from(o, f), 0));
}

void onset_state(struct onset *o, struct store *s)
{
    store_size(s, &o->filled, 0, ONSET_FRAMES - 1);
    store_size(s, &o->seen, 0, ONSET_FRAMES);
    store_finite(s, &o->covered, 1);
    store_powers(s, o->mean, o->n);
    store_bool(s, &o->hushed);
    store_size(s, &o->quiet, 0, o->patience);
}
