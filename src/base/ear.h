/* SPDX-License-Identifier: MIT
 *
 * ear.h - the scale on which hearing is even, and spectra pooled along it.
 */
#ifndef LULL_BASE_EAR_H
#define LULL_BASE_EAR_H

#include "base/arena.h"

/* Place of a frequency in units of the ear's own resolution (ERB), and back. */
double ear_place(double hz);
double ear_hz(double place);

/* Overlapping triangles, evenly spaced for the ear and at least one frequency
 * apart: a frequency f with edge[b] <= f < edge[b + 1] gives 1 - share[f] of
 * itself to band b and the rest to band b + 1. */
struct bands {
    size_t n, count;            /* frequencies; bands                             */
    size_t *edge;               /* [count] from 0 to n                            */
    size_t *border;             /* [count] first frequency that is nearer to a higher band */
    float *share;               /* [n] 0..1                                       */
    float *centre;              /* [count] in ERB                                 */
};

/* Bands `spacing` ERB apart over n frequencies from 0, bin_hz apart. */
void bands_place(struct bands *b, struct arena *a, size_t n, double bin_hz, double spacing);

/* Sums x[n] into pooled[count]. */
void bands_pool(const struct bands *b, const float *restrict x, float *restrict pooled);

/* The greatest x[n] > 0 of those nearest to each band, 0 if there is none. */
void bands_peak(const struct bands *b, const float *restrict x, float *restrict peak);

/* Draws lines between the bands' values: pooled[count] into x[n]. */
void bands_spread(const struct bands *b, const float *restrict pooled, float *restrict x);

#endif
