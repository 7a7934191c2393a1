/* SPDX-License-Identifier: MIT
 *
 * mixed.h - a mixture out of the dice, and the noise that it is in.
 */
#ifndef LULL_TESTS_MIXED_H
#define LULL_TESTS_MIXED_H

#include "check.h"
#include "shrink/mixture.h"

enum { CHANNELS_MOST = 4, DIM_MOST = 64 };

struct mixed {
    struct mixture mixture;
    struct mixture_noise noise;
    float level[CHANNELS_MOST], scratch[2 * CHANNELS_MOST];
    size_t channels;
    void *memory; /* to be freed */
};

void mixed_open(struct mixed *s, size_t channels, size_t lags, size_t parts, size_t rank);

/* A model whose numbers are about as large, in each channel, as its unit. */
void mixed_draw(struct mixture_model *m, const float *unit, uint64_t seed);

/* So many frames go by in which it follows the noise. */
void mixed_follow(struct mixed *s, size_t calls);

#endif
