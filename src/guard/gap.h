/* SPDX-License-Identifier: MIT
 *
 * gap.h - interpolates missing samples by linear prediction.
 */
#ifndef LULL_GUARD_GAP_H
#define LULL_GUARD_GAP_H

#include "guard/predictor.h"

struct gap {
    size_t most;                /* samples that may be missing at once         */
    double *L;                  /* [most][PREDICTOR_FINE + 1] band of a factor */
    double *z;                  /* [most]                                      */
};

void gap_place(struct gap *g, struct arena *a, size_t most);

/* Gives x at the places at[n], rising, n <= g->most, the values that make the
 * prediction errors all around least.  Nothing else is written; m->order
 * samples before and after the places are read. */
void gap_fill(struct gap *g, const struct prediction *m, float *x, const unsigned *at,
              size_t n);

#endif
