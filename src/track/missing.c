/* SPDX-License-Identifier: MIT
 *
 * missing.c - least squares on the known entries, by conjugate gradients.
 *
 * With G = U' known U the coefficients solve (G + lambda I) p = U'y.  G is near
 * (known/dim) I for a spread-out subspace, so a few steps do, each costing two
 * passes over U instead of the O(n r^2) of forming G.
 *
 * As a guess of the whole frame least squares overfits where little is known.  The best
 * linear guess has the ridge sigma^2 S^-1, where S is the covariance of the signal alone: C
 * less the noise of the estimate, S = C - s I with s = trust sigma^2.  Its inverse is a
 * series in x = s P, with 0 <= x < 1 in directions that hold signal:
 *
 *   sigma^2 S^-1 = (x + x^2 + x^3 + ...) / trust
 *
 * of which SERIES terms are taken: where that is too few the signal is weaker than the
 * noise, and the ridge is large anyhow.
 *
 * Known entries differ from U p by more than noise, as the signal is not all in U.  So entry
 * i has the weight
 *
 *   w_i = 1 / (1 + burst outside_i + DRIFT mean y^2),
 *
 * all in units of sigma^2, where outside_i is the power of signal outside U, burst the power
 * of the present signal over its usual one, and DRIFT allows for U being always a little
 * behind.  Without these a clean record would be fitted to the last bit by weak directions.
 * A burst is as much louder in U as outside: the ridge, from the C of usual frames, is divided
 * by it.
 *
 * The steps are preconditioned by the diagonal, which is most of the matrix where directions
 * are principal.
 *
 * Cost: 4 n r flops a step, STEPS steps at most.
 */
#include "track/missing.h"
#include "base/fastmath.h"
#include "track/vec.h"

#include <math.h>
#include <string.h>

static const float LAMBDA = 1e-3f;  /* keeps what no known entry shows at zero        */
static const float DRIFT = 0.03f;   /* of a frame's power: error by the lag of U      */
static const float ENOUGH = 1e-10f; /* |rest|^2 over |b|^2 at which it ends: -100 dB  */
static const float FAR = 1e36f;     /* beyond it the ridge has left the range of float */
static const float RARE = 4.0f;     /* standard deviations at which a coefficient is clipped */
enum { STEPS = 12, SERIES = 6 };

void missing_place(struct missing *m, struct arena *a, size_t padded, size_t ld)
{
    *m = (struct missing){ .padded = padded, .ld = ld };
    m->x = arena_floats(a, padded);
    m->y = arena_floats(a, padded);
    m->weight = arena_floats(a, padded);
    m->per = arena_floats(a, ld);
    m->s = arena_floats(a, ld);
    m->b = arena_floats(a, ld);
    m->rest = arena_floats(a, ld);
    m->dir = arena_floats(a, ld);
    m->Adir = arena_floats(a, ld);
    m->w = arena_floats(a, ld);
}

/* The ridge, an operator: see ridge_apply(). */
struct ridge {
    struct cov *c; /* NULL: LAMBDA I */
    float s;       /* noise in C */
    float size;    /* of the ridge, of x + x^2 + ... */
    float share;   /* mean weight of an entry */
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
        out[i] = out[i] * r->size + LAMBDA * v[i];
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

/* The inverse of the operator's diagonal, as if entries were unknown at random. */
static void precondition(struct missing *m, const struct basis *U, const struct ridge *r)
{
    for (size_t i = 0; i < U->r * U->parts; i++) {
        const float x = r->c ? r->s * r->c->P[i * (r->c->ld + 1)] : 0.0f;
        float sum = 0.0f;

        for (int term = 0; term < SERIES; term++)
            sum = x * (1.0f + sum);
        m->per[i] = 1.0f / (r->share + r->size * sum + LAMBDA);
    }
}

/* s = rest / diagonal; gives rest's. */
static float measure(struct missing *m, size_t q)
{
    for (size_t i = 0; i < q; i++)
        m->s[i] = m->per[i] * m->rest[i];
    return vec_dot(m->rest, m->s, q);
}

static void solve(struct missing *m, const struct kernel *k, const struct basis *U,
                  const float *y, const float *known, const struct ridge *r, float *p)
{
    const size_t q = U->r * U->parts;
    float *const rest = m->rest, *const dir = m->dir, *const Adir = m->Adir;

    memset(rest, 0, m->ld * sizeof *rest);
    memset(p, 0, m->ld * sizeof *p);
    memset(dir, 0, m->ld * sizeof *dir);
    precondition(m, U, r);
    k->gather(U, y, rest);
    const float size = vec_dot(rest, rest, q);

    for (size_t i = 0; i < q; i++)
        p[i] = m->per[i] * rest[i];
    operate(m, k, U, known, r, p, Adir);
    for (size_t i = 0; i < q; i++)
        rest[i] -= Adir[i];

    float rs = measure(m, q);

    memcpy(dir, m->s, q * sizeof *dir);
    if (!(rs < FAR)) {
        memset(p, 0, m->ld * sizeof *p);
        return;
    }
    for (int step = 0; step < STEPS && vec_dot(rest, rest, q) > ENOUGH * size; step++) {
        operate(m, k, U, known, r, dir, Adir);
        const float curve = vec_dot(dir, Adir, q), along = rs / curve;

        if (!(curve > 0.0f && curve < FAR)) /* a ridge is in it: > 0 but for rounding */
            return;
        for (size_t i = 0; i < q; i++) {
            p[i] += along * dir[i];
            rest[i] -= along * Adir[i];
        }
        const float next = measure(m, q);

        for (size_t i = 0; i < q; i++)
            dir[i] = m->s[i] + next / rs * dir[i];
        rs = next;
    }
}

void missing_solve(struct missing *m, const struct kernel *k, const struct basis *U,
                   const float *y, const float *known, float trust, float *p)
{
    solve(m, k, U, y, known, &(struct ridge){ .share = 1.0f / trust }, p);
}

/* Weights w_i, divided by their mean over the known entries, which is returned. */
static float weigh(struct missing *m, const struct basis *U, const float *y,
                   const float *known, const struct missing_noise *noise)
{
    float sum = 0.0f, count = 0.0f, power = 0.0f;

    for (size_t i = 0; i < m->padded; i++) {
        power += known[i] * y[i] * y[i];
        count += known[i];
    }
    const float drift = DRIFT * power / (count * noise->sigma2);

    for (size_t i = 0; i < m->padded; i++) {
        const bool more = noise->outside && i < U->n;

        m->weight[i] = known[i];
        if (more)
            m->weight[i] /= 1.0f + noise->burst * noise->outside[i] + drift;
        sum += m->weight[i];
    }
    const float mean = sum / count;

    for (size_t i = 0; i < m->padded; i++) {
        m->weight[i] /= mean;
        m->y[i] = m->weight[i] * y[i];
    }
    return mean;
}

void missing_guess(struct missing *m, struct cov *c, const struct basis *U, const float *y,
                   const float *known, const struct missing_noise *noise, float *p)
{
    const float mean = weigh(m, U, y, known, noise);
    const struct ridge r = {
        .c = c,
        .s = noise->trust * noise->sigma2,
        .size = 1.0f / (noise->trust * noise->burst * mean),
        .share = 1.0f / noise->trust,
    };

    solve(m, c->kernel, U, m->y, m->weight, &r, p);
    for (size_t i = 0; noise->outside && i < U->r; i++) {
        const float most = RARE * sqrtf(noise->burst * cov_power(c, i));

        p[i] = fast_clamp(p[i], -most, most);
    }
}

float missing_rest(const struct kernel *k, const struct basis *U, const float *y,
                   const float *known, const float *p, float *e)
{
    k->combine(U, p, e);
    for (size_t i = 0; i < U->tiles * TILE; i++)
        e[i] = known[i] * (y[i] - e[i]);
    return vec_square(e, U->tiles * TILE);
}
