/* SPDX-License-Identifier: MIT
 *
 * taps.h - the same matrix applied to all vectors of lags of a signal, and the mean of
 * their estimates, as one linear filter.
 */
#ifndef LULL_REBUILD_TAPS_H
#define LULL_REBUILD_TAPS_H

#include "base/arena.h"
#include "base/store.h"

enum { TAPS_PARTS = 8 };

/* How a vector is estimated: by the filter, or apart since it has gaps, or is loud. */
enum taps_way { TAPS_FOLDED, TAPS_APART, TAPS_LOUD };

struct taps {
    size_t lags, delay;         /* of a vector; frames the output is late, < lags         */
    bool even;                  /* delay = lags - 1: h is symmetric                       */
    size_t rows, row;           /* rows in use, the last or if even the first; next due   */
    size_t bits;                /* 2^bits rows make a part                                */
    size_t fresh;               /* rows renewed since restart, saturating                 */
    float *part;                /* [TAPS_PARTS][lags + delay] sums of rows                */
    float *next;                /* [lags + delay] the part that is being renewed          */
    float *h;                   /* [lags + delay] taps: the sum of all parts              */
    size_t at;                  /* slot of the next vector, <= delay                      */
    unsigned char *apart;       /* [delay + 1] way of each vector                         */
    size_t folded;              /* how many are TAPS_FOLDED                               */
};

/* lags: even. */
void taps_place(struct taps *t, struct arena *a, size_t lags, size_t delay);
void taps_reset(struct taps *t);

/* The matrix has changed: the filter is not ready for new vectors until all rows are renewed.
 * Vectors that it stands for already keep the old one. */
void taps_restart(struct taps *t);

static inline bool taps_ready(const struct taps *t)
{
    return t->fresh == t->rows;
}

/* due: the row of the matrix to renew next; from: how many entries at either end of it are not
 * used; renew: takes that row[lags]. */
size_t taps_due(const struct taps *t);
size_t taps_from(const struct taps *t);
void taps_renew(struct taps *t, const float *row);

/* Takes one more vector, estimated in that way. */
void taps_count(struct taps *t, enum taps_way way);

/* The frame `delay` ago: sum of its estimates by those of the last delay + 1 vectors that the
 * filter stands for, over delay + 1; z[lags + delay], oldest first. */
float taps_estimate(const struct taps *t, const float *z);

/* All that lasts from one frame to the next; see base/store.h. */
void taps_state(struct taps *t, struct store *s);

#endif
