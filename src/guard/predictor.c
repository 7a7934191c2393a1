/* SPDX-License-Identifier: MIT
 *
 * predictor.c - linear prediction of a stretch of signal, by its autocorrelation.
 *
 * r_l = sum_t y_t y_{t+l} of the windowed y gives the coefficients of every
 * order in turn, by Levinson's recursion [L47].  All in double: music is
 * predictable to a hundredth of a percent, so the equations are as badly
 * conditioned as a float can no longer tell.
 *
 * Cost: span * PREDICTOR_LAGS multiplications, and PREDICTOR_FINE^2.
 */
#include "guard/predictor.h"

#include <math.h>

/* -80 dB of white noise is believed to be in every signal: a model sharper than that
 * would fill gaps with the rounding errors around them. */
static const double WHITE = 1e-8;
static const double TINY = 1e-30;       /* silence is predicted by nothing */

void predictor_place(struct predictor *p, struct arena *a, size_t span)
{
    *p = (struct predictor){ .span = span };
    p->coarse.order = PREDICTOR_ORDER;
    p->fine.order = PREDICTOR_FINE;
    p->window = arena_floats(a, span);
    p->y = arena_take(a, span + PREDICTOR_LAGS, sizeof *p->y);
    if (arena_measures(a))
        return;
    for (size_t t = 0; t < span; t++)
        p->window[t] =
            (float)(0.5 - 0.5 * cos(6.283185307179586 * ((double)t + 0.5) / (double)span));
}

/* Eight lags at a time, so that no sum waits for the one before it. */
static void correlate(const double *y, size_t n, double *r)
{
    for (size_t l = 0; l < PREDICTOR_LAGS; l += 8) {
        double s[8] = { 0 };

        for (size_t t = 0; t < n; t++)
            for (size_t j = 0; j < 8; j++)
                s[j] += y[t] * y[t + l + j];
        for (size_t j = 0; j < 8; j++)
            r[l + j] = s[j];
    }
}

/* From the coefficients a[i] of order i - 1 to those of order i; e is the power of
 * the error, which WHITE keeps above zero. */
static double lengthen(double *a, const double *r, size_t i, double e)
{
    double k = 0;

    for (size_t j = 0; j < i; j++)
        k -= a[j] * r[i - j];
    k /= e;
    a[i] = 0;
    for (size_t j = 0; 2 * j <= i; j++) {
        const double low = a[j], high = a[i - j];

        a[j] = low + k * high;
        a[i - j] = high + k * low;
    }
    return e * (1 - k * k);
}

static void finish(struct prediction *m, const double *a)
{
    for (size_t k = 0; k <= m->order; k++)
        m->a[k] = a[k];
    for (size_t l = 0; l <= m->order; l++) {
        m->b[l] = 0;
        for (size_t k = 0; k + l <= m->order; k++)
            m->b[l] += a[k] * a[k + l];
    }
}

void predictor_update(struct predictor *p, const float *x)
{
    double r[PREDICTOR_LAGS], a[PREDICTOR_FINE + 1] = { 1 };

    for (size_t t = 0; t < p->span; t++)
        p->y[t] = (double)x[t] * (double)p->window[t];
    correlate(p->y, p->span, r);
    r[0] += WHITE * r[0] + TINY;

    double e = r[0];

    for (size_t i = 1; i <= PREDICTOR_FINE; i++) {
        e = lengthen(a, r, i, e);
        if (i == PREDICTOR_ORDER)
            finish(&p->coarse, a);
    }
    finish(&p->fine, a);
}
