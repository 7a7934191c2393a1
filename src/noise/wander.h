/* SPDX-License-Identifier: MIT
 *
 * wander.h - the slow wandering of a baseline, taken out.
 */
#ifndef LULL_NOISE_WANDER_H
#define LULL_NOISE_WANDER_H

#include "base/arena.h"
#include "base/store.h"

/* A running mean over n frames; its sum is made anew every n frames, so that no
 * rounding gathers. */
struct running {
    size_t channels, n, at;
    float *ring;                /* [n][channels]                                  */
    float *sum, *fresh;         /* [channels] of the last n; since at was last 0  */
};

enum { WANDER_LONG = 20 };      /* spans: a calm baseline is known to be calm */

struct wander {
    size_t channels, delay;     /* frames by which the output is late             */
    size_t span, seen;          /* frames of a mean; seen so far, <= 2 span       */
    size_t over;                /* frames since the last, <= delay + 1            */
    struct running first, second;
    size_t at;
    float *late;                /* [delay + 1][channels] what came in             */
    float *mean;                /* [channels] the baseline                        */
    size_t age;                 /* frames weighed, <= WANDER_LONG span            */
    double *level;              /* [channels] mean of the baseline, for long      */
    float *slow;                /* [channels] the slower half of it               */
    float *stray, *rest;        /* [channels] power of that, and of what is left  */
    float *share;               /* [channels] of the baseline that goes           */
    float pace;                 /* of a baseline that follows at once, else 0     */
};

/* What is slower than about 1 / span frames goes, span - 1 frames late if `most`
 * allows so much, else at once; late, it goes only as far as it strays. */
void wander_place(struct wander *w, struct arena *a, size_t channels, size_t span, size_t most);
void wander_reset(struct wander *w);

/* The frame x[channels] in, the one `delay` frames ago out, less its baseline; 0
 * before the first.  Frozen, how much of a baseline goes stays as it is. */
void wander_update(struct wander *w, float *x, bool freeze);

/* The same when there are no more: what comes out after the last is 0. */
void wander_end(struct wander *w, float *x);

/* All that lasts from one frame to the next; see base/store.h. */
void wander_state(struct wander *w, struct store *s);

#endif
