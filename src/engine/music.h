/* SPDX-License-Identifier: MIT
 *
 * music.h - the engine for music: the signal is what is low-rank.
 */
#ifndef LULL_ENGINE_MUSIC_H
#define LULL_ENGINE_MUSIC_H

#include "engine/engine.h"
#include "engine/stft.h"
#include "noise/hiss.h"
#include "shrink/wiener.h"
#include "track/lapped.h"

struct music {
    struct stft stft;
    size_t bins;
    size_t t;                           /* frames so far, modulo LAPPED             */
    size_t sounding;                    /* hops since one that was all zeros, <= LAPPED */
    float *power;                       /* [bins] of the newest frame               */
    float *first[LAPPED];               /* [bins] first gain of frame t at t % LAPPED */
    float (*common)[2];                 /* [bins] what frames have in common        */
    float *before, *pilot, *gain;       /* [bins] of the frame that leaves: power as
                                           it came, as estimated; the gain it gets  */
    struct hiss hiss;
    struct wiener wiener;
    struct lapped lapped;
    struct meter meter;
};

#endif
