/* SPDX-License-Identifier: MIT
 *
 * spectral.h - the engine for sound: the noise is what is low-rank.
 */
#ifndef LULL_ENGINE_SPECTRAL_H
#define LULL_ENGINE_SPECTRAL_H

#include "engine/engine.h"
#include "engine/stft.h"
#include "noise/familiar.h"
#include "noise/minimum.h"
#include "noise/onset.h"
#include "noise/presence.h"
#include "noise/stationary.h"
#include "noise/voicing.h"
#include "shrink/balance.h"
#include "shrink/burst.h"
#include "shrink/directed.h"
#include "shrink/evidence.h"
#include "track/masked.h"

struct spectral {
    struct stft stft;
    size_t bins;

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
    struct burst burst;
    struct balance balance;
    struct onset onset;
    bool knows;                         /* this noise, from a recording of it alone: */
    struct familiar familiar;
    float speech;                       /* share of the last frame, 0..1        */

    struct meter meter;                 /* of the last frame                    */
};

/* How the stream is framed. */
struct frame_plan spectral_plan(double rate_hz, float latency_ms);

#endif
