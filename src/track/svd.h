/* SPDX-License-Identifier: MIT
 *
 * svd.h - the largest singular values of a matrix, by one pass of the tracker
 * and some refinement.
 */
#ifndef LULL_TRACK_SVD_H
#define LULL_TRACK_SVD_H

#include "track/track.h"

struct svd {
    struct track track;
    struct basis Z; /* A'A times the basis           */
    size_t m, n, k; /* rows, columns, values wanted  */
    double *G, *W;  /* [l][l] Gram matrix; its eigenvectors, as columns */
    float *a, *p;   /* [padded], [ld] scratch        */
};

void svd_place(struct svd *s, struct arena *a, size_t m, size_t n, size_t k);

/* A[m][n] finite; s[k], U[m][k], V[n][k]; U and V may be NULL. */
void svd_update(struct svd *v, const float *A, float *s, float *U, float *V);

#endif
