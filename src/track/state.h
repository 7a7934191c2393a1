/* SPDX-License-Identifier: MIT
 *
 * state.h - a tracker kept, and what two must share to exchange a state.
 */
#ifndef LULL_TRACK_STATE_H
#define LULL_TRACK_STATE_H

#include "base/store.h"
#include "track/track.h"

/* Walks over all that track_update() reads and is not scratch. */
void track_state(struct track *t, struct store *s);

/* A fingerprint of the base and the noise's shape as they were given. */
uint32_t state_given(const struct track *t);

/* The numbers that two trackers must share. */
void state_shape(const struct track *t, struct store *s);

#endif
