/* SPDX-License-Identifier: MIT
 *
 * chord.c - see chord.h.
 */
#include "chord.h"

#include "check.h"

#include <math.h>
#include <stdlib.h>

static const double PI = 3.14159265358979323846;

const double chord_hz[CHORD] = { 261.6, 329.6, 1568.0 };

void chord(float *x, size_t n, double rate_hz)
{
    for (size_t t = 0; t < n; t++) {
        x[t] = 0;
        for (size_t k = 0; k < 3; k++)
            x[t] += (float)(0.05 * sin(2 * PI * chord_hz[k] * (double)t / rate_hz));
    }
}

float *add_hiss(const float *x, size_t n, double sigma, uint64_t seed)
{
    float *const y = malloc(n * sizeof *y);
    struct dice d = { seed };

    for (size_t t = 0; t < n; t++)
        y[t] = x[t] + (float)(sigma * dice_normal(&d));
    return y;
}
