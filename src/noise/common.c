/* SPDX-License-Identifier: MIT
 *
 * common.c - see common.h.
 *
 * What several channels have in common where there is least of them, they have in common
 * at all: a muscle under many electrodes, a shared supply.  Few sources, so it
 * is low-rank, too.  With R the correlations there, the few eigenvectors V of R that
 * rise above what chance gives [MP67] are followed by orthogonal iteration [GV13, 8.2],
 * one round a segment, and
 *
 *   T = I - V (1 - 1/S) V',    T^-1 = I + V (S - 1) V',    S^2 = V'R V,
 *
 * makes of the noise of channels, each in units of its own level, one that is white.
 *
 * Cost: COMMON_BINS channels^2 and the same again for R and V a segment; 4 channels a
 * source and frame; where something is missing, 4 ROUNDS channels a source.
 */
#include "noise/common.h"

#include "base/fastmath.h"
#include "base/sum.h"

#include <math.h>
#include <string.h>

enum { ROUNDS = 8 };                    /* of what is missing and what it shares */

static const float MEMORY = 1024;       /* segments */
static const float CLEAR = 1.3f;        /* above the edge: segments overlap, so they are fewer */
static const float MOST = 2;            /* no correlation is larger than 1, nearly */
static const float LEAST = 0.01f;       /* of a channel's noise that is its own */

/* Of a channel's power: the skirts of a window and of a band reach so far down.  What is
 * shared there may be the signal; to call that noise would hide how channels go together. */
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
    const float *const A = n->cross + lowest[0] * M * M, *const B = n->cross + lowest[1] * M * M;
    float *const unit = n->RV;  /* scratch: what makes the power of each 1 */

    for (size_t i = 0; i < M; i++) {
        const float own = A[i * M + i] + B[i * M + i];

        unit[i] = level[i] > 0 && own > 0 ? 1 / sqrtf(own) : 0;
        for (size_t k = 0; k <= i; k++)
            n->R[i * M + k] = n->R[k * M + i] = fast_clamp(
                (A[i * M + k] + B[i * M + k]) * unit[i] * unit[k], -MOST, MOST);
    }
}

/* V = orth(R V); what is left of R V's length is the power along each. */
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

/* The sources that stand out from what chance gives. */
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

/* Of all values that might be missing those have the least |T x|; a round brings the rest
 * to the share that the missing have in V. */
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
