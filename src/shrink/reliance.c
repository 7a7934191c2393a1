/* SPDX-License-Identifier: MIT
 *
 * reliance.c - see reliance.h.
 *
 * The rows U_c of a channel are a regression of its samples, with noise of power 1, on the
 * coefficients.  Tracked with step mu, they hold beside the truth an estimation error of power
 *
 *   chance = sum of the squared weights,   chance <- (1 - mu)^2 chance + mu^2,
 *
 * over the power of the coefficient.  In the estimate U_c g p of the channel this error has
 * the power kept chance, with kept = sum g_i^2 lambda_i / (lambda_i - 1); in a channel whose
 * noise is far above its signal it is most of the estimate.  Rows that began at zero have
 * reached the share learned <- learned + mu (1 - learned) of the truth.  So the Wiener gain
 * of the estimate is
 *
 *   (said - kept chance) / (learned said),   said = mean |U_c g p|^2,
 *
 * at most 1, and relative to that of the best channel: what all of them lack, as in the first
 * frames, is in the gains g already.
 *
 * Cost: 2 n flops for each direction that is shown, n a frame.
 */
#include "shrink/reliance.h"

#include "base/fastmath.h"
#include "base/sum.h"

#include <float.h>

static const float TINY = 1e-30f;

void reliance_place(struct reliance *r, struct arena *a, size_t channels, size_t lags)
{
    *r = (struct reliance){ .channels = channels, .lags = lags };
    r->learned = arena_floats(a, channels);
    r->chance = arena_floats(a, channels);
    r->said = arena_floats(a, channels);
    r->share = arena_floats(a, channels);
}

static void begin(struct reliance *r)
{
    for (size_t c = 0; c < r->channels; c++)
        r->said[c] = 0;
    r->kept = 0;
    r->shown = 0;
}

void reliance_reset(struct reliance *r)
{
    for (size_t c = 0; c < r->channels; c++)
        reliance_forget(r, c);
    begin(r);
}

void reliance_forget(struct reliance *r, size_t channel)
{
    r->learned[channel] = r->chance[channel] = r->said[channel] = 0;
    r->share[channel] = 1;
}

void reliance_age(struct reliance *r, float mu)
{
    for (size_t c = 0; c < r->channels; c++) {
        r->learned[c] += mu * (1 - r->learned[c]);
        r->chance[c] = (1 - mu) * (1 - mu) * r->chance[c] + mu * mu;
    }
}

void reliance_show(struct reliance *r, const float *u, float lambda)
{
    r->shown++;
    if (!(lambda > 1))
        return;
    const float gain = 1 - 1 / lambda, power = gain * gain * lambda;

    r->kept += gain;            /* gain^2 lambda / (lambda - 1) */
    for (size_t c = 0; c < r->channels; c++) {
        const float *const row = u + c * r->lags;

        r->said[c] += power / (float)r->lags * sum_product(row, row, r->lags);
    }
}

void reliance_settle(struct reliance *r)
{
    float most = 0;

    for (size_t c = 0; c < r->channels; c++) {
        const float sure = fast_max(r->said[c] - r->kept * r->chance[c], 0);
        const float all = fast_max(r->learned[c] * r->said[c], TINY);

        r->share[c] = r->learned[c] > 0 ? fast_min(sure / all, 1) : 1;
        most = fast_max(most, r->share[c]);
    }
    for (size_t c = 0; c < r->channels; c++)
        r->share[c] = most > 0 ? r->share[c] / most : 1;
    begin(r);
}

void reliance_apply(const struct reliance *r, float least, float *restrict x_hat)
{
    for (size_t c = 0; c < r->channels; c++) {
        const float share = fast_max(r->share[c], least);

        for (size_t t = c * r->lags; share < 1 && t < (c + 1) * r->lags; t++)
            x_hat[t] *= share;
    }
}

void reliance_state(struct reliance *r, struct store *s)
{
    store_floats(s, r->learned, r->channels, 0, 1);
    store_floats(s, r->chance, r->channels, 0, 1);
    store_floats(s, r->share, r->channels, 0, 1);
    store_floats(s, r->said, r->channels, 0, FLT_MAX);
    store_floats(s, &r->kept, 1, 0, FLT_MAX);
    store_size(s, &r->shown, 0, r->channels * r->lags);
}
