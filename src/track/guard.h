/* SPDX-License-Identifier: MIT
 *
 * guard.h - what may be believed of a frame before anything is learned from it.
 */
#ifndef LULL_TRACK_GUARD_H
#define LULL_TRACK_GUARD_H

#include "track/kernel.h"

#include <stdbool.h>
#include <stdint.h>

struct guard {
    size_t n, padded, parts; /* floats in a frame, padded; floats in an entry */
    const float *y;          /* [padded] the frame, unknown entries 0        */
    float *own;              /* [padded] y, unless it lies with the caller   */
    float *known;            /* [padded] 1 or 0                              */
    size_t count;            /* entries known                                */
    float energy;            /* |y|^2                                        */
    float unit;              /* a power of 2: frames are looked at times that */
    float gain;              /* and this one times that                      */
    float mean;              /* running mean of energy, bursts clipped       */
    float level;             /* running mean of log energy                   */
    uint32_t seen;           /* frames learned from, saturating              */
};

void guard_place(struct guard *g, struct arena *a, size_t n, size_t padded, size_t parts);
void guard_reset(struct guard *g);

/* Takes frame y[n]; entry i counts as unknown if known[i] is 0 (known may be
 * NULL) or if it is not a number below 1e18. */
void guard_take(struct guard *g, const struct kernel *k, const float *y,
                const unsigned char *known);

/* The same of a frame of that energy, of whole tiles and all known: looked at where it lies.
 * False if it is not what it should be, which guard_take can tell. */
bool guard_look(struct guard *g, const float *y, float energy);

/* After y or known was changed: counts and sums anew. */
void guard_recount(struct guard *g);

/* After y was changed: sums anew. */
void guard_sum(struct guard *g);

/* Whether the frame's energy lies within what float can work with. */
bool guard_possible(const struct guard *g);

/* The frame in a unit that fits the level; one that is much louder or quieter than usual,
 * in one of its own.  Gives by what powers known in the old unit are to be multiplied;
 * usually 1. */
float guard_enter(struct guard *g);

/* The same after entries were taken out of it. */
void guard_enter_again(struct guard *g);

/* Whether the frame says anything at all; if not, time passes. */
bool guard_admits(struct guard *g);

/* The factor in (0, 1] by which to scale the frame before learning from it,
 * and the running levels learn it. */
float guard_weigh(struct guard *g);

/* Whether the model is to be held against the level now. */
bool guard_anchors(const struct guard *g);

/* The factor by which the model is to be scaled so that it is not deaf after
 * a fall in level, given the power the model expects; usually 1. */
float guard_anchor(const struct guard *g, float expected);

static inline bool guard_masked(const struct guard *g)
{
    return g->count * g->parts < g->n;
}

#endif
