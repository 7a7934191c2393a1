/* SPDX-License-Identifier: MIT
 *
 * step.h - how far to move with each frame: mu in (0, 1].
 */
#ifndef LULL_TRACK_STEP_H
#define LULL_TRACK_STEP_H

#include "track/basis.h"

#include <stdbool.h>

struct step {
    bool automatic;
    float mu;        /* the step; automatic: its present value       */
    float age;       /* frames since the start or an abrupt change   */
    float lag;       /* running mean of what staleness costs         */
    float since;     /* frames since R was taken                     */
    float stale_age; /* age when R was taken                         */
    struct basis R;  /* the subspace as it was; automatic only       */
    float *p;        /* [ld] R'y                                     */
};

/* fixed: the step, or 0 for automatic. */
void step_place(struct step *s, struct arena *a, const struct basis *U, size_t ld, float fixed);
void step_reset(struct step *s, const struct basis *U, float fixed);

/* The step in force: no smaller than that of a plain average since the start. */
float step_now(const struct step *s);

/* Whether this frame is one to compare on; if not, step_update() ignores cost. */
bool step_looks(const struct step *s);

/* Time passes; automatic: learns that the stale subspace left `cost` more
 * energy in the residual of this frame than the present one.  noise: what a
 * step of 1 would let in, trust r dim sigma^2; trust: dim / entries known. */
void step_update(struct step *s, float cost, float noise, float trust);

/* After an abrupt change: as if the start were so many frames ago. */
void step_restart(struct step *s, float age);

/* Not automatic: from now on it is mu. */
void step_set(struct step *s, float mu);

/* From now on the tracker remembers so many frames (automatic), and is as old. */
void step_remember(struct step *s, float frames);

/* due: whether R is to be renewed, which it is also when the rank has changed.  Then the next
 * sweep writes the turned U to R's memory, and step_renew() exchanges the two. */
bool step_due(const struct step *s, const struct basis *U);
void step_renew(struct step *s, struct basis *U);

#endif
