/* SPDX-License-Identifier: MIT
 *
 * resample.c - another sample rate, by the plain sum.
 *
 * With to/from = up/down in lowest terms, x is imagined with up - 1 zeros
 * after each sample, low-passed, and every down-th value kept:
 *
 *   y[k] = sum_i x[i] h[half + k down - i up],   0 <= half + ... <= 2 half
 *
 * h is a sinc that cuts at the lower of the two Nyquist rates, half =
 * 10 max(up, down), under a Kaiser window of beta 5, its sum equal to up: the
 * filter that SciPy's resample_poly uses, so that scores can be compared.
 */
#include "measures/measures.h"

#include <math.h>
#include <stdlib.h>

/* Modified Bessel function of the first kind, order 0, by its power series. */
static double bessel_i0(double x)
{
    double term = 1, sum = 1;

    for (double k = 1; term > 1e-17 * sum; k++) {
        term *= x / (2 * k) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

/* The low-pass filter h[2 half + 1]. */
static double *lowpass(size_t half, size_t up, size_t slower)
{
    static const double BETA = 5;
    double *const h = measure_take(2 * half + 1);
    double sum = 0;

    for (size_t i = 0; i <= 2 * half; i++) {
        const double t = (double)i - (double)half, side = t / (double)half;
        const double angle = acos(-1) * t / (double)slower;

        h[i] = bessel_i0(BETA * sqrt((1 - side) * (1 + side)));
        h[i] *= t == 0 ? 1 : sin(angle) / angle;
        sum += h[i];
    }
    for (size_t i = 0; i <= 2 * half; i++)
        h[i] *= (double)up / sum;
    return h;
}

static unsigned common(unsigned a, unsigned b)
{
    return b ? common(b, a % b) : a;
}

double *resample(const double *x, size_t n, unsigned from, unsigned to, size_t *n_out)
{
    const size_t up = to / common(from, to), down = from / common(from, to);
    const size_t slower = up > down ? up : down, half = 10 * slower;
    const size_t count = (n * up + down - 1) / down;
    double *const y = measure_take(count), *const h = lowpass(half, up, slower);

    for (size_t k = 0; k < count; k++) {
        const size_t at = k * down;
        const size_t first = at > half ? (at - half + up - 1) / up : 0;

        for (size_t i = first; i < n && i * up <= at + half; i++)
            y[k] += x[i] * h[half + at - i * up];
    }
    free(h);
    *n_out = count;
    return y;
}
