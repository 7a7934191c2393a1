/* SPDX-License-Identifier: MIT
 *
 * complement.h - the gain of each channel for what lies outside the subspace, where the
 * noise has power 1 in each entry.
 */
#ifndef LULL_SHRINK_COMPLEMENT_H
#define LULL_SHRINK_COMPLEMENT_H

#include "base/arena.h"
#include "base/store.h"

#include <stdbool.h>

struct complement {
    size_t channels, lags;
    float frames;               /* learned from, saturating                      */
    float *rest;                /* [channels] mean power of an entry of e        */
    float *usual;               /* [channels] mean of its log, which bursts hardly move */
    float *free;                /* [channels] what `rest` would be of noise alone */
    float *gain;                /* [channels] g_c                                */
    float *power;               /* [channels] scratch                            */
};

void complement_place(struct complement *c, struct arena *a, size_t channels, size_t lags);
void complement_reset(struct complement *c);

/* own[channels][lags]: leverage |U_i|^2 of each entry. */
void complement_leverage(struct complement *c, const float *own);

/* A direction has joined the subspace: `rest` is learned anew. */
void complement_renew(struct complement *c);

/* outside[channels][lags]: power of signal outside the subspace, in that of the noise, times
 * ALIKE: its entries are correlated and so say less than as much independent noise. */
void complement_outside(const struct complement *c, float *outside);

/* Forgets a channel: outside there is then only noise. */
void complement_forget(struct complement *c, size_t channel);

/* Learns from e[channels][lags], what a vector has outside the subspace. */
void complement_update(struct complement *c, const float *restrict e);

/* The share of e[channels][lags] to keep whatever was learned so far, 0..1: more than 0 if
 * its power over all channels is above LOUD (often) or SURE (not often) times the noise's. */
float complement_now(const struct complement *c, const float *restrict e, bool often);

/* Whether anything is to be kept, given `least` as below. */
bool complement_counts(const struct complement *c, float least);

/* Adds max(g_c, least) e to x_hat[channels][lags]. */
void complement_add(const struct complement *c, const float *restrict e, float least,
                    float *restrict x_hat);

/* All that lasts from one frame to the next; see base/store.h. */
void complement_state(struct complement *c, struct store *s);

#endif
