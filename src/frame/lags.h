/* SPDX-License-Identifier: MIT
 *
 * lags.h - the last L frames of M channels as one vector of M L numbers:
 * channels, lags, or both at once.
 */
#ifndef LULL_FRAME_LAGS_H
#define LULL_FRAME_LAGS_H

#include "base/arena.h"
#include "base/store.h"

struct lags {
    size_t channels, count;     /* M; L                                      */
    size_t kept;                /* frames that are kept, R >= L              */
    size_t at;                  /* slot of the next frame, < R               */
    float *ring;                /* [M][2 R], every sample written twice      */
    unsigned char *known;       /* [M][2 R] 1; 0: the sample is missing      */
    size_t gaps;                /* missing samples in the ring               */
};

/* past: how many frames ago a vector may have ended. */
void lags_place(struct lags *g, struct arena *a, size_t channels, size_t count, size_t past);
void lags_reset(struct lags *g);

/* Takes one frame x[M]; known[M]: 1, or 0 where it is missing. */
void lags_push(struct lags *g, const float *x, const unsigned char *known);

/* Multiplies the samples of channel c by f: its unit has changed. */
void lags_scale(struct lags *g, size_t c, float f);

/* Writes the vector y[M][L] of `ago` <= past frames ago, oldest first, and known[M][L] of it
 * if there are gaps. */
void lags_vector(const struct lags *g, size_t ago, float *y, unsigned char *known);

/* The newest n <= kept samples of channel c, oldest first. */
const float *lags_newest(const struct lags *g, size_t c, size_t n);

/* Clips the samples of channel c to that size. */
void lags_limit(struct lags *g, size_t c, float most);

/* All that lasts from one frame to the next; see base/store.h. */
void lags_state(struct lags *g, struct store *s);

#endif
