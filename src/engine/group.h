/* SPDX-License-Identifier: MIT
 *
 * group.h - the channels that are one vector, from a frame to its estimate.
 */
#ifndef LULL_ENGINE_GROUP_H
#define LULL_ENGINE_GROUP_H

#include "engine/extent.h"
#include "engine/folded.h"
#include "engine/frozen.h"
#include "frame/lags.h"
#include "noise/floor.h"
#include "noise/sudden.h"
#include "rebuild/average.h"
#include "shrink/complement.h"
#include "shrink/directions.h"
#include "shrink/reliance.h"
#include "track/amend.h"

/* Channels that are one vector, with a tracker of their own. */
struct group {
    struct sudden sudden;
    struct floor floor;
    struct lags lags;
    struct frozen frozen;       /* what was learned before, if anything was        */
    struct track track;         /* of all, or of what that leaves                  */
    struct directions directions;
    struct complement complement;
    struct reliance reliance;
    struct average average;
    bool folds;                 /* one channel, and all vectors have the same gains: */
    struct folded folded;       /* then this learns, and `track` only looks           */
    float *own;                 /* [padded] share of each number in the subspace   */
    float *outside;             /* [channels][lags] signal that is not in the subspace */
    float *lambda;              /* [rank] mean power along each direction          */
    bool stale;                 /* and along some it is another by now              */
    float *y, *x_hat;           /* [channels][lags] a vector, and what is kept     */
    unsigned char *known;       /* [channels][lags] what there is of it            */
    bool complements;           /* what is outside the subspace may be signal         */
    size_t patience;            /* frames after which a vector is learned from        */
    size_t every, turn;         /* one of so many vectors is learned from; 0: this one */
    size_t young;               /* frames for which all are                          */
    float unit;                 /* mean log noise level that powers are in, if settled */
    bool settled;
    size_t heard;               /* channels with a level in that mean                 */
    unsigned segments;          /* of the floor that are dealt with                   */
    unsigned *moved;            /* [channels] jumps of the level that are dealt with  */
    float *z, *estimate;        /* [channels] the newest frame and the one due, white */
};

/* Whether what was learned, if anything, is for groups as these will be. */
bool group_takes(const struct recipe *r);

/* Number `which` of the groups.  delay: frames of the vector that are waited for, <
 * extent_lags(). */
void group_place(struct group *g, struct arena *a, const struct recipe *r, size_t which,
                 size_t members, size_t delay);
void group_reset(struct group *g);

/* Towards `most` directions in use, if there were more or fewer, by one; see track.h. */
void group_bound(struct group *g, size_t most, bool freeze);

/* Whether an event is going on: then there is no need of patience. */
void group_believe(struct group *g, bool event);

/* One frame x[channels], known or not, into its vector and through the tracker;
 * g->estimate is then that of the frame `delay` ago, white.  What is too loud to be
 * squared, or in doubt, is as good as missing; a channel without noise is known to be 0:
 * so says known[] then. */
void group_update(struct group *g, const float *x, unsigned char *known, bool freeze);

/* Powers, and what is white of channel c and still in the making, are f times what they were:
 * the unit is another. */
void group_scale_powers(struct group *g, float f);
void group_scale(struct group *g, size_t c, float f);

/* What lies outside of all directions, of the vector that was learned from. */
void group_learn_rest(struct group *g, const float *e);

/* The step of whoever learns. */
float group_step(const struct group *g);

/* Directions in use. */
unsigned group_rank(const struct group *g);

/* What the tracker adds to the base, W^-1 U g U'W = B A, in the units of the input;
 * read, the tracker takes it over as soon as it can.  See shrink/known.h. */
void group_adapter(struct group *g, struct store *s);

/* All that lasts from one frame to the next; see base/store.h. */
void group_state(struct group *g, struct store *s);

#endif
