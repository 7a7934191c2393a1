/* SPDX-License-Identifier: MIT
 *
 * rank.h - how many directions are worth having.
 */
#ifndef LULL_TRACK_RANK_H
#define LULL_TRACK_RANK_H

#include "track/align.h"
#include "track/scout.h"

struct rank {
    float *power;               /* [cap] running power of each coefficient  */
    float *weak;                /* [cap] frames it was lately below the bar */
    float *age;                 /* [cap] frames since it came               */
    float *x;                   /* [padded] scratch                         */
};

void rank_place(struct rank *k, struct arena *a, size_t cap, size_t padded);
void rank_reset(struct rank *k, size_t cap);

/* The pair of *a changed places. */
void rank_swap(struct rank *k, const struct align *a);

/* The coefficients of a frame, times weight, for noise of power sigma2; lets
 * the last direction go if it has been weak for long. */
void rank_update(struct rank *k, struct basis *U, struct cov *c, const float *p, float weight,
                 float sigma2);

/* Takes the scout's direction into the basis, in place of a weaker one if it
 * is full; false if all there are stronger. */
bool rank_grow(struct rank *k, struct basis *U, struct cov *c, const struct scout *s, float *p);

#endif
