/* SPDX-License-Identifier: MIT
 *
 * subspace.h - the engine for sensors: the signal is what is low-rank.
 */
#ifndef LULL_ENGINE_SUBSPACE_H
#define LULL_ENGINE_SUBSPACE_H

#include "engine/engine.h"
#include "frame/lags.h"
#include "noise/floor.h"
#include "noise/hum.h"
#include "noise/wander.h"
#include "rebuild/average.h"
#include "shrink/complement.h"
#include "shrink/directions.h"
#include "track/track.h"

/* Channels that are one vector, with a tracker of their own. */
struct group {
    struct floor floor;
    struct lags lags;
    struct track track;
    struct directions directions;
    struct complement complement;
    struct average average;
    float *own;                 /* [padded] share of each number in the subspace   */
    float *lambda;              /* [rank] mean power along each direction          */
    float *y, *x_hat;           /* [channels][lags] a vector, and what is kept     */
    unsigned char *known;       /* [channels][lags] what there is of it            */
    bool complements;           /* what is outside the subspace may be signal         */
    size_t patience;            /* frames after which a vector is learnt from         */
    float unit;                 /* mean log noise level that powers are in, if settled */
    bool settled;
    size_t heard;               /* channels with a level in that mean                 */
    unsigned segments;          /* of the floor that are dealt with                   */
    unsigned *moved;            /* [channels] jumps of the level that are dealt with  */
    float *before;              /* [channels] levels before the newest frame          */
    float *z, *estimate;        /* [channels] the newest frame and the one due, white */
};

struct subspace {
    size_t channels, members;   /* members: channels of a group                    */
    size_t groups, delay;       /* delay: of the groups, in frames                 */
    size_t latency, at;         /* of all; slot of the newest frame, <= latency    */
    float caution;              /* nepers of power above the noise, or 0           */
    bool wanders, hums;         /* whether a baseline, or hum, is taken out        */
    struct wander wander;
    struct hum hum;
    struct fft fft;
    struct group *group;
    float *dry;                 /* [latency + 1][channels] as it came              */
    float *white;               /* [delay + 1][channels] whitened                  */
    float *level;               /* [delay + 1][channels] without the baseline      */
    unsigned char *known;       /* [delay + 1][channels]                           */
    size_t recent;              /* slot of the newest in the last three            */
    float *x, *removed;         /* [channels] scratch                              */
    unsigned char *here;        /* [channels] whether the newest frame is there    */
    unsigned char *there;       /* [wander.delay + 1][channels] those before it    */
    size_t there_at;
    float *last;                /* [channels] the last sample that was one         */
    size_t ahead;               /* frames of the baseline's delay still to come    */
    float wet, dry_share;       /* weights of the last frame                       */
    size_t since;               /* frames since the last report                    */
    struct meter_values meter, sum;
    unsigned long long invalid;
};

#endif
