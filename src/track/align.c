/* SPDX-License-Identifier: MIT
 *
 * align.c - the eigenvectors of C, one Jacobi rotation [GV13, 8.5] a frame.
 *
 * C changes by a step a frame, so a sweep over all pairs in r^2/2 frames
 * follows it; a pair that is already uncorrelated and in order costs nothing.
 *
 * Cost: 6 n flops, or none.
 */
#include "track/align.h"
#include "base/fastmath.h"


/* Correlation (squared) that is left alone: that of chance in a window of 1e5 frames. */
static const float NEGLIGIBLE = 1e-5f;

/* Whether the pair is correlated, or out of order, by more than chance. */
static bool worth_it(const struct cov *c, size_t j, size_t k, float chance)
{
    const float *x = c->C + j * c->parts * c->ld + k * c->parts;
    const float size2 = x[0] * x[0] + (c->parts == 2 ? x[1] * x[1] : 0.0f);
    const float a = cov_power(c, j), b = cov_power(c, k);

    if (a < b && (b - a) * (b - a) > 2 * chance * b * b)
        return true;
    return size2 > fast_max(chance, NEGLIGIBLE) * a * b;
}

bool align_update(struct align *a, struct basis *U, struct cov *c, struct cov *also,
                  float chance)
{
    if (U->r < 2)
        return false;
    if (++a->k >= U->r || a->j >= a->k) {
        a->j = a->j + 2 < U->r ? a->j + 1 : 0;
        a->k = a->j + 1;
    }
    if (!worth_it(c, a->j, a->k, chance))
        return false;

    float s[2];
    const float cosine = cov_angle(c, a->j, a->k, s);

    basis_turn_pair(U, a->j, a->k, cosine, s);
    cov_turn_pair(c, a->j, a->k, cosine, s);
    if (also)
        cov_turn_pair(also, a->j, a->k, cosine, s);
    return cosine < 0.70710678f;
}
