/* SPDX-License-Identifier: MIT
 *
 * dense.h - little matrices, as the block rule needs them.
 *
 * Complex ones are the real ones they are to C^r = R^2r, as in cov.h: rows and
 * columns come in pairs, of which the second is i times the first.
 */
#ifndef LULL_TRACK_DENSE_H
#define LULL_TRACK_DENSE_H

#include "track/kernel.h"

/* Of matrices [..][ld] with q columns in use. */
struct dense {
    const struct kernel *kernel;
    size_t q, ld, parts;
    float *x; /* [ld] scratch */
};

/* Z = A B for A[rows][lda], B[inner][ld]; Z[rows][ld] is neither of the two. */
void dense_product(const struct dense *d, const float *A, size_t rows, size_t lda,
                   const float *B, size_t inner, float *Z);

/* T[q][ldt] = A' for A[rows][lda]. */
void dense_transpose(const struct dense *d, const float *A, size_t rows, size_t lda, float *T,
                     size_t ldt);

/* Makes S[q][ld] symmetric, by its upper half. */
void dense_mirror(const struct dense *d, float *S);

/* An upper triangular Y[q][ld] with Y'S Y = I for a positive S[q][ld], of which
 * the upper half is looked at, and lost. */
void dense_root(const struct dense *d, float *S, float *Y);

#endif
