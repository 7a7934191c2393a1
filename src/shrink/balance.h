/* SPDX-License-Identifier: MIT
 *
 * balance.h - adapts the common gain to channels that have hardly any of the noise.
 */
#ifndef LULL_SHRINK_BALANCE_H
#define LULL_SHRINK_BALANCE_H

#include "base/arena.h"
#include "base/store.h"

struct balance {
    size_t channels, bins;
    float *noise;               /* [channels] mean log of power over N, in noise alone    */
    float *speech;              /* [channels] mean power over that of all, in speech      */
    float *share;               /* [channels] r, at most 1                                */
    float memory;               /* frames                                                 */
    float quiet, loud;          /* frames of noise alone, of speech, up to `memory`       */
    float frequencies, power;   /* of this frame: frequencies of noise; power of speech   */
};

void balance_place(struct balance *b, struct arena *a, size_t channels, size_t bins,
                   double frame_hz);
void balance_reset(struct balance *b);

/* Means over all channels: power, noise power in it, and belief in speech, all [bins]. */
struct balance_frame {
    const float *P, *N, *belief;
};

/* For each frame: begin; show the spectrum X[bins] of each channel; end, which updates the
 * shares. */
void balance_begin(struct balance *b, const struct balance_frame *f);
void balance_hear(struct balance *b, const struct balance_frame *f, size_t c,
                  float (*restrict X)[2]);
void balance_settle(struct balance *b);

/* Multiplies X[bins] of channel c by G_c for the common gain[bins]. */
void balance_apply(const struct balance *b, size_t c, const float *restrict gain,
                   float (*restrict X)[2]);

/* All that lasts from one frame to the next; see base/store.h. */
void balance_state(struct balance *b, struct store *s);

#endif
