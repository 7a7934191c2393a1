/* SPDX-License-Identifier: MIT
 *
 * sudden.h - notices channels that become rougher than ever from one frame to the next.
 */
#ifndef LULL_NOISE_SUDDEN_H
#define LULL_NOISE_SUDDEN_H

#include "base/arena.h"
#include "base/store.h"

#include <stdbool.h>

struct sudden {
    size_t channels;
    size_t span, hold;    /* frames that an alarm lasts; of them, left        */
    float age;            /* frames seen, up to the memory                    */
    float *last, *before; /* [channels] the two frames before                 */
    float *rough;         /* [channels] mean square of second differences     */
};

/* span: frames that an alarm lasts, those for which a vector of lags holds its cause. */
void sudden_place(struct sudden *s, struct arena *a, size_t channels, size_t span);
void sudden_reset(struct sudden *s);

/* Takes the known entries of frame x[channels].  True if, within the last `span` frames,
 * less than half of the channels were rougher than ever: they may have come loose, and
 * nothing should be learned before more is known.  freeze: the usual roughness is kept. */
bool sudden_update(struct sudden *s, const float *x, const unsigned char *known, bool freeze);

/* All that lasts from one frame to the next; see base/store.h. */
void sudden_state(struct sudden *s, struct store *store);

#endif
