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

/* C remembers at least two frames or so: with less it would be singular. */
static const float SHORTEST = 0.5f;

static const float LONG = 1e36f, FAR = 0x1p64f; /* for |h|^2 beyond LONG h is divided by FAR */

static void place(struct rule_state *s, struct arena *a)
{
    cov_place(&s->cov, a, s->U->cap, s->U->parts);
}

static void reset(struct rule_state *s, size_t r, float level)
{
    cov_reset(&s->cov, r, level);
}

/* Sets the turn along h; scaled if |h|^2 is out of the range of float, as for a frame of size
 * 1 after frames of size 1e-14. */
static void along(struct motion *m, size_t ld)
{
    m->d = m->h;
    m->d2 = m->h2;
    m->per = 1.0f;
    if (m->h2 < LONG)
        return;
    vec_scale(m->room, 1.0f / FAR, m->h, ld);
    m->d = m->room;
    m->d2 = vec_square(m->room, ld);
    m->per = FAR;
}

static void update(struct rule_state *s, const struct look *f, struct motion *m)
{
    struct cov *const c = &s->cov;
    const float muC = fast_min(f->mu, SHORTEST);

    m->ph = cov_solve(c, f->p, m->h);
    m->h2 = vec_square(m->h, c->ld);
    along(m, c->ld);
    m->pull = m->per * f->trust * f->mu / (1.0f - f->mu + f->mu * m->ph);
    cov_update(c, muC, f->p, m->h, m->ph);
    cov_polish(c, muC);
}

const struct rule rule_rls = { place, reset, update, NULL, NULL };
