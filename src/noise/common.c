/* SPDX-License-Identifier: MIT
 *
 * common.c - see common.h.
 *
 * Noise that channels share at the frequencies with the least power is taken to be shared
 * at all frequencies: a muscle under many electrodes, a common supply.  It has few sources
 * and so is low-rank.  With R the correlations of the channels at those frequencies, the
 * eigenvectors V of R whose eigenvalues lie above the upper edge of what independent
 * channels give by chance [MP67] are followed by orthogonal iteration [GV13, 8.2], one round
 * a segment, and
 *
 *   T = I - V (1 - 1/S) V',    T^-1 = I + V (S - 1) V',    S^2 = V'R V,
 *
 * whitens the noise of channels that are each in units of their own level.
 *
 * Cost: COMMON_BINS channels^2 and the same again for R and V a segment; 4 channels a
 * source and frame; where entries are missing, 4 ROUNDS channels a source.
 */
#include "noise/common.h"

#include "base/fastmath.h"
#include "base/sum.h"

#include <math.h>
#include <string.h>

enum { ROUNDS = 8 };                    /* of the fixed point that fills what is missing */

static const float MEMORY = 1024;       /* segments */
static const float CLEAR = 1.3f;        /* times the edge: segments overlap, fewer count   */
static const float MOST = 2;            /* correlations are at most 1, but for estimation  */
static const float LEAST = 0.01f;       /* share of a channel's noise that is its own      */

/* Of a channel's power, -50 dB: window sidelobes and filter skirts of the signal reach down
 * to here.  What is shared at this level may be signal, and must not count as noise. */
static const float SKIRT = 1e-5f;

void common_place(struct common *n, struct arena *a, size_t channels)
{
    *n = (struct common){ .channels = channels };
    n->real = arena_floats(a, COMMON_BINS * channels);
    n->imaginary = arena_floats(a, COMMON_BINS * channels);
    n->cross = arena_floats(a, COMMON_BINS * channels * channels);
    n->R = arena_floats(a, channels * channels);
    n->V = arena_floats(a, COMMON_SOURCES * channels);
    n->RV = arena_floats(a, COMMON_SOURCES * channels);
}

void common_reset(struct common *n)
{
    const size_t M = n->channels;

    for (size_t k = 0; k < COMMON_SOURCES; k++)
        n->root[k] = 1;
    memset(n->real, 0, COMMON_BINS * M * sizeof *n->real);
    memset(n->imaginary, 0, COMMON_BINS * M * sizeof *n->imaginary);
    memset(n->cross, 0, COMMON_BINS * M * M * sizeof *n->cross);
    memset(n->V, 0, COMMON_SOURCES * M * sizeof *n->V);
    for (size_t c = 0; c < M; c++)
        n->V[c % COMMON_SOURCES * M + c] = 1;
    n->segments = 0;
}

void common_begin(struct common *n)
{
    n->segments += n->segments < (unsigned)MEMORY;
}

void common_show(struct common *n, size_t c, float (*spectrum)[2])
{
    for (size_t b = 0, i = c; b < COMMON_BINS; b++, i += n->channels) {
        n->real[i] = spectrum ? spectrum[b][0] : 0;
        n->imaginary[i] = spectrum ? spectrum[b][1] : 0;
    }
}

void common_forget(struct common *n, size_t c, unsigned jumps)
{
    const size_t M = n->channels;

    if (jumps > 1) {
        memset(n->cross, 0, COMMON_BINS * M * M * sizeof *n->cross);
        n->segments = 0;
        return;
    }
    for (size_t b = 0; b < COMMON_BINS; b++)
        for (size_t i = 0; i < M; i++)
            n->cross[(b * M + c) * M + i] = n->cross[(b * M + i) * M + c] = 0;
}

void common_learn(struct common *n, size_t from, size_t to)
{
    const size_t M = n->channels;
    const float pace = 1 / (float)n->segments;

    for (size_t b = 0; b < COMMON_BINS; b++)
        for (size_t c = from; c < to; c++) {
            const float *const X = n->real + b * M, *const Y = n->imaginary + b * M;
            float *restrict const row = n->cross + (b * M + c) * M;
            const float x = X[c], y = Y[c];

            for (size_t k = 0; k <= c; k++)
                row[k] += pace * (x * X[k] + y * Y[k] - row[k]);
        }
}

/* The correlations R at two frequencies. */
static void correlate(struct common *n, const size_t *lowest, const float *level)
{
    const size_t M = n->channels;
    const float *const A = n->cross + lowest[0] * M * M;
    const float *const B = n->cross + lowest[1] * M * M;
    float *const unit = n->RV;  /* scratch: what makes the power of each 1 */

    for (size_t i = 0; i < M; i++) {
        const float own = A[i * M + i] + B[i * M + i];

        unit[i] = level[i] > 0 && own > 0 ? 1 / sqrtf(own) : 0;
        for (size_t k = 0; k <= i; k++)
            n->R[i * M + k] = n->R[k * M + i] = fast_clamp(
                (A[i * M + k] + B[i * M + k]) * unit[i] * unit[k], -MOST, MOST);
    }
}

/* V = orth(R V); power: the length of each column of R V orthogonal to those before. */
static void iterate(struct common *n, float *power)
{
    const size_t M = n->channels;

    for (size_t k = 0; k < COMMON_SOURCES; k++)
        for (size_t c = 0; c < M; c++)
            n->RV[k * M + c] = sum_product(n->R + c * M, n->V + k * M, M);
    for (size_t k = 0; k < COMMON_SOURCES; k++) {
        float *const v = n->RV + k * M;

        for (size_t j = 0; j < k; j++) {
            const float *const u = n->V + j * M;
            const float share = sum_product(u, v, M);

            for (size_t c = 0; c < M; c++)
                v[c] -= share * u[c];
        }
        const float length = sqrtf(sum_product(v, v, M));

        power[k] = length;
        for (size_t c = 0; c < M && length > 0; c++)
            n->V[k * M + c] = v[c] / length;
    }
}

/* Keeps the sources that stand out from chance. */
void common_settle(struct common *n, const size_t *lowest, const float *level,
                   float ratio)
{
    const float M = (float)n->channels;
    const float seen = 2 * (float)n->segments;    /* two frequencies */
    const float edge = (1 + sqrtf(M / seen)) * (1 + sqrtf(M / seen));
    float power[COMMON_SOURCES], rest = M;
    unsigned sources = 0;

    correlate(n, lowest, level);
    iterate(n, power);
    for (size_t k = 0; k < COMMON_SOURCES && power[k] > CLEAR * edge; k++, sources++)
        rest -= power[k];
    rest = fmaxf(rest / (M - (float)sources), LEAST);
    const float skirt = SKIRT * ratio;

    for (size_t k = 0; k < COMMON_SOURCES; k++)
        n->root[k] = k < sources ? sqrtf(fmaxf((power[k] + skirt) / (rest + skirt), 1)) : 1;
}

/* x += V (root^power - 1) V'x */
void common_stretch(const struct common *n, float *x, bool back)
{
    const size_t M = n->channels;

    for (size_t k = 0; k < COMMON_SOURCES && n->root[k] > 1; k++) {
        const float *const v = n->V + k * M;
        const float more = (back ? n->root[k] : 1 / n->root[k]) - 1;
        const float share = more * sum_product(v, x, M);

        for (size_t c = 0; c < M; c++)
            x[c] += share * v[c];
    }
}

/* Sets the missing entries to those that minimise |T x|, by a fixed-point iteration; each
 * round shrinks the error by the share of V that lies in the missing entries. */
void common_fill(const struct common *n, float *x, const unsigned char *known)
{
    const size_t M = n->channels;

    for (int round = 0; round < ROUNDS; round++) {
        float share[COMMON_SOURCES] = { 0 };

        for (size_t k = 0; k < COMMON_SOURCES && n->root[k] > 1; k++)
            share[k] = (1 - 1 / (n->root[k] * n->root[k])) * sum_product(n->V + k * M, x, M);
        for (size_t c = 0; c < M; c++) {
            if (known[c])
                continue;
            x[c] = 0;
            for (size_t k = 0; k < COMMON_SOURCES; k++)
                x[c] += share[k] * n->V[k * M + c];
        }
    }
}

void common_state(struct common *n, struct store *s)
{
    const size_t M = n->channels;

    store_u32(s, &n->segments, 0, UINT32_MAX);
    store_floats(s, n->root, COMMON_SOURCES, 0, 1e4f);
    store_floats(s, n->cross, COMMON_BINS * M * M, -STORE_STRONGEST, STORE_STRONGEST);
    store_floats(s, n->V, COMMON_SOURCES * M, -2, 2);
    store_samples(s, n->real, COMMON_BINS * M, 1e3f);  /* of what is half settled */
    store_samples(s, n->imaginary, COMMON_BINS * M, 1e3f);
}
