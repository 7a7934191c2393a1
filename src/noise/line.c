/* SPDX-License-Identifier: MIT
 *
 * line.c - see line.h.
 *
 * The amplitude A drifts by D a tick, and D is a random walk.  A Kalman filter [Kal60]
 * follows both in each channel by itself:
 *
 *   x = [A D]',  x = F x,  P = F P F' + Q |A|^2 [1/3 1/2; 1/2 1],   F = [1 1; 0 1]
 *   I = measured - A,  V = max(P_11 + R, |I|^2/BELIEF),  x += P_1 I/V,  P -= P_1 P_1'/V.
 *
 * R is the power that a tick measures of everything but the hum: the geometric mean (a slope
 * must not raise it) of what is measured half way to the two neighbouring lines, where the
 * window has its zeros at the lines.  So A converges between words and beats and coasts
 * through them.  An innovation larger than BELIEF allows, as of a voice whose pitch crosses
 * the line, is down-weighted by raising V.  But if ROW of them in a row agree in phase, for
 * longer than any vowel, the amplitude has jumped, and P starts anew.
 *
 * In the first ticks R is at least |I|^2: only what repeats is believed.
 *
 * Q is one for all lines, and adapted by the gradient, as the step size of an adaptive filter
 * is in [Sut92]: dA, dD are the derivatives of A and D with respect to log Q.  An innovation
 * that points along dA asks for a larger Q,
 *
 *   log Q += PACE sum Re(I dA*)/V / mean sum |I| |dA|/V.
 *
 * A measurement is a tick old at the middle of its window, and B must hold for the next tick:
 *
 *   B = w (A + 1.5 D),  w = max(0, 1 - (DOUBT P_11/|A|^2)^2),
 *
 * so that a line is subtracted only as far as it is certain.
 */
#include "noise/line.h"

#include "base/fastmath.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static const float BELIEF = 5;        /* noise exceeds it once in e^5 times */
static const float ROW = 12;          /* clipped innovations in a row, .5 s */
static const float AGREE = 0.8f;      /* cosine of the angle between them   */
static const float GEOMETRIC = 1.27f; /* mean power over the geometric mean of two */
static const float DOUBT = 10;        /* chance exceeds it once in e^10 times */
static const float PACE = 0.3f;       /* a thousandfold in a second at most */
static const float STILL = 1e-10f, RESTLESS = 3e-6f; /* Q: D moves by 1e-5, 2e-3 A a tick */
static const float START = 1e-8f;
static const float USUAL = 0.02f; /* the mean of 2 s                    */
static const float TINY = 1e-30f;
enum { HIGH = 100 }; /* times the largest sample: bound of a stored number */

void unrest_reset(struct unrest *u)
{
    *u = (struct unrest){ .Q = START };
}

void unrest_update(struct unrest *u)
{
    u->usual += USUAL * (u->weight - u->usual);
    if (u->usual > 0)
        u->Q *= fast_exp(PACE * fast_clamp(u->along / u->usual, -1, 1));
    u->Q = fast_clamp(u->Q, STILL, RESTLESS);
    u->along = u->weight = 0;
}

void unrest_state(struct unrest *u, struct store *s)
{
    store_floats(s, &u->Q, 1, STILL, RESTLESS);
    store_finite(s, &u->usual, 1);
}

static void pair_place(float **pair, struct arena *a, size_t channels)
{
    pair[0] = arena_floats(a, channels);
    pair[1] = arena_floats(a, channels);
}

static void pair_reset(float **pair, size_t channels)
{
    memset(pair[0], 0, channels * sizeof **pair);
    memset(pair[1], 0, channels * sizeof **pair);
}

void demod_place(struct demod *d, struct arena *a, size_t channels)
{
    pair_place(d->rise, a, channels);
    pair_place(d->fall, a, channels);
}

void demod_reset(struct demod *d, size_t channels)
{
    pair_reset(d->rise, channels);
    pair_reset(d->fall, channels);
}

void demod_update(struct demod *d, const float *restrict x, size_t channels, float re, float im,
                  float rising)
{
    float *restrict const rise_re = d->rise[0], *restrict const rise_im = d->rise[1];
    float *restrict const fall_re = d->fall[0], *restrict const fall_im = d->fall[1];

    for (size_t c = 0; c < channels; c++) {
        const float a = x[c] * re, b = x[c] * im;

        rise_re[c] += rising * a;
        rise_im[c] -= rising * b;
        fall_re[c] += (1 - rising) * a;
        fall_im[c] -= (1 - rising) * b;
    }
}

void demod_pass_on(struct demod *d, size_t channels, double turn)
{
    const float c = (float)cos(turn), s = (float)sin(turn);

    for (size_t i = 0; i < channels; i++) {
        const float re = d->rise[0][i], im = d->rise[1][i];

        d->fall[0][i] = re * c + im * s;
        d->fall[1][i] = im * c - re * s;
        d->rise[0][i] = d->rise[1][i] = 0;
    }
}

void demod_state(struct demod *d, size_t channels, size_t span, struct store *s)
{
    for (size_t i = 0; i < 4; i++)
        store_samples(s, i < 2 ? d->rise[i] : d->fall[i - 2], channels, (float)(HIGH * span));
}

/* The arrays that last from one tick to the next and have the scale of the signal. */
static float **lasting(struct line *l, size_t i)
{
    float **const pairs[] = { l->A, l->D, l->B, l->dA, l->dD, l->trend, l->was };

    return i < sizeof pairs / sizeof *pairs ? pairs[i] : NULL;
}

void line_place(struct line *l, struct arena *a, size_t channels)
{
    float **pair;

    demod_place(&l->sum, a, channels);
    for (size_t i = 0; (pair = lasting(l, i)); i++)
        pair_place(pair, a, channels);
    pair_place(l->I, a, channels);
    pair_place(l->P, a, channels);
    l->P[2] = arena_floats(a, channels);
    l->R = arena_floats(a, channels);
    l->row = arena_floats(a, channels);
}

void line_reset(struct line *l, size_t channels)
{
    float **pair;

    demod_reset(&l->sum, channels);
    for (size_t i = 0; (pair = lasting(l, i)); i++)
        pair_reset(pair, channels);
    pair_reset(l->P, channels);
    memset(l->P[2], 0, channels * sizeof **l->P);
    memset(l->row, 0, channels * sizeof *l->row);
}

/* Power of a demodulated channel. */
static float power(const struct demod *d, size_t c, float scale)
{
    const float re = d->fall[0][c] * scale, im = d->fall[1][c] * scale;

    return re * re + im * im;
}

/* x = F x, and P.  After it P_12 <= 1.5 P_11 whatever both were: an innovation adds at most
 * 1.5 times itself to D. */
static void predict(struct line *l, size_t c, float wander)
{
    float *const *const P = l->P;
    const float a2 = l->A[0][c] * l->A[0][c] + l->A[1][c] * l->A[1][c], Q = wander * a2;

    for (size_t i = 0; i < 2; i++) {
        l->A[i][c] += l->D[i][c];
        l->dA[i][c] += l->dD[i][c];
    }
    P[0][c] = fast_max(P[0][c] + 2 * P[1][c] + P[2][c] + Q / 3, 0);
    P[1][c] += P[2][c] + Q / 2;
    P[2][c] += Q;
}

/* Power measured beside the line: the geometric mean of both sides. */
static float neighbourhood(struct beside beside, size_t c, float scale)
{
    const float low = power(beside.below, c, scale);

    return beside.above ? GEOMETRIC * sqrtf(low) * sqrtf(power(beside.above, c, scale)) : low;
}

void line_innovate(struct line *l, struct beside beside, size_t channels, size_t span,
                   size_t ticks, float wander)
{
    const float scale = 2 / (float)span;

    for (size_t c = 0; c < channels; c++) {
        float I[2];

        predict(l, c, wander);
        for (size_t i = 0; i < 2; i++)
            I[i] = l->I[i][c] =
                l->sum.fall[i][c] * scale + 0.5f * (l->B[i][c] + l->was[i][c]) - l->A[i][c];
        l->R[c] = fast_max(neighbourhood(beside, c, scale), TINY);
        if (ticks < LINE_START)
            l->R[c] = fast_max(l->R[c], I[0] * I[0] + I[1] * I[1]);
    }
}

/* V: the variance of an innovation, raised where it is larger than BELIEF allows. */
static float variance(const struct line *l, size_t c)
{
    const float I0 = l->I[0][c], I1 = l->I[1][c];

    return fast_max(l->P[0][c] + l->R[c], (I0 * I0 + I1 * I1) / BELIEF);
}

void line_show_phase(const struct line *l, size_t channels, double order, double *cross,
                     double *info)
{
    double x = 0, w = 0;

    for (size_t c = 0; c < channels; c++) {
        const float A0 = l->A[0][c], A1 = l->A[1][c];
        const double V = (double)variance(l, c);

        x += (double)(A0 * l->I[1][c] - A1 * l->I[0][c]) / V;
        w += (double)(A0 * A0 + A1 * A1) / V;
    }
    *cross += order * x;
    *info += order * order * w;
}

/* Whether ROW clipped innovations in a row agree in phase. */
static bool jumped(struct line *l, size_t c)
{
    const float I0 = l->I[0][c], I1 = l->I[1][c], I2 = I0 * I0 + I1 * I1;
    float *const T0 = l->trend[0] + c, *const T1 = l->trend[1] + c;
    const float with = *T0 * I0 + *T1 * I1, T2 = *T0 * *T0 + *T1 * *T1;
    const bool surprise = I2 > BELIEF * (l->P[0][c] + l->R[c]);
    const bool agrees = surprise && with > AGREE * sqrtf(I2) * sqrtf(T2);

    l->row[c] = agrees ? l->row[c] + 1 : 0;
    *T0 = (agrees ? *T0 : 0) + (surprise ? I0 : 0);
    *T1 = (agrees ? *T1 : 0) + (surprise ? I1 : 0);
    if (l->row[c] < ROW)
        return false;
    l->row[c] = *T0 = *T1 = 0;
    return true;
}

/* P starts anew: A is uncertain by about |I|. */
static void start(struct line *l, size_t c)
{
    l->P[0][c] = l->I[0][c] * l->I[0][c] + l->I[1][c] * l->I[1][c];
    l->P[1][c] = l->P[2][c] = l->D[0][c] = l->D[1][c] = 0;
    l->dA[0][c] = l->dA[1][c] = l->dD[0][c] = l->dD[1][c] = 0;
}

static void learn(struct line *l, size_t c)
{
    float *const *const P = l->P;
    const float V = variance(l, c), K = P[0][c] / V, k = P[1][c] / V;

    for (size_t i = 0; i < 2; i++) {
        l->A[i][c] += K * l->I[i][c];
        l->D[i][c] += k * l->I[i][c];
        l->dD[i][c] += k * (0.5f * l->I[i][c] - l->dA[i][c]);
        l->dA[i][c] += K * (0.25f * l->I[i][c] - l->dA[i][c]);
    }
    P[2][c] = fast_max(P[2][c] - k * P[1][c], 0);
    P[1][c] *= 1 - K;
    P[0][c] *= 1 - K;
}

/* The gradient of Q: positive where a larger Q would have predicted this innovation better. */
static void compare(const struct line *l, size_t c, struct unrest *u)
{
    const float I0 = l->I[0][c], I1 = l->I[1][c], S0 = l->dA[0][c], S1 = l->dA[1][c];
    const float V = variance(l, c);

    u->along += (I0 * S0 + I1 * S1) / V;
    u->weight += sqrtf(I0 * I0 + I1 * I1) * sqrtf(S0 * S0 + S1 * S1) / V;
}

/* w: how certain an amplitude of power A2 and variance P is, 0..1. */
static float clarity(float A2, float P)
{
    const float doubt = DOUBT * P / (A2 + TINY);

    return fast_max(1 - doubt * doubt, 0);
}

float line_learn(struct line *l, size_t channels, size_t ticks, float turn, float fade,
                 struct unrest *u)
{
    float *const *const A = l->A, power = 0;

    for (size_t c = 0; c < channels; c++) {
        l->I[0][c] += turn * A[1][c];
        l->I[1][c] -= turn * A[0][c];
        if (ticks >= LINE_START)
            compare(l, c, u);
        if (jumped(l, c) || ticks == 0)
            start(l, c);
        learn(l, c);
        const float A2 = A[0][c] * A[0][c] + A[1][c] * A[1][c];
        const float w = fade * clarity(A2, l->P[0][c]);

        for (size_t i = 0; i < 2; i++) {
            l->was[i][c] = l->B[i][c];
            l->B[i][c] = w * (A[i][c] + 1.5f * l->D[i][c]);
        }
        power += 0.5f * w * w * A2;
    }
    return power;
}

float line_evidence(const struct line *l, size_t channels)
{
    float sum = 0;

    for (size_t c = 0; c < channels; c++)
        sum += (l->A[0][c] * l->A[0][c] + l->A[1][c] * l->A[1][c]) / (l->P[0][c] + TINY);
    return sum / (float)channels;
}

void line_take(const struct line *l, float *restrict x, size_t channels, float re, float im)
{
    const float *restrict const Br = l->B[0], *restrict const Bi = l->B[1];

    for (size_t c = 0; c < channels; c++)
        x[c] -= Br[c] * re - Bi[c] * im;
}

void line_state(struct line *l, size_t channels, size_t span, struct store *s)
{
    float **pair;

    demod_state(&l->sum, channels, span, s);
    for (size_t i = 0; (pair = lasting(l, i)); i++) {
        store_samples(s, pair[0], channels, HIGH);
        store_samples(s, pair[1], channels, HIGH);
    }
    for (size_t i = 0; i < 3; i++)
        store_floats(s, l->P[i], channels, 0, STORE_STRONGEST / 100);
    store_floats(s, l->row, channels, 0, ROW);
}
