/* SPDX-License-Identifier: MIT
 *
 * recipe.h - what an engine is to be: a filter's text, understood, and the
 * stream that it is for.
 */
#ifndef LULL_ENGINE_RECIPE_H
#define LULL_ENGINE_RECIPE_H

#include <stddef.h>

/* From a filter file, for as long as lull_new() runs: what an engine wants of it, it
 * copies. */
struct learned {
    const unsigned char *signal, *noise;        /* bytes of their sections; NULL: none */
    size_t signal_size, noise_size;
    double rate_hz;                             /* that it was learned at              */
    size_t channels;
    unsigned adapt;                             /* directions of an adapter, 0: none   */
};

struct recipe {
    char engine[16];            /* name */
    double rate_hz;             /* frames per second       */
    size_t channels;
    float latency_ms;           /* < 0: the best there is  */
    float reduction_db;
    float mix;

    /* Of the subspace engine. */
    float joint;                /* 1: channels are one vector; 0: each has its own        */
    float lags;                 /* frames in a vector, at least; 0: as many as usual      */
    float window_ms;            /* their time, if there are more in it; 0: nothing more   */
    float rank;                 /* directions; 0: as many as lags and channels call for   */
    float step;                 /* of the tracker, 0..1; 0: by itself                     */
    float threshold;            /* of the local energy, in noise levels; 0: none.  Of
                                 * declick: how far a click stands out; 0: as it thinks best */
    float hold;                 /* frames that the local energy remembers                 */
    float complement;           /* 1: what is outside the subspace may be signal          */
    float patience_ms;          /* what is new is believed so much later                  */
    float shared;               /* 1: noise may be common to channels                     */
    float caution;              /* share of the band that must hold noise alone, for all that
                                 * looks like noise to go; two thirds of it: none goes      */
    float spikes;               /* 1: samples that are grossly wrong are found and filled */
    float hum;                  /* Hz from 50 or 60 in which hum is taken away; 0: it stays */
    float denoise;              /* 0: nothing else is taken away                          */
    float wander_s;             /* slower than this is no signal; 0: all is               */

    struct learned learned;
};

/* Frames in so many ms. */
static inline size_t recipe_frames(const struct recipe *r, double ms)
{
    return (size_t)(ms * r->rate_hz / 1000 + 0.5);
}

#endif
