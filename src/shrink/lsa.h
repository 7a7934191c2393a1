/* SPDX-License-Identifier: MIT
 *
 * lsa.h - the gain that is right for the logarithm of an amplitude.
 */
#ifndef LULL_SHRINK_LSA_H
#define LULL_SHRINK_LSA_H

#include "base/arena.h"

/* exp(E1(v)/2) as lines offset + slope v, by the binary digits of v. */
struct lsa {
    struct lsa_line {
        float offset, slope;
    } *line;
};

void lsa_place(struct lsa *l, struct arena *a);

/* Replaces the a-posteriori SNRs G[n] by the gains for them and the a-priori
 * SNRs xi[n], which are spent; both are powers >= 0.  Not bounded by 1 where G
 * is small. */
void lsa_update(const struct lsa *l, size_t n, float *restrict xi, float *restrict G);

#endif
