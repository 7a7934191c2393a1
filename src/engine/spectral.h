/* SPDX-License-Identifier: MIT
 *
 * spectral.h - the engine for sound: the noise is what is low-rank.
 */
#ifndef LULL_ENGINE_SPECTRAL_H
#define LULL_ENGINE_SPECTRAL_H

#include "base/fft.h"
#include "engine/meter.h"
#include "frame/frame.h"
#include "noise/minimum.h"
#include "noise/onset.h"
#include "noise/presence.h"
#include "noise/stationary.h"
#include "noise/voicing.h"
#include "rebuild/overlap.h"
#include "shrink/directed.h"
#include "shrink/evidence.h"
#include "track/masked.h"

/* What may change from hop to hop. */
struct spectral_controls {
    float reduction_db, mix;
    bool residual, bypass, freeze;
};

struct channel {
    struct frame frame;
    struct overlap overlap;
    float *ready;               /* [hop] output, going out while input comes in */
    float (*spectrum)[2];       /* [bins]                                       */
};

struct spectral {
    struct frame_plan plan;
    size_t bins, channels;
    struct fft fft;
    float *analysis, *synthesis;        /* [span], [tail] windows               */
    struct channel *channel;            /* [channels]                           */
    size_t at;                          /* frames of the next hop, < plan.hop   */

    float *power, *gain, *noise;        /* [bins] P, G and N of this frame      */
    struct bands bands;
    float *pooled;                      /* [bands] power                        */
    struct minimum minimum;
    struct stationary stationary;
    struct voicing voicing;
    struct masked masked;
    struct presence presence;
    struct directed directed;
    struct evidence evidence;
    struct onset onset;
    float speech;                       /* share of the last frame, 0..1        */

    float wet, dry;                     /* weights at the end of the last hop   */
    struct meter meter;                 /* of the last frame                    */
    unsigned long long invalid;
};

/* latency_ms: 32, 16 or 10. */
struct frame_plan spectral_plan(double rate_hz, float latency_ms);
void spectral_place(struct spectral *s, struct arena *a, double rate_hz, size_t channels,
                    float latency_ms);
bool spectral_ready(const struct spectral *s);
void spectral_close(struct spectral *s);
void spectral_reset(struct spectral *s);

/* Frames that fit before the next hop is full; at least 1. */
size_t spectral_room(const struct spectral *s);

/* Exchanges n <= room samples of one channel, each `stride` apart, for as many
 * of the output.  `out` may be `in`. */
void spectral_exchange(struct spectral *s, size_t channel, const float *in, size_t in_stride,
                       float *out, size_t out_stride, size_t n);

/* After n frames of every channel: works on the hop if it is full, and then
 * says so. */
bool spectral_update(struct spectral *s, size_t n, const struct spectral_controls *c);

#endif
