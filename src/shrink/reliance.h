/* SPDX-License-Identifier: MIT
 *
 * reliance.h - a gain for each channel's estimate: less where its rows of the subspace are
 * mostly estimation error.
 */
#ifndef LULL_SHRINK_RELIANCE_H
#define LULL_SHRINK_RELIANCE_H

#include "base/arena.h"
#include "base/store.h"

struct reliance {
    size_t channels, lags;
    float *learned;             /* [channels] share of the true rows that is reached  */
    float *chance;              /* [channels] error power of a row, of one regression */
    float *said;                /* [channels] power of the estimate, by directions shown */
    float kept;                 /* sum over the directions shown, see reliance.c      */
    size_t shown;               /* directions shown in this round                     */
    float *share;               /* [channels] the result, 0..1                        */
};

void reliance_place(struct reliance *r, struct arena *a, size_t channels, size_t lags);
void reliance_reset(struct reliance *r);

/* The rows of a channel were set to zero. */
void reliance_forget(struct reliance *r, size_t channel);

/* The tracker has learned a frame with step mu. */
void reliance_age(struct reliance *r, float mu);

/* Rounds: show directions 0, 1, .. , each u[channels][lags] with its mean power lambda; after
 * the last, settle computes the shares and begins the next round. */
void reliance_show(struct reliance *r, const float *u, float lambda);
void reliance_settle(struct reliance *r);

/* Multiplies x_hat[channels][lags] by max(share, least), channel by channel. */
void reliance_apply(const struct reliance *r, float least, float *restrict x_hat);

/* All that lasts from one frame to the next; see base/store.h. */
void reliance_state(struct reliance *r, struct store *s);

#endif
