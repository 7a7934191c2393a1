/* SPDX-License-Identifier: MIT
 *
 * fold.h - a subspace and some vectors become one subspace: the merge of two
 * trackers.
 */
#ifndef LULL_TRACK_FOLD_H
#define LULL_TRACK_FOLD_H

#include "track/cov.h"

struct fold {
    struct basis Q;  /* U and what the vectors add to it     */
    struct basis V;  /* eigenvectors of M, in terms of Q     */
    struct cov M;    /* the covariance, in terms of Q        */
    float *x, *rest; /* [padded] scratch                     */
    float *c, *z;    /* [Q.cap parts] scratch                */
};

/* Room to fold `more` vectors into U. */
void fold_place(struct fold *f, struct arena *a, const struct basis *U, size_t more);

/* Begins with keep times the covariance C of U. */
void fold_begin(struct fold *f, const struct basis *U, const struct cov *C, float keep);

/* Adds weight y y' for y[padded]. */
void fold_add(struct fold *f, const float *y, float weight);

/* Gives the r strongest directions to U, and their powers to C and P; r counts
 * at most those there are. */
void fold_end(struct fold *f, struct basis *U, struct cov *C, size_t r);

#endif
