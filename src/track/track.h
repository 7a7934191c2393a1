/* SPDX-License-Identifier: MIT
 *
 * track.h - one tracker: the parts of this folder, put together.
 */
#ifndef LULL_TRACK_TRACK_H
#define LULL_TRACK_TRACK_H

#include "track/adapter.h"
#include "track/align.h"
#include "track/colour.h"
#include "track/guard.h"
#include "track/late.h"
#include "track/missing.h"
#include "track/orth.h"
#include "track/rank.h"
#include "track/robust.h"
#include "track/rule.h"
#include "track/scout.h"
#include "track/step.h"

enum track_shrink { TRACK_WIENER, TRACK_PROJECT, TRACK_ONLY, TRACK_OWN };

struct track;

/* TRACK_OWN: the owner of the tracker shrinks: from the coefficients p of a frame it writes
 * those of x_hat to q.  Missing entries are first filled by the best linear guess, for noise
 * of power 1. */
struct track_own {
    void (*shrink)(void *self, const struct track *t, const float *p, float *q);
    void *self;
    const float *outside; /* [dim] power of signal outside U, over noise; NULL: none */
};

/* What a tracker is to be; see lull_tracker_config. */
struct track_plan {
    size_t dim, parts, rank, base_rank, block;
    const struct rule *rule;
    unsigned rule_id;
    float step;    /* 0: automatic                                           */
    enum track_shrink shrink;
    struct track_own own;
    bool whitened; /* noise has power 1 in every entry: bursts are signal    */
    bool bounded;  /* if whitened: a burst is learned with a bounded weight  */
    bool auto_rank, robust, portable;
    bool patient;  /* turns may be put off: see late.h                       */
    enum colour_kind colour;
    bool learns_colour;
    size_t hop;    /* 0: frames do not overlap                               */
};

/* Entries that are being forgotten, TRACK_OWN only: see amend.h. */
struct amends {
    unsigned char *gone; /* [n] 1: all directions are 0 in this entry       */
    size_t count;        /* of those; 0: all directions are orthonormal     */
    size_t next;         /* the first direction that is not                 */
};

struct track {
    struct track_plan plan;
    const struct kernel *kernel;
    struct basis U;
    struct rule_state rule;
    struct guard guard;
    struct colour colour;
    struct adapter adapter;
    struct step step;
    struct scout scout;
    struct scout second;        /* automatic rank: looks at what the first leaves */
    struct missing missing;
    struct robust robust;
    struct rank rank;
    struct align align;
    struct orth orth;
    struct amends amends;
    struct late late;      /* a turn of U that was put off              */
    size_t ld;             /* floats of rank coefficients, padded to 8s */
    float *p, *h, *d, *q;  /* [ld] coefficients, padded by zeros; q is scratch */
    float *lean;           /* [ld] U'e, if formed                       */
    float *e, *x_hat, *Up; /* [padded] y - U p, the estimate, U p       */
    float *out;            /* where x_hat goes this time                */
    float p2;              /* |p|^2                                     */
    bool gathered;         /* p is of this frame already                */
    bool formed;           /* e was computed before the sweep           */
    bool rests;            /* e is of this frame                        */
    bool shows;            /* x_hat is wanted                           */
    float sigma2;          /* power of the noise in one entry           */
    float lately;          /* running mean of a frame's energy; bounded */
    uint32_t seen;         /* frames learned from, saturating           */
    uint32_t changes;      /* abrupt changes noticed                    */
};

/* Dimensions with noise alone: known entries less directions, at least 1. */
static inline size_t track_free_dims(const struct track *t)
{
    const size_t used = t->U.r + t->plan.base_rank;

    return t->guard.count > used ? t->guard.count - used : 1;
}

/* Whether enough frames were seen to trust C and sigma^2. */
static inline bool track_warm(const struct track *t)
{
    return t->seen > t->U.r + 2;
}

void track_place(struct track *t, struct arena *a, const struct track_plan *plan);
void track_reset(struct track *t);

/* Mean power of the frames along direction j, and along each; lambda[r]. */
float track_power(const struct track *t, size_t j);
void track_powers(const struct track *t, float *lambda);

/* Multiplies the known powers by f, as their unit has changed. */
void track_scale(struct track *t, float f);

/* The unit of frames has changed: all energies are multiplied by f. */
void track_change_unit(struct track *t, float f);

/* One frame; see lull_tracker_update().  Whether anything was learned from it. */
bool track_update(struct track *t, const float *y, const unsigned char *known, float *x_hat);

/* The same without learning from it. */
void track_look(struct track *t, const float *y, const unsigned char *known, float *x_hat);

/* e[padded] = y - U p of the last frame, computed when asked for.  TRACK_OWN only. */
const float *track_rest(struct track *t);

/* Rows from..from + count - 1 of U g U'. */
struct track_matrix {
    size_t from, count;
    size_t first;    /* entries before this one are not wanted */
    const float *g;  /* [r]                                    */
    float *weights;  /* [count][ld] scratch                    */
    float *rows;     /* [count][padded] the result             */
};

void track_matrix(const struct track *t, const struct track_matrix *w);

#endif
