/* SPDX-License-Identifier: MIT
 *
 * minimum.h - the least power of each frequency over the last second or two:
 * what is there even between words.
 */
#ifndef LULL_NOISE_MINIMUM_H
#define LULL_NOISE_MINIMUM_H

#include "base/arena.h"
#include "base/store.h"

struct minimum {
    size_t n, parts;            /* frequencies; sub-windows of the memory       */
    size_t length, at;          /* frames in a sub-window; frames in this one   */
    size_t oldest;              /* sub-window to be overwritten next, < parts   */
    float keep;                 /* of the smoothed power, per frame             */
    float *smooth;              /* [n]                                          */
    float *now;                 /* [n] least since this sub-window began        */
    float *past;                /* [n] least over all the sub-windows before    */
    float *part;                /* [parts][n]                                   */
    float *least;               /* [n] the result                               */
};

void minimum_place(struct minimum *m, struct arena *a, size_t n, double frame_hz,
                   double memory_s);
void minimum_reset(struct minimum *m);

/* Takes P[n] for what was smoothed so far, instead of the first frame alone. */
void minimum_begin(struct minimum *m, const float *P);

/* Learns from the powers P[n] of one frame. */
void minimum_update(struct minimum *m, const float *restrict P);

/* All that lasts from one frame to the next; see base/store.h. */
void minimum_state(struct minimum *m, struct store *s);

#endif
