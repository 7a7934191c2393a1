/* SPDX-License-Identifier: MIT
 *
 * quorum.h - an event is what several channels see at once.
 */
#ifndef LULL_SHRINK_QUORUM_H
#define LULL_SHRINK_QUORUM_H

#include "base/arena.h"
#include "base/store.h"

#include <stdbool.h>

struct quorum {
    size_t channels, least;     /* least: channels that must agree                   */
    float pace;                 /* of `now`, per frame: an event lasts at least 1 / pace */
    float frames;               /* seen, up to the memory of `usual`                 */
    float *now, *usual;         /* [channels] short-term and long-term mean power    */
    bool met;                   /* an event is going on                              */
};

/* span: frames that an event lasts at least, >= 1. */
void quorum_place(struct quorum *q, struct arena *a, size_t channels, size_t span);
void quorum_reset(struct quorum *q);

/* One frame z[channels], with noise of power 1, but for entries where known[] is 0.
 * freeze: `usual` is not learned. */
void quorum_update(struct quorum *q, const float *z, const unsigned char *known, bool freeze);

/* All that lasts from one frame to the next; see base/store.h. */
void quorum_state(struct quorum *q, struct store *s);

#endif
