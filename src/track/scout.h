/* SPDX-License-Identifier: MIT
 *
 * scout.h - watches the residual for a direction the subspace lacks.
 */
#ifndef LULL_TRACK_SCOUT_H
#define LULL_TRACK_SCOUT_H

#include "track/kernel.h"

#include <stdbool.h>
#include <stdint.h>

struct scout {
    size_t padded, parts;
    float pace;      /* of its averages, 1/frames                        */
    uint32_t stride; /* frames from one look to the next                 */
    float *w;        /* [padded] the direction, of length 1/shrink       */
    float shrink;
    float along, across;  /* mean power of the residual along w; per dimension */
    uint32_t looks, wait; /* since its own start; frames before it may call   */
    uint32_t phase;       /* frames since the last look                       */
};

void scout_place(struct scout *s, struct arena *a, size_t padded, size_t parts, float pace,
                 uint32_t stride);
void scout_reset(struct scout *s, size_t n);

/* Looks at the residual e, of squared length e2 in `free` dimensions; true when
 * its best direction is too strong to be noise. */
bool scout_update(struct scout *s, const struct kernel *k, const float *e, float e2,
                  size_t free);

/* rest = e without its part along w. */
void scout_deflate(const struct scout *s, const struct kernel *k, const float *e, float *rest);

/* The two change places. */
void scout_swap(struct scout *a, struct scout *b);

/* Prevents a call for so many frames. */
void scout_hold(struct scout *s, uint32_t frames);

/* The bound that the mean of squares of unit noise, averaged at this pace, exceeds with
 * probability below exp(-x): a chi^2 tail bound [LM00]. */
float scout_bound(float pace, float x, size_t parts);

#endif
