/* SPDX-License-Identifier: MIT
 *
 * estimate.h - what the model makes of a frame that was taken in, before it learns
 * from it; track_rest() and track_matrix() are in estimate.c, too.
 */
#ifndef LULL_TRACK_ESTIMATE_H
#define LULL_TRACK_ESTIMATE_H

#include "track/track.h"

/* p, and |e|^2; e itself only where it has to be formed: where entries are
 * unknown, or the difference of the energies would be rounding. */
float estimate_coefficients(struct track *t, float trust);

/* sigma^2, but no more than leaves x_hat shorter than U p and not turned
 * against it: C may know less of a weak direction than the rule asks of it. */
float estimate_shrinkage(const struct track *t, const struct motion *m, float weight);

/* kappa, the share of e that is signal.  An e louder than the model has it is noise
 * until U has learned better. */
float estimate_leakage(const struct track *t, const struct motion *m, float mu, float e2,
                         float weight);

/* Whether the sweep gives x_hat by the way. */
bool estimate_by_sweep(const struct track *t, const struct motion *m);

/* x_hat where the sweep cannot give it. */
void estimate_reconstruct(struct track *t, const struct motion *m, float s, float trust);

/* x_hat of a frame that nothing is learned from. */
void estimate_look(struct track *t);

#endif
