/* SPDX-License-Identifier: MIT
 *
 * fastmath.h - logarithm and exponential that a compiler can vectorise.
 *
 * Both take the exponent of the float apart from its fraction and put a
 * polynomial [M89] through the latter: no table, no branch, no call, and the
 * same bits on every machine.  Within 2e-7 of the truth, relative for exp and
 * where |log x| > 1, absolute below.
 */
#ifndef LULL_BASE_FASTMATH_H
#define LULL_BASE_FASTMATH_H

#include <stdint.h>
#include <string.h>

/* ln 2 in two parts; a multiple k of the first is exact for |k| < 2^15. */
static const float FAST_LN2_HIGH = 0.693359375f, FAST_LN2_LOW = -2.12194440e-4f;

/* Nepers of amplitude in a decibel: ln 10 / 20. */
static const float FAST_DB = 0.115129255f;

/* The lesser and the greater of two numbers; unlike fminf and fmaxf, which mind
 * NaN, one instruction each. */
static inline float fast_min(float x, float y)
{
    return x < y ? x : y;
}

static inline float fast_max(float x, float y)
{
    return x > y ? x : y;
}

static inline float fast_clamp(float x, float low, float high)
{
    return fast_min(fast_max(x, low), high);
}

/* Natural logarithm of a normal x > 0. */
static inline float fast_log(float x)
{
    const uint32_t root_half = 0x3f3504f3;      /* sqrt(1/2): fractions lie in .71 .. 1.41 */
    uint32_t bits;
    float m;

    memcpy(&bits, &x, sizeof bits);
    bits -= root_half;
    const float k = (float)((int32_t)bits >> 23);

    bits = (bits & 0x7fffff) + root_half;
    memcpy(&m, &bits, sizeof m);
    m -= 1;

    float p = 7.0376836292e-2f;

    p = p * m - 1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m - 1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m - 1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m - 2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    const float m2 = m * m;

    p = p * m * m2 + k * FAST_LN2_LOW - 0.5f * m2;
    return p + m + k * FAST_LN2_HIGH;
}

/* e^x for x <= 88; x < -87 counts as -87.  Only what can happen is guarded: a
 * clamp to two constants would become three branches, and twice the work. */
static inline float fast_exp(float x)
{
    const float round = 12582912;               /* 1.5 2^23: pushes the fraction out */
    uint32_t bits, shift;

    x = fast_max(x, -87);
    const float k = x * 1.44269504f + round;
    const float whole = k - round;
    const float r = x - whole * FAST_LN2_HIGH - whole * FAST_LN2_LOW;

    float p = 1.9875691500e-4f;

    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1;

    memcpy(&shift, &k, sizeof shift);
    memcpy(&bits, &p, sizeof bits);
    bits += shift << 23;
    memcpy(&p, &bits, sizeof p);
    return p;
}

#endif
