/* SPDX-License-Identifier: MIT
 *
 * complement.c - see complement.h.
 *
 * Where the rank of the model is too small, signal is left outside the subspace, and the mean
 * power there is more than that of the noise alone:
 *
 *   g_c = max(0, 1 - noise / rest),   noise = mean of 1 - |U_i|^2 over the channel.
 *
 * So a rank that is too small does no harm where the noise is low.
 */
#include "shrink/complement.h"

#include "base/fastmath.h"
#include "base/sum.h"

#include <float.h>

static const float MEMORY = 1000;       /* vectors                                           */
static const float LOUD = 1.6f;         /* times the noise power: unlikely to be noise,      */
static const float SURE = 100;          /* and certainly not                                 */
static const float LEAST_FREE = 1e-3f;  /* least share of an entry's noise that lies outside */
static const float LOUDEST = 1e14f;     /* bound of the signal's power, in that of the noise */
static const float ALIKE = 6;           /* correlated entries that count as one              */
static const float MARGIN = 1.08f;      /* times the noise power: up to this g_c is 0        */

void complement_place(struct complement *c, struct arena *a, size_t channels, size_t lags)
{
    *c = (struct complement){ .channels = channels, .lags = lags };
    c->rest = arena_floats(a, channels);
    c->usual = arena_floats(a, channels);
    c->free = arena_floats(a, channels);
    c->gain = arena_floats(a, channels);
    c->power = arena_floats(a, channels);
}

void complement_reset(struct complement *c)
{
    c->frames = 0;
    for (size_t i = 0; i < c->channels; i++) {
        c->rest[i] = c->usual[i] = c->gain[i] = 0;
        c->free[i] = 1;
    }
}

void complement_leverage(struct complement *c, const float *own)
{
    for (size_t i = 0; i < c->channels; i++)
        c->free[i] = fast_max(1 - sum(own + i * c->lags, c->lags) / (float)c->lags, LEAST_FREE);
}

void complement_renew(struct complement *c)
{
    c->frames = 0;
}

void complement_outside(const struct complement *c, float *outside)
{
    for (size_t i = 0; i < c->channels; i++) {
        const float power = c->frames > 0 ? fast_exp(c->usual[i]) : 0;
        const float more = fast_clamp(power / c->free[i] - 1, 0, LOUDEST);

        for (size_t t = 0; t < c->lags; t++)
            outside[i * c->lags + t] = ALIKE * more;
    }
}

void complement_forget(struct complement *c, size_t channel)
{
    c->rest[channel] = c->free[channel];
    c->usual[channel] = fast_log(c->free[channel]);
    c->gain[channel] = 0;
}

static void measure(struct complement *c, const float *e)
{
    const float unit = 1 / (float)c->lags;

    for (size_t i = 0; i < c->channels; i++, e += c->lags)
        c->power[i] = unit * sum_product(e, e, c->lags);
}

static void learn(struct complement *c, float pace)
{
    const float *restrict const power = c->power, *restrict const free = c->free;
    float *restrict const rest = c->rest, *restrict const usual = c->usual;
    float *restrict const gain = c->gain;
    const size_t channels = c->channels;

    for (size_t i = 0; i < channels; i++) {
        rest[i] += pace * (power[i] - rest[i]);
        usual[i] += pace * (fast_log(power[i] + LEAST_FREE) - usual[i]);
        gain[i] = 1 - MARGIN * free[i] / fast_max(rest[i], MARGIN * free[i]);
    }
}

void complement_update(struct complement *c, const float *restrict e)
{
    measure(c, e);
    c->frames = fast_min(c->frames + 1, MEMORY);
    learn(c, 1 / c->frames);
}

float complement_now(const struct complement *c, const float *restrict e, bool often)
{
    const size_t n = c->channels * c->lags;
    const float noise = sum(c->free, c->channels) / (float)c->channels;
    const float loud = (often ? LOUD : SURE) * noise;
    const float power = sum_product(e, e, n) / (float)n;

    return 1 - loud / fast_max(power, loud);
}

bool complement_counts(const struct complement *c, float least)
{
    bool counts = least > 0;

    for (size_t i = 0; i < c->channels; i++)
        counts |= c->gain[i] > 0;
    return counts;
}

void complement_add(const struct complement *c, const float *restrict e, float least,
                    float *restrict x_hat)
{
    for (size_t i = 0; i < c->channels; i++) {
        const float gain = fast_max(c->gain[i], least);

        for (size_t t = i * c->lags; gain > 0 && t < (i + 1) * c->lags; t++)
            x_hat[t] += gain * e[t];
    }
}

void complement_state(struct complement *c, struct store *s)
{
    store_floats(s, &c->frames, 1, 0, MEMORY);
    store_floats(s, c->rest, c->channels, 0, FLT_MAX);
    store_floats(s, c->usual, c->channels, -100, 100);
    store_floats(s, c->free, c->channels, LEAST_FREE, 1);
    store_floats(s, c->gain, c->channels, 0, 1);
}
