/* SPDX-License-Identifier: MIT
 *
 * balance.h - channels that share a gain, of which some have hardly any of the noise.
 */
#ifndef LULL_SHRINK_BALANCE_H
#define LULL_SHRINK_BALANCE_H

#include "base/arena.h"
#include "base/store.h"

struct balance {
    size_t channels, bins;
    float *noise, *speech;      /* [channels] where there is only one of them: mean log
                                 * power over that of all, mean power of that of all      */
    float *share;               /* [channels] of the noise, beside the speech: at most 1  */
    float memory;               /* frames                                                 */
    float quiet, loud;          /* frames of either, up to that many                      */
    float frequencies, power;   /* of this frame: with noise alone; of speech             */
};

void balance_place(struct balance *b, struct arena *a, size_t channels, size_t bins,
                   double frame_hz);
void balance_reset(struct balance *b);

/* What all channels have in the mean: power P[bins], the noise in it, and how far each
 * frequency is believed to be speech. */
struct balance_frame {
    const float *P, *N, *belief;
};

/* One frame: first what all have, then the spectrum X[bins] of each, and all shares
 * follow. */
void balance_begin(struct balance *b, const struct balance_frame *f);
void balance_hear(struct balance *b, const struct balance_frame *f, size_t c,
                  float (*restrict X)[2]);
void balance_settle(struct balance *b);

/* X[bins] of channel c so that the gain[bins] of all takes no more from it than is its own
 * noise. */
void balance_apply(const struct balance *b, size_t c, const float *restrict gain,
                   float (*restrict X)[2]);

/* All that lasts from one frame to the next; see base/store.h. */
void balance_state(struct balance *b, struct store *s);

#endif
