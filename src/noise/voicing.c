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
 * pitch from 65 to 330 Hz.  Where no noise is known, N is 35 dB below the signal:
 * what is deeper between harmonics does not count.
 *
 * Cost: one transform, and a logarithm for each frequency below 4 kHz.
 */
#include "noise/voicing.h"

#include "base/fastmath.h"
#include "base/sum.h"

#include <math.h>
#include <string.h>

static const float VOICED = 0.14f, SLOPE = 0.03f;       /* peaks above are those of voices */
static const float PRIOR = 0.7f, PRIOR_VOICED = 0.1f;
static const float DEPTH = 3.3e-4f;     /* -35 dB */
static const float ALONE = 0.4f;        /* a peak that noise without a voice has never */

static const double HEARD_HZ = 4000;

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
    v->heard = (size_t)fmin(ceil(HEARD_HZ / bin_hz), (double)n);
    v->weight = arena_floats(a, n);
    if (arena_measures(a))
        return;
    for (size_t f = 0; f < n; f++) {
        const double hz = (double)f * bin_hz;

        v->weight[f] = hz > 60 ? (float)fmin(fmax((HEARD_HZ - hz) / 1000, 0), 1) : 0;
        sum += (double)v->weight[f];
    }
    for (size_t f = 0; f < n; f++)
        v->weight[f] = (float)((double)v->weight[f] / sum);
}

void voicing_reset(struct voicing *v)
{
    v->value = v->now = v->recent = 0;
}

/* The peak of logarithms l[heard], which are in t->time until the transform comes
 * out there. */
static float find_peak(const struct voicing *v, struct fft *t)
{
    const float *restrict const w = v->weight, *restrict const l = t->time;
    const float mean = sum_product(w, l, v->heard);

    for (size_t f = 0; f < v->heard; f++) {
        t->freq[f][0] = (l[f] - mean) * w[f];
        t->freq[f][1] = 0;
    }
    memset(t->freq + v->heard, 0, (v->n - v->heard) * sizeof *t->freq);
    fft_inverse(t);

    /* half: the inverse sums both halves of the spectrum */
    return greatest(t->time + v->low, v->high - v->low, 0) / 2;
}

void voicing_update(struct voicing *v, struct fft *t, const float *restrict P,
                    const float *restrict N)
{
    for (size_t f = 0; f < v->heard; f++)
        t->time[f] = fast_log(1 + P[f] / (3 * N[f]));
    v->value = find_peak(v, t);
    v->now = fast_max(v->value, v->keep_now * v->now);
    v->recent = fast_max(v->value, v->keep_recent * v->recent);
}

bool voicing_alone(const struct voicing *v, struct fft *t, const float *restrict P)
{
    const float unit = 1 / (3 * DEPTH * sum_product(v->weight, P, v->heard));

    for (size_t f = 0; f < v->heard; f++)
        t->time[f] = fast_log(1 + P[f] * unit);
    return find_peak(v, t) > ALONE;
}

/* From 0 to 1 where a peak becomes that of a voice. */
static float sounds_voiced(float peak)
{
    return 1 / (1 + fast_exp((VOICED - peak) / SLOPE));
}

float voicing_prior(const struct voicing *v)
{
    return PRIOR + PRIOR_VOICED * (sounds_voiced(v->recent) + sounds_voiced(v->now));
}

void voicing_state(struct voicing *v, struct store *s)
{
    store_finite(s, &v->value, 1);
    store_finite(s, &v->now, 1);
    store_finite(s, &v->recent, 1);
}
