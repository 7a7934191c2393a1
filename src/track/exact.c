/* SPDX-License-Identifier: MIT
 *
 * exact.c - incremental singular value decomposition with the least rotation.
 *
 * With q = (p, |e|) the covariance of the stream, seen in the r + 1 directions
 * U and e/|e|, is
 *
 *   A = (1 - mu) (C 0; 0 0) + mu q q'.
 *
 * Truncating it to r directions, as [Bra06] does, drops the eigenvector v =
 * (-sin d, cos) of its smallest eigenvalue.  The r that stay are the old ones
 * turned by that angle towards e/|e| along U d - the shared rotation, with the
 * best angle instead of a step towards it.  Nothing else need be decomposed.
 *
 * v comes by inverse iteration from (0, 1), one product with P each, since
 *
 *   A^-1 = (K, -K p/|e|;  ., (1/mu + p'K p)/|e|^2),   K = P/(1 - mu).
 *
 * (rls is the first of these iterations.)  With R = (M; sin d'), M = I + (cos - 1)
 * d d', the new C is R'A R and, v being an eigenvector, the new P is R'A^-1 R:
 * no division that could fail.
 *
 * Steps above 1/2 count as 1/2.  Cost: 2 r^2 flops an iteration, ROUNDS at most.
 */
#include "track/rule.h"
#include "track/vec.h"

#include <math.h>
#include <string.h>

static const float LARGEST = 0.5f;
static const float CLOSE = 1e-10f; /* change of a round, of |a|^2 */
static const float UPRIGHT = 1e6f; /* a tangent; more is rounding */
enum { ROUNDS = 24 };

static void place(struct rule_state *s, struct arena *a)
{
    cov_place(&s->cov, a, s->U->cap, s->U->parts);
    s->a = arena_floats(a, s->cov.ld);
    s->b = arena_floats(a, s->cov.ld);
}

static void reset(struct rule_state *s, size_t r, float level)
{
    cov_reset(&s->cov, r, level);
}

/* The smallest eigenvector of A as (-tangent d, 1): gives the tangent, and d. */
static float smallest(struct rule_state *s, const struct look *f, const struct motion *m,
                      float mu, float *d)
{
    struct cov *const c = &s->cov;
    const float eps = sqrtf(f->e2), per = 1.0f / (1.0f - mu);
    const float corner = 1.0f / mu + per * m->ph;
    float *const a = d, *const z = s->a; /* v = (a, 1) */

    memset(a, 0, c->ld * sizeof *a);
    for (int round = 0; round < ROUNDS; round++) {
        c->kernel->apply(c->P, c->q, c->ld, a, z);
        const float b = corner / eps - per * vec_dot(f->p, z, c->q); /* eps times new b */
        float moved = 0;

        if (!(b > 0.0f)) /* rounding has the last word */
            break;
        for (size_t i = 0; i < c->q; i++) {
            const float next = (per * z[i] * eps - per * m->h[i]) / b;

            moved += (next - a[i]) * (next - a[i]);
            a[i] = next;
        }
        if (moved <= CLOSE * vec_dot(a, a, c->q))
            break;
    }
    const float tangent = sqrtf(vec_dot(a, a, c->q));

    for (size_t i = 0; i < c->q; i++)
        d[i] = tangent > 0.0f ? -a[i] / tangent : 0.0f;
    return tangent;
}

/* C = R'A R, with sine and cosine of the angle. */
static void turn_C(struct rule_state *s, const struct look *f, float mu, const float *d,
                   float sine, float drop)
{
    struct cov *const c = &s->cov;
    float *const w = s->a;
    const float dp = vec_dot(d, f->p, c->q), eps = sqrtf(f->e2);

    c->kernel->apply(c->C, c->q, c->ld, d, w);
    const float dw = vec_dot(d, w, c->q);

    for (size_t i = 0; i < c->ld; i++)
        w[i] = drop * w[i] + 0.5f * drop * drop * dw * d[i];
    cov_add_pair(c, c->C, d, w, s->b);
    for (size_t i = 0; i < c->ld; i++)
        w[i] = f->p[i] + (drop * dp + sine * eps) * d[i];
    cov_blend(c, c->C, 1.0f - mu, mu, w);
}

/* P = R'A^-1 R. */
static void turn_P(struct rule_state *s, const struct look *f, const struct motion *m, float mu,
                   float sine, float drop)
{
    struct cov *const c = &s->cov;
    const float *d = m->d;
    float *const z = s->a;
    const float per = 1.0f / (1.0f - mu), ratio = sine / sqrtf(f->e2);
    const float dk = per * vec_dot(d, m->h, c->q);

    c->kernel->apply(c->P, c->q, c->ld, d, z);
    const float dz = per * vec_dot(d, z, c->q);
    const float along =
        drop * drop * dz - 2.0f * ratio * drop * dk + ratio * ratio * (1.0f / mu + per * m->ph);

    for (size_t i = 0; i < c->ld; i++)
        z[i] = drop * per * z[i] - ratio * per * m->h[i] + 0.5f * along * d[i];
    for (size_t i = 0; i < c->q * c->ld; i++)
        c->P[i] *= per;
    cov_add_pair(c, c->P, d, z, s->b);
}

static void update(struct rule_state *s, const struct look *f, struct motion *m)
{
    struct cov *const c = &s->cov;
    const float mu = fminf(f->mu, LARGEST);

    m->ph = cov_solve(c, f->p, m->h);
    m->h2 = vec_square(m->h, c->ld);
    m->d = m->room;
    m->d2 = 1.0f;
    m->per = m->pull = 0.0f;
    const float t = f->e2 > 0.0f ? smallest(s, f, m, mu, m->room) : 0.0f;

    if (!(t > 0.0f && t < UPRIGHT)) {
        memset(m->room, 0, c->ld * sizeof *m->room);
        cov_update(c, mu, f->p, m->h, m->ph);
        cov_polish(c, mu);
        cov_heal(c);
        return;
    }
    const float root = sqrtf(1.0f + t * t);
    const float sine = t / root, drop = -t * t / (root * (1.0f + root)); /* cos - 1 */

    turn_P(s, f, m, mu, sine, drop);
    turn_C(s, f, mu, m->d, sine, drop);
    cov_polish(c, mu);
    cov_heal(c);
    m->pull = fminf(t * f->trust, UPRIGHT) / sqrtf(f->e2);
}

const struct rule rule_exact = { place, reset, update, NULL, NULL };
