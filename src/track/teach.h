/* SPDX-License-Identifier: MIT
 *
 * teach.h - a tracker begins with what another knew.
 */
#ifndef LULL_TRACK_TEACH_H
#define LULL_TRACK_TEACH_H

#include "track/track.h"

/* The tracker, of real numbers whose noise has a power of 1, begins anew with the
 * directions rows[r][n], of which each is as long as its signal is strong (r is the
 * tracker's rank; those of no length are not known), and is as old as it says. */
void track_teach(struct track *t, const float *rows, float frames);

#endif
