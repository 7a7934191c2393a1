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

/* One Jacobi rotation of the next pair, so that c becomes diagonal there, largest first, unless
 * their squared correlation and the difference of their powers are within `chance`.  U and
 * `also` (may be NULL) are turned with c.  True if the pair, in *a, has changed places. */
bool align_update(struct align *a, struct basis *U, struct cov *c, struct cov *also,
                  float chance);

#endif
