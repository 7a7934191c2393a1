/* SPDX-License-Identifier: MIT
 *
 * quantise.c - the last step in float: onto the grid of the output's bits.
 *
 *   k = round(x 2^(b-1) + d),   -2^(b-1) <= k <= 2^(b-1) - 1,   x = k / 2^(b-1)
 *
 * and where samples are counts, the same without the factor.
 *
 * Done here and nowhere else, so every format rounds, clips and dithers alike
 * and what follows has only exact numbers to store.  d is 0, or noise of
 * triangular density over +-1 step, which makes the error's mean and power
 * independent of the signal.  It always starts with the same seed: the same
 * input gives the same output.
 */
#include "sink/kinds.h"
#include <math.h>

/* Uniform in [0, 1); a linear congruential generator, of which only the upper
 * bits are any good. */
static double uniform(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) * 0x1p-24;
}

static double triangular(uint32_t *seed)
{
    const double a = uniform(seed), b = uniform(seed);

    return a - b;
}

void quantise(struct sink *s, float *x, size_t n)
{
    if (!s->bits)
        return;

    const double full = (double)(1LL << (s->bits - 1)), least = -full, most = full - 1;
    const double scale = s->sound.pcm.counts ? 1 : full;

    for (size_t i = 0; i < n; i++) {
        const double d = s->dither ? triangular(&s->seed) : 0;
        const double wish = (double)x[i] * scale + d;
        const double k = wish > least ? (wish < most ? wish : most) : least;

        s->clipped += fabs(wish) > full + 0.5;      /* full itself: one step off, no harm */
        x[i] = (float)((double)lrint(k) / scale);
    }
}
