/* SPDX-License-Identifier: MIT
 *
 * group.h - the channels that form one vector: from a frame to its estimate.
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

struct group {
    struct sudden sudden;
    struct floor floor;
    struct lags lags;
    struct frozen frozen;       /* what was learned before, if anything was        */
    struct track track;         /* of y, or of what the base leaves of it          */
    struct directions directions;
    struct complement complement;
    struct reliance reliance;
    struct average average;
    bool folds;                 /* one channel, all vectors have the same gains:      */
    struct folded folded;       /* then this learns, and `track` never does           */
    float *own;                 /* [padded] leverage |U_i|^2 of each entry            */
    float *outside;             /* [channels][lags] signal power outside the subspace */
    float *lambda;              /* [rank] mean power along each direction             */
    bool stale;                 /* powers have changed since the gains were computed  */
    float *y, *x_hat;           /* [channels][lags] a vector, and its estimate        */
    unsigned char *known;       /* [channels][lags] 0: entry of y is missing          */
    bool complements;           /* what is outside the subspace may be signal         */
    size_t patience;            /* frames after which a vector is learned from        */
    size_t every, turn;         /* one of so many vectors is learned from; 0: this one */
    size_t young;               /* frames left in which every vector is               */
    float unit;                 /* mean log noise level that powers refer to,         */
    bool settled;               /* if this is set,                                    */
    size_t heard;               /* over so many channels                              */
    unsigned segments;          /* of the floor, handled so far                       */
    unsigned *moved;            /* [channels] jumps of the level, handled so far      */
    float *z, *estimate;        /* [channels] newest frame, and the one due, whitened */
};

/* Whether the learned base, if any, fits the groups of the recipe. */
bool group_takes(const struct recipe *r);

/* Group number `which`, of `members` channels.  delay: frames by which its estimates are
 * late, < extent_lags(). */
void group_place(struct group *g, struct arena *a, const struct recipe *r, size_t which,
                 size_t members, size_t delay);
void group_reset(struct group *g);

/* Drops or adds one direction towards `most` in use; adds none if freeze. */
void group_bound(struct group *g, size_t most, bool freeze);

/* Tells whether an event is going on: then there is no need of patience. */
void group_believe(struct group *g, bool event);

/* Takes one frame x[channels], of which known[channels] tells what is missing (0), and updates
 * g->estimate, whitened, of the frame `delay` ago.  Clears known[] of samples to be treated
 * as missing, too loud to be squared or in doubt, and sets it where a channel has no noise. */
void group_update(struct group *g, const float *x, unsigned char *known, bool freeze);

/* Multiplies by f: all powers; the whitened samples of channel c still in use. */
void group_scale_powers(struct group *g, float f);
void group_scale(struct group *g, size_t c, float f);

/* Learns the rest e[channels][lags] outside all directions, of a vector learned from. */
void group_learn_rest(struct group *g, const float *e);

/* The step of the tracker that learns. */
float group_step(const struct group *g);

/* Directions in use. */
unsigned group_rank(const struct group *g);

/* The adapter that the tracker is, W^-1 U g U'W = B A, in units of the input; when read, the
 * tracker takes it over as soon as the noise is known.  See shrink/known.h. */
void group_adapter(struct group *g, struct store *s);

/* All that lasts from one frame to the next; see base/store.h. */
void group_state(struct group *g, struct store *s);

#endif
