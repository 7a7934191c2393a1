/* SPDX-License-Identifier: MIT
 *
 * recipe.h - what an engine is to be: a filter's text, understood, and the
 * stream that it is for.
 */
#ifndef LULL_ENGINE_RECIPE_H
#define LULL_ENGINE_RECIPE_H

#include <stddef.h>

struct recipe {
    char engine[16];            /* name */
    double rate_hz;             /* frames per second       */
    size_t channels;
    float latency_ms;           /* < 0: the best there is  */
    float reduction_db;
    float mix;
};

#endif
