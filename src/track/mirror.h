/* SPDX-License-Identifier: MIT
 *
 * mirror.h - a tracker of vectors of lags of one stationary signal, which are as likely
 * reversed: two trackers of half the size.
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
    float *rest;            /* [n] y - U U'y of the last vector                    */
    float *weights;         /* [MIRROR_ROWS][ld] scratch                          */
    float *rows;            /* [2][MIRROR_ROWS][padded] of either half's matrix   */
};

/* In place of one tracker of that plan, of real numbers, even dim and rank >= 2.  Half of the
 * directions, which come first, are even. */
void mirror_place(struct mirror *m, struct arena *a, const struct track_plan *plan);
void mirror_reset(struct mirror *m);

/* Directions in use, and the mean power along each, first of the even. */
size_t mirror_rank(const struct mirror *m);
void mirror_powers(const struct mirror *m, float *lambda);

/* Adds a direction; drops one, but never the last of a half. */
void mirror_add(struct mirror *m);
void mirror_drop(struct mirror *m);

/* See step_set() and track_scale(). */
void mirror_step(struct mirror *m, float mu);
void mirror_scale(struct mirror *m, float f);

/* Learns from y[n], without gaps; whether anything was learned: then m->rest is of y. */
bool mirror_update(struct mirror *m, const float *y);

/* x_hat = U g U'y, and m->rest. */
void mirror_look(struct mirror *m, const float *y, const float *g, float *x_hat);

/* Copies the model of both halves to `whole`, a tracker of the same plan, which can estimate
 * vectors with gaps. */
void mirror_join(const struct mirror *m, struct track *whole);

/* rows[count][n]: rows from..from + count - 1 of U g U', g[r], all in one half of the matrix;
 * the `first` entries at either end are not wanted. */
void mirror_matrix(struct mirror *m, size_t from, size_t count, size_t first, const float *g,
                   float *rows);

/* All that lasts from one vector to the next; see base/store.h. */
void mirror_state(struct mirror *m, struct store *s);

#endif
