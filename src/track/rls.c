/* SPDX-License-Identifier: MIT
 *
 * rls.c - the default rule: recursive least squares as a rotation.
 *
 * The gain is that of least squares with forgetting, as in PAST [Yan95],
 *
 *   g = mu C^-1 p = mu h / (1 - mu + mu p'h),   h = P p with the old C,
 *
 * but it sets the angle of a rotation instead of being added to U: U stays
 * orthonormal by itself, as in OPAST and FAPI [Bad05], which it equals to
 * first order.  All directions converge at the same rate, however strong.
 * At mu = 1 the turned subspace contains y.
 *
 * Cost: 8 r^2 flops besides the sweep.
 */
#include "base/fastmath.h"
#include "track/rule.h"
#include "track/vec.h"

#include <float.h>
#include <math.h>

/* C remembers at least two frames or so: with less it would be singular. */
static const float SHORTEST = 0.5f;

static void place(struct rule_state *s, struct arena *a)
{
    cov_place(&s->cov, a, s->U->cap, s->U->parts);
}

static void reset(struct rule_state *s, size_t r, float level)
{
    cov_reset(&s->cov, r, level);
}

/* |h|, which may be out of the range of squares: after a frame of 1e-20 one of 1. */
static float size_of(const struct cov *c, const float *h)
{
    const float h2 = vec_square(h, c->ld);
    double sum = 0;

    if (h2 <= FLT_MAX)
        return sqrtf(h2);
    for (size_t i = 0; i < c->q; i++)
        sum += (double)h[i] * (double)h[i];
    return (float)sqrt(sum);
}

static void update(struct rule_state *s, const struct look *f, struct motion *m)
{
    struct cov *const c = &s->cov;
    const float ph = cov_solve(c, f->p, m->h);
    const float length = size_of(c, m->h);
    const float per = length > 0.0f ? 1.0f / length : 0.0f;
    const float muC = fast_min(f->mu, SHORTEST);

    m->ph = ph;
    m->length = length;
    m->along_h = true;
    m->tangent = 0.0f;
    vec_scale(m->d, per, m->h, c->ld);
    if (length > 0.0f)
        m->tangent = sqrtf(f->e2) * f->trust * f->mu * length / (1.0f - f->mu + f->mu * ph);

    cov_update(c, muC, f->p, m->h, ph);
    cov_polish(c, 1 + (size_t)(7.0f * muC));
}

const struct rule rule_rls = { place, reset, update, NULL, NULL };
