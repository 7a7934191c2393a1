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
    float *learned;             /* [channels] share of its rows that is learned already  */
    float *chance;              /* [channels] power of chance in them, of one regression */
    float *said;                /* [channels] power of what is said of it, so far         */
    float kept;                 /* directions, as far as kept, so far                    */
    size_t shown;               /* directions so far                                     */
    float *share;               /* [channels] of what is said that is kept               */
};

void reliance_place(struct reliance *r, struct arena *a, size_t channels, size_t lags);
void reliance_reset(struct reliance *r);

/* The rows of a channel begin anew, from zero. */
void reliance_forget(struct reliance *r, size_t channel);

/* The tracker has learned with step mu. */
void reliance_age(struct reliance *r, float mu);

/* Direction r->shown, u[channels][lags], and its power; and after the last the shares that
 * follow from all of them. */
void reliance_show(struct reliance *r, const float *u, float lambda);
void reliance_settle(struct reliance *r);

/* x_hat[channels][lags] less what is chance; the share `least` of it stays. */
void reliance_apply(const struct reliance *r, float least, float *restrict x_hat);

/* All that lasts from one frame to the next; see base/store.h. */
void reliance_state(struct reliance *r, struct store *s);

#endif
