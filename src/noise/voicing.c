/* SPDX-License-Identifier: MIT
 *
 * voicing.c - the peak of the cepstrum [N67] in the range of pitch.
 *
 * Harmonics are a ripple in the logarithm of the power; its transform peaks at
 * the pitch period.  The power enters as log(1 + P/3N), which hears only what
 * stands above the noise, and only up to 4 kHz, where voices are harmonic:
 *
 *   v = max over q of sum_f w(f) (l(f) - mean_w l) cos(2 pi f q / N),
 *
 * pitch from 65 to 330 Hz.
 */
#include "noise/voicing.h"

#include "base/fastmath.h"

#include <math.h>

void voicing_place(struct voicing *v, struct arena *a, size_t n, double rate_hz,
                   double frame_hz)
{
    const double bin_hz = rate_hz / 2 / (double)(n - 1), frames = 125 / frame_hz;
    double sum = 0;

    *v = (struct voicing){ .n = n };
    v->low = (size_t)(rate_hz / 330);
    v->high = (size_t)fmin(rate_hz / 65, (double)n - 2);
    v->keep_now = (float)pow(0.9, frames);
    v->keep_recent = (float)pow(0.985, frames);
    v->weight = arena_floats(a, n);
    if (arena_measures(a))
        return;
    for (size_t f = 0; f < n; f++) {
        const double hz = (double)f * bin_hz;

        v->weight[f] = hz > 60 ? (float)fmin(fmax((4000 - hz) / 1000, 0), 1) : 0;
        sum += (double)v->weight[f];
    }
    for (size_t f = 0; f < n; f++)
        v->weight[f] = (float)((double)v->weight[f] / sum);
}

void voicing_reset(struct voicing *v)
{
    v->value = v->now = v->recent = 0;
}

void voicing_update(struct voicing *v, struct fft *t, const float *restrict P,
                    const float *restrict N)
{
    float mean = 0, peak = 0;

    for (size_t f = 0; f < v->n; f++) {
        const float l = fast_log(1 + P[f] / (3 * N[f]));

        t->freq[f][0] = l;
        mean += l * v->weight[f];
    }
    for (size_t f = 0; f < v->n; f++) {
        t->freq[f][0] = (t->freq[f][0] - mean) * v->weight[f];
        t->freq[f][1] = 0;
    }
    fft_inverse(t);
    for (size_t q = v->low; q < v->high; q++)
        peak = fast_max(peak, t->time[q]);

    v->value = peak / 2;                /* the inverse sums both halves of the spectrum */
    v->now = fast_max(v->value, v->keep_now * v->now);
    v->recent = fast_max(v->value, v->keep_recent * v->recent);
}
