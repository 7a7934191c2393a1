/* SPDX-License-Identifier: MIT
 *
 * rank.h - the automatic rank.
 */
#ifndef LULL_TRACK_RANK_H
#define LULL_TRACK_RANK_H

#include "track/align.h"
#include "track/scout.h"

struct rank {
    struct cov fast; /* covariance of the last 100 frames        */
    float *weak;     /* [cap] frames spent below the bound lately */
    float *age;      /* [cap] frames since the direction was added */
    struct align align;
    float *x; /* [padded] scratch                         */
    float *p; /* [ld] scratch                             */
};

void rank_place(struct rank *k, struct arena *a, const struct basis *U);
void rank_reset(struct rank *k, size_t cap, size_t r, float level);

/* After U and C were replaced: believes in all their directions at first. */
void rank_restart(struct rank *k, const struct basis *U, const struct cov *c);

/* The coefficients of a frame, times weight, for noise of power sigma2: keeps
 * the directions principal, strongest first, one pair a frame; lets the last
 * one go if it has been weak for long. */
void rank_update(struct rank *k, struct basis *U, struct cov *c, const float *p, float weight,
                 float sigma2);

/* Takes the scout's direction into the basis, in place of a weaker one if it
 * is full; false if all there are stronger. */
bool rank_grow(struct rank *k, struct basis *U, struct cov *c, const struct scout *s, float *p);

#endif
