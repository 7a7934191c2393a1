/* SPDX-License-Identifier: MIT
 *
 * lsa.c - the log-spectral amplitude gain [EM85], eq. 20:
 *
 *   G = xi/(1 + xi) exp(E1(v)/2),    v = gamma xi/(1 + xi),
 *
 * E1 the exponential integral.  exp(E1(v)/2) is close to a power of v where v
 * is small and close to 1 where it is large, so it is tabulated over the float
 * v itself: the exponent and the first DIGITS bits of the fraction are the row,
 * which holds the line from its first v to that of the next.  No logarithm is
 * taken; error below 2e-4.
 */
#include "shrink/lsa.h"

#include "base/fastmath.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { DIGITS = 5, LOW = -20, HIGH = 6, ROWS = (HIGH - LOW) << DIGITS };

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

/* First v of row i. */
static double knot(int i)
{
    const int whole = i >> DIGITS, digits = i & ((1 << DIGITS) - 1);

    return ldexp(1 + digits / (double)(1 << DIGITS), LOW + whole);
}

void lsa_place(struct lsa *l, struct arena *a)
{
    l->line = arena_take(a, ROWS, sizeof *l->line);
    if (arena_measures(a))
        return;
    for (int i = 0; i < ROWS; i++) {
        const double from = knot(i), to = knot(i + 1);
        const double y = exp(exponential_integral(from) / 2);
        const double slope = (exp(exponential_integral(to) / 2) - y) / (to - from);

        l->line[i] = (struct lsa_line){ (float)(y - slope * from), (float)slope };
    }
}

/* exp(E1(v)/2) for 2^LOW <= v < 2^HIGH. */
static float look_up(const struct lsa_line *line, float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    line += (bits >> (23 - DIGITS)) - ((127 + LOW) << DIGITS);
    return line->offset + line->slope * v;
}

void lsa_update(const struct lsa *l, size_t n, float *restrict xi, float *restrict G)
{
    static const float lowest = 0x1p-20f, highest = 63.999996f;     /* 2^LOW, < 2^HIGH */

    for (size_t f = 0; f < n; f++) {
        xi[f] = xi[f] / (1 + xi[f]);
        G[f] = fast_max(G[f] * xi[f], lowest);
    }
    for (size_t f = 0; f < n; f++)
        G[f] = xi[f] * look_up(l->line, fast_min(G[f], highest));
}
