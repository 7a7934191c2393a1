/* SPDX-License-Identifier: MIT
 *
 * factor.h - a matrix as the product of two thin ones.
 */
#ifndef LULL_TRACK_FACTOR_H
#define LULL_TRACK_FACTOR_H

#include "track/complete.h"
#include "track/svd.h"

struct factor {
    size_t m, n, k; /* rows, columns; rank, or 0 if it is to be found   */
    size_t most;    /* rank there is room for                           */
    float *s, *V;   /* [most], [n][most]                                */
    float *F;       /* [m][n] with gaps: what is left, then the product */
    float unit;     /* of X Y'                                          */
    struct complete complete;
    struct svd svd;
    struct arena room, left; /* for these two; what X Y' leaves of it      */
};

/* gaps: entries will be missing. */
void factor_place(struct factor *f, struct arena *a, size_t m, size_t n, size_t k, bool gaps);

/* W[m][n], NaN where nothing is known, and otherwise finite; A and B as
 * lull_factorize() says.  Gives the rank. */
size_t factor_update(struct factor *f, const float *W, float *A, float *B);

#endif
