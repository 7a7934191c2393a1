/* SPDX-License-Identifier: MIT
 *
 * directions.h - the gain of each direction of a subspace, where the noise has power 1
 * in each.
 */
#ifndef LULL_SHRINK_DIRECTIONS_H
#define LULL_SHRINK_DIRECTIONS_H

#include "base/arena.h"
#include "base/store.h"

struct directions {
    size_t most;                /* directions at most                                */
    float loud;                 /* times the usual power: a burst                    */
    float threshold;            /* tau, in noise levels; 0: none                     */
    bool patient;               /* learned late, as filters with patience are        */
    float pace;                 /* of the local energy, per frame, 0..1              */
    float *energy;              /* [most] e_i, local energy of a coefficient         */
    float *wiener;              /* [most] w_i                                        */
    float usual;                /* mean power of a dimension, by the tracker          */
    float *gain;                /* [most] of the last frame                          */
    float sure;                 /* share of the last frame that is kept as a whole    */
    bool burst;                 /* the last frame was far louder than usual            */
    unsigned kept;              /* directions with a gain above 0                    */
};

/* threshold 0: none.  hold: frames that the local energy remembers. */
void directions_place(struct directions *d, struct arena *a, size_t most, float threshold,
                      float hold, bool patient);

/* The directions are those of several channels. */
void directions_join(struct directions *d);
void directions_reset(struct directions *d);

/* Along r of n directions the mean powers are lambda[r], along the others 1. */
void directions_learn(struct directions *d, const float *restrict lambda, size_t r, size_t n);

/* Hears the mean power of a frame's dimensions: sets `sure` and `burst`. */
void directions_hear(struct directions *d, float power);

/* The gains for its coefficients p[r]. */
void directions_update(struct directions *d, const float *restrict p, size_t r);

/* All that lasts from one frame to the next; see base/store.h. */
void directions_state(struct directions *d, struct store *s);

#endif
