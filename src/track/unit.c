/* SPDX-License-Identifier: MIT
 *
 * unit.c - see unit.h.
 */
#include "track/unit.h"

#include "base/fastmath.h"

#include <math.h>

/* +120 dB re 1: a model is not scaled up beyond this. */
static const float LOUDEST = 0x1p40f;

float track_power(const struct track *t, size_t j)
{
    if (t->rule.power)
        return t->rule.power[j];
    return cov_power(t->plan.auto_rank ? &t->rank.fast : &t->rule.cov, j);
}

void track_powers(const struct track *t, float *lambda)
{
    for (size_t j = 0; j < t->U.r; j++)
        lambda[j] = track_power(t, j);
}

void track_scale(struct track *t, float f)
{
    if (t->rule.cov.C)
        cov_scale(&t->rule.cov, f);
    for (size_t j = 0; t->rule.power && j < t->U.r; j++)
        t->rule.power[j] *= f;
    if (t->rank.fast.C)
        cov_scale(&t->rank.fast, f);
    t->sigma2 *= f;
    t->lately *= f;
    t->step.lag *= f;
    t->scout.along *= f;
    t->scout.across *= f;
    t->second.along *= f;
    t->second.across *= f;
}

/* Mean energy of the frames, as the model has it. */
static float expected_energy(const struct track *t)
{
    float expected = t->sigma2 * (float)track_free_dims(t);

    if (t->rule.cov.C)
        expected += cov_mean(&t->rule.cov) * (float)(t->rule.cov.q / t->U.parts);
    for (size_t j = 0; t->rule.power && j < t->U.r; j++)
        expected += t->rule.power[j];
    return expected;
}

void track_change_unit(struct track *t, float f)
{
    const float most = LOUDEST / (expected_energy(t) + 1.0f / LOUDEST);

    if (t->plan.rule->flush)
        t->plan.rule->flush(&t->rule);
    t->gathered = false; /* the directions may be others now */
    track_scale(t, fast_min(f, most));
    adapter_scale(&t->adapter, f);
    colour_scale(&t->colour, f);
    if (t->plan.robust)
        t->robust.sigma *= sqrtf(f);
}

void unit_anchor(struct track *t)
{
    const float f =
        guard_anchors(&t->guard) ? guard_anchor(&t->guard, expected_energy(t)) : 1.0f;

    if (f < 1.0f)
        track_scale(t, f);
}

void unit_fit(struct track *t)
{
    const float f = guard_enter(&t->guard);

    if (f != 1.0f)
        track_change_unit(t, f);
}
