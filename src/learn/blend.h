/* SPDX-License-Identifier: MIT
 *
 * blend.h - merges two mixtures of low-rank Gaussians; and the spectrum of one as a
 * whole.
 */
#ifndef LULL_LEARN_BLEND_H
#define LULL_LEARN_BLEND_H

#include "shrink/mixture.h"
#include "track/svd.h"

struct blend {
    struct mixture_model all;   /* the parts of both                              */
    float *pile;                /* [rows][n] that are to become few directions    */
    float *strength, *V;        /* [rank], [n][rank] of these                     */
    struct svd svd;
};

/* For models of `parts` parts in all, of that rank or less, and `more` directions. */
void blend_place(struct blend *b, struct arena *a, size_t channels, size_t lags, size_t parts,
                 size_t rank, size_t more);

/* into = x and y, weighted by the vectors they have seen; all of the same channels and lags,
 * into of any shape: the nearest two parts are merged until there are few enough.  Mean and
 * covariance of the whole are preserved, but for directions beyond into's rank. */
void blend_models(struct blend *b, const struct mixture_model *x, const struct mixture_model *y,
                  struct mixture_model *into);

/* Adds directions D[rows][n] to each part, which keeps its strongest. */
void blend_directions(struct blend *b, struct mixture_model *m, const float *D, size_t rows);

/* The powers of the k strongest directions of all, and these, V[n][k], which may be
 * NULL; k at most the rank that there is place for. */
void blend_spectrum(struct blend *b, const struct mixture_model *m, size_t k, float *power,
                    float *V);

#endif
