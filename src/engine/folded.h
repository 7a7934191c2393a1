/* SPDX-License-Identifier: MIT
 *
 * folded.h - a group of one channel whose vectors all have the same gains: a filter, and a
 * tracker for what is as likely backwards.
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
    float most;                 /* its energy is at most this                         */
    struct mirror mirror;       /* learns                                             */
    bool joined;                /* the group's tracker, which only looks, knows all of that */
    float *keep;                /* [rank] of a direction, beyond what is kept of all  */
    float *rows;                /* [MIRROR_ROWS][lags] of the matrix that x_hat is made by */
};

/* Whether such a group is one. */
bool folded_fits(const struct recipe *r, size_t channels, size_t lags, size_t rank);

void folded_place(struct group *g, struct arena *a, const struct track_plan *plan, size_t delay);
void folded_reset(struct group *g);

/* All is to be learned anew, or has been forgotten. */
void folded_restart(struct group *g);
void folded_forget(struct group *g);

/* One frame, z; what is white is from now on in another unit. */
void folded_push(struct group *g, float z);
void folded_rescale(struct group *g);

/* Powers f times what they were; one direction more, or less. */
void folded_scale(struct group *g, float f);
void folded_add(struct group *g);
void folded_drop(struct group *g);

/* What the newest vector is for, learned from if it is due: the filter, or g->x_hat. */
void folded_follow(struct group *g, bool due);

/* The frame `delay` ago, of which g->estimate has what was said vector by vector. */
void folded_rebuild(struct group *g);

void folded_state(struct group *g, struct store *s);

#endif
