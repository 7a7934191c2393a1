/* SPDX-License-Identifier: MIT
 *
 * cov.h - the covariance C of the coefficients p, and P, its inverse.
 *
 * Both are symmetric [q][ld].  A complex matrix A + iB is kept as the real one
 * it is to C^r = R^2r, blocks (a, -b; b, a): inverse, product and definiteness
 * are then those of real matrices and need no second version.  Only a rank
 * one term x x' becomes x x' + (Jx)(Jx)'.
 */
#ifndef LULL_TRACK_COV_H
#define LULL_TRACK_COV_H

#include "base/arena.h"
#include "track/kernel.h"

enum { COV_MOST = 256, COV_ROUND = 64 }; /* directions, at most; see cov_polish() */

struct cov {
    size_t q, ld;  /* floats in p: r parts; those padded to 8s */
    size_t rows;   /* the most q can be                        */
    size_t parts;  /* 1 real, 2 complex                        */
    size_t at;     /* coordinate whose turn it is to be polished, if < q */
    float *C, *P;  /* [q][ld]; P may be NULL, where only C is wanted */
    float *x, *Jx; /* [ld] scratch */
    float *turns;  /* [tall][wide] rows of coefficients that turn with C */
    size_t tall, wide;
    const struct kernel *kernel;
};

void cov_place(struct cov *c, struct arena *a, size_t cap, size_t parts);

/* The same without P. */
void cov_place_alone(struct cov *c, struct arena *a, size_t cap, size_t parts);

/* C = level I for r directions. */
void cov_reset(struct cov *c, size_t r, float level);

/* h = P p; returns p'h, which is positive, or -1 where rounding has spoilt P. */
float cov_look(const struct cov *c, const float *p, float *h);

/* The same, with such a P first replaced by the inverse of C's diagonal. */
float cov_solve(struct cov *c, const float *p, float *h);

/* C = (1 - mu) C + mu p p', and P with it, given h = P p and ph = p'h;
 * 0 < mu <= 1/2. */
void cov_update(struct cov *c, float mu, const float *p, const float *h, float ph);

/* Moves P towards the inverse of C in the coordinate that is next, or at a large mu in several:
 * each is due once in q frames, or in COV_ROUND if mu is small enough; see cov.c. */
void cov_polish(struct cov *c, float mu);

/* P is built anew if it cannot be what it should. */
void cov_heal(struct cov *c);

/* X = keep X + s x x', and X += x z' + z x', for X = C or P; s of any sign. */
void cov_blend(struct cov *c, float *X, float keep, float s, const float *x);
void cov_add_pair(struct cov *c, float *X, const float *x, const float *z, float *scratch);

/* Mean of C's diagonal. */
float cov_mean(const struct cov *c);

/* C = M, P its inverse; M[q][ld] is lost, X and Y[q][ld] are scratch. */
void cov_set(struct cov *c, float *M, float *X, float *Y);

/* C = f C. */
void cov_scale(struct cov *c, float f);

/* The turn of the pair j < k that makes C(j, k) vanish and C(j, j) the larger:
 * gives its cosine, and its sine with `parts` floats. */
float cov_angle(const struct cov *c, size_t j, size_t k, float *s);
void cov_turn_pair(struct cov *c, size_t j, size_t k, float cosine, const float *s);

/* Coordinate j is multiplied by f > 0; real only. */
void cov_stretch(struct cov *c, size_t j, float f);

/* Every coordinate i becomes p[i] + q[i] p[j], where q[j] = 0; real only. */
void cov_shear(struct cov *c, size_t j, const float *q);

/* Removes the last direction; appends one of power `level`, uncorrelated; replaces direction j
 * by such a one. */
void cov_drop_last(struct cov *c);
void cov_grow(struct cov *c, float level);
void cov_renew(struct cov *c, size_t j, float level);

/* Power of direction j. */
static inline float cov_power(const struct cov *c, size_t j)
{
    return c->C[j * c->parts * (c->ld + 1)];
}

#endif
