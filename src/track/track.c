/* SPDX-License-Identifier: MIT
 *
 * track.c - one frame through the tracker: X(k+1) = f(X(k), y(k)).
 *
 *   guard      is it a frame at all?  which entries are known?
 *   colour     y <- L^-1 y, so that the noise is white
 *   adapter    y <- y - U0 U0'y, if there is a base
 *   p = U'y    (robust: without the outliers; missing: from what is known)
 *   rule       by which angle to turn, in which plane
 *   sweep      e = y - U p;  x_hat = U (p - sigma^2 C^-1 p) + kappa e;  U <- turned U
 *   then       scout, step, rank, noise power learn from p and e
 *
 * The output comes from the subspace before the turn: one that has seen the
 * frame keeps part of its noise: an error of 5.77 instead of 5.25.  For the same
 * reason C, made of coefficients of frames that U had not yet seen,
 * is the true covariance of p, and I - sigma^2 C^-1 the Wiener gain without
 * any correction for the bias of eigenvalues.
 *
 * kappa is the Wiener gain of what leaks.  U is a regression on frames weighted by
 * mu (1 - mu)^k, so what it misses of this frame has, in each free dimension, the
 * power lambda sigma^2 with lambda = mu/2 p'C^-1 p, and kappa = lambda/(1 + lambda):
 * an error of 8.5 instead of 8.6 in 256 dimensions at mu = 0.01.
 *
 * Cost: 8 n r flops (2/3 n r more with automatic step), plus 8 r^2.
 */
#include "track/track.h"

#include "base/fastmath.h"
#include "track/vec.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const float BLANK = 1e-6f;      /* C before the first frame, of |y|^2             */
static const float FAITH = 1e-2f;      /* |e|^2 by difference down to this share of |y|^2 */
static const float NOISE_PACE = 0.02f; /* fastest of sigma^2: 100 frames                 */
static const float SCOUT_PACE = 0.05f; /* 40 frames                                      */
static const float SCOUT_PACE_RANK = 0.02f;         /* 100 frames: finds weaker directions    */
enum { LOCK = 40, LOCK_RANK = 2, ALIGN_EVERY = 8 }; /* frames */

/* After an abrupt change the tracker is as if r/8 frames old: with few directions
 * all is learnt anew, with many those that stayed are worth keeping. */
enum { AGE_SHARE = 8 };

/* An upright e does not heal U'U = I by itself; it is seen to so much oftener. */
enum { HURRY = 4 };

/* Of the noise that is in every entry: what is quieter by 40 dB says nothing, and with
 * a C made of it a burst would overflow. */
static const float WHISPER = 1e-4f;
static const float BURST = 3.0f;  /* of the energy that is expected: louder counts as that */

/* A signal of less than this of the noise is too little to compare with; none counts for
 * more than so many times the usual. */
static const float QUIET = 0.01f, MOST_BURST = 1e3f;

static const float UPRIGHT = 1e30f; /* tangent^2 */

/* +120 dB re 1: louder a model is not made, when all of late was much quieter than it. */
static const float LOUDEST = 0x1p40f;

/* A sweep over all pairs takes 4 r frames; a tenth of the work of a frame. */
enum { TURN_SHARE = 8 };

static uint32_t stride_of(const struct track_plan *plan)
{
    const size_t stride = plan->hop ? plan->dim / (4 * plan->hop) : 1;

    return stride > 1 ? (uint32_t)stride : 1;
}

void track_place(struct track *t, struct arena *a, const struct track_plan *plan)
{
    const size_t n = plan->dim * plan->parts, ld = (plan->rank * plan->parts + 7) / 8 * 8;

    *t = (struct track){ .plan = *plan, .ld = ld };
    t->kernel = kernel_choose(plan->parts, plan->portable);
    basis_place(&t->U, a, n, plan->rank, plan->parts);
    t->rule.U = &t->U;
    t->rule.block.most = plan->block;
    plan->rule->place(&t->rule, a);
    t->rule.cov.kernel = t->kernel;

    const size_t padded = basis_padded(&t->U);

    guard_place(&t->guard, a, n, padded, plan->parts);
    colour_place(&t->colour, a, plan->colour, plan->learns_colour, n, plan->parts);
    adapter_place(&t->adapter, a, n, plan->base_rank, plan->parts);
    step_place(&t->step, a, &t->U, ld, plan->step);
    const float pace = plan->auto_rank ? SCOUT_PACE_RANK : SCOUT_PACE;

    scout_place(&t->scout, a, padded, plan->parts, pace, stride_of(plan));
    if (plan->auto_rank)
        scout_place(&t->second, a, padded, plan->parts, pace, stride_of(plan));
    missing_place(&t->missing, a, padded, ld);
    orth_place(&t->orth, a, &t->U);
    if (plan->robust)
        robust_place(&t->robust, a, padded, ld);
    if (plan->auto_rank)
        rank_place(&t->rank, a, &t->U);
    t->rank.fast.kernel = t->kernel;
    t->p = arena_floats(a, ld);
    t->h = arena_floats(a, ld);
    t->d = arena_floats(a, ld);
    t->q = arena_floats(a, ld);
    t->lean = arena_floats(a, ld);
    t->e = arena_floats(a, padded);
    t->x_hat = arena_floats(a, padded);
    t->Up = arena_floats(a, padded);
}

void track_reset(struct track *t)
{
    const size_t r = t->plan.auto_rank ? 1 : t->plan.rank;

    basis_reset(&t->U, r);
    t->plan.rule->reset(&t->rule, r, 1.0f);
    guard_reset(&t->guard);
    colour_reset(&t->colour);
    adapter_reset(&t->adapter);
    step_reset(&t->step, &t->U, t->plan.step);
    scout_reset(&t->scout, t->U.n);
    if (t->plan.auto_rank)
        scout_reset(&t->second, t->U.n);
    orth_reset(&t->orth);
    if (t->plan.robust)
        robust_reset(&t->robust);
    if (t->plan.auto_rank)
        rank_reset(&t->rank, t->plan.rank, r, 1.0f);
    t->align = (struct align){ 0 };
    t->sigma2 = 0;
    t->seen = t->changes = 0;
}

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

/* Numbers in which there is only noise. */
static size_t free_dims(const struct track *t)
{
    const size_t used = t->U.r + t->plan.base_rank;

    return t->guard.count > used ? t->guard.count - used : 1;
}

/* Whether e leans on U more than it stands; lean = U'e. */
static bool leans(struct track *t, float e2)
{
    t->kernel->gather(&t->U, t->e, t->lean);
    return vec_square(t->lean, t->U.r * t->U.parts) > 0.5f * e2;
}

/* |e|^2 of an e that was formed, without what leans on U, which the sweep takes out:
 * else the turn would not be one, and U'U = I suffer.  An e that is small beside U p
 * is largely rounding, and with gaps the regression leaves a part of it in U.  One that
 * leans more than it stands is first put upright; if it then still does, it is nothing. */
static float upright(struct track *t, float e2)
{
    if (leans(t, e2)) {
        t->kernel->combine(&t->U, t->lean, t->missing.x);
        for (size_t i = 0; i < t->U.n; i++)
            t->e[i] -= t->missing.x[i];
        e2 = vec_square(t->e, t->U.n);
        if (leans(t, e2))
            return 0.0f;
    }
    return e2 - vec_square(t->lean, t->U.r * t->U.parts);
}

/* p, and |e|^2; e itself only where it has to be formed: where entries are
 * unknown, or the difference of the energies would be rounding. */
static float coefficients(struct track *t, float trust)
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
    t->kernel->gather(&t->U, g->y, t->p);
    t->p2 = vec_square(t->p, t->ld);
    const float e2 = g->energy - t->p2;

    if (e2 > FAITH * g->energy)
        return e2;
    t->formed = true;
    t->kernel->combine(&t->U, t->p, t->Up);
    for (size_t i = 0; i < t->U.n; i++)
        t->e[i] = g->y[i] - t->Up[i];
    return upright(t, vec_square(t->e, t->U.n));
}

/* How much more of the frame the stale subspace leaves. */
static float staleness(struct track *t, float e2, float trust)
{
    struct step *const s = &t->step;
    const struct guard *const g = &t->guard;

    if (!step_looks(s) || s->R.r != t->U.r)
        return s->lag; /* nothing new */
    if (guard_masked(g)) {
        missing_solve(&t->missing, t->kernel, &s->R, g->y, g->known, trust, s->p);
        return trust * (missing_rest(t->kernel, &s->R, g->y, g->known, s->p, t->x_hat) - e2);
    }
    const size_t q = t->U.r * t->U.parts;

    t->kernel->gather(&s->R, g->y, s->p);
    return t->p2 - vec_square(s->p, q);
}

static bool warm(const struct track *t)
{
    return t->seen > t->U.r + 2;
}

static bool shrinks(const struct track *t, const struct motion *m)
{
    return t->plan.shrink == TRACK_WIENER && warm(t) && m->ph > 0.0f;
}

/* sigma^2, but no more than leaves x_hat shorter than U p and not turned
 * against it: C may know less of a weak direction than the rule asks of it. */
static float shrinkage(const struct track *t, const struct motion *m, float weight)
{
    if (!shrinks(t, m))
        return 0.0f;
    const float p2 = weight * weight * t->p2;

    if (t->sigma2 * m->ph <= p2 && t->sigma2 * m->h2 <= m->ph)
        return t->sigma2;
    return fast_min(p2 / m->ph, m->ph / m->h2);
}

/* kappa, the share of e that is signal.  An e louder than the model has it is noise
 * until U has learnt better. */
static float leakage(const struct track *t, const struct motion *m, float mu, float e2,
                     float weight)
{
    if (!shrinks(t, m) || guard_masked(&t->guard) || !(t->sigma2 > 0.0f))
        return 0.0f;
    const float lambda = fast_min(0.5f * mu * m->ph / (weight * weight), 1e6f);
    const float usual = (float)free_dims(t) * t->sigma2;

    if (!(lambda > 0.0f))
        return 0.0f;
    return lambda * usual / fast_max((1.0f + lambda) * usual, e2);
}

/* The best guess of a frame of which not all is known, to q.  Where C has hardly
 * seen a direction, as in the first frames, it may be out of range of float: then
 * there is none. */
static bool guess(struct track *t, const struct missing_noise *noise)
{
    missing_guess(&t->missing, &t->rule.cov, &t->U, t->guard.y, t->guard.known, noise, t->q);
    return vec_square(t->q, t->U.r * t->U.parts) <= FLT_MAX;
}

/* How much louder than usual the signal is, where noise is 1. */
static float burst(const struct track *t)
{
    const float usual = cov_mean(&t->rule.cov) * (float)t->U.r - (float)t->U.r;
    const float more = t->guard.energy - (float)t->guard.count;
    const float share = (float)t->guard.count / (float)t->plan.dim;

    return usual > QUIET * (float)t->plan.dim
               ? fast_clamp(more / (usual * share), 1.0f, MOST_BURST) : 1.0f;
}

/* x_hat where the sweep cannot give it. */
static void reconstruct(struct track *t, const struct motion *m, float s, float trust)
{
    const struct guard *const g = &t->guard;
    float *const q = t->q;

    const bool own = t->plan.shrink == TRACK_OWN;

    const struct missing_noise noise = {
        .sigma2 = own ? 1.0f : t->sigma2,
        .trust = trust,
        .burst = own ? burst(t) : 1.0f,
        .outside = own ? t->plan.own.outside : NULL,
    };
    const bool guessed = guard_masked(g) && (s > 0.0f || own) && t->rule.cov.q &&
                         guess(t, &noise);

    if (!guessed && own)
        t->plan.own.shrink(t->plan.own.self, t, q);
    for (size_t i = 0; !guessed && !own && i < t->U.r * t->U.parts; i++)
        q[i] = t->p[i] - s * m->h[i];
    t->kernel->combine(&t->U, q, t->out);
}

/* Whether the sweep gives x_hat by the way. */
static bool sweep_reconstructs(const struct track *t, const struct motion *m)
{
    if (t->plan.shrink == TRACK_OWN)
        return false;
    return m->per > 0.0f ? !guard_masked(&t->guard) : m->along_p && !t->formed;
}

/* The turn is U + (e e + d U d) d'. */
struct turn {
    float e, d;
};

/* By an angle of that tangent.  A sum of such size that its square overflows is no turn. */
static struct turn turn_of(const struct motion *m, float e2, float weight)
{
    const float pull = m->pull * weight;
    const float tan2 = (pull * m->d2) * (pull * e2); /* tangent^2; either may be out of range */

    if (!(tan2 > 0.0f && tan2 < UPRIGHT))
        return (struct turn){ 0, 0 };
    const float root = sqrtf(1.0f + tan2), per = 1.0f / (root * (1.0f + root));

    return (struct turn){ pull * (1.0f + root) * per, -pull * per * (pull * e2) }; /* sin, cos - 1 */
}

/* The one pass that gives e and x_hat = U (p - s h) + kappa e, and turns U. */
static void sweep(struct track *t, const struct motion *m, float e2, float s, float kappa,
                  float weight)
{
    const bool due = step_due(&t->step, &t->U), whole = sweep_reconstructs(t, m);
    const struct turn turn = turn_of(m, e2, weight);
    const bool along_p = m->along_p && !t->formed;

    const struct sweep w = {
        .y = t->formed ? t->e : t->guard.y,
        .p = t->formed ? t->lean : t->p,
        .h = along_p ? m->h : m->d,
        .d = m->d,
        .x_e = kappa,
        .x_h = along_p ? -s / weight : -s * m->per / weight,
        .v_e = turn.e,
        .v_p = along_p ? turn.d * weight : 0.0f,
        .v_h = along_p ? 0.0f : turn.d,
        .e = t->e,
        .x_hat = whole ? t->out : t->missing.x,
    };

    t->kernel->sweep(&t->U, &w, due ? t->step.R.U : turn.e > 0.0f ? t->U.U : NULL);
    for (size_t i = 0; whole && t->formed && i < t->U.n; i++)
        t->out[i] += t->Up[i];
    for (size_t i = 0; !whole && kappa > 0.0f && i < t->U.n; i++)
        t->out[i] += kappa * t->e[i];
    if (due)
        step_renew(&t->step, &t->U);
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
    t->step.lag *= f;
    t->scout.along *= f;
    t->scout.across *= f;
    t->second.along *= f;
    t->second.across *= f;
}

/* Mean energy of the frames, as the model has it. */
static float expected_energy(const struct track *t)
{
    float expected = t->sigma2 * (float)free_dims(t);

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
    track_scale(t, fast_min(f, most));
    adapter_scale(&t->adapter, f);
    colour_scale(&t->colour, f);
    if (t->plan.robust)
        t->robust.sigma *= sqrtf(f);
}

static void anchor(struct track *t)
{
    const float f =
        guard_anchors(&t->guard) ? guard_anchor(&t->guard, expected_energy(t)) : 1.0f;

    if (f < 1.0f)
        track_scale(t, f);
}

static bool grow(struct track *t)
{
    if (t->plan.rule->flush)
        t->plan.rule->flush(&t->rule);
    return rank_grow(&t->rank, &t->U, &t->rule.cov, &t->scout, t->h);
}

/* The next direction to be found, so that it is known when the first is taken. */
static void look_for_second(struct track *t)
{
    float *const rest = t->missing.x;

    scout_deflate(&t->scout, t->kernel, t->e, rest);
    scout_update(&t->second, t->kernel, rest, vec_square(rest, t->U.n), free_dims(t));
}

static void look_for_change(struct track *t, float e2)
{
    if (!t->step.automatic && !t->plan.auto_rank)
        return;

    const bool calls = scout_update(&t->scout, t->kernel, t->e, e2, free_dims(t));

    if (t->plan.auto_rank)
        look_for_second(t);
    if (!calls)
        return;
    if (!t->plan.auto_rank) {
        scout_hold(&t->scout, LOCK);
        step_restart(&t->step, (float)(t->U.r / AGE_SHARE));
        t->changes++;
    } else if (colour_settled(&t->colour) && grow(t)) {
        scout_swap(&t->scout, &t->second);
        scout_reset(&t->second, t->U.n);
        scout_hold(&t->scout, LOCK_RANK);
        t->changes++;
    }
}

/* Where gains are asked for direction by direction, these must be principal. */
static size_t turns_due(const struct track *t)
{
    return t->plan.shrink == TRACK_OWN ? 1 + t->U.r / TURN_SHARE : t->seen % ALIGN_EVERY == 0;
}

/* Correlation (squared) of which two directions that have none show as much in half of the
 * cases, in as many frames as C remembers: where there is much to turn, it is not worth it. */
static float chance(const struct track *t)
{
    return t->plan.shrink == TRACK_OWN ? 0.25f * step_now(&t->step) : 0.0f;
}

static void keep_house(struct track *t, float weight)
{
    if (t->plan.auto_rank)
        rank_update(&t->rank, &t->U, &t->rule.cov, t->p, weight, t->sigma2);
    else if (t->rule.cov.C)
        for (size_t turns = turns_due(t); turns > 0; turns--)
            align_update(&t->align, &t->U, &t->rule.cov, NULL, chance(t));
    for (int ticks = t->formed ? HURRY : 1; ticks > 0; ticks--)
        orth_update(&t->orth, t->kernel, &t->U);
    if (!t->plan.whitened)
        anchor(t);
}

static void scale(float *x, size_t n, float f)
{
    for (size_t i = 0; i < n; i++)
        x[i] *= f;
}

/* The rule's answer to the frame, with powers scaled by weight. */
static struct motion ask_rule(struct track *t, float e2, float mu, float weight, float trust)
{
    struct motion m = { .h = t->h, .room = t->d };
    const size_t q = t->U.r * t->U.parts;
    const struct look look = {
        .p = t->p,
        .weight = weight,
        .e2 = weight * weight * fast_max(e2, 0.0f),
        .mu = mu,
        .trust = trust,
    };

    if (weight == 1.0f) {
        t->plan.rule->update(&t->rule, &look, &m);
        return m;
    }
    scale(t->p, q, weight);
    t->plan.rule->update(&t->rule, &look, &m);
    scale(t->p, q, 1.0f / weight);
    return m;
}

static void learn_colour(struct track *t)
{
    float *const own = t->missing.x;

    if (!t->colour.learns)
        return;
    basis_leverage(&t->U, own);
    colour_learn(&t->colour, t->e, own, guard_masked(&t->guard) ? t->guard.known : NULL);
}

/* What a frame counts for.  Where the noise is white and known, so is what a frame is
 * expected to hold.  A burst teaches no more than BURST times that; what lasts is
 * expected to, and so is learnt in the end. */
static float weigh(struct track *t)
{
    struct guard *const g = &t->guard;

    if (!t->plan.whitened)
        return guard_weigh(g);
    if (!t->plan.bounded || !warm(t) || !t->rule.cov.C)
        return 1.0f;
    const float expected = cov_mean(&t->rule.cov) * (float)t->U.r + (float)free_dims(t);

    return g->energy > BURST * expected ? sqrtf(BURST * expected / g->energy) : 1.0f;
}

/* The frame as the model sees it, without learning. */
static void look_only(struct track *t)
{
    const float trust = (float)t->plan.dim / (float)t->guard.count;
    struct motion m = { .h = t->h };

    coefficients(t, trust);
    memset(t->h, 0, (t->U.r * t->U.parts) * sizeof *t->h);
    if (t->plan.shrink == TRACK_WIENER && t->rule.cov.C && t->seen)
        m.ph = cov_solve(&t->rule.cov, t->p, t->h);
    m.h2 = vec_square(t->h, t->U.r * t->U.parts);
    reconstruct(t, &m, shrinkage(t, &m, 1.0f), trust);
    t->rests = t->formed;
}

static void learn(struct track *t)
{
    struct guard *const g = &t->guard;
    float trust = (float)t->plan.dim / (float)g->count;
    float e2 = coefficients(t, trust);

    if (t->plan.robust && robust_update(&t->robust, g, t->kernel, &t->U, t->p)) {
        if (!guard_admits(g)) { /* nothing is left of it */
            look_only(t);
            return;
        }
        trust = (float)t->plan.dim / (float)g->count;
        e2 = coefficients(t, trust);
    }
    const float weight = weigh(t), w2 = weight * weight;

    if (!t->seen)
        t->plan.rule->reset(&t->rule, t->U.r, BLANK * g->energy);
    if (!t->seen && t->plan.auto_rank)
        rank_reset(&t->rank, t->plan.rank, t->U.r, g->energy);
    t->seen += t->seen < UINT32_MAX;

    const float mu = step_now(&t->step);
    const float lasting = fast_min(mu, NOISE_PACE), age = (float)t->seen;
    const float pace = lasting * age > 1.0f ? lasting : 1.0f / age;

    t->sigma2 += pace * (w2 * e2 / (float)free_dims(t) - t->sigma2);
    step_update(&t->step, w2 * staleness(t, e2, trust),
                warm(t) ? trust * t->sigma2 * (float)(t->U.r * t->plan.dim) : 0.0f, trust);

    const struct motion m = ask_rule(t, e2, mu, weight, trust);
    const float s = shrinkage(t, &m, weight), kappa = leakage(t, &m, mu, e2, weight);

    if (t->shows && !sweep_reconstructs(t, &m))
        reconstruct(t, &m, s / weight, trust);
    sweep(t, &m, e2, s, kappa, weight);
    if (t->plan.rule->settle)
        t->plan.rule->settle(&t->rule, t->e);

    learn_colour(t);
    adapter_learn(&t->adapter, weight);
    look_for_change(t, e2);
    keep_house(t, weight);
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

    for (size_t i = 0; i < w->count; i++) {
        float *const weights = w->weights + i * t->ld;

        basis_row(U, w->from + i, weights);
        for (size_t j = 0; j < U->r; j++)
            weights[j] *= w->g[j];
    }
    for (size_t i = w->first / TILE; i < U->tiles; i++)
        t->kernel->multiply(&(struct product){
            .A = w->weights,
            .B = U->U + i * U->cap * TILE,
            .Z = w->rows + i * TILE,
            .rows = w->count,
            .inner = U->r,
            .ld = TILE,
            .lda = t->ld,
            .ldz = basis_padded(U),
        });
}

/* Whether more is known than there are directions.  Who says himself what to make of
 * the frame gets a guess from less, too, but nothing is learnt from it. */
static bool enough(const struct track *t)
{
    return !guard_masked(&t->guard) || t->guard.count > t->U.r + t->plan.base_rank;
}

/* The frame and the model in a unit that float can work with. */
static void fit_unit(struct track *t)
{
    const float f = guard_enter(&t->guard);

    if (f != 1.0f)
        track_change_unit(t, f);
}

/* Takes a frame in; whether there is anything in it to see. */
static bool take(struct track *t, const float *y, const unsigned char *known)
{
    struct guard *const g = &t->guard;

    guard_take(g, t->kernel, y, known);
    if (t->colour.kind != COLOUR_NONE) {
        const bool masked = guard_masked(g);

        colour_whiten(&t->colour, g->y, masked ? g->known : NULL);
        if (masked)
            guard_recount(g);
        else
            guard_sum(g);
    }
    const bool possible = (enough(t) || t->plan.shrink == TRACK_OWN) && guard_possible(g);

    if (possible) {
        if (!t->plan.whitened)
            fit_unit(t);
        adapter_take(&t->adapter, t->kernel, g);
        return true;
    }
    memset(t->out, 0, t->U.n * sizeof *t->out);
    memset(t->e, 0, g->padded * sizeof *t->e);
    return false;
}

/* Whether x_hat is wanted, and where it can go: at once where it is wanted, if there
 * are only whole tiles of it and nothing is added to it after the sweep. */
static void expect(struct track *t, bool shows, float *x_hat)
{
    const bool done = t->U.n == basis_padded(&t->U) && t->colour.kind == COLOUR_NONE &&
                      !t->adapter.U0.r;

    t->shows = shows;
    t->rests = true;
    t->out = shows && done ? x_hat : t->x_hat;
}

/* What is left of the frame, in x_hat. */
static void give(struct track *t, bool possible, float *x_hat)
{
    if (!t->shows)
        return;
    if (possible)
        adapter_give(&t->adapter, t->kernel, t->sigma2, t->plan.shrink == TRACK_WIENER,
                     t->out);
    if (t->guard.gain != 1.0f)
        scale(t->out, t->U.n, 1.0f / t->guard.gain);
    if (t->out == x_hat)
        return;
    colour_restore(&t->colour, t->out);
    memcpy(x_hat, t->out, t->U.n * sizeof *x_hat);
}

/* Whether there is anything to learn from the frame. */
static bool teaches(struct track *t)
{
    if (!enough(t))
        return false;
    if (t->plan.whitened)
        return t->guard.energy > WHISPER * (float)t->guard.count;
    return guard_admits(&t->guard);
}

bool track_update(struct track *t, const float *y, const unsigned char *known, float *x_hat)
{
    expect(t, t->plan.shrink != TRACK_ONLY && x_hat, x_hat);
    const bool possible = take(t, y, known), taught = possible && teaches(t);

    if (taught)
        learn(t);
    else if (possible && t->shows)
        look_only(t);
    give(t, possible, x_hat);
    return taught;
}

void track_look(struct track *t, const float *y, const unsigned char *known, float *x_hat)
{
    expect(t, true, x_hat);
    const bool possible = take(t, y, known);

    if (possible)
        look_only(t);
    give(t, possible, x_hat);
}
