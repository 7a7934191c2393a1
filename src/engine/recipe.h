/* SPDX-License-Identifier: MIT
 *
 * recipe.h - what an engine is made from: the values of a filter file, and rate and
 * channels of the stream.
 */
#ifndef LULL_ENGINE_RECIPE_H
#define LULL_ENGINE_RECIPE_H

#include <stddef.h>

/* Learned sections of a filter file, which are the caller's and valid only in lull_new():
 * engines copy what they need. */
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
    float latency_ms;           /* < 0: the default        */
    float reduction_db;
    float mix;

    /* Of the subspace engine. */
    float joint;                /* 1: channels are one vector; 0: each has its own        */
    float lags;                 /* frames in a vector, at least; 0: the default           */
    float window_ms;            /* their time, at least; 0: no minimum                    */
    float rank;                 /* directions; 0: as many as lags and channels call for   */
    float step;                 /* of the tracker, 0..1; 0: automatic                     */
    float threshold;            /* of the local energy, in noise levels; 0: none.  Declick:
                                 * of a click, in standard deviations; 0: the default     */
    float hold;                 /* frames over which the local energy is averaged         */
    float complement;           /* 1: what is outside the subspace may be signal          */
    float patience_ms;          /* vectors are learned from so much later                 */
    float shared;               /* 1: noise may be common to channels                     */
    float caution;              /* share of the band, 0..1: if as much holds noise alone all
                                 * noise is removed, if two thirds of it none             */
    float spikes;               /* 1: samples that are grossly wrong are found and filled */
    float hum;                  /* range in Hz around 50 and 60; 0: hum is not removed    */
    float denoise;              /* 0: noise is not removed                                */
    float wander_s;             /* slower than this is baseline; 0: it is not removed     */

    struct learned learned;
};

/* Frames in so many ms. */
static inline size_t recipe_frames(const struct recipe *r, double ms)
{
    return (size_t)(ms * r->rate_hz / 1000 + 0.5);
}

#endif
