/* SPDX-License-Identifier: MIT
 *
 * drift.h - keeps the model of a group valid as the noise level changes.
 */
#ifndef LULL_ENGINE_DRIFT_H
#define LULL_ENGINE_DRIFT_H

#include "engine/group.h"

enum { DRIFT_FIRST = 64 };      /* segments of the floor in which much changes */

/* Does its work once in a segment of the floor: rescales powers to the new levels, and forgets
 * channels whose noise has jumped.  True if any has: then much is to be learned anew. */
bool drift_follow(struct group *g);

/* In each frame: clears g->known of entries that are being forgotten.  True if any are: then
 * nothing may be learned. */
bool drift_amends(struct group *g);

#endif
