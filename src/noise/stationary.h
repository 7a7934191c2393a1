/* SPDX-License-Identifier: MIT
 *
 * stationary.h - tells a noise that has jumped from a voice: it is stationary.
 */
#ifndef LULL_NOISE_STATIONARY_H
#define LULL_NOISE_STATIONARY_H

#include "base/ear.h"
#include "base/store.h"

enum { STATIONARY_PARTS = 5 };

struct stationary {
    const struct bands *bands;
    size_t length, at, part;            /* frames in a part; in this one; which of them */
    size_t filled;                      /* parts that have been full, which judging needs */
    float keep_short, keep_long;        /* per frame                                 */
    float *noise;                       /* [bands] pooled                            */
    float *smooth;                      /* [bands]                                   */
    float *least, *mean;                /* [parts][bands] of smooth, of power        */
    float *level;                       /* [n] power averaged over 150 ms            */
    float *floor;                       /* [n] the noise at the least, 0: not known  */
    float reach;                        /* of the floor above the least; 0: speech   */
    size_t span;                        /* parts that the verdict is about           */
    bool begun;
};

void stationary_place(struct stationary *s, struct arena *a, const struct bands *bands,
                      double frame_hz);
void stationary_reset(struct stationary *s);

/* Learns from the powers P[n] of one frame and pooled[bands] of them, over the
 * noise N[n]. */
void stationary_update(struct stationary *s, const float *restrict P,
                       const float *restrict pooled, const float *restrict N);

/* All that lasts from one frame to the next; see base/store.h. */
void stationary_state(struct stationary *y, struct store *s);

#endif
