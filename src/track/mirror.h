/* SPDX-License-Identifier: MIT
 *
 * mirror.h - the tracker of vectors of lags of one signal, which is as likely backwards.
 */
#ifndef LULL_TRACK_MIRROR_H
#define LULL_TRACK_MIRROR_H

#include "base/store.h"
#include "track/track.h"

enum { MIRROR_ROWS = 4 };   /* of a matrix at once, at most */

struct mirror {
    size_t n;               /* numbers in a vector, even                          */
    struct track half[2];   /* of what is even, and of what is odd                */
    float *even, *odd;      /* [padded] both of a vector                          */
    float *rest;            /* [n] what no direction explains of the last         */
    float *weights;         /* [MIRROR_ROWS][ld] scratch                          */
    float *rows;            /* [2][MIRROR_ROWS][padded] of either half's matrix   */
};

/* As one tracker of that plan would be, of real numbers, with at least two directions: half
 * of them, those that come first, even. */
void mirror_place(struct mirror *m, struct arena *a, const struct track_plan *plan);
void mirror_reset(struct mirror *m);

/* Directions in use, and the mean power along each, first of the even. */
size_t mirror_rank(const struct mirror *m);
void mirror_powers(const struct mirror *m, float *lambda);

/* One more, or one less, but for the last of each half. */
void mirror_add(struct mirror *m);
void mirror_drop(struct mirror *m);

/* See step_set() and track_scale(). */
void mirror_step(struct mirror *m, float mu);
void mirror_scale(struct mirror *m, float f);

/* Learns from y[n], of which all is known; whether there was anything to learn: then m->rest
 * is of it. */
bool mirror_update(struct mirror *m, const float *y);

/* x_hat = U g U'y, and m->rest. */
void mirror_look(struct mirror *m, const float *y, const float *g, float *x_hat);

/* `whole`, a tracker of the same plan, knows from now on what the halves do: for a look at
 * vectors of which not all is known. */
void mirror_join(const struct mirror *m, struct track *whole);

/* Rows from..from + count - 1 of U g U', g[r], all of one half of it, without the `first`
 * entries at either end; rows[count][n]. */
void mirror_matrix(struct mirror *m, size_t from, size_t count, size_t first, const float *g,
                   float *rows);

/* All that lasts from one vector to the next; see base/store.h. */
void mirror_state(struct mirror *m, struct store *s);

#endif
