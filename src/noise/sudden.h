/* SPDX-License-Identifier: MIT
 *
 * sudden.h - a channel that is all at once rougher than it ever was.
 */
#ifndef LULL_NOISE_SUDDEN_H
#define LULL_NOISE_SUDDEN_H

#include "base/arena.h"
#include "base/store.h"

#include <stdbool.h>

struct sudden {
    size_t channels;
    size_t span, hold;    /* frames that one such frame lasts; of them, left */
    float age;            /* frames seen, up to the memory                   */
    float *last, *before; /* [channels] the two frames before                */
    float *rough;         /* [channels] mean square of second differences    */
};

/* What happens in a frame is spread over `span` of them. */
void sudden_place(struct sudden *s, struct arena *a, size_t channels, size_t span);
void sudden_reset(struct sudden *s);

/* Takes a frame x[channels], but for what is not known.  Whether few channels, now or
 * within `span`, have had what they never had: they may have gone bad, and what is said of
 * them is better not learned before more is known.  While frozen, what is usual is not
 * learned. */
bool sudden_update(struct sudden *s, const float *x, const unsigned char *known, bool freeze);

/* All that lasts from one frame to the next; see base/store.h. */
void sudden_state(struct sudden *s, struct store *store);

#endif
