/* SPDX-License-Identifier: MIT
 *
 * overlap.h - windowed frames added back into a stream.
 */
#ifndef LULL_REBUILD_OVERLAP_H
#define LULL_REBUILD_OVERLAP_H

#include "base/arena.h"
#include "base/store.h"

struct overlap {
    size_t tail, hop;           /* M, H                                         */
    float *sum;                 /* [M]; sum[0..H) is complete after an update   */
};

void overlap_place(struct overlap *o, struct arena *a, size_t tail, size_t hop);
void overlap_reset(struct overlap *o);

/* Moves on by one hop, then adds x[M] under the window s[M]; gives the hop of
 * samples that no later frame reaches, valid until the next update. */
const float *overlap_update(struct overlap *o, const float *restrict x,
                            const float *restrict s);

/* All that lasts from one frame to the next; see base/store.h. */
void overlap_state(struct overlap *o, struct store *s);

#endif
