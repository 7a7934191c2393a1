/* SPDX-License-Identifier: MIT
 *
 * align.h - keeps the directions principal: uncorrelated, strongest first.
 */
#ifndef LULL_TRACK_ALIGN_H
#define LULL_TRACK_ALIGN_H

#include "track/cov.h"

struct align {
    size_t j, k; /* the pair whose turn is next, j < k */
};

/* One Jacobi rotation of the next pair, by what c says, unless their correlation (squared)
 * is no more than `chance`, and their order likewise; U and `also` (may be NULL) turn with
 * it.  True when the two changed places: they are in *a. */
bool align_update(struct align *a, struct basis *U, struct cov *c, struct cov *also,
                  float chance);

#endif
