/* SPDX-License-Identifier: MIT
 *
 * lsa.h - the gain that is right for the logarithm of an amplitude.
 */
#ifndef LULL_SHRINK_LSA_H
#define LULL_SHRINK_LSA_H

#include "base/arena.h"

/* exp(E1(v)/2), tabulated over the binary digits of v itself. */
struct lsa {
    float *table;
};

void lsa_place(struct lsa *l, struct arena *a);

/* Gain for the a-priori SNR xi and the a-posteriori SNR gamma, both powers;
 * xi >= 0, gamma >= 0.  Not bounded by 1 where gamma is small. */
float lsa_gain(const struct lsa *l, float xi, float gamma);

#endif
