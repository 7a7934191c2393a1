/* SPDX-License-Identifier: MIT
 *
 * guard.h - lets only samples in that later stages can square and sum in float.
 */
#ifndef LULL_GUARD_GUARD_H
#define LULL_GUARD_GUARD_H

#include "base/fastmath.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

/* The largest sample.  Under the longest window, 32 ms at 192 kHz, its power spectrum is at
 * most (3e13 * 6144 * 2/pi)^2 = 1.4e34, and that of LULL_MAX_CHANNELS together 5.7e37, which a
 * float still holds. */
#define GUARD_LOUDEST 3e13f

/* Copies n samples, `stride` apart, to to[n]; what is NaN or infinite becomes
 * 0.  Returns how many those were. */
static inline size_t guard_copy(float *restrict to, const float *from, size_t stride, size_t n)
{
    unsigned invalid = 0;

    for (size_t t = 0; t < n; t++)
        to[t] = from[t * stride];
    for (size_t t = 0; t < n; t++) {
        const float x = to[t], ok = fabsf(x) <= FLT_MAX ? x : 0.0f;

        invalid += ok != x;
        to[t] = fast_clamp(ok, -GUARD_LOUDEST, GUARD_LOUDEST);
    }
    return invalid;
}

#endif
