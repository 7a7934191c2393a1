/* SPDX-License-Identifier: MIT
 *
 * missing.c - least squares on the known entries, by conjugate gradients.
 *
 * With G = U' known U the coefficients solve (G + lambda I) p = U'y.  G is near
 * (known/dim) I for a spread-out subspace, so a few steps do, each costing two
 * passes over U instead of the O(n r^2) of forming G.
 *
 * As a guess of the whole frame least squares is too bold where little is
 * known.  The best linear guess has the ridge sigma^2 S^-1, where S is the
 * covariance of the signal alone: what C shows less the noise of the
 * estimate, S = C - s I with s = trust sigma^2.  Its inverse is a series in
 * x = s P, with 0 <= x < 1 wherever a signal is:
 *
 *   sigma^2 S^-1 = (x + x^2 + x^3 + ...) / trust
 *
 * of which SERIES terms are taken: past them it is signal weaker than the
 * noise, and the ridge is large enough to say so.
 *
 * Cost: 4 n r flops a step, STEPS steps at most.
 */
#include "track/missing.h"
#include "track/vec.h"

#include <string.h>

static const float LAMBDA = 1e-3f;  /* keeps what no known entry shows at zero  */
static const float ENOUGH = 1e-10f; /* of |b|^2: -100 dB                        */
static const float FAR = 1e36f;     /* a ridge beyond float: there is no signal   */
enum { STEPS = 12, SERIES = 6 };

void missing_place(struct missing *m, struct arena *a, size_t padded, size_t ld)
{
    *m = (struct missing){ .padded = padded, .ld = ld };
    m->x = arena_floats(a, padded);
    m->b = arena_floats(a, ld);
    m->rest = arena_floats(a, ld);
    m->dir = arena_floats(a, ld);
    m->Adir = arena_floats(a, ld);
    m->w = arena_floats(a, ld);
}

/* A ridge by another name: out = M v. */
struct ridge {
    struct cov *c; /* NULL: LAMBDA I */
    float s, trust;
};

static void ridge_apply(struct missing *m, const struct ridge *r, const float *v, float *out)
{
    if (!r->c) {
        for (size_t i = 0; i < m->ld; i++)
            out[i] = LAMBDA * v[i];
        return;
    }
    /* Horner: x (v + x (v + ...)). */
    memset(out, 0, m->ld * sizeof *out);
    for (int term = 0; term < SERIES; term++) {
        for (size_t i = 0; i < m->ld; i++)
            m->w[i] = v[i] + out[i];
        r->c->kernel->apply(r->c->P, r->c->q, r->c->ld, m->w, out);
        for (size_t i = 0; i < m->ld; i++)
            out[i] *= r->s;
    }
    for (size_t i = 0; i < m->ld; i++)
        out[i] = out[i] / r->trust + LAMBDA * v[i];
}

/* out = (U' known U + ridge) v. */
static void operate(struct missing *m, const struct kernel *k, const struct basis *U,
                    const float *known, const struct ridge *r, const float *v, float *out)
{
    k->combine(U, v, m->x);
    for (size_t i = 0; i < m->padded; i++)
        m->x[i] *= known[i];
    ridge_apply(m, r, v, out);
    k->gather(U, m->x, m->b);
    for (size_t i = 0; i < U->r * U->parts; i++)
        out[i] += m->b[i];
}

static void solve(struct missing *m, const struct kernel *k, const struct basis *U,
                  const float *y, const float *known, const struct ridge *r, float *p)
{
    const size_t q = U->r * U->parts;
    float *const rest = m->rest, *const dir = m->dir, *const Adir = m->Adir;

    memset(rest, 0, m->ld * sizeof *rest);
    memset(p, 0, m->ld * sizeof *p);
    k->gather(U, y, rest);
    const float size = vec_dot(rest, rest, q);

    for (size_t i = 0; i < q; i++)
        p[i] = r->trust * rest[i];
    operate(m, k, U, known, r, p, Adir);
    for (size_t i = 0; i < q; i++)
        dir[i] = rest[i] -= Adir[i];
    memset(dir + q, 0, (m->ld - q) * sizeof *dir);

    float rr = vec_dot(rest, rest, q);

    if (!(rr < FAR)) {
        memset(p, 0, m->ld * sizeof *p);
        return;
    }
    for (int step = 0; step < STEPS && rr > ENOUGH * size; step++) {
        operate(m, k, U, known, r, dir, Adir);
        const float curve = vec_dot(dir, Adir, q), along = rr / curve;

        if (!(curve > 0.0f && curve < FAR)) /* a ridge is in it: > 0 but for rounding */
            return;
        for (size_t i = 0; i < q; i++) {
            p[i] += along * dir[i];
            rest[i] -= along * Adir[i];
        }
        const float next = vec_dot(rest, rest, q);

        for (size_t i = 0; i < q; i++)
            dir[i] = rest[i] + next / rr * dir[i];
        rr = next;
    }
}

void missing_solve(struct missing *m, const struct kernel *k, const struct basis *U,
                   const float *y, const float *known, float trust, float *p)
{
    solve(m, k, U, y, known, &(struct ridge){ .trust = trust }, p);
}

void missing_guess(struct missing *m, struct cov *c, const struct basis *U, const float *y,
                   const float *known, float trust, float sigma2, float *p)
{
    const struct ridge r = { .c = c, .s = trust * sigma2, .trust = trust };

    solve(m, c->kernel, U, y, known, &r, p);
}

float missing_rest(const struct kernel *k, const struct basis *U, const float *y,
                   const float *known, const float *p, float *e)
{
    k->combine(U, p, e);
    for (size_t i = 0; i < U->tiles * TILE; i++)
        e[i] = known[i] * (y[i] - e[i]);
    return vec_square(e, U->tiles * TILE);
}
