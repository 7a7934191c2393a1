/* SPDX-License-Identifier: MIT
 *
 * taps.h - vectors of lags of one signal through the same matrix, and their mean, as one
 * filter.
 */
#ifndef LULL_REBUILD_TAPS_H
#define LULL_REBUILD_TAPS_H

#include "base/arena.h"
#include "base/store.h"

struct taps {
    size_t lags, delay;         /* of a vector; vectors that are waited for, < lags       */
    size_t row;                 /* of the matrix that is due, lags - 1 - delay..lags - 1  */
    float *next;                /* [lags + delay] the filter of the rows so far           */
    float *h;                   /* [lags + delay] that of the last time through all       */
    bool ready;                 /* there was one                                          */
    size_t at;                  /* slot of the next vector, <= delay                      */
    unsigned char *apart;       /* [delay + 1] whether a vector did not come through here */
    size_t folded;              /* those that did                                         */
};

void taps_place(struct taps *t, struct arena *a, size_t lags, size_t delay);
void taps_reset(struct taps *t);

/* The matrix is another: the filter is not ready for more vectors until all its rows were
 * seen; for those that came through here it stays what it was. */
void taps_restart(struct taps *t);

/* Row t->row[lags] of the matrix as it is now. */
void taps_renew(struct taps *t, const float *row);

/* One more vector, which comes through here or not. */
void taps_count(struct taps *t, bool folded);

/* What those of the last delay + 1 vectors that came through here make of the frame
 * `delay` ago: their part of the mean over all; z[lags + delay], oldest first. */
float taps_estimate(const struct taps *t, const float *z);

/* All that lasts from one frame to the next; see base/store.h. */
void taps_state(struct taps *t, struct store *s);

#endif
