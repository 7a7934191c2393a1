/* SPDX-License-Identifier: MIT
 *
 * wander.h - removes baseline wander.
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

enum { WANDER_LONG = 20 };      /* spans until a baseline is known to be calm */

struct wander {
    size_t channels, delay;     /* delay: frames by which the output is late      */
    size_t span, seen;          /* frames of a mean; seen so far, <= 2 span       */
    size_t over;                /* frames since the signal ended, <= delay + 1    */
    struct running first, second;
    size_t at;
    float *late;                /* [delay + 1][channels] what came in             */
    float *mean;                /* [channels] the baseline                        */
    size_t age;                 /* frames in the powers below, <= WANDER_LONG span */
    double *level;              /* [channels] long-term mean of the baseline      */
    float *slow;                /* [channels] the slower half of it               */
    float *stray, *rest;        /* [channels] power of that, and of what is left  */
    float *share;               /* [channels] w: of the baseline that is removed  */
    float pace;                 /* of the one-pole low-pass; 0: running means     */
};

/* Removes what is slower than about 1/span per frame: with a delay of span - 1 frames if
 * that is at most `most`, and then by the share w; else without delay, and all of it. */
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
