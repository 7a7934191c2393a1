/* SPDX-License-Identifier: MIT
 *
 * complement.h - how much to keep of what lies outside the subspace, channel by
 * channel, where the noise has a power of 1 in each number.
 */
#ifndef LULL_SHRINK_COMPLEMENT_H
#define LULL_SHRINK_COMPLEMENT_H

#include "base/arena.h"
#include "base/store.h"

#include <stdbool.h>

struct complement {
    size_t channels, lags;
    float frames;               /* learned from, saturating                      */
    float *rest;                /* [channels] mean power of a number of e        */
    float *usual;               /* [channels] mean of its log: no burst is seen in it */
    float *free;                /* [channels] of it if there were only noise     */
    float *gain;                /* [channels]                                    */
    float *power;               /* [channels] scratch                            */
};

void complement_place(struct complement *c, struct arena *a, size_t channels, size_t lags);
void complement_reset(struct complement *c);

/* own[channels][lags]: the share of each number that lies in the subspace through
 * itself. */
void complement_leverage(struct complement *c, const float *own);

/* What will lie outside is less than what did: it is learned anew, from the next on. */
void complement_renew(struct complement *c);

/* outside[channels][lags]: signal outside the subspace, in noise levels, and for as much
 * as it counts: numbers of noise are independent, these are alike. */
void complement_outside(const struct complement *c, float *outside);

/* What is known of a channel goes: there is only noise outside. */
void complement_forget(struct complement *c, size_t channel);

/* Learns from e[channels][lags], what a vector has outside the subspace. */
void complement_update(struct complement *c, const float *restrict e);

/* How much of e[channels][lags] is to be kept whatever was learned so far, 0..1: all
 * channels together, it is louder than noise would be, or (not often) far louder. */
float complement_now(const struct complement *c, const float *restrict e, bool often);

/* Whether anything is to be kept, given `least` as below. */
bool complement_counts(const struct complement *c, float least);

/* Adds to x_hat[channels][lags] what is to be kept of e, the share `least` of it
 * at least. */
void complement_add(const struct complement *c, const float *restrict e, float least,
                    float *restrict x_hat);

/* All that lasts from one frame to the next; see base/store.h. */
void complement_state(struct complement *c, struct store *s);

#endif
