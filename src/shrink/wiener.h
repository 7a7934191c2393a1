/* SPDX-License-Identifier: MIT
 *
 * wiener.h - the decision-directed Wiener gain.
 */
#ifndef LULL_SHRINK_WIENER_H
#define LULL_SHRINK_WIENER_H

#include "base/arena.h"
#include "base/store.h"

struct wiener {
    size_t n;
    float keep;                 /* of the last clean power in the a-priori SNR */
    float *clean;               /* [n] G^2 P of the last frame                 */
};

void wiener_place(struct wiener *w, struct arena *a, size_t n, double frame_hz);
void wiener_reset(struct wiener *w);

/* Gains G[n], 0..1, for the powers P[n] in the noise N[n] > 0. */
void wiener_update(struct wiener *w, const float *restrict P, const float *restrict N,
                   float *restrict G);

/* All that lasts from one frame to the next; see base/store.h. */
void wiener_state(struct wiener *w, struct store *s);

#endif
