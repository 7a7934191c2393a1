/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

uint64_t dice_word(struct dice *d)
{
    d->state ^= d->state >> 12;
    d->state ^= d->state << 25;
    d->state ^= d->state >> 27;
    return d->state * 2685821657736338717u;
}

double dice_uniform(struct dice *d)
{
    return (double)(dice_word(d) >> 11) * 0x1p-53;
}

double dice_normal(struct dice *d)
{
    const double u = 1 - dice_uniform(d), v = dice_uniform(d);

    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

float dice_power(struct dice *d, double m)
{
    return (float)(-m * log(1 - dice_uniform(d)));
}

void dice_noise(struct dice *d, float *x, size_t n, double sigma)
{
    for (size_t t = 0; t < n; t++)
        x[t] = (float)(sigma * dice_normal(d));
}

float *dice_vector(struct dice *d, size_t n)
{
    float *const x = aligned_alloc(64, (n * sizeof *x + 63) / 64 * 64);

    dice_noise(d, x, n, 1);
    return x;
}

struct arena fresh_arena(void)
{
    static _Alignas(ARENA_ALIGN) unsigned char memory[FRESH];

    memset(memory, 0, sizeof memory);
    return (struct arena){ .block = memory };
}

bool all_finite(const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

double energy(const float *x, size_t n)
{
    double sum = 0;

    for (size_t t = 0; t < n; t++)
        sum += (double)x[t] * (double)x[t];
    return sum;
}

double distance2(const float *a, const float *b, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    return sum;
}

double decibel(double a, double b)
{
    return 10 * log10(a / b);
}

double apart_db(const float *a, const float *b, size_t n)
{
    double sum = 0;

    for (size_t f = 0; f < n; f++)
        sum += fabs(decibel((double)a[f], (double)b[f]));
    return sum / (double)n;
}
