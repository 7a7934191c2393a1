/* SPDX-License-Identifier: MIT
 *
 * lsa.c - the log-spectral amplitude gain [EM85], eq. 20:
 *
 *   G = xi/(1 + xi) exp(E1(v)/2),    v = gamma xi/(1 + xi),
 *
 * E1 the exponential integral.  exp(E1(v)/2) is close to a power of v where v
 * is small and close to 1 where it is large, so it is tabulated over the float
 * v itself: the exponent and the first DIGITS bits of the fraction are the row,
 * the other bits interpolate.  No logarithm is taken; error below 2e-4.
 */
#include "shrink/lsa.h"

#include "base/fastmath.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { DIGITS = 5, LOW = -20, HIGH = 6, ROWS = ((HIGH - LOW) << DIGITS) + 1 };

/* E1(v) for v > 0: the series [AS64 5.1.11] below 1, the continued fraction
 * [AS64 5.1.22] by Lentz above. */
static double exponential_integral(double v)
{
    if (v > 1) {
        double b = v + 1, c = 1e300, d = 1 / b, h = d;

        for (int k = 1; k < 200; k++) {
            const double a = -(double)k * k;

            b += 2;
            d = 1 / (a * d + b);
            c = b + a / c;
            h *= c * d;
        }
        return h * exp(-v);
    }
    double sum = -0.57721566490153286 - log(v), term = 1;

    for (int k = 1; k < 40; k++) {
        term *= -v / k;
        sum -= term / k;
    }
    return sum;
}

void lsa_place(struct lsa *l, struct arena *a)
{
    l->table = arena_floats(a, ROWS + 1);
    if (arena_measures(a))
        return;
    for (int i = 0; i <= ROWS; i++) {
        const double fraction = (i & ((1 << DIGITS) - 1)) / (double)(1 << DIGITS);
        const double v = ldexp(1 + fraction, LOW + (i >> DIGITS));

        l->table[i] = (float)exp(0.5 * exponential_integral(v));
    }
}

float lsa_gain(const struct lsa *l, float xi, float gamma)
{
    static const uint32_t first = (uint32_t)(127 + LOW) << 23;
    static const float lowest = 9.5367431640625e-7f, highest = 63.999996f;  /* 2^LOW, < 2^HIGH */
    const float wiener = xi / (1 + xi);
    const float v = fast_min(fast_max(gamma * wiener, lowest), highest);
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    bits -= first;
    const float *const row = l->table + (bits >> (23 - DIGITS));
    const float at = (float)(bits & ((1u << (23 - DIGITS)) - 1)) * (1.0f / (1u << (23 - DIGITS)));

    return wiener * (row[0] + at * (row[1] - row[0]));
}
