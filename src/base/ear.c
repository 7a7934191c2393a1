/* SPDX-License-Identifier: MIT
 *
 * ear.c - the equivalent rectangular bandwidth scale of [GM90], eq. 4.
 */
#include "base/ear.h"

#include "base/fastmath.h"

#include <math.h>

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
    b->edge = arena_take(a, b->count, sizeof *b->edge);
    b->border = arena_take(a, b->count, sizeof *b->border);
    b->share = arena_floats(a, n);
    b->centre = arena_floats(a, b->count);
    if (arena_measures(a))
        return;

    for (size_t i = 0; i < b->count; i++) {
        b->edge[i] = centre_bin(n, bin_hz, spacing, i);
        b->centre[i] = (float)ear_place((double)b->edge[i] * bin_hz);
    }
    for (size_t i = 0; i + 1 < b->count; i++) {
        const size_t low = b->edge[i], high = b->edge[i + 1];

        for (size_t f = low; f <= high; f++)
            b->share[f] = (float)(f - low) / (float)(high - low);
    }
    for (size_t f = 0; f < n - 1; f++)          /* a centre belongs to the band it heads */
        b->share[f] = b->share[f] < 1 ? b->share[f] : 0;
    b->edge[0] = 0;
    b->edge[b->count - 1] = n;
    for (size_t i = 0; i + 1 < b->count; i++) {
        b->border[i] = b->edge[i];
        while (b->border[i] < b->edge[i + 1] && b->share[b->border[i]] < 0.5f)
            b->border[i]++;
    }
    b->border[b->count - 1] = n;
}

void bands_pool(const struct bands *b, const float *restrict x, float *restrict pooled)
{
    pooled[0] = 0;
    for (size_t i = 0; i + 1 < b->count; i++) {
        float whole = 0, above = 0;

        for (size_t f = b->edge[i]; f < b->edge[i + 1]; f++) {
            whole += x[f];
            above += b->share[f] * x[f];
        }
        pooled[i] += whole - above;
        pooled[i + 1] = above;
    }
}

void bands_peak(const struct bands *b, const float *restrict x, float *restrict peak)
{
    size_t f = 0;

    for (size_t i = 0; i < b->count; i++) {
        float most = 0;

        for (; f < b->border[i]; f++)
            most = fast_max(most, x[f]);
        peak[i] = most;
    }
}

void bands_spread(const struct bands *b, const float *restrict pooled, float *restrict x)
{
    for (size_t i = 0; i + 1 < b->count; i++) {
        const float here = pooled[i], step = pooled[i + 1] - pooled[i];

        for (size_t f = b->edge[i]; f < b->edge[i + 1]; f++)
            x[f] = here + b->share[f] * step;
    }
}
