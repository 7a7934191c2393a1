/* SPDX-License-Identifier: MIT
 *
 * folded.h - a group of one channel whose vectors all have the same gains is a linear
 * filter; its tracker uses that a stationary signal is the same reversed in time.
 */
#ifndef LULL_ENGINE_FOLDED_H
#define LULL_ENGINE_FOLDED_H

#include "engine/recipe.h"
#include "rebuild/taps.h"
#include "track/mirror.h"

struct group;

struct folded {
    struct taps taps;
    enum taps_way way;          /* of the newest vector                               */
    float most;                 /* bound of its energy                                */
    struct mirror mirror;       /* learns                                             */
    bool joined;                /* the group's tracker, which never learns, is up to date */
    float *keep;                /* [rank] gain of a direction less g_c                */
    float *rows;                /* [MIRROR_ROWS][lags] of U g U' + g_c (I - U U')     */
};

/* Whether a group of that recipe and shape is of this kind. */
bool folded_fits(const struct recipe *r, size_t channels, size_t lags, size_t rank);

void folded_place(struct group *g, struct arena *a, const struct track_plan *plan,
                  size_t delay);
void folded_reset(struct group *g);

/* The filter is made anew; forget: and so is the model. */
void folded_restart(struct group *g);
void folded_forget(struct group *g);

/* Takes one frame, z; rescale: the unit of z has changed. */
void folded_push(struct group *g, float z);
void folded_rescale(struct group *g);

/* Multiplies powers by f; adds, drops one direction. */
void folded_scale(struct group *g, float f);
void folded_add(struct group *g);
void folded_drop(struct group *g);

/* Estimates the newest vector, by the filter or as g->x_hat; learns from it if it is due. */
void folded_follow(struct group *g, bool due);

/* Adds the filter's share to g->estimate, the frame `delay` ago. */
void folded_rebuild(struct group *g);

void folded_state(struct group *g, struct store *s);

#endif
