/* SPDX-License-Identifier: MIT
 *
 * onset.h - where noise begins to be known, and where it no longer holds.
 */
#ifndef LULL_NOISE_ONSET_H
#define LULL_NOISE_ONSET_H

#include "base/arena.h"
#include "base/store.h"

#include <stdbool.h>
#include <stddef.h>

enum { ONSET_FRAMES = 6 };      /* frames that are taken for noise */

struct onset {
    size_t n;                   /* frequencies                                      */
    float coverage[ONSET_FRAMES];       /* share of the window that has filled, by frame */
    size_t filled;              /* frames since silence, < ONSET_FRAMES             */
    size_t seen;                /* frames in the mean, up to ONSET_FRAMES           */
    float covered;              /* sum of their coverages                           */
    float *mean;                /* [n] of their powers                              */
    size_t reach;               /* harmonics are narrower than 2 reach + 1          */
    float *least;               /* [n] scratch                                      */
    bool hushed;                /* digital silence came before them                 */
    size_t quiet, patience;     /* frames far below the noise; how many are enough  */
};

void onset_place(struct onset *o, struct arena *a, size_t n, double bin_hz, double frame_hz);

/* For frames under the analysis window a[span], `hop` apart; once, after `place`. */
void onset_calibrate(struct onset *o, const float *a, size_t span, size_t hop);
void onset_reset(struct onset *o);

/* A frame of digital silence. */
void onset_silence(struct onset *o);

/* All that was learned has been thrown away: from the next frame on, anew. */
void onset_again(struct onset *o);

/* True if the powers P[n] have for long been far below the noise N[n]. */
bool onset_lost(struct onset *o, const float *restrict P, const float *restrict N);

/* While the noise is not known: puts what is seen of it so far into N[n], and
 * says so. */
bool onset_update(struct onset *o, const float *restrict P, float *restrict N);

/* What was seen sounds voiced: leaves in N[n] only what lies between harmonics. */
void onset_voiced(struct onset *o, float *N);

/* All that lasts from one frame to the next; see base/store.h. */
void onset_state(struct onset *o, struct store *s);

#endif
