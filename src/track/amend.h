/* SPDX-License-Identifier: MIT
 *
 * amend.h - changes to a tracker between two frames, by its owner: entries forgotten,
 * directions dropped and added, a model set.
 */
#ifndef LULL_TRACK_AMEND_H
#define LULL_TRACK_AMEND_H

#include "track/track.h"

/* Forgets the entries from..to - 1 (TRACK_OWN only): all directions become 0 there.  They are
 * orthonormalised again one by one, by track_amend(); until that is done, those entries must
 * be given as missing, which needs no orthonormal U, and nothing may be learned. */
void track_forget(struct track *t, size_t from, size_t to);

/* Orthonormalises the next `count` directions; whether some are left.  8 n r flops each. */
bool track_amend(struct track *t, size_t count);

/* Ends the forgetting. */
void track_amended(struct track *t);

/* Drops the weakest direction; adds one, with the power 1 of noise alone.  For a tracker of
 * fixed rank that must save time.  Cost: r^2, and 8 n r flops. */
void track_drop(struct track *t);
void track_add(struct track *t);

/* Begins anew with the model rows[r][n], r the rank: directions times the standard deviation
 * of the signal along each; rows of zeros are unknown.  It counts as learned from `frames`
 * frames.  Real numbers, noise of power 1. */
void track_teach(struct track *t, const float *rows, float frames);

#endif
