/* SPDX-License-Identifier: MIT
 *
 * late.h - a turn of the subspace that was put off: the subspace is U + w c' until U is
 * written.
 *
 * Where U does not fit the nearest cache, writing it costs as much as reading it.  So it is
 * written with every second frame only, turned twice; the frame between keeps its turn here.
 * Real numbers only.
 */
#ifndef LULL_TRACK_LATE_H
#define LULL_TRACK_LATE_H

#include "track/kernel.h"

struct late {
    float *w, *c; /* [padded], [r]; NULL: turns are never put off.  |c| = 1 */
    bool waits;   /* a turn is put off                                    */
};

void late_place(struct late *l, struct arena *a, const struct basis *U);
void late_reset(struct late *l, const struct basis *U);

/* Puts off the turn U + w c', c = d/|d|, length = |d|; w was written by the sweep. */
void late_keep(struct late *l, const float *d, float length, size_t r);

/* Adds the turn that waits, if one does, to a sweep of the same U. */
void late_join(const struct late *l, struct sweep *s, size_t r);

/* With the turned U: p = U'y, giving |y|^2; x = U a; direction j. */
float late_gather(const struct late *l, const struct kernel *k, const struct basis *U,
                  const float *y, float *p);
void late_combine(const struct late *l, const struct kernel *k, const struct basis *U,
                  const float *a, float *x);
void late_get(const struct late *l, const struct basis *U, size_t j, float *u);

/* Turns U now. */
void late_settle(struct late *l, const struct kernel *k, struct basis *U);

#endif
