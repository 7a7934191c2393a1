/* SPDX-License-Identifier: MIT
 *
 * declick.h - the engine for records: clicks go, all else stays bit for bit.
 */
#ifndef LULL_ENGINE_DECLICK_H
#define LULL_ENGINE_DECLICK_H

#include "engine/engine.h"
#include "guard/click.h"

/* One channel: the last `span` samples. */
struct groove {
    float *raw;                 /* [span] as they came; what was lost is 0              */
    float *x;                   /* [span] the same, repaired up to `settled`            */
    float *w;                   /* [span] with all that may be clicks repaired, to learn from */
    unsigned char *state;       /* [span] of CLICK_LOST, CLICK_FOUND                    */
    float *ready;               /* [hop] output, going out while input comes in         */
    size_t settled;             /* samples whose state is final                         */
};

struct declick {
    size_t channels, span, hop, ahead;
    struct predictor predictor;
    struct click click;
    struct groove *groove;      /* [channels]                                           */
    size_t at;                  /* frames of the next hop, < hop                        */
    float through, wet;         /* weights at the end of the last hop                   */
    struct meter meter;
    unsigned long long invalid;
};

#endif
