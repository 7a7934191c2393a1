/* SPDX-License-Identifier: MIT
 *
 * estimate.h - the estimate of a frame by the model, before that learns from it;
 * track_rest() and track_matrix() are in estimate.c, too.
 */
#ifndef LULL_TRACK_ESTIMATE_H
#define LULL_TRACK_ESTIMATE_H

#include "track/track.h"

/* Computes p and gives |e|^2 = |y|^2 - |p|^2; computes e itself ("forms" it) only if entries
 * are missing or that difference would be rounding. */
float estimate_coefficients(struct track *t, float trust);

/* The s of x_hat = U (p - s h): sigma^2, but at most such that x_hat is no longer than U p and
 * does not point against it, as C may be wrong about a weak direction. */
float estimate_shrinkage(const struct track *t, const struct motion *m, float weight);

/* kappa, the share of e that is signal; less if e is louder than the model expects. */
float estimate_leakage(const struct track *t, const struct motion *m, float mu, float e2,
                         float weight);

/* Whether the sweep computes x_hat. */
bool estimate_by_sweep(const struct track *t, const struct motion *m);

/* Computes x_hat where the sweep cannot. */
void estimate_reconstruct(struct track *t, const struct motion *m, float s, float trust);

/* x_hat of a frame that nothing is learned from. */
void estimate_look(struct track *t);

#endif
