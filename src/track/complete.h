/* SPDX-License-Identifier: MIT
 *
 * complete.h - a matrix of which only some entries are known, as a product.
 */
#ifndef LULL_TRACK_COMPLETE_H
#define LULL_TRACK_COMPLETE_H

#include "track/track.h"

struct complete {
    struct track track; /* of the rows: where it all begins                */
    size_t m, n, k, ld; /* rows, columns, rank; that padded to 8s          */
    float *X, *Y;       /* [m][ld], [n][ld]: the product is X Y'           */
    float *ridge;       /* [ld]                                            */
    float *G, *R;       /* [ld][ld] of the normal equations; their root    */
    float *b, *x, *w;   /* [ld], [ld], [n] scratch                         */
};

void complete_place(struct complete *c, struct arena *a, size_t m, size_t n, size_t k);

/* X Y' near scale W[m][n] wherever that is no NaN, and a guess where it is;
 * scale W must lie within -1..1. */
void complete_update(struct complete *c, const float *W, float scale);

/* Entry (i, j) of X Y'. */
float complete_entry(const struct complete *c, size_t i, size_t j);

#endif
