/* SPDX-License-Identifier: MIT
 *
 * quorum.h - what several channels see at once is no fault of one of them.
 */
#ifndef LULL_SHRINK_QUORUM_H
#define LULL_SHRINK_QUORUM_H

#include "base/arena.h"
#include "base/store.h"

#include <stdbool.h>

struct quorum {
    size_t channels, least;     /* least: channels that must agree                   */
    float pace;                 /* of what is now, per frame; an event lasts 1 / pace */
    float frames;               /* seen, up to the memory of what is usual           */
    float *now, *usual;         /* [channels] mean powers, of late and for long      */
    bool met;                   /* an event is going on                              */
};

/* span: frames that an event lasts at least, >= 1. */
void quorum_place(struct quorum *q, struct arena *a, size_t channels, size_t span);
void quorum_reset(struct quorum *q);

/* One frame z[channels], where the noise has a power of 1, of which known[] is there;
 * frozen, what is usual stays as it is. */
void quorum_update(struct quorum *q, const float *z, const unsigned char *known, bool freeze);

/* All that lasts from one frame to the next; see base/store.h. */
void quorum_state(struct quorum *q, struct store *s);

#endif
