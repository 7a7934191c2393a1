/* SPDX-License-Identifier: MIT
 *
 * presence.h - the noise power under a signal that comes and goes.
 */
#ifndef LULL_NOISE_PRESENCE_H
#define LULL_NOISE_PRESENCE_H

#include "base/arena.h"
#include "base/store.h"

struct presence {
    size_t n;                   /* frequencies                     */
    float keep;                 /* per frame                       */
    float *noise;               /* [n] power believed to be noise  */
};

void presence_place(struct presence *p, struct arena *a, size_t n, double frame_hz);
void presence_reset(struct presence *p);

/* Starts from the noise N[n]; lifts it to at least floor[n]. */
void presence_begin(struct presence *p, const float *restrict N);
void presence_lift(struct presence *p, const float *restrict floor);

/* Learns from the powers P[n] of one frame. */
void presence_update(struct presence *p, const float *restrict P);

/* All that lasts from one frame to the next; see base/store.h. */
void presence_state(struct presence *p, struct store *s);

#endif
