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
    float unit;              /* a power of 2 by which frames are multiplied  */
    float gain;              /* the same for this frame                      */
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

/* The same for a complete frame of whole tiles and that energy, without copying it.  False if
 * an entry may be out of range: then guard_take() is needed. */
bool guard_look(struct guard *g, const float *y, float energy);

/* After y or known was changed: counts and sums anew. */
void guard_recount(struct guard *g);

/* After y was changed: sums anew. */
void guard_sum(struct guard *g);

/* Whether the frame's energy is in the range that float can work with. */
bool guard_possible(const struct guard *g);

/* Scales the frame to the common unit; one that is much louder or quieter than usual, to a
 * gain of its own.  If the unit changes, gives the factor for powers in the old one, else 1. */
float guard_enter(struct guard *g);

/* The same again, after entries of the frame were marked missing. */
void guard_enter_again(struct guard *g);

/* False if the frame is silence, not to be learned from; then the running mean decays. */
bool guard_admits(struct guard *g);

/* The factor in (0, 1] by which to scale the frame before learning from it,
 * and the running levels learn it. */
float guard_weigh(struct guard *g);

/* Whether guard_anchor() is due. */
bool guard_anchors(const struct guard *g);

/* The factor by which the model is to be scaled so that it is not deaf after
 * a fall in level, given the power the model expects; usually 1. */
float guard_anchor(const struct guard *g, float expected);

static inline bool guard_masked(const struct guard *g)
{
    return g->count * g->parts < g->n;
}

#endif
