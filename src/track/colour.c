/* SPDX-License-Identifier: MIT
 *
 * colour.c - whitening by a lower triangle L, LL' the covariance of the noise.
 *
 *   levels      L = diag(level)
 *   AR(1)       y_i = rho y_(i-1) + sqrt(1 - rho^2) z_i, and y_0 = z_0
 *   covariance  L its Cholesky factor: n^2 flops a frame
 *
 * Levels and rho can be learned from the residual e, with the colour restored: its
 * covariance is that of the noise but for the r directions of U.  An entry of which
 * much lies in U keeps little of its noise in e: its power is e_i^2/(1 - |U_i|^2),
 * or else its level would fall for ever.  Each change of L turns the subspace, so L
 * is changed slowly once SETTLED.
 */
#include "track/colour.h"

#include <math.h>
#include <string.h>

static const float PACE = 0.002f;     /* of what is learned: 1000 frames      */
static const float MOST_RHO = 0.995f; /* beyond, whitening amplifies 26 dB    */
static const float SPREAD = 1e-3f;    /* least level, of the mean: -60 dB     */
static const float OWN_SAY = 0.1f;    /* least value of 1 - |U_i|^2           */
enum { SETTLED = 200 };               /* frames */

void colour_place(struct colour *c, struct arena *a, enum colour_kind kind, bool learns,
                  size_t n, size_t parts)
{
    const size_t dim = n / parts;

    *c = (struct colour){ .kind = kind, .learns = learns, .n = n, .parts = parts };
    if (kind == COLOUR_NONE)
        return;
    c->x = arena_floats(a, n);
    if (kind == COLOUR_LEVELS)
        c->level = arena_floats(a, dim);
    if (kind == COLOUR_LEVELS && learns)
        c->power = arena_floats(a, dim);
    if (kind == COLOUR_FULL)
        c->L = arena_floats(a, dim * dim);
}

void colour_reset(struct colour *c)
{
    c->seen = 0;
    if (!c->learns)
        return;
    c->rho = c->at0 = c->at1 = 0;
    for (size_t i = 0; c->kind == COLOUR_LEVELS && i < c->n / c->parts; i++) {
        c->level[i] = 1.0f;
        c->power[i] = 0.0f;
    }
}

/* L of a covariance; false if there is none. */
static bool cholesky(float *L, const float *S, size_t n)
{
    for (size_t j = 0; j < n; j++)
        for (size_t i = j; i < n; i++) {
            double sum = (double)S[i * n + j];

            for (size_t k = 0; k < j; k++)
                sum -= (double)L[i * n + k] * (double)L[j * n + k];
            if (i == j && !(sum > 1e-12 * (double)S[j * n + j] && sum < 1e36))
                return false;
            L[i * n + j] = (float)(i == j ? sqrt(sum) : sum / (double)L[j * n + j]);
        }
    return true;
}

bool colour_set(struct colour *c, const float *shape)
{
    const size_t dim = c->n / c->parts;

    if (c->kind == COLOUR_NONE || c->learns)
        return true;
    if (!shape)
        return false;
    if (c->kind == COLOUR_FULL)
        return cholesky(c->L, shape, dim);
    if (c->kind == COLOUR_AR1) {
        c->rho = shape[0];
        return fabsf(c->rho) < 1.0f;
    }
    for (size_t i = 0; i < dim; i++) {
        if (!(shape[i] > 1e-15f && shape[i] < 1e15f))
            return false;
        c->level[i] = shape[i];
    }
    return true;
}

static void whiten_ar1(struct colour *c, float *y, float *known)
{
    const float per = 1.0f / sqrtf((1.0f - c->rho) * (1.0f + c->rho));

    for (size_t i = c->n; i-- > c->parts;) {
        y[i] = per * (y[i] - c->rho * y[i - c->parts]);
        if (known)
            known[i] *= known[i - c->parts];
    }
}

static void whiten_full(struct colour *c, float *y, float *known)
{
    for (size_t i = 0; i < c->n; i++) {
        const float *L = c->L + i * c->n;

        for (size_t k = 0; k < i; k++)
            y[i] -= L[k] * y[k];
        y[i] /= L[i];
        if (known && i)
            known[i] *= known[i - 1];
    }
}

void colour_whiten(struct colour *c, float *y, float *known)
{
    if (c->kind == COLOUR_LEVELS)
        for (size_t i = 0; i < c->n; i++)
            y[i] /= c->level[i / c->parts];
    else if (c->kind == COLOUR_AR1)
        whiten_ar1(c, y, known);
    else if (c->kind == COLOUR_FULL)
        whiten_full(c, y, known);
}

static void restore_full(struct colour *c, float *x)
{
    for (size_t i = c->n; i-- > 0;) {
        const float *L = c->L + i * c->n;
        float sum = 0;

        for (size_t k = 0; k <= i; k++)
            sum += L[k] * x[k];
        x[i] = sum;
    }
}

void colour_restore(struct colour *c, float *x)
{
    const float fresh = sqrtf((1.0f - c->rho) * (1.0f + c->rho));

    if (c->kind == COLOUR_LEVELS)
        for (size_t i = 0; i < c->n; i++)
            x[i] *= c->level[i / c->parts];
    else if (c->kind == COLOUR_AR1)
        for (size_t i = c->parts; i < c->n; i++)
            x[i] = c->rho * x[i - c->parts] + fresh * x[i];
    else if (c->kind == COLOUR_FULL)
        restore_full(c, x);
}

static void learn_levels(struct colour *c, const float *e, const float *own, const float *known,
                         float pace)
{
    const size_t dim = c->n / c->parts;
    float mean = 0;

    for (size_t i = 0; i < dim; i++) {
        float power = 0;

        for (size_t k = i * c->parts; k < (i + 1) * c->parts; k++)
            power += e[k] * e[k] * c->level[i] * c->level[i] / fmaxf(1.0f - own[k], OWN_SAY);
        if (!known || known[i * c->parts] != 0.0f)
            c->power[i] += pace * (power - c->power[i]);
        mean += c->power[i] / (float)dim;
    }
    /* The scale stays the noise's own; only the shape is taken out of it. */
    for (size_t i = 0; i < dim && mean > 0.0f; i++)
        c->level[i] = fmaxf(sqrtf(c->power[i] / mean), SPREAD);
}

static void learn_ar1(struct colour *c, const float *e, float pace)
{
    float at0 = 0, at1 = 0;

    memcpy(c->x, e, c->n * sizeof *e);
    colour_restore(c, c->x);
    for (size_t i = c->parts; i < c->n; i++) {
        at0 += c->x[i] * c->x[i];
        at1 += c->x[i] * c->x[i - c->parts];
    }
    c->at0 += pace * (at0 - c->at0);
    c->at1 += pace * (at1 - c->at1);
    if (c->at0 > 0.0f)
        c->rho = fminf(fmaxf(c->at1 / c->at0, -MOST_RHO), MOST_RHO);
}

void colour_learn(struct colour *c, const float *e, const float *own, const float *known)
{
    if (!c->learns)
        return;
    c->seen += c->seen < UINT32_MAX;

    const float pace = fmaxf(PACE, 1.0f / (float)c->seen);

    if (c->kind == COLOUR_LEVELS)
        learn_levels(c, e, own, known, pace);
    else if (!known)
        learn_ar1(c, e, pace);
}

void colour_scale(struct colour *c, float f)
{
    c->at0 *= f;
    c->at1 *= f;
    for (size_t i = 0; c->learns && c->level && i < c->n / c->parts; i++)
        c->power[i] *= f;
}

bool colour_settled(const struct colour *c)
{
    return !c->learns || c->seen >= SETTLED;
}
