/* SPDX-License-Identifier: MIT
 *
 * vec.h - sums of products, in eight strands so that they vectorise.
 */
#ifndef LULL_TRACK_VEC_H
#define LULL_TRACK_VEC_H

#include <stddef.h>

static inline float vec_dot(const float *x, const float *y, size_t n)
{
    float s[8] = { 0 };
    size_t i = 0;

    for (; i + 8 <= n; i += 8)
        for (size_t k = 0; k < 8; k++)
            s[k] += x[i + k] * y[i + k];
    for (; i < n; i++)
        s[0] += x[i] * y[i];
    return ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
}

/* |x|^2 */
static inline float vec_square(const float *x, size_t n)
{
    return vec_dot(x, x, n);
}

#endif
