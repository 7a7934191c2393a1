/* SPDX-License-Identifier: MIT
 *
 * upkeep.h - what is done for the model after each frame it learned from.
 */
#ifndef LULL_TRACK_UPKEEP_H
#define LULL_TRACK_UPKEEP_H

#include "track/track.h"

/* Looks in e for what U lacks: the step begins anew, or a direction is added. */
void upkeep_notice(struct track *t, float e2);

/* U stays principal and upright; with an automatic rank, what was weak for long goes. */
void upkeep_update(struct track *t, float weight);

/* Whether this frame it looks at U, where the rank is fixed. */
bool upkeep_due(const struct track *t);

#endif
