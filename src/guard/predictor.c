/* SPDX-License-Identifier: MIT
 *
 * predictor.c - linear prediction of a stretch of signal, by its autocorrelation.
 *
 * r_l = sum_t y_t y_{t+l} of the windowed y gives the coefficients of every
 * order in turn, by Levinson's recursion [L47].  All in double: music is
 * predictable to a hundredth of a percent, so the equations are as badly
 * conditioned as a float can no longer tell.
 *
 * The recursion stops at PREDICTOR_ORDER, and goes on when the finer model is
 * asked for: clicks are looked for all the time and found now and then.
 *
 * Cost: 36 span multiplications and PREDICTOR_ORDER^2; the finer model as much again.
 */
#include "guard/predictor.h"

#include <math.h>
#include <string.h>

/* -80 dB of white noise is believed to be in every signal: a model sharper than that
 * would fill gaps with the rounding errors around them. */
static const double WHITE = 1e-8;
static const double TINY = 1e-30;       /* silence is predicted by nothing */
enum { HALF = PREDICTOR_LAGS / 2, ABREAST = 4 };

void predictor_place(struct predictor *p, struct arena *a, size_t span)
{
    *p = (struct predictor){ .span = span };
    p->coarse.order = PREDICTOR_ORDER;
    p->fine.order = PREDICTOR_FINE;
    p->window = arena_floats(a, span);
    p->y = arena_take(a, span + PREDICTOR_LAGS + ABREAST, sizeof *p->y);
    if (arena_measures(a))
        return;
    for (size_t t = 0; t < span; t++)
        p->window[t] =
            (float)(0.5 - 0.5 * cos(6.283185307179586 * ((double)t + 0.5) / (double)span));
}

/* r_l += sum_t y_t y_{t+l}, l = from..to-1, four t at a time for each visit to r. */
static void correlate(const struct predictor *p, size_t from, size_t to, double *restrict r)
{
    for (size_t t = 0; t < p->span; t += ABREAST) {
        const double *const y = p->y + t;

        for (size_t l = from; l < to; l++)
            r[l] = r[l] + y[0] * y[l] + y[1] * y[l + 1] + y[2] * y[l + 2] + y[3] * y[l + 3];
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

/* The model of m->order, from that of the order known which p->a holds. */
static void learn(struct predictor *p, size_t known, struct prediction *m)
{
    const double *const a = p->a;

    for (size_t i = known + 1; i <= m->order; i++)
        p->e = lengthen(p->a, p->r, i, p->e);
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
    for (size_t t = 0; t < p->span; t++)
        p->y[t] = (double)x[t] * (double)p->window[t];
    memset(p->r, 0, sizeof p->r);
    correlate(p, 0, HALF, p->r);
    p->r[0] += WHITE * p->r[0] + TINY;
    p->e = p->r[0];
    p->a[0] = 1;
    learn(p, 0, &p->coarse);
}

void predictor_refine(struct predictor *p)
{
    correlate(p, HALF, PREDICTOR_LAGS, p->r);
    learn(p, PREDICTOR_ORDER, &p->fine);
}
