/* SPDX-License-Identifier: MIT
 *
 * average.h - estimates of overlapping vectors become one signal again: each sample
 * is the mean of its estimates in the vectors that contain it.
 */
#ifndef LULL_REBUILD_AVERAGE_H
#define LULL_REBUILD_AVERAGE_H

#include "base/arena.h"
#include "base/store.h"

struct average {
    size_t channels, lags;      /* of a vector                             */
    size_t delay;               /* frames by which the output is late, < lags */
    size_t at;                  /* slot of the newest frame, <= delay      */
    float *sum;                 /* [channels][delay + 1]                   */
    float unit;                 /* 1 / (delay + 1)                         */
};

void average_place(struct average *r, struct arena *a, size_t channels, size_t lags,
                   size_t delay);
void average_reset(struct average *r);

/* Adds x_hat[channels][lags], oldest first, and gives the frame x[channels]
 * that is now complete: `delay` frames before the newest in x_hat. */
void average_update(struct average *r, const float *restrict x_hat, float *restrict x);

/* The same without a vector: its estimates count as 0. */
void average_pass(struct average *r, float *restrict x);

/* Multiplies the sums of channel c by f: its unit has changed. */
void average_scale(struct average *r, size_t c, float f);

/* Clips the sums of channel c to that size. */
void average_limit(struct average *r, size_t c, float most);

/* All that lasts from one frame to the next; see base/store.h. */
void average_state(struct average *r, struct store *s);

#endif
