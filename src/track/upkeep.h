/* SPDX-License-Identifier: MIT
 *
 * upkeep.h - what is done for the model after each frame it learned from.
 */
#ifndef LULL_TRACK_UPKEEP_H
#define LULL_TRACK_UPKEEP_H

#include "track/track.h"

/* Lets the scouts look at e for a direction that U lacks: if they find one, the step begins
 * anew, or with an automatic rank the direction is added. */
void upkeep_notice(struct track *t, float e2);

/* Keeps U principal and orthonormal; an automatic rank drops what was weak for long. */
void upkeep_update(struct track *t, float weight);

/* Whether upkeep_update() needs U in this frame, if the rank is fixed. */
bool upkeep_due(const struct track *t);

#endif
