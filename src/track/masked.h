/* SPDX-License-Identifier: MIT
 *
 * masked.h - a low-rank model of noise power, followed through what speech
 * leaves visible of it.
 */
#ifndef LULL_TRACK_MASKED_H
#define LULL_TRACK_MASKED_H

#include "base/arena.h"
#include "base/store.h"

enum { MASKED_RANK = 2 };

struct masked {
    size_t n;                   /* frequencies                                     */
    float *mean;                /* [n] Nbar: the noise when h = 0                  */
    float *U;                   /* [rank][n] directions of its logarithm           */
    float *weight;              /* [n] d: what one frequency counts                */
    float h[MASKED_RANK];       /* where along U the noise is now, nepers          */
    float q[MASKED_RANK];       /* variance of what h does next: how far it steps  */
    float *noise;               /* [n] Nbar exp(U h): the result                   */
    float *ratio;               /* [n] power over noise                            */
    float *speech;              /* [n] probability that the entry is missing       */
    float *row;                 /* [2][n] of the moment                            */
    float step;                 /* 0..1: how far a frame is believed, and h moves */

    float predict, learn_q, learn_mean;             /* per frame                  */
    float q0;                   /* variance of h at the start                      */
};

/* n frequencies from 0, bin_hz apart. */
void masked_place(struct masked *m, struct arena *a, size_t n, double bin_hz, double frame_hz);
void masked_reset(struct masked *m);

/* Starts from the noise N[n]. */
void masked_begin(struct masked *m, const float *restrict N);

/* X_{k+1} = f(X_k, y_k): learns from the powers P[n] of one frame, of which
 * `prior` (0..1) is the share expected to be speech. */
void masked_update(struct masked *m, const float *restrict P, float prior);

/* Lifts the reference so far that the model, where it swells above it, is at
 * least floor[n]; where it fades below, it may. */
void masked_lift(struct masked *m, const float *restrict floor);

/* All that lasts from one frame to the next; see base/store.h. */
void masked_state(struct masked *m, struct store *s);

#endif
