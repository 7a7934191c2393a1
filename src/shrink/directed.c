/* SPDX-License-Identifier: MIT
 *
 * directed.c - the decision-directed gain [EM84], steadied by the cepstrum.
 *
 * With gamma = P/N seen, the a-priori SNR xi is a geometric mean of two views
 * whose errors differ, weighted as HELD says:
 *
 *   xi_d = a (G^2 P)_last / N + (1 - a) max(gamma - 1, 0)      [EM84] eq. 51
 *   xi_c = 2 smooth(max(gamma - 1, tiny) N) / N                [BGM08]
 *
 * The first holds on to what was speech a frame ago, the second to the shape
 * that speech has; the 2 makes up for the mean of a logarithm being below the
 * logarithm of the mean.  Both keep a floor, below which weak residual noise
 * would begin to chirp.  The gain is that of the log-spectral amplitude [EM85].
 *
 * N is multiplied by OVER, since noise that stays is more audible than speech that
 * goes; but where the signal has been far above the noise for seconds, what N
 * measures is mostly the room and breath of a clean recording: then it is
 * multiplied by UNDER, and clean speech passes as it is.
 *
 * Cost: two logarithms, an exponential and the table a frequency, beside the
 * cepstrum.
 */
#include "shrink/directed.h"

#include "base/fastmath.h"
#include "base/sum.h"

#include <math.h>
#include <string.h>

static const double KEEP = 0.88;                /* a, at 8 ms a frame   */
static const float HELD = 0.65f;                /* share of xi_d in log xi */
static const float OVER = 1.15f, UNDER = 0.23f; /* N is multiplied by      */
static const float NOISY_DB = 28, CLEAN_DB = 40;        /* from OVER here to UNDER there */
static const float BANG = 4;                    /* times the level: a frame counts no more */
static const float XI_FLOOR = 0.0063f;          /* -22 dB               */
static const float GAIN_FLOOR = 0.08f;          /* -22 dB               */
static const float GAMMA_MOST = 1000;           /* 30 dB: beyond, nothing changes */
static const float LEAST = 0.00316f;            /* -25 dB of N: speech is never quite 0 */

void directed_place(struct directed *d, struct arena *a, size_t n, double rate_hz,
                    double frame_hz)
{
    const float frames = (float)(125 / frame_hz);

    *d = (struct directed){ .n = n, .keep = (float)pow(KEEP, 125 / frame_hz) };
    d->rise = 0.05f * frames;
    d->fall = 0.003f * frames;
    d->drift = 0.02f * frames;
    d->clean = arena_floats(a, n);
    d->speech = arena_floats(a, n);
    cepstrum_place(&d->cepstrum, a, n, rate_hz, frame_hz);
    lsa_place(&d->lsa, a);
}

void directed_reset(struct directed *d)
{
    memset(d->clean, 0, d->n * sizeof *d->clean);
    cepstrum_reset(&d->cepstrum);
    d->level = d->noise_level = 0;
}

/* The factor of N, OVER to UNDER, by the SNR over the last seconds. */
static float caution(struct directed *d, const float *restrict P, const float *restrict N)
{
    const float now = sum(P + 1, d->n - 1), noise = sum(N + 1, d->n - 1);

    if (!(d->level > 0)) {
        d->level = now;
        d->noise_level = noise;
    }
    const float power = fast_min(now, BANG * d->level);

    d->level += (power > d->level ? d->rise : d->fall) * (power - d->level);
    d->noise_level += d->drift * (noise - d->noise_level);

    const float snr_db = 4.342945f * fast_log(d->level / d->noise_level);
    const float clean = fast_clamp((snr_db - NOISY_DB) / (CLEAN_DB - NOISY_DB), 0, 1);

    return OVER + clean * (UNDER - OVER);
}

/* xi from the held and the shaped view, the latter in xi[n]; gamma into G[n]. */
static void weigh(struct directed *d, float over, const float *restrict P,
                  const float *restrict N, float *restrict xi, float *restrict G)
{
    const float a = d->keep;
    const float *restrict const clean = d->clean;

    for (size_t f = 0; f < d->n; f++) {
        const float unit = 1 / (over * N[f]);
        const float gamma = fast_min(P[f] * unit, GAMMA_MOST);
        const float held = a * clean[f] * unit + (1 - a) * fast_max(gamma - 1, 0);
        const float shaped = fast_max(2 * xi[f] * unit, XI_FLOOR);

        xi[f] = shaped * fast_exp(HELD * fast_log(fast_max(held, XI_FLOOR) / shaped));
        G[f] = gamma;
    }
}

void directed_update(struct directed *d, struct fft *t, const float *restrict P,
                     const float *restrict N, float *restrict G)
{
    const float over = caution(d, P, N);
    float *restrict const clean = d->clean, *restrict const speech = d->speech;

    for (size_t f = 0; f < d->n; f++)
        speech[f] = fast_max(P[f] - over * N[f], LEAST * over * N[f]);
    cepstrum_update(&d->cepstrum, t, speech);
    weigh(d, over, P, N, speech, G);
    lsa_update(&d->lsa, d->n, speech, G);
    for (size_t f = 0; f < d->n; f++) {
        G[f] = fast_clamp(G[f], GAIN_FLOOR, 1);
        clean[f] = G[f] * G[f] * P[f];
    }
}

void directed_state(struct directed *d, struct store *s)
{
    store_finite(s, d->clean, d->n);
    store_finite(s, &d->level, 1);
    store_finite(s, &d->noise_level, 1);
    cepstrum_state(&d->cepstrum, s);
}
