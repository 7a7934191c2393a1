/* SPDX-License-Identifier: MIT
 *
 * stft.h - the ends that engines on spectra have in common: samples of all
 * channels in, a spectrum of each; spectra back, samples out.
 */
#ifndef LULL_ENGINE_STFT_H
#define LULL_ENGINE_STFT_H

#include "base/fft.h"
#include "base/store.h"
#include "engine/engine.h"
#include "frame/frame.h"
#include "rebuild/overlap.h"

#define STFT_TINY 1e-30f        /* added to power: silence has a logarithm */

struct stft_channel {
    struct frame frame;
    struct overlap overlap;
    float *ready;               /* [hop] output, going out while input comes in */
    float (*spectrum)[2];       /* [bins] of the newest frame                   */
};

struct stft {
    struct frame_plan plan;
    size_t bins, channels;
    size_t late;                        /* hops by which spectra come back late */
    struct fft fft;
    float *analysis, *synthesis;        /* [span], [tail] windows               */
    struct stft_channel *channel;       /* [channels]                           */
    size_t at;                          /* frames of the next hop, < plan.hop   */
    float wet, dry;                     /* weights at the end of the last hop   */
    unsigned long long invalid;         /* samples that were no numbers         */
};

void stft_place(struct stft *s, struct arena *a, const struct frame_plan *p, size_t late,
                size_t channels);
void stft_reset(struct stft *s);
size_t stft_latency(const struct stft *s);
size_t stft_room(const struct stft *s);

/* New samples in for as many of the output; true when a hop is complete. */
bool stft_exchange(struct stft *s, const struct block *b);

/* Transforms every channel; their mean power per frequency into power[bins]. */
void stft_analyse(struct stft *s, float *power);

/* Transforms x[n] under the window a[n] into t->freq, n = t->n, and adds `unit` times its
 * power to power[n/2 + 1]. */
void stft_add_power(struct fft *t, const float *restrict x, const float *restrict a, float unit,
                    float *restrict power);

/* Whether power[bins], begun with STFT_TINY, is that of digital silence, which teaches
 * nothing. */
bool stft_silent(const float *power, size_t bins);

/* The newest hop is zero in every channel. */
bool stft_hop_is_zero(const struct stft *s);

/* Every channel's spectrum, times gain[bins], back to samples; what leaves is
 * those and the samples that came, as the controls mix them.  The next hop may
 * come.  With `late` > 0 the engine has put the frame of `late` hops ago in the
 * place of the spectrum. */
void stft_rebuild(struct stft *s, const float *gain, const struct controls *c);

/* All that lasts from one frame to the next; see base/store.h. */
void stft_state(struct stft *f, struct store *s);

#endif
