/* SPDX-License-Identifier: MIT
 *
 * unit.h - the unit of frames, and of the model's powers; track_power(), track_scale() and
 * track_change_unit() are in unit.c, too.
 */
#ifndef LULL_TRACK_UNIT_H
#define LULL_TRACK_UNIT_H

#include "track/track.h"

/* Scales frame and model to a unit that float can work with; see guard.h. */
void unit_fit(struct track *t);

/* Scales the model down after a fall in level; see guard_anchor(). */
void unit_anchor(struct track *t);

#endif
