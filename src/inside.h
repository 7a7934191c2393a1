/* SPDX-License-Identifier: MIT
 *
 * inside.h - a denoiser from inside, for the public faces.
 */
#ifndef LULL_INSIDE_H
#define LULL_INSIDE_H

#include "lull.h"

#include "base/mailbox.h"
#include "engine/engine.h"

#include <stdint.h>

enum { CONTROLS = LULL_RANK + 1 };

struct lull {
    const struct engine *kind;
    struct recipe recipe;               /* what it was made from              */
    uint32_t learned;                   /* CRC-32 of what was learned         */
    void *engine;
    size_t channels, bytes;
    size_t tail;                        /* frames of the tail already flushed */
    bool ending;                        /* while the tail is flushed          */
    unsigned long long frames;
    const float **in;                   /* [channels] where the next frames are, */
    float **out;                        /* and where they go                     */
    _Atomic float control[CONTROLS];    /* indexed by lull_control            */
    struct mailbox news;
};

/* The recipe that the configuration asks for, checked; what was learned points into
 * the configuration's filter. */
lull_status recipe_settle(const lull_config *cfg, struct recipe *r);

#endif
