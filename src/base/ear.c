/* SPDX-License-Identifier: MIT
 *
 * ear.c - the equivalent rectangular bandwidth scale of [GM90], eq. 4.
 */
#include "base/ear.h"

#include <math.h>
#include <string.h>

double ear_place(double hz)
{
    return 21.4 * log10(1 + 0.00437 * hz);
}

double ear_hz(double place)
{
    return (pow(10, place / 21.4) - 1) / 0.00437;
}

/* Frequency, in bins, of the band after the one at `bin`. */
static double next_centre(double bin, double bin_hz, double spacing)
{
    return fmax(ear_hz(ear_place(bin * bin_hz) + spacing) / bin_hz, bin + 1);
}

/* Frequency of the b-th band, rounded to a bin; the last is n - 1. */
static size_t centre_bin(size_t n, double bin_hz, double spacing, size_t b)
{
    double bin = 1;

    while (b-- && bin < (double)n - 1)
        bin = next_centre(bin, bin_hz, spacing);
    const size_t at = (size_t)(bin + 0.5);

    return at < n - 1 ? at : n - 1;
}

void bands_place(struct bands *b, struct arena *a, size_t n, double bin_hz, double spacing)
{
    *b = (struct bands){ .n = n, .count = 1 };
    while (centre_bin(n, bin_hz, spacing, b->count - 1) < n - 1)
        b->count++;
    b->band = arena_take(a, n, sizeof *b->band);
    b->share = arena_floats(a, n);
    b->centre = arena_floats(a, b->count);
    if (arena_measures(a))
        return;

    size_t low = centre_bin(n, bin_hz, spacing, 0);

    for (size_t i = 0; i < b->count; i++)
        b->centre[i] = (float)ear_place((double)centre_bin(n, bin_hz, spacing, i) * bin_hz);
    for (size_t i = 0, f = 0; i + 1 < b->count; i++) {
        const size_t high = centre_bin(n, bin_hz, spacing, i + 1);

        for (; f < high || (f < n && i + 2 == b->count); f++) {
            b->band[f] = i;
            b->share[f] = f < low ? 0 : (float)(f - low) / (float)(high - low);
        }
        low = high;
    }
}

void bands_pool(const struct bands *b, const float *restrict x, float *restrict pooled)
{
    memset(pooled, 0, b->count * sizeof *pooled);
    for (size_t f = 0; f < b->n; f++) {
        const float above = b->share[f] * x[f];

        pooled[b->band[f]] += x[f] - above;
        pooled[b->band[f] + 1] += above;
    }
}

void bands_spread(const struct bands *b, const float *restrict pooled, float *restrict x)
{
    for (size_t f = 0; f < b->n; f++) {
        const float *const at = pooled + b->band[f];

        x[f] = at[0] + b->share[f] * (at[1] - at[0]);
    }
}
