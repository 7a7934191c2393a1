/* SPDX-License-Identifier: MIT
 *
 * hum.c - see hum.h.
 *
 * All channels c and harmonics h share one phase, whose second derivative is a random walk:
 *
 *   y_c(t) = sum_h Re(A_hc e^(j h phi(t))) + all else,  phi' = omega, omega' = alpha.
 *
 * A tick is two periods.  The output is demodulated by e^(-j h phi) under a Hann window of two
 * ticks, which gives the innovation I_hc, the error of A_hc; and half way between two lines,
 * which gives the noise beside them (line.c).  All lines together, weighted by their inverse
 * variances, measure the phase error
 *
 *   theta = sum h Im(A* I)/V / sum h^2 |A|^2/V,
 *
 * of variance 1/(2 sum h^2 |A|^2/V).  A Kalman filter corrects phi, omega and alpha by it:
 * with a wide bandwidth when the hum was just found, a narrow one in loud noise.  What the
 * correction leaves of I updates the amplitudes.
 *
 * Cost: 14 channels x harmonics a sample, about ten times that once a tick.
 */
#include "noise/hum.h"

#include "base/fastmath.h"

#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846;
static const double JERK = 0.02;                     /* rad^2/s^5: 0.05 Hz/s may turn in 5 s */
static const double WIDE_HZ = 0.1, WIDE_HZ_S = 0.05; /* uncertainty when found     */
static const double RANGE_HZ = 1.3, APART_HZ = 0.4;  /* further off it is another hum      */
static const double WILD = 1e6, ROUNDING = 1e-12;    /* bounds of a stored phase filter    */
static const float FADE = 0.5f;                      /* per tick, as removal sets in       */
static const float EVIDENT = 5;                      /* line_evidence(): chance gives 1    */

void hum_place(struct hum *h, struct arena *a, double rate_hz, size_t channels,
               size_t harmonics, double range_hz, size_t patience)
{
    *h = (struct hum){ .rate_hz = rate_hz, .channels = channels };
    h->most = harmonics < HUM_HARMONICS ? harmonics : HUM_HARMONICS;
    mains_place(&h->mains, a, rate_hz, channels, h->most, range_hz, patience);
    for (size_t i = 0; i < h->most; i++)
        line_place(h->line + i, a, channels);
    for (size_t i = 0; i <= h->most; i++)
        demod_place(h->between + i, a, channels);
}

void hum_reset(struct hum *h)
{
    mains_reset(&h->mains);
    h->span = h->filled = h->ticks = h->harmonics = 0;
    h->tick_s = h->re = h->im = h->step_re = h->step_im = h->omega = h->alpha = 0;
    h->fade = h->removed = 0;
    memset(h->S, 0, sizeof h->S);
    unrest_reset(&h->unrest);
    for (size_t i = 0; i < h->most; i++)
        line_reset(h->line + i, h->channels);
    for (size_t i = 0; i <= h->most; i++)
        demod_reset(h->between + i, h->channels);
}

double hum_hz(const struct hum *h)
{
    return h->harmonics ? h->omega / (2 * PI) : 0;
}

static void set_step(struct hum *h)
{
    h->step_re = cos(0.5 * h->omega / h->rate_hz);
    h->step_im = sin(0.5 * h->omega / h->rate_hz);
}

/* Samples in a tick, two periods. */
static size_t span_at(const struct hum *h, double nominal)
{
    return (size_t)lround(2 * h->rate_hz / nominal);
}

/* A hum has been found: all starts at its frequency. */
static void hum_start(struct hum *h)
{
    const double hz = h->mains.hz, wide = 2 * PI * WIDE_HZ, wide_s = 2 * PI * WIDE_HZ_S;

    h->span = span_at(h, h->mains.nominal);
    h->tick_s = (double)h->span / h->rate_hz;
    h->filled = h->ticks = 0;
    h->harmonics = 0;
    while (h->harmonics < h->most &&
           (double)(h->harmonics + 1) * (h->mains.nominal + RANGE_HZ) < 0.49 * h->rate_hz)
        h->harmonics++;
    h->re = 1;
    h->im = 0;
    h->omega = 2 * PI * hz;
    h->alpha = 0;
    set_step(h);
    memset(h->S, 0, sizeof h->S);
    h->S[0][0] = 1;
    h->S[1][1] = wide * wide;
    h->S[2][2] = wide_s * wide_s;
    h->fade = 0;
    unrest_reset(&h->unrest);
    for (size_t i = 0; i < h->harmonics; i++)
        line_reset(h->line + i, h->channels);
    for (size_t i = 0; i <= h->harmonics; i++)
        demod_reset(h->between + i, h->channels);
}

/* S = F S F' + Q of phase, frequency and its slope over one tick. */
static void phase_predict(double S[3][3], double T)
{
    const double F[3][3] = { { 1, T, T * T / 2 }, { 0, 1, T }, { 0, 0, 1 } };
    const double q[3] = { T * T / 2, T, 1 };
    double FS[3][3] = { { 0 } };

    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            for (size_t k = 0; k < 3; k++)
                FS[i][j] += F[i][k] * S[k][j];
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++) {
            S[i][j] = JERK * T * q[i] * q[j];
            for (size_t k = 0; k < 3; k++)
                S[i][j] += FS[i][k] * F[j][k];
        }
}

/* Corrections of the phase: at the time of the measurement, and now. */
struct turn {
    double then, now;
};

/* Corrects by a measured error theta of variance 1/info. */
static struct turn phase_update(struct hum *h, double theta, double info)
{
    const double T = h->tick_s;
    double K[3], row[3];

    phase_predict(h->S, T);
    for (size_t i = 0; i < 3; i++) {
        K[i] = h->S[i][0] * info / (1 + h->S[0][0] * info);
        row[i] = h->S[0][i];
    }
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            h->S[i][j] -= K[i] * row[j];
    /* the measurement is a tick old */
    const struct turn turn = { K[0] * theta, K[0] * theta + K[1] * theta * T };
    const double c = cos(turn.now / 2), s = sin(turn.now / 2), re = h->re * c - h->im * s;

    h->im = h->re * s + h->im * c;
    h->re = re;
    h->alpha += K[2] * theta;
    h->omega += K[1] * theta + h->alpha * T;
    return turn;
}

/* What is demodulated beside a line; above half the rate there is none. */
static struct beside beside(const struct hum *h, size_t line)
{
    const double hz = ((double)line + 1.5) * (h->mains.nominal + RANGE_HZ);

    return (struct beside){ h->between + line,
                            hz < 0.5 * h->rate_hz ? h->between + line + 1 : NULL };
}

/* Whether the lines stand out: a note that ended before it was found does not. */
static bool evident(const struct hum *h)
{
    float sum = 0;

    for (size_t i = 0; i < h->harmonics; i++)
        sum += line_evidence(h->line + i, h->channels);
    return sum > EVIDENT * (float)h->harmonics;
}

/* A tick has ended. */
static void hum_tick(struct hum *h)
{
    double cross = 0, info = 0;
    struct turn turn = { 0, 0 };
    float power = 0;

    for (size_t i = 0; i < h->harmonics; i++) {
        line_innovate(h->line + i, beside(h, i), h->channels, h->span, h->ticks, h->unrest.Q);
        line_show_phase(h->line + i, h->channels, (double)(i + 1), &cross, &info);
    }
    if (h->ticks > 2)
        turn = phase_update(h, info > 0 ? cross / info : 0, 2 * info);
    if (h->fade > 0 || evident(h))
        h->fade = fast_min(h->fade + FADE, 1);
    for (size_t i = 0; i < h->harmonics; i++) {
        const double order = (double)i + 1;

        power += line_learn(h->line + i, h->channels, h->ticks, (float)(order * turn.then),
                            h->fade, &h->unrest);
        demod_pass_on(&h->line[i].sum, h->channels, order * turn.now);
    }
    for (size_t i = 0; i <= h->harmonics; i++)
        demod_pass_on(h->between + i, h->channels, ((double)i + 0.5) * turn.now);
    unrest_update(&h->unrest);
    const double size = sqrt(h->re * h->re + h->im * h->im);

    h->re /= size;
    h->im /= size;
    set_step(h);
    h->removed = power;
    h->ticks += h->ticks < LINE_START;
    h->filled = 0;
}

/* Compares the frequency that the search has found with the one that is followed. */
static void hum_decide(struct hum *h)
{
    const struct mains *const m = &h->mains;
    const double hz = hum_hz(h);

    if (m->hz == 0) {
        h->harmonics = 0;
        h->removed = 0;
    } else if (hz == 0 || fabs(hz - m->nominal) > RANGE_HZ || fabs(hz - m->hz) > APART_HZ) {
        hum_start(h);
    }
}

/* The square of a sine, by its Taylor series to within 1e-4. */
static float window_rises(const struct hum *h)
{
    const float x = 1.57079633f * ((float)h->filled + 0.5f) / (float)h->span, x2 = x * x;
    const float s = x * (1 - x2 * (1.0f / 6 - x2 * (1.0f / 120 - x2 / 5040)));

    return s * s;
}

void hum_update(struct hum *h, float *x, bool freeze)
{
    float re[2 * HUM_HARMONICS + 1], im[2 * HUM_HARMONICS + 1];

    if (!freeze && mains_update(&h->mains, x))
        hum_decide(h);
    if (h->harmonics == 0)
        return;
    const size_t turns = 2 * h->harmonics + 1;

    re[0] = (float)h->re;
    im[0] = (float)h->im;
    for (size_t i = 1; i < turns; i++) {
        re[i] = re[i - 1] * re[0] - im[i - 1] * im[0];
        im[i] = re[i - 1] * im[0] + im[i - 1] * re[0];
    }
    for (size_t i = 1; i < turns; i += 2)
        line_take(h->line + i / 2, x, h->channels, re[i], im[i]);
    const float rising = window_rises(h);

    for (size_t i = 0; !freeze && i < turns; i++)
        demod_update(i % 2 ? &h->line[i / 2].sum : h->between + i / 2, x, h->channels, re[i],
                     im[i], rising);
    const double r = h->re * h->step_re - h->im * h->step_im;

    h->im = h->re * h->step_im + h->im * h->step_re;
    h->re = r;
    if (!freeze && ++h->filled == h->span)
        hum_tick(h);
}

/* Whether the stored S can be a covariance, but for rounding. */
static bool covaries(double S[3][3])
{
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            if (S[i][i] < -ROUNDING ||
                S[i][j] * S[j][i] > 1.01 * (S[i][i] + ROUNDING) * (S[j][j] + ROUNDING))
                return false;
    return true;
}

static void phase_state(struct hum *h, struct store *s, bool follows)
{
    const double tick_s = store_double(s, &h->tick_s, 0, 1);
    const double re = store_double(s, &h->re, -2, 2), im = store_double(s, &h->im, -2, 2);
    const double step_re = store_double(s, &h->step_re, -1, 1);
    const double step_im = store_double(s, &h->step_im, -1, 1);
    double S[3][3];

    store_doubles(s, &h->omega, 1, -WILD, WILD);
    store_doubles(s, &h->alpha, 1, -WILD, WILD);
    for (size_t i = 0; i < 9; i++)
        S[i / 3][i % 3] = store_double(s, &h->S[i / 3][i % 3], -WILD, WILD);
    store_demand(s, !follows || (tick_s > 0 && mains_turns(re, im) &&
                                 mains_turns(step_re, step_im) && covaries(S)));
}

void hum_state(struct hum *h, struct store *s)
{
    const size_t most = (size_t)(h->rate_hz + 1); /* a tick is less than a second */
    const double nominal = mains_state(&h->mains, s);
    const bool follows = store_size(s, &h->harmonics, 0, h->most) > 0;
    const size_t span = store_size(s, &h->span, 0, most);
    const size_t filled = store_size(s, &h->filled, 0, most);

    store_demand(s, !follows || (nominal > 0 && span == span_at(h, nominal) && filled < span));
    store_size(s, &h->ticks, 0, LINE_START);
    phase_state(h, s, follows);
    store_floats(s, &h->fade, 1, 0, 1);
    unrest_state(&h->unrest, s);
    store_finite(s, &h->removed, 1);
    for (size_t i = 0; i < h->most; i++)
        line_state(h->line + i, h->channels, span, s);
    for (size_t i = 0; i <= h->most; i++)
        demod_state(h->between + i, h->channels, span, s);
}
