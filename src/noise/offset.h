/* SPDX-License-Identifier: MIT
 *
 * offset.h - the constant offset of each channel: volts under microvolts, an atmosphere
 * under a gust.
 */
#ifndef LULL_NOISE_OFFSET_H
#define LULL_NOISE_OFFSET_H

#include "base/arena.h"
#include "base/store.h"

#include <stdbool.h>

struct offset {
    size_t channels;
    float *level;               /* [channels] mean                                 */
    float *spread;              /* [channels] mean absolute deviation              */
    float *age;                 /* [channels] frames in both                       */
    float *away;                /* [channels] samples in a row far above (+), below (-) */
};

void offset_place(struct offset *o, struct arena *a, size_t channels);
void offset_reset(struct offset *o);

/* Takes the offset out of a frame x[channels], and learns from what is known of it. */
void offset_update(struct offset *o, float *restrict x, const unsigned char *restrict known,
                   bool freeze);

/* All that lasts from one frame to the next; see base/store.h. */
void offset_state(struct offset *o, struct store *s);

#endif
