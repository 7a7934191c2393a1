/* SPDX-License-Identifier: MIT
 *
 * frozen.h - what was learned before, W0, and stays as it is; and the adapter that a
 * tracker beside it takes over, and lends.
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
    bool lent;                  /* an adapter is there that the tracker has not taken over */
    size_t channels, lags, rank;
    float *B, *A;               /* [rank][channels][lags] of that adapter                 */
    float *kept;                /* [channels][lags] what belongs to the base              */
    float *scratch;             /* [2][channels]                                          */
};

/* Number `which` of the bases of a recipe, if it has any. */
void frozen_place(struct frozen *f, struct arena *a, const struct recipe *r, size_t which,
                  size_t channels, size_t lags);
void frozen_reset(struct frozen *f);

/* Follows the noise, a few rows a frame, and hands the adapter over; whether the base is
 * ready. */
bool frozen_follow(struct frozen *f, const struct floor *noise, struct track *t);

/* What of y[channels][lags] belongs to the base goes to f->kept; the rest stays in y. */
void frozen_take(struct frozen *f, float *y, const unsigned char *known);

/* The adapter, W^-1 U g U'W = B A, in the units of the input; see shrink/known.h. */
void frozen_adapter(struct frozen *f, const struct floor *noise, const struct track *t,
                    struct store *s);

/* All that lasts from one frame to the next; see base/store.h. */
void frozen_state(struct frozen *f, struct store *s);

#endif
