/* SPDX-License-Identifier: MIT
 *
 * floor.c - see floor.h.
 *
 * The residual of a low-rank model is a bad witness of the noise: it vanishes
 * where the rank is too large and grows where it is too small.  But few signals
 * fill their whole band.  So: mean periodograms of short segments (Hann, half
 * overlapping) [Wel67], and of their FLOOR_BINS frequencies the LOWEST two.  What
 * is there, is noise, and taken to be as strong everywhere else.
 *
 * What several channels have in common at these frequencies, they have in common
 * at all: a muscle under many electrodes, a shared supply.  Its covariance is the
 * mean of their co-spectra there, drawn towards its diagonal while segments are
 * few; Cholesky's factor [GV13, 4.2] whitens.
 *
 * Cost: a transform of 32 a channel in 16 frames, channels^2 a frame if shared.
 */
#include "noise/floor.h"

#include "base/sum.h"

#include <math.h>
#include <string.h>

enum { HOP = FLOOR_SPAN / 2, LOWEST = 2 };

static const float MEMORY = 256;        /* segments: 4096 frames */
static const float UNCERTAIN = 1.3f;    /* by so much / sqrt(segments) the lowest are too low */
static const float SILENT = 1e-11f;     /* of a channel's power: below is rounding, no noise */

void floor_place(struct floor *f, struct arena *a, size_t channels, bool shared)
{
    *f = (struct floor){ .channels = channels, .shared = shared && channels > 1 };
    f->ring = arena_floats(a, channels * 2 * FLOOR_SPAN);
    f->spectrum = arena_take(a, channels * FLOOR_BINS, sizeof *f->spectrum);
    f->power = arena_floats(a, channels * FLOOR_BINS);
    f->level = arena_floats(a, channels);
    if (f->shared) {
        f->cross = arena_floats(a, FLOOR_BINS * channels * channels);
        f->L = arena_floats(a, channels * channels);
        f->scale = arena_floats(a, channels);
    }
    double energy = 0;

    for (size_t t = 0; t < FLOOR_SPAN; t++) {
        const double w = 0.5 - 0.5 * cos(2 * 3.14159265358979 * ((double)t + 0.5) / FLOOR_SPAN);

        f->window[t] = (float)w;
        energy += w * w;
    }
    for (size_t t = 0; t < FLOOR_SPAN; t++)
        f->window[t] *= (float)(1 / sqrt(energy));
}

void floor_reset(struct floor *f)
{
    const size_t M = f->channels;

    memset(f->ring, 0, M * 2 * FLOOR_SPAN * sizeof *f->ring);
    memset(f->power, 0, M * FLOOR_BINS * sizeof *f->power);
    memset(f->level, 0, M * sizeof *f->level);
    if (f->shared)
        memset(f->cross, 0, FLOOR_BINS * M * M * sizeof *f->cross);
    f->at = 0;
    f->segments = 0;
    f->due = FLOOR_SPAN;
}

/* The spectrum of channel c over the last FLOOR_SPAN frames. */
static void transform(struct floor *f, struct fft *t, size_t c)
{
    const float *const x = f->ring + c * 2 * FLOOR_SPAN + f->at;

    for (size_t i = 0; i < FLOOR_SPAN; i++)
        t->time[i] = x[i] * f->window[i];
    fft_forward(t);
    memcpy(f->spectrum + c * FLOOR_BINS, t->freq + 1, FLOOR_BINS * sizeof *f->spectrum);
}

static float pace_of(const struct floor *f)
{
    return 1 / fminf((float)f->segments, MEMORY);
}

static void learn_powers(struct floor *f, size_t c)
{
    const float pace = pace_of(f);

    for (size_t b = 0; b < FLOOR_BINS; b++) {
        const float *const X = f->spectrum[c * FLOOR_BINS + b];
        float *const P = f->power + b * f->channels + c;

        *P += pace * (X[0] * X[0] + X[1] * X[1] - *P);
    }
}

static void learn_cross(struct floor *f)
{
    const size_t M = f->channels;
    const float pace = pace_of(f);

    for (size_t b = 0; b < FLOOR_BINS; b++)
        for (size_t c = 0; c < M; c++) {
            const float *const X = f->spectrum[c * FLOOR_BINS + b];
            float *const row = f->cross + (b * M + c) * M;

            for (size_t k = 0; k <= c; k++) {
                const float *const Y = f->spectrum[k * FLOOR_BINS + b];

                row[k] += pace * (X[0] * Y[0] + X[1] * Y[1] - row[k]);
            }
        }
}

/* The places of the LOWEST of x[FLOOR_BINS]. */
static void find_lowest(const float *x, size_t *lowest)
{
    size_t found = 0;

    for (size_t b = 0; b < FLOOR_BINS; b++) {
        size_t i = found < LOWEST ? found++ : LOWEST;

        for (; i > 0 && x[b] < x[lowest[i - 1]]; i--)
            if (i < LOWEST)
                lowest[i] = lowest[i - 1];
        if (i < LOWEST)
            lowest[i] = b;
    }
}

static float bias(const struct floor *f)
{
    return 1 + UNCERTAIN / sqrtf(fminf((float)f->segments, MEMORY));
}

static void settle_levels(struct floor *f, size_t c)
{
    float x[FLOOR_BINS], all = 0;
    size_t lowest[LOWEST] = { 0 };

    for (size_t b = 0; b < FLOOR_BINS; b++)
        all += x[b] = f->power[b * f->channels + c];
    find_lowest(x, lowest);

    const float level = bias(f) * 0.5f * (x[lowest[0]] + x[lowest[1]]);

    f->level[c] = level > SILENT * all ? level : 0;
}

/* The two frequencies where all channels together, each in terms of its own
 * level, have least. */
static void find_shared(const struct floor *f, size_t *lowest)
{
    float x[FLOOR_BINS] = { 0 };

    for (size_t b = 0; b < FLOOR_BINS; b++)
        for (size_t c = 0; c < f->channels; c++)
            if (f->level[c] > 0)
                x[b] += f->power[b * f->channels + c] / f->level[c];
    find_lowest(x, lowest);
}

/* L L' = D ((1 - few) R + few I) D, with the correlations R at those frequencies
 * and the levels D^2: definite, however few segments R is made of. */
static void settle_shared(struct floor *f)
{
    const size_t M = f->channels;
    const float few = (float)M / ((float)M + fminf((float)f->segments, MEMORY));
    size_t lowest[LOWEST] = { 0 };

    find_shared(f, lowest);
    const float *const A = f->cross + lowest[0] * M * M, *const B = f->cross + lowest[1] * M * M;

    for (size_t i = 0; i < M; i++) {
        const float power = A[i * M + i] + B[i * M + i];
        const float scale = power > 0 ? sqrtf(f->level[i] / power) : 0;

        for (size_t k = 0; k < i; k++) {
            float *const L = f->L + i * M;
            float rest = (1 - few) * scale * f->scale[k] * (A[i * M + k] + B[i * M + k]);

            for (size_t j = 0; j < k; j++)
                rest -= L[j] * f->L[k * M + j];
            L[k] = f->L[k * M + k] > 0 ? rest / f->L[k * M + k] : 0;
        }
        const float own = f->level[i] - sum_product(f->L + i * M, f->L + i * M, i);

        f->scale[i] = scale;
        f->L[i * M + i] = sqrtf(fmaxf(own, 0.5f * few * f->level[i]));
    }
}

/* Whether the last segment says nothing at all. */
static bool silent(const struct floor *f)
{
    for (size_t i = 0; i < f->channels * 2 * FLOOR_SPAN; i++)
        if (f->ring[i] != 0)
            return false;
    return true;
}

static void learn(struct floor *f, struct fft *t)
{
    if (silent(f))
        return;
    f->segments += f->segments < 1u << 30;
    for (size_t c = 0; c < f->channels; c++) {
        transform(f, t, c);
        learn_powers(f, c);
        settle_levels(f, c);
    }
    if (f->shared) {
        learn_cross(f);
        settle_shared(f);
    }
}

void floor_update(struct floor *f, struct fft *t, const float *x)
{
    for (size_t c = 0; c < f->channels; c++) {
        float *const ring = f->ring + c * 2 * FLOOR_SPAN + f->at;

        ring[0] = ring[FLOOR_SPAN] = x[c];
    }
    f->at = (f->at + 1) % FLOOR_SPAN;
    if (--f->due)
        return;
    f->due = HOP;
    learn(f, t);
}

void floor_whiten(const struct floor *f, const float *restrict x, float *restrict z)
{
    const size_t M = f->channels;

    for (size_t i = 0; i < M; i++) {
        float rest = x[i];

        if (f->shared)
            for (size_t j = 0; j < i; j++)
                rest -= f->L[i * M + j] * z[j];
        z[i] = f->level[i] > 0 ? rest / (f->shared ? f->L[i * M + i] : sqrtf(f->level[i])) : 0;
    }
}

void floor_restore(const struct floor *f, const float *restrict z, float *restrict x)
{
    const size_t M = f->channels;

    for (size_t i = 0; i < M; i++) {
        if (!f->shared) {
            x[i] = z[i] * sqrtf(f->level[i]);
            continue;
        }
        x[i] = 0;
        for (size_t j = 0; j <= i && f->level[i] > 0; j++)
            x[i] += f->L[i * M + j] * z[j];
    }
}
