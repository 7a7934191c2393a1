/* SPDX-License-Identifier: MIT
 *
 * spectral.h - the engine for sound: the noise is what is low-rank.
 */
#ifndef LULL_ENGINE_SPECTRAL_H
#define LULL_ENGINE_SPECTRAL_H

#include "base/fft.h"
#include "engine/engine.h"
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

#endif
