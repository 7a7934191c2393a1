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
    unsigned char *known;       /* [M][2 R] whether it is one                */
    size_t gaps;                /* samples in there that are not             */
};

/* past: how long ago the newest frame of a vector may be. */
void lags_place(struct lags *g, struct arena *a, size_t channels, size_t count, size_t past);
void lags_reset(struct lags *g);

/* Takes one frame x[M], of which known[M] says what is there (1) or not (0). */
void lags_push(struct lags *g, const float *x, const unsigned char *known);

/* Channel c is from now on in another unit: what is there of it is multiplied by f. */
void lags_scale(struct lags *g, size_t c, float f);

/* Writes the vector y[M][L] as it was `ago` <= past frames ago, oldest first, and
 * likewise, if there are gaps, what is known of it. */
void lags_vector(const struct lags *g, size_t ago, float *y, unsigned char *known);

/* The newest n <= kept samples of channel c, oldest first. */
const float *lags_newest(const struct lags *g, size_t c, size_t n);

/* Nothing that is there of channel c is larger than that. */
void lags_limit(struct lags *g, size_t c, float most);

/* All that lasts from one frame to the next; see base/store.h. */
void lags_state(struct lags *g, struct store *s);

#endif
