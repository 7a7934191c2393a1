/* SPDX-License-Identifier: MIT
 *
 * reliance.h - how far what a subspace says of a channel is to be relied upon.
 */
#ifndef LULL_SHRINK_RELIANCE_H
#define LULL_SHRINK_RELIANCE_H

#include "base/arena.h"
#include "base/store.h"

struct reliance {
    size_t channels, lags;
    float *learnt;              /* [channels] share of its rows that is learnt already   */
    float *chance;              /* [channels] power of chance in them, of one regression */
    float *said;                /* [channels] scratch: power of what is said of it       */
    float *share;               /* [channels] of that which is kept                      */
    float kept;                 /* directions, as far as kept                            */
};

void reliance_place(struct reliance *r, struct arena *a, size_t channels, size_t lags);
void reliance_reset(struct reliance *r);

/* The rows of a channel begin anew, from zero. */
void reliance_forget(struct reliance *r, size_t channel);

/* The tracker has learnt with step mu. */
void reliance_age(struct reliance *r, float mu);

/* All directions, one after the other, each u[channels][lags] with its power; then the
 * shares follow from them. */
void reliance_begin(struct reliance *r);
void reliance_show(struct reliance *r, const float *u, float lambda);
void reliance_settle(struct reliance *r);

/* x_hat[channels][lags] less what is chance; the share `least` of it stays. */
void reliance_apply(const struct reliance *r, float least, float *restrict x_hat);

/* All that lasts from one frame to the next; see base/store.h. */
void reliance_state(struct reliance *r, struct store *s);

#endif
