/* SPDX-License-Identifier: MIT
 *
 * drift.h - what becomes of what a group knows when the noise changes.
 */
#ifndef LULL_ENGINE_DRIFT_H
#define LULL_ENGINE_DRIFT_H

#include "engine/group.h"

enum { DRIFT_FIRST = 64 };      /* segments of the noise, in which much changes */

/* Once in a segment of the noise: powers follow the unit they are in, and of channels whose
 * noise has jumped all that is known goes.  Whether any has: then much is to be learned
 * anew. */
bool drift_follow(struct group *g);

/* In each frame: what is being forgotten is missing in g->known.  Whether anything is:
 * then nothing is to be learned. */
bool drift_amends(struct group *g);

#endif
