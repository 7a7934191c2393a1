/* SPDX-License-Identifier: MIT
 *
 * taps.h - vectors of lags of one signal through the same matrix, and their mean, as one
 * filter.
 */
#ifndef LULL_REBUILD_TAPS_H
#define LULL_REBUILD_TAPS_H

#include "base/arena.h"
#include "base/store.h"

enum { TAPS_PARTS = 8 };

/* How a vector came: through here, or by itself, since it has gaps, or is loud. */
enum taps_way { TAPS_FOLDED, TAPS_APART, TAPS_LOUD };

struct taps {
    size_t lags, delay;         /* of a vector; vectors that are waited for, < lags       */
    bool even;                  /* all of a vector is waited for: h is symmetric          */
    size_t rows, row; /* that count, at the matrix's end or, if even, its start; due */
    size_t bits;                /* 2^bits rows make a part                                */
    size_t fresh;               /* rows seen since the matrix was another, saturating     */
    float *part;                /* [TAPS_PARTS][lags + delay] what the rows of each add   */
    float *next;                /* [lags + delay] what those add that are being renewed   */
    float *h;                   /* [lags + delay] the sum of all parts                    */
    size_t at;                  /* slot of the next vector, <= delay                      */
    unsigned char *apart;       /* [delay + 1] the way of each vector                     */
    size_t folded;              /* those that did                                         */
};

/* lags: even. */
void taps_place(struct taps *t, struct arena *a, size_t lags, size_t delay);
void taps_reset(struct taps *t);

/* The matrix is another: until all its rows were seen the filter is not ready for more
 * vectors; for those that came through here it stays as it was. */
void taps_restart(struct taps *t);

static inline bool taps_ready(const struct taps *t)
{
    return t->fresh == t->rows;
}

/* The row of the matrix, which is the same beyond either of its diagonals, that is due; how
 * many entries at both of its ends do not count; and row[lags] as it is now. */
size_t taps_due(const struct taps *t);
size_t taps_from(const struct taps *t);
void taps_renew(struct taps *t, const float *row);

/* One more vector. */
void taps_count(struct taps *t, enum taps_way way);

/* The share that those of the last delay + 1 vectors that came through here have in the
 * mean over all, of the frame `delay` ago; z[lags + delay], oldest first. */
float taps_estimate(const struct taps *t, const float *z);

/* All that lasts from one frame to the next; see base/store.h. */
void taps_state(struct taps *t, struct store *s);

#endif
