/* SPDX-License-Identifier: MIT
 *
 * unit.h - the unit of the frames, and of the powers that the model has of them;
 * track_power(), track_scale() and track_change_unit() are in unit.c, too.
 */
#ifndef LULL_TRACK_UNIT_H
#define LULL_TRACK_UNIT_H

#include "track/track.h"

/* The frame and the model in a unit that float can work with. */
void unit_fit(struct track *t);

/* The model scaled so that it is not deaf after a fall in level. */
void unit_anchor(struct track *t);

#endif
