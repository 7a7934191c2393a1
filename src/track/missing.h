/* SPDX-License-Identifier: MIT
 *
 * missing.h - coefficients of a frame of which only some entries are known.
 */
#ifndef LULL_TRACK_MISSING_H
#define LULL_TRACK_MISSING_H

#include "track/cov.h"
#include "track/kernel.h"

struct missing {
    size_t padded, ld;
    float *x;                         /* [padded] U v                       */
    float *y, *weight;                /* [padded] a frame, weighted; by what */
    float *b, *rest, *dir, *Adir, *w; /* [ld]                               */
    float *per, *s;                   /* [ld]                               */
};

/* What a frame is assumed to hold besides U p. */
struct missing_noise {
    float sigma2;         /* power of the noise in an entry                       */
    float trust;          /* dim / entries known                                  */
    float burst;          /* power of the frame's signal over that in C, >= 1     */
    const float *outside; /* [dim] signal that U lacks, in sigma2; NULL: none     */
};

void missing_place(struct missing *m, struct arena *a, size_t padded, size_t ld);

/* p that minimises |known (y - U p)|^2; y is 0 where known is.  trust = dim /
 * entries known. */
void missing_solve(struct missing *m, const struct kernel *k, const struct basis *U,
                   const float *y, const float *known, float trust, float *p);

/* The same with the covariance C of p as a prior: U p is then the best linear guess of the
 * frame. */
void missing_guess(struct missing *m, struct cov *c, const struct basis *U, const float *y,
                   const float *known, const struct missing_noise *noise, float *p);

/* e = known (y - U p); gives |e|^2. */
float missing_rest(const struct kernel *k, const struct basis *U, const float *y,
                   const float *known, const float *p, float *e);

#endif
