/* SPDX-License-Identifier: MIT
 *
 * merge.h - two trackers become one.
 */
#ifndef LULL_TRACK_MERGE_H
#define LULL_TRACK_MERGE_H

#include "track/fold.h"
#include "track/track.h"

struct merge {
    struct fold fold;
    float *L; /* [q][ld] from.C = L L'  */
    float *a; /* [ld] a column of it    */
    float *y; /* [padded]               */
};

void merge_place(struct merge *m, struct arena *a, const struct track *into,
                 const struct track *from);

/* Adds to `into` what `from` has seen. */
void merge_update(struct merge *m, struct track *into, const struct track *from);

#endif
