/* SPDX-License-Identifier: MIT
 *
 * scene.h - streams whose subspace is known, and what a tracker loses on them.
 *
 * y = x + noise, x = sum sqrt(ell_i) z_i u_i, noise of power 1 in every entry.
 */
#ifndef LULL_TESTS_SCENE_H
#define LULL_TESTS_SCENE_H

#include "check.h"
#include "lull_tracker.h"

enum { SCENE_MOST = 16 };

/* Powers of four directions that stand well above the noise. */
extern const double scene_strong[4];

struct scene {
    size_t dim, n, parts, k; /* numbers and floats in a frame; directions    */
    double ell[SCENE_MOST];  /* power of each direction                      */
    double *V;               /* [2 SCENE_MOST][n] directions, then partners  */
    double *V0;              /* the same, as they were at the start          */
    double angle;            /* by which each is turned to its partner       */
    struct dice dice;
    float *x, *y; /* [n] the last frame, without and with noise   */
    double level; /* of everything                                */
};

struct scene scene_new(size_t dim, size_t parts, size_t k, const double *ell, uint64_t seed);
void scene_free(struct scene *s);

/* The next frame, in s->x and s->y. */
void scene_frame(struct scene *s);

/* The tracker sees the next so many frames. */
void scene_feed(lull_tracker *t, struct scene *s, size_t frames);

/* All directions turned by so many radians, to partners outside. */
void scene_turn(struct scene *s, double angle);

/* All directions take a random step of this length (in all). */
void scene_walk(struct scene *s, double length);

/* Direction i becomes another; i = k: all do. */
void scene_jump(struct scene *s, size_t i);

/* Signal energy that the tracker's subspace misses per frame. */
double scene_leak(const struct scene *s, const lull_tracker *t);

/* Largest |U'U - I|. */
double scene_orthonormality(const lull_tracker *t, size_t n, size_t parts);

/* |x_hat - x|^2; and its mean over the next so many frames, given to the tracker. */
double scene_error(const struct scene *s, const float *x_hat);
double scene_mean_error(lull_tracker *t, struct scene *s, size_t frames);

#endif
