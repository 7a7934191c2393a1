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

/* TRACK_OWN: whoever keeps the tracker says what to make of the coefficients p
 * of a whole frame: writes those of x_hat to q.  What is missing is first filled with
 * the best guess from the rest, for noise of power 1 and signal of outside[dim], if there
 * is any, that is not in U. */
struct track_own {
    void (*shrink)(void *self, const struct track *t, const float *p, float *q);
    void *self;
    const float *outside;
};

/* What a tracker is to be; see lull_tracker_config. */
struct track_plan {
    size_t dim, parts, rank, base_rank, block;
    const struct rule *rule;
    unsigned rule_id;
    float step; /* 0: automatic */
    enum track_shrink shrink;
    struct track_own own;
    bool whitened; /* noise is 1 in every entry: bursts are signal */
    bool bounded;  /* whitened: a burst teaches no more than a few frames */
    bool auto_rank, robust, portable;
    bool patient; /* turns may be put off: see late.h */
    enum colour_kind colour;
    bool learns_colour;
    size_t hop; /* 0: frames do not overlap */
};

/* What is being forgotten, for who shrinks by himself. */
struct amends {
    unsigned char *gone; /* [n] 1: no direction has a part there any more */
    size_t count;        /* of those; 0: all directions are upright       */
    size_t next;         /* the first that is not                         */
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
    struct late late; /* a turn of U that waits */
    size_t ld;             /* r parts at most, padded to 8s            */
    float *p, *h, *d, *q;  /* [ld] coefficients, zero where there are none; q is scratch */
    float *lean;           /* [ld] U'e, where e was formed             */
    float *e, *x_hat, *Up; /* [padded]                                 */
    float *out;            /* where x_hat goes this time               */
    float p2;              /* |p|^2                                    */
    bool gathered;         /* p is that of this frame                  */
    bool formed;           /* e was formed for this frame              */
    bool rests;            /* e is that of this frame                  */
    bool shows;            /* x_hat is wanted                          */
    float sigma2;          /* power of the noise in one entry          */
    float lately;          /* energy of a frame, of late, if bursts are bounded */
    uint32_t seen;         /* frames learned from, saturating          */
    uint32_t changes;      /* abrupt changes noticed                   */
};

/* Numbers in which there is only noise. */
static inline size_t track_free_dims(const struct track *t)
{
    const size_t used = t->U.r + t->plan.base_rank;

    return t->guard.count > used ? t->guard.count - used : 1;
}

/* Whether it has seen enough to go by what it knows. */
static inline bool track_warm(const struct track *t)
{
    return t->seen > t->U.r + 2;
}

void track_place(struct track *t, struct arena *a, const struct track_plan *plan);
void track_reset(struct track *t);

/* Mean power of the frames along direction j, and along each; lambda[r]. */
float track_power(const struct track *t, size_t j);
void track_powers(const struct track *t, float *lambda);

/* From now on powers are in another unit: those known are multiplied by f. */
void track_scale(struct track *t, float f);

/* From now on frames are in another unit: energies are f times what they were. */
void track_change_unit(struct track *t, float f);

/* One frame; see lull_tracker_update().  Whether anything was learned from it. */
bool track_update(struct track *t, const float *y, const unsigned char *known, float *x_hat);

/* The same without learning from it. */
void track_look(struct track *t, const float *y, const unsigned char *known, float *x_hat);

/* e = y - U p of the last frame; who looks without needing it need not pay for it.  For
 * whoever has a shrink of his own: others do not keep it. */
const float *track_rest(struct track *t);

/* Some rows of U g U' as it is now; for whoever looks at many overlapping frames with the
 * same gains. */
struct track_matrix {
    size_t from, count;
    size_t first;    /* entry of each that is wanted    */
    const float *g;  /* [r]                             */
    float *weights;  /* [count][ld] scratch             */
    float *rows;     /* [count][padded] the result      */
};

void track_matrix(const struct track *t, const struct track_matrix *w);

#endif
