/* SPDX-License-Identifier: MIT
 *
 * frozen.h - the learned base W0 of a group, which does not change, and the exchange of an
 * adapter with the tracker beside it.
 */
#ifndef LULL_ENGINE_FROZEN_H
#define LULL_ENGINE_FROZEN_H

#include "engine/recipe.h"
#include "noise/floor.h"
#include "shrink/known.h"
#include "track/track.h"

struct frozen {
    struct mixture base;
    bool known, adapts;         /* there is a base; a tracker adds to it                  */
    bool lent;                  /* an adapter waits for the tracker to take it over     */
    size_t channels, lags, rank;
    float *B, *A;               /* [rank][channels][lags] of that adapter                 */
    float *kept;                /* [channels][lags] estimate by the base                  */
    float *scratch;             /* [2][channels]                                          */
};

/* Number `which` of the bases of a recipe, if it has any. */
void frozen_place(struct frozen *f, struct arena *a, const struct recipe *r, size_t which,
                  size_t channels, size_t lags);
void frozen_reset(struct frozen *f);

/* Follows the noise, a few rows a frame, and hands a waiting adapter to the tracker.  Whether
 * the base is ready. */
bool frozen_follow(struct frozen *f, const struct floor *noise, struct track *t);

/* f->kept = the base's estimate of y[channels][lags]; y = y - f->kept. */
void frozen_take(struct frozen *f, float *y, const unsigned char *known);

/* The adapter, W^-1 U g U'W = B A, in the units of the input; see shrink/known.h. */
void frozen_adapter(struct frozen *f, const struct floor *noise, const struct track *t,
                    struct store *s);

/* All that lasts from one frame to the next; see base/store.h. */
void frozen_state(struct frozen *f, struct store *s);

#endif
