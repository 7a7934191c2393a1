/* SPDX-License-Identifier: MIT
 *
 * subspace.h - the engine for sensors: the signal is what is low-rank.
 */
#ifndef LULL_ENGINE_SUBSPACE_H
#define LULL_ENGINE_SUBSPACE_H

#include "engine/engine.h"
#include "engine/group.h"
#include "noise/hum.h"
#include "noise/offset.h"
#include "noise/wander.h"
#include "shrink/quorum.h"

struct subspace {
    size_t channels, members;   /* members: channels of a group                    */
    size_t groups, delay;       /* delay: of the groups, in frames                 */
    size_t latency, at;         /* of all; slot of the next frame in dry          */
    float caution;              /* see recipe.h                                    */
    bool wanders, hums, votes;  /* removes a baseline; removes hum; uses `quorum`  */
    struct wander wander;
    bool stands;                /* subtracts offsets: there is no baseline filter  */
    struct offset offset;
    struct hum hum;
    struct quorum quorum;       /* over all channels: an event overrules patience  */
    struct fft fft;
    struct group *group;
    float *dry;                 /* [latency + 1][channels] as it came              */
    float *white;               /* [delay + 1][channels] whitened                  */
    float *level;               /* [delay + 1][channels] without the baseline      */
    unsigned char *known;       /* [delay + 1][channels]                           */
    size_t recent;              /* slot of the next frame in the last three        */
    float *x, *removed;         /* [channels] scratch                              */
    unsigned char *here;        /* [channels] whether the newest frame is there    */
    unsigned char *there;       /* [wander.delay + 1][channels] those before it    */
    size_t there_at;
    float *last;                /* [channels] the last sample that was one         */
    size_t ahead;               /* frames of the baseline's delay still to come    */
    float wet, dry_share;       /* weights of the last frame                       */
    float most;                 /* share of noise, hum and baseline to remove      */
    size_t since;               /* frames since the last report                    */
    struct meter_values meter, sum;
    unsigned long long invalid;
};

#endif
