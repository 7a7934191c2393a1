/* SPDX-License-Identifier: MIT
 *
 * directions.h - how much of each direction of a subspace to keep, where the
 * noise has a power of 1 in each.
 */
#ifndef LULL_SHRINK_DIRECTIONS_H
#define LULL_SHRINK_DIRECTIONS_H

#include "base/arena.h"
#include "base/store.h"

struct directions {
    size_t most;                /* directions at most                                */
    float loud;                 /* times what is usual: that is a burst              */
    float threshold;            /* tau: what is local and below tau noise levels goes */
    bool patient;               /* what is new must first last, or be sure            */
    float pace;                 /* of the local energy, per frame, 0..1              */
    float *energy;              /* [most] e_i, local energy of a coefficient         */
    float *wiener;              /* [most] share of signal in the mean power           */
    float usual;                /* power in one dimension                             */
    float *gain;                /* [most] of the last frame                          */
    float sure;                 /* belief in the last frame as a whole                */
    bool burst;                 /* the last frame was far louder than usual            */
    unsigned kept;              /* directions with a gain above 0                    */
};

/* threshold 0: none.  hold: frames that the local energy remembers. */
void directions_place(struct directions *d, struct arena *a, size_t most, float threshold,
                      float hold, bool patient);

/* They are those of several channels. */
void directions_join(struct directions *d);
void directions_reset(struct directions *d);

/* Along r of n directions the mean powers are lambda[r], along the others 1. */
void directions_learn(struct directions *d, const float *restrict lambda, size_t r, size_t n);

/* A frame whose power in one dimension is `power`: how far is it believed as a whole? */
void directions_hear(struct directions *d, float power);

/* The gains for its coefficients p[r]. */
void directions_update(struct directions *d, const float *restrict p, size_t r);

/* All that lasts from one frame to the next; see base/store.h. */
void directions_state(struct directions *d, struct store *s);

#endif
