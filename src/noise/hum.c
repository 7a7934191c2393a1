/* SPDX-License-Identifier: MIT
 *
 * hum.c - see hum.h.
 *
 * All channels c and harmonics h share one phase, whose second derivative wanders:
 *
 *   y_c(t) = sum_h Re(A_hc e^(j h phi(t))) + all else,  phi' = omega, omega' = alpha.
 *
 * Over two ticks of two periods the output against e^(-j h phi), under a Hann window
 * that turns down what is loud elsewhere, gives the innovation
 * I_hc = A_true - A.  What differs between one tick and the next is the neighbourhood
 * of the line, its power R.  Two Kalman filters share it:
 *
 *   phase      theta = sum h Im(A* I)/V / sum h^2 |A|^2/V,   V = P + R,
 *              of variance 1/(2 sum h^2 |A|^2/V), moves phi, omega and alpha
 *   amplitude  A += P/V I,  each for itself, with variance P
 *
 * so that each moves as fast as it can be seen to move: widely when the hum was just
 * found, narrowly in a loud neighbourhood, and at once where the mean innovation says
 * that the amplitude jumped.  A line is taken away as far as it stands out,
 * B = w A, w = max(0, 1 - (DOUBT P/|A|^2)^2).
 *
 * Cost: 8 channels x harmonics a sample, about ten times that once a tick.
 */
#include "noise/hum.h"

#include "base/fastmath.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846;
enum { HUM_START = 10 };                             /* ticks in which A is a plain mean   */
static const double JERK = 0.02;                     /* rad^2/s^5: 0.05 Hz/s may turn in 5 s */
static const double WIDE_HZ = 0.1, WIDE_HZ_S = 0.05; /* uncertainty when found     */
static const double RANGE_HZ = 1.3, APART_HZ = 0.4;  /* then it is another hum     */
static const float WANDER = 5e-6f;                   /* of A's power a tick: 1 % in a second */
static const float UNREST = 1e-5f;                   /* of R a tick: narrowest step .3 %   */
static const float DOUBT = 4;
static const float LATELY = 0.1f, JUMP = 8; /* mean of innovations; squares of its spread */
static const float KEEP_R = 0.85f;
static const float FADE = 0.2f;
static const float TINY = 1e-30f;

static void line_place(struct hum_line *l, struct arena *a, size_t channels)
{
    for (size_t i = 0; i < 2; i++) {
        l->A[i] = arena_floats(a, channels);
        l->B[i] = arena_floats(a, channels);
        l->rise[i] = arena_floats(a, channels);
        l->fall[i] = arena_floats(a, channels);
        l->was[i] = arena_floats(a, channels);
        l->last[i] = arena_floats(a, channels);
        l->drift[i] = arena_floats(a, channels);
    }
    l->P = arena_floats(a, channels);
    l->R = arena_floats(a, channels);
    l->spread = arena_floats(a, channels);
}

static void line_reset(struct hum_line *l, size_t channels)
{
    const size_t bytes = channels * sizeof *l->P;

    for (size_t i = 0; i < 2; i++) {
        memset(l->A[i], 0, bytes);
        memset(l->B[i], 0, bytes);
        memset(l->rise[i], 0, bytes);
        memset(l->fall[i], 0, bytes);
        memset(l->was[i], 0, bytes);
        memset(l->last[i], 0, bytes);
        memset(l->drift[i], 0, bytes);
    }
    memset(l->P, 0, bytes);
    memset(l->R, 0, bytes);
    memset(l->spread, 0, bytes);
}

void hum_place(struct hum *h, struct arena *a, double rate_hz, size_t channels,
               size_t harmonics)
{
    *h = (struct hum){ .rate_hz = rate_hz, .channels = channels };
    h->most = harmonics < HUM_HARMONICS ? harmonics : HUM_HARMONICS;
    mains_place(&h->mains, a, rate_hz, channels, h->most);
    for (size_t i = 0; i < h->most; i++)
        line_place(h->line + i, a, channels);
}

void hum_reset(struct hum *h)
{
    mains_reset(&h->mains);
    h->harmonics = 0;
    h->removed = 0;
}

double hum_hz(const struct hum *h)
{
    return h->harmonics ? h->omega / (2 * PI) : 0;
}

static void set_step(struct hum *h)
{
    h->step_re = cos(h->omega / h->rate_hz);
    h->step_im = sin(h->omega / h->rate_hz);
}

/* A hum has been found: all starts at its frequency. */
static void hum_start(struct hum *h)
{
    const double hz = h->mains.hz, wide = 2 * PI * WIDE_HZ, wide_s = 2 * PI * WIDE_HZ_S;

    h->span = (size_t)lround(2 * h->rate_hz / h->mains.nominal);
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
    for (size_t i = 0; i < h->harmonics; i++)
        line_reset(h->line + i, h->channels);
}

/* Replaces the sums of a line by its innovations, and learns its neighbourhood. */
static void line_innovate(struct hum_line *l, size_t channels, size_t span, size_t ticks)
{
    float *restrict const re = l->fall[0], *restrict const im = l->fall[1];
    float *restrict const last_re = l->last[0], *restrict const last_im = l->last[1];
    float *restrict const R = l->R;
    const float scale = 2 / (float)span;
    const float keep = ticks < 2 ? 0 : fast_min(1 - 1 / (float)ticks, KEEP_R);

    for (size_t c = 0; c < channels; c++) {
        re[c] = re[c] * scale + 0.5f * (l->B[0][c] + l->was[0][c]) - l->A[0][c];
        im[c] = im[c] * scale + 0.5f * (l->B[1][c] + l->was[1][c]) - l->A[1][c];
        const float dr = re[c] - last_re[c], di = im[c] - last_im[c];
        const float D = ticks ? 0.5f * (dr * dr + di * di) : 0;

        last_re[c] = re[c];
        last_im[c] = im[c];
        R[c] = fast_max(fast_max(keep * R[c] + (1 - keep) * D, D), TINY);
    }
}

/* Adds to the two sums that give the phase. */
static void line_phase(const struct hum_line *l, size_t channels, float order, double *cross,
                       double *info)
{
    float x = 0, w = 0;

    for (size_t c = 0; c < channels; c++) {
        const float V = l->P[c] + l->R[c];

        x += (l->A[0][c] * l->fall[1][c] - l->A[1][c] * l->fall[0][c]) / V;
        w += (l->A[0][c] * l->A[0][c] + l->A[1][c] * l->A[1][c]) / V;
    }
    *cross += (double)(order * x);
    *info += (double)(order * order * w);
}

/* One tick of the amplitudes; gives the power that will be taken away. */
static float line_amplitudes(struct hum_line *l, size_t channels, size_t ticks, float fade)
{
    float power = 0;

    for (size_t c = 0; c < channels; c++) {
        const float Ir = l->fall[0][c], Ii = l->fall[1][c], R = l->R[c];
        float *const A0 = l->A[0] + c, *const A1 = l->A[1] + c;
        float a2 = *A0 * *A0 + *A1 * *A1, P = l->P[c], K;

        l->spread[c] += (ticks ? LATELY : 1) * (R - l->spread[c]);
        l->drift[0][c] += LATELY * (Ir - l->drift[0][c]);
        l->drift[1][c] += LATELY * (Ii - l->drift[1][c]);
        if (ticks < HUM_START) {
            K = 1 / (float)(ticks + 1);
            P = R * K;
        } else {
            const float drift =
                l->drift[0][c] * l->drift[0][c] + l->drift[1][c] * l->drift[1][c];
            const float spread = l->spread[c] * LATELY / (2 - LATELY);

            P += WANDER * a2 + UNREST * R + LATELY * fast_max(drift - JUMP * spread, 0);
            K = P / (P + R);
            P *= 1 - K;
        }
        *A0 += K * Ir;
        *A1 += K * Ii;
        l->P[c] = P;
        a2 = *A0 * *A0 + *A1 * *A1;
        const float doubt = DOUBT * P / (a2 + TINY), w = fade * fast_max(1 - doubt * doubt, 0);

        l->was[0][c] = l->B[0][c];
        l->was[1][c] = l->B[1][c];
        l->B[0][c] = w * *A0;
        l->B[1][c] = w * *A1;
        power += 0.5f * w * w * a2;
    }
    return power;
}

/* What rose in this tick falls in the next, against a phase that was turned. */
static void line_pass_on(struct hum_line *l, size_t channels, double turn)
{
    const float c = (float)cos(turn), s = (float)sin(turn);

    for (size_t i = 0; i < channels; i++) {
        const float re = l->rise[0][i], im = l->rise[1][i];

        l->fall[0][i] = re * c + im * s;
        l->fall[1][i] = im * c - re * s;
        l->rise[0][i] = l->rise[1][i] = 0;
    }
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

/* The phase was seen to be off by theta, with that information; gives by how much
 * it is turned. */
static double phase_update(struct hum *h, double theta, double info)
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
    /* what was seen is a tick old */
    const double turn = K[0] * theta + K[1] * theta * T;
    const double re = h->re * cos(turn) - h->im * sin(turn);

    h->im = h->re * sin(turn) + h->im * cos(turn);
    h->re = re;
    h->alpha += K[2] * theta;
    h->omega += K[1] * theta + h->alpha * T;
    return turn;
}

/* Two periods have been seen. */
static void hum_tick(struct hum *h)
{
    double cross = 0, info = 0, turn = 0;
    float power = 0;

    for (size_t i = 0; i < h->harmonics; i++) {
        line_innovate(h->line + i, h->channels, h->span, h->ticks);
        line_phase(h->line + i, h->channels, (float)(i + 1), &cross, &info);
    }
    if (h->ticks > 2)
        turn = phase_update(h, info > 0 ? cross / info : 0, 2 * info);
    h->fade = fast_min(h->fade + (h->ticks > HUM_START / 2 ? FADE : 0), 1);
    for (size_t i = 0; i < h->harmonics; i++) {
        power += line_amplitudes(h->line + i, h->channels, h->ticks, h->fade);
        line_pass_on(h->line + i, h->channels, (double)(i + 1) * turn);
    }
    const double size = sqrt(h->re * h->re + h->im * h->im);

    h->re /= size;
    h->im /= size;
    set_step(h);
    h->removed = power;
    h->ticks += h->ticks < HUM_START;
    h->filled = 0;
}

/* What the search has found is compared with what is followed. */
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

static void line_take(struct hum_line *l, float *restrict x, size_t channels, float re,
                      float im)
{
    const float *restrict const Br = l->B[0], *restrict const Bi = l->B[1];

    for (size_t c = 0; c < channels; c++)
        x[c] -= Br[c] * re - Bi[c] * im;
}

/* Sums the output under both halves of the window; r is the rising one. */
static void line_sum(struct hum_line *l, const float *restrict x, size_t channels, float re,
                     float im, float r)
{
    float *restrict const rise_re = l->rise[0], *restrict const rise_im = l->rise[1];
    float *restrict const fall_re = l->fall[0], *restrict const fall_im = l->fall[1];

    for (size_t c = 0; c < channels; c++) {
        const float a = x[c] * re, b = x[c] * im;

        rise_re[c] += r * a;
        rise_im[c] -= r * b;
        fall_re[c] += (1 - r) * a;
        fall_im[c] -= (1 - r) * b;
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
    float re[HUM_HARMONICS], im[HUM_HARMONICS];

    if (!freeze && mains_update(&h->mains, x))
        hum_decide(h);
    if (h->harmonics == 0)
        return;
    re[0] = (float)h->re;
    im[0] = (float)h->im;
    for (size_t i = 1; i < h->harmonics; i++) {
        re[i] = re[i - 1] * re[0] - im[i - 1] * im[0];
        im[i] = re[i - 1] * im[0] + im[i - 1] * re[0];
    }
    for (size_t i = 0; i < h->harmonics; i++)
        line_take(h->line + i, x, h->channels, re[i], im[i]);
    const float rising = window_rises(h);

    if (!freeze)
        for (size_t i = 0; i < h->harmonics; i++)
            line_sum(h->line + i, x, h->channels, re[i], im[i], rising);
    const double r = h->re * h->step_re - h->im * h->step_im;

    h->im = h->re * h->step_im + h->im * h->step_re;
    h->re = r;
    if (!freeze && ++h->filled == h->span)
        hum_tick(h);
}

static void line_state(struct hum_line *l, size_t channels, struct store *s)
{
    for (size_t i = 0; i < 2; i++) {
        store_finite(s, l->A[i], channels);
        store_finite(s, l->B[i], channels);
        store_finite(s, l->rise[i], channels);
        store_finite(s, l->fall[i], channels);
        store_finite(s, l->was[i], channels);
        store_finite(s, l->last[i], channels);
        store_finite(s, l->drift[i], channels);
    }
    store_finite(s, l->P, channels);
    store_finite(s, l->R, channels);
    store_finite(s, l->spread, channels);
}

void hum_state(struct hum *h, struct store *s)
{
    const size_t most = (size_t)(h->rate_hz + 1);       /* a tick is less than a second */

    mains_state(&h->mains, s);
    store_size(s, &h->harmonics, 0, h->most);
    store_size(s, &h->span, 0, most);
    store_size(s, &h->filled, 0, most);
    store_size(s, &h->ticks, 0, HUM_START);
    store_doubles(s, &h->tick_s, 1, 0, 1);
    store_doubles(s, &h->re, 1, -DBL_MAX, DBL_MAX);
    store_doubles(s, &h->im, 1, -DBL_MAX, DBL_MAX);
    store_doubles(s, &h->step_re, 1, -1, 1);
    store_doubles(s, &h->step_im, 1, -1, 1);
    store_doubles(s, &h->omega, 1, -DBL_MAX, DBL_MAX);
    store_doubles(s, &h->alpha, 1, -DBL_MAX, DBL_MAX);
    store_doubles(s, h->S[0], 9, -DBL_MAX, DBL_MAX);
    store_floats(s, &h->fade, 1, 0, 1);
    store_finite(s, &h->removed, 1);
    for (size_t i = 0; i < h->most; i++)
        line_state(h->line + i, h->channels, s);
}
