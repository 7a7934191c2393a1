/* SPDX-License-Identifier: MIT
 *
 * directed.c - the decision-directed gain [EM84], steadied by the cepstrum.
 *
 * With gamma = P/N seen, the a-priori SNR xi is the geometric mean of two views
 * whose errors differ:
 *
 *   xi_d = a (G^2 P)_last / N + (1 - a) max(gamma - 1, 0)      [EM84] eq. 51
 *   xi_c = 2 smooth(max(gamma - 1, tiny) N) / N                [BGM08]
 *
 * The first holds on to what was speech a frame ago, the second to the shape
 * that speech has; the 2 makes up for the mean of a logarithm being below the
 * logarithm of the mean.  Both keep a floor, below which weak residual noise
 * would begin to chirp.  The gain is that of the log-spectral amplitude [EM85].
 */
#include "shrink/directed.h"

#include "base/fastmath.h"

#include <math.h>
#include <string.h>

static const double KEEP = 0.96;                /* a, at 8 ms a frame   */
static const float XI_FLOOR = 0.0063f;          /* -22 dB               */
static const float GAIN_FLOOR = 0.08f;          /* -22 dB               */
static const float GAMMA_MOST = 1000;           /* 30 dB: beyond, nothing changes */
static const float LEAST = 0.00316f;            /* -25 dB of N: speech is never quite 0 */

void directed_place(struct directed *d, struct arena *a, size_t n, double rate_hz,
                    double frame_hz)
{
    *d = (struct directed){ .n = n, .keep = (float)pow(KEEP, 125 / frame_hz) };
    d->clean = arena_floats(a, n);
    d->speech = arena_floats(a, n);
    cepstrum_place(&d->cepstrum, a, n, rate_hz, frame_hz);
    lsa_place(&d->lsa, a);
}

void directed_reset(struct directed *d)
{
    memset(d->clean, 0, d->n * sizeof *d->clean);
    cepstrum_reset(&d->cepstrum);
}

void directed_update(struct directed *d, struct fft *t, const float *restrict P,
                     const float *restrict N, float *restrict G)
{
    float *restrict const clean = d->clean, *restrict const speech = d->speech;
    const float a = d->keep;

    for (size_t f = 0; f < d->n; f++)
        speech[f] = fast_max(P[f] - N[f], LEAST * N[f]);
    cepstrum_update(&d->cepstrum, t, speech);

    for (size_t f = 0; f < d->n; f++) {
        const float gamma = fast_min(P[f] / N[f], GAMMA_MOST);
        const float held = a * clean[f] / N[f] + (1 - a) * fast_max(gamma - 1, 0);
        const float shaped = 2 * speech[f] / N[f];
        const float xi = sqrtf(fast_max(held, XI_FLOOR) * fast_max(shaped, XI_FLOOR));

        G[f] = fast_clamp(lsa_gain(&d->lsa, xi, gamma), GAIN_FLOOR, 1);
        clean[f] = G[f] * G[f] * P[f];
    }
}
