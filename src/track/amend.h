/* SPDX-License-Identifier: MIT
 *
 * amend.h - what whoever keeps a tracker may do to it between two frames.
 */
#ifndef LULL_TRACK_AMEND_H
#define LULL_TRACK_AMEND_H

#include "track/track.h"

/* What is known of the entries from..to - 1 goes (TRACK_OWN only): no direction has a part
 * there any more, and its power is less by what it loses.  What is left of the directions
 * is put upright by and by; until it is, those entries are to be given as missing, for then
 * it need not be upright, and nothing is to be learned. */
void track_forget(struct track *t, size_t from, size_t to);

/* So many directions more are put upright; whether some are left.  Costs 8 n r flops each. */
bool track_amend(struct track *t, size_t count);

/* Nothing is being forgotten. */
void track_amended(struct track *t);

/* One direction less, the weakest; one more, as if it held noise of power 1 alone.
 * For whoever has a tracker of a fixed rank and not always the time for all of it.
 * Cost: r^2, and 8 n r flops. */
void track_drop(struct track *t);
void track_add(struct track *t);

/* The tracker, of real numbers whose noise has a power of 1, begins anew with the
 * directions rows[r][n], of which each is as long as its signal is strong (r is the
 * tracker's rank; those of no length are not known), and is as old as it says. */
void track_teach(struct track *t, const float *rows, float frames);

#endif
