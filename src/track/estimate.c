/* SPDX-License-Identifier: MIT
 *
 * estimate.c - the estimate of a frame, from the subspace before the turn.
 *
 *   p     = U'y           (missing entries: by least squares on the known ones)
 *   e     = y - U p       computed before the sweep only where it has to be
 *   x_hat = U (p - sigma^2 C^-1 p) + kappa e
 *
 * C is made of coefficients of frames that U had not yet seen.  So it is the covariance of
 * p out of sample, and I - sigma^2 C^-1 is the Wiener gain without any correction for the
 * bias of eigenvalues.
 *
 * kappa is the Wiener gain of what leaks.  U is a regression on frames weighted by
 * mu (1 - mu)^k, so what it misses of this frame has, in each free dimension, the
 * power lambda sigma^2 with lambda = mu/2 p'C^-1 p, and kappa = lambda/(1 + lambda):
 * an error of 8.5 instead of 8.6 in 256 dimensions at mu = 0.01.
 *
 * Mostly the sweep that turns U computes x_hat (track.c); here are its factors, and the
 * estimate for the cases that it does not cover.
 */
#include "track/estimate.h"

#include "base/fastmath.h"
#include "track/vec.h"

#include <float.h>
#include <string.h>

static const float FAITH = 1e-2f; /* |e|^2 / |y|^2 down to which |e|^2 is a difference */

/* Least usual signal, over noise, that a burst is compared with; greatest factor of a burst. */
static const float QUIET = 0.01f, MOST_BURST = 1e3f;

/* lean = U'e; whether more than half of e lies in U. */
static bool leans(struct track *t, float e2)
{
    late_gather(&t->late, t->kernel, &t->U, t->e, t->lean);
    return vec_square(t->lean, t->U.r * t->U.parts) > 0.5f * e2;
}

/* |e|^2 of a formed e without its part in U, which the sweep removes: the turn is a rotation,
 * and keeps U'U = I, only if e is orthogonal to U.  It may not be: an e that is small beside
 * U p is largely rounding, and with gaps least squares leaves a part of it in U.  If that is
 * more than half, it is removed here first; if it still is then, e counts as 0. */
static float upright(struct track *t, float e2)
{
    if (leans(t, e2)) {
        late_combine(&t->late, t->kernel, &t->U, t->lean, t->missing.x);
        for (size_t i = 0; i < t->U.n; i++)
            t->e[i] -= t->missing.x[i];
        e2 = vec_square(t->e, t->U.n);
        if (leans(t, e2))
            return 0.0f;
    }
    return e2 - vec_square(t->lean, t->U.r * t->U.parts);
}

float estimate_coefficients(struct track *t, float trust)
{
    const struct guard *const g = &t->guard;
    const size_t q = t->U.r * t->U.parts;

    for (size_t i = q; i < t->ld; i++)
        t->p[i] = 0.0f;
    t->formed = guard_masked(g);
    if (t->formed) {
        missing_solve(&t->missing, t->kernel, &t->U, g->y, g->known, trust, t->p);
        t->p2 = vec_square(t->p, t->ld);
        return upright(t, missing_rest(t->kernel, &t->U, g->y, g->known, t->p, t->e));
    }
    if (!t->gathered)
        late_gather(&t->late, t->kernel, &t->U, g->y, t->p);
    t->gathered = false; /* p changes if known[] does */
    t->p2 = vec_square(t->p, t->ld);
    const float e2 = g->energy - t->p2;

    if (e2 > FAITH * g->energy)
        return e2;
    t->formed = true;
    late_combine(&t->late, t->kernel, &t->U, t->p, t->Up);
    for (size_t i = 0; i < t->U.n; i++)
        t->e[i] = g->y[i] - t->Up[i];
    return upright(t, vec_square(t->e, t->U.n));
}

static bool shrinks(const struct track *t, const struct motion *m)
{
    return t->plan.shrink == TRACK_WIENER && track_warm(t) && m->ph > 0.0f;
}

float estimate_shrinkage(const struct track *t, const struct motion *m, float weight)
{
    if (!shrinks(t, m))
        return 0.0f;
    const float p2 = weight * weight * t->p2;

    if (t->sigma2 * m->ph <= p2 && t->sigma2 * m->h2 <= m->ph)
        return t->sigma2;
    return fast_min(p2 / m->ph, m->ph / m->h2);
}

float estimate_leakage(const struct track *t, const struct motion *m, float mu, float e2,
                         float weight)
{
    if (!shrinks(t, m) || guard_masked(&t->guard) || !(t->sigma2 > 0.0f))
        return 0.0f;
    const float lambda = fast_min(0.5f * mu * m->ph / (weight * weight), 1e6f);
    const float usual = (float)track_free_dims(t) * t->sigma2;

    if (!(lambda > 0.0f))
        return 0.0f;
    return lambda * usual / fast_max((1.0f + lambda) * usual, e2);
}

/* Power of the signal in this frame over its usual power, >= 1, where noise has power 1. */
static float burst(const struct track *t)
{
    const float usual = cov_mean(&t->rule.cov) * (float)t->U.r - (float)t->U.r;
    const float more = t->guard.energy - (float)t->guard.count;
    const float share = (float)t->guard.count / (float)t->plan.dim;

    return usual > QUIET * (float)t->plan.dim
               ? fast_clamp(more / (usual * share), 1.0f, MOST_BURST) : 1.0f;
}

/* q: the coefficients of the best linear guess of a frame with gaps.  False if it is out of
 * the range of float, as it may be in the first frames. */
static bool guess(struct track *t, float trust)
{
    const bool own = t->plan.shrink == TRACK_OWN;
    const struct missing_noise noise = {
        .sigma2 = own ? 1.0f : t->sigma2,
        .trust = trust,
        .burst = own ? burst(t) : 1.0f,
        .outside = own ? t->plan.own.outside : NULL,
    };

    if (!t->rule.cov.q)
        return false;
    missing_guess(&t->missing, &t->rule.cov, &t->U, t->guard.y, t->guard.known, &noise, t->q);
    return vec_square(t->q, t->U.r * t->U.parts) <= FLT_MAX;
}

/* Missing entries keep the guess in t->out; with the gaps filled by it, the known ones are
 * estimated as in any other frame. */
static void impute(struct track *t)
{
    const struct guard *const g = &t->guard;
    float *const y = t->missing.y, *const p = t->missing.b, *const known = t->missing.x;

    for (size_t i = 0; i < g->padded; i++)
        y[i] = i < t->U.n && !(g->known[i] > 0.0f) ? t->out[i] : g->y[i];
    t->kernel->gather(&t->U, y, p);
    t->plan.own.shrink(t->plan.own.self, t, p, t->q);
    t->kernel->combine(&t->U, t->q, known);
    for (size_t i = 0; i < t->U.n; i++)
        t->out[i] = g->known[i] > 0.0f ? known[i] : t->out[i];
}

void estimate_reconstruct(struct track *t, const struct motion *m, float s, float trust)
{
    const bool own = t->plan.shrink == TRACK_OWN;
    const bool upright = !t->amends.count;
    const bool guessed = guard_masked(&t->guard) && upright && (s > 0.0f || own) &&
                         guess(t, trust);

    if (!guessed && own)
        t->plan.own.shrink(t->plan.own.self, t, t->p, t->q);
    for (size_t i = 0; !guessed && !own && i < t->U.r * t->U.parts; i++)
        t->q[i] = t->p[i] - s * m->h[i];
    late_combine(&t->late, t->kernel, &t->U, t->q, t->out);
    if (guessed && own)
        impute(t);
}

bool estimate_by_sweep(const struct track *t, const struct motion *m)
{
    if (t->plan.shrink == TRACK_OWN)
        return false;
    return m->per > 0.0f ? !guard_masked(&t->guard) : m->along_p && !t->formed;
}

void estimate_look(struct track *t)
{
    const float trust = (float)t->plan.dim / (float)t->guard.count;
    struct motion m = { .h = t->h };

    estimate_coefficients(t, trust);
    if (t->plan.shrink == TRACK_WIENER && t->rule.cov.C && t->seen)
        m.ph = cov_look(&t->rule.cov, t->p, t->h);
    if (!(m.ph > 0.0f))
        memset(t->h, 0, (t->U.r * t->U.parts) * sizeof *t->h);
    m.h2 = vec_square(t->h, t->U.r * t->U.parts);
    estimate_reconstruct(t, &m, estimate_shrinkage(t, &m, 1.0f), trust);
    t->rests = t->formed;
}

const float *track_rest(struct track *t)
{
    if (t->rests)
        return t->e;
    t->rests = true;
    t->kernel->combine(&t->U, t->p, t->Up);
    for (size_t i = 0; i < t->U.n; i++)
        t->e[i] = t->guard.y[i] - t->Up[i];
    return t->e;
}

void track_matrix(const struct track *t, const struct track_matrix *w)
{
    const struct basis *const U = &t->U;
    size_t used = U->r; /* the last are the weakest */

    while (used > 0 && w->g[used - 1] == 0)
        used--;
    for (size_t i = 0; i < w->count; i++) {
        float *const weights = w->weights + i * t->ld;

        basis_row(U, w->from + i, weights);
        for (size_t j = 0; j < used; j++)
            weights[j] *= w->g[j];
    }
    for (size_t i = w->first / TILE; i < U->tiles; i++)
        t->kernel->multiply(&(struct product){
            .A = w->weights,
            .B = U->U + i * U->cap * TILE,
            .Z = w->rows + i * TILE,
            .rows = w->count,
            .inner = used,
            .ld = TILE,
            .lda = t->ld,
            .ldz = basis_padded(U),
        });
}
