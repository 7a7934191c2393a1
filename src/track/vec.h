/* SPDX-License-Identifier: MIT
 *
 * vec.h - vectors in eights, so that they vectorise.
 */
#ifndef LULL_TRACK_VEC_H
#define LULL_TRACK_VEC_H

#include <stddef.h>

/* x'y */
static inline float vec_dot(const float *x, const float *y, size_t n)
{
    float s[8] = { 0 };
    size_t i = 0;

    for (; i + 8 <= n; i += 8)
        for (size_t k = 0; k < 8; k++)
            s[k] += x[i + k] * y[i + k];
    for (; i < n; i++)
        s[0] += x[i] * y[i];
    for (size_t k = 0; k < 4; k++)
        s[k] += s[k + 4];
    return (s[0] + s[2]) + (s[1] + s[3]);
}

/* y = s x; n a multiple of 8. */
static inline void vec_scale(float *restrict y, float s, const float *restrict x, size_t n)
{
    for (size_t i = 0; i < n; i += 8)
        for (size_t k = 0; k < 8; k++)
            y[i + k] = s * x[i + k];
}

/* (x, y) <- (c x + s y, c y - s x) */
static inline void vec_turn(float *restrict x, float *restrict y, size_t n, float c, float s)
{
    for (size_t i = 0; i < n; i++) {
        const float a = x[i], b = y[i];

        x[i] = c * a + s * b;
        y[i] = c * b - s * a;
    }
}

/* |x|^2 */
static inline float vec_square(const float *x, size_t n)
{
    return vec_dot(x, x, n);
}

#endif
