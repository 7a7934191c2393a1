/* SPDX-License-Identifier: MIT
 *
 * track.c - one frame through the tracker: X(k+1) = f(X(k), y(k)).
 *
 *   guard      is it a frame at all?  which entries are known?
 *   colour     y <- L^-1 y, so that the noise is white
 *   adapter    y <- y - U0 U0'y, if there is a base
 *   p = U'y    (robust: without the outliers; missing: from what is known)
 *   rule       by which angle to turn, in which plane
 *   sweep      e = y - U p;  x_hat = U (p - sigma^2 C^-1 p) + kappa e;  U <- turned U,
 *              now or with the next (late.h)
 *   then       scout, step, rank, noise power learn from p and e
 *
 * The output comes from the subspace before the turn (estimate.c): one that has seen
 * the frame keeps part of its noise: an error of 5.77 instead of 5.25.
 *
 * Cost: 8 n r flops (2/3 n r more with automatic step), plus 8 r^2.
 */
#include "track/track.h"

#include "base/fastmath.h"
#include "track/amend.h"
#include "track/estimate.h"
#include "track/unit.h"
#include "track/upkeep.h"
#include "track/vec.h"

#include <math.h>
#include <string.h>

static const float BLANK = 1e-6f;           /* C before the first frame, over |y|^2 */
static const float NOISE_PACE = 0.02f;      /* greatest of sigma^2: 100 frames     */
static const float SCOUT_PACE = 0.05f;      /* 40 frames                           */
static const float SCOUT_PACE_RANK = 0.02f; /* 100 frames: finds weaker directions */

/* Frames 40 dB below the noise that is in every entry are not learned from: of a C made of
 * them a burst would overflow. */
static const float WHISPER = 1e-4f;
static const float BURST = 3.0f;       /* times the expected energy: more does not count */
static const float LASTS = 1 / 768.0f; /* per frame, of `lately`: no burst is so long  */

static const float UPRIGHT = 1e30f;    /* tangent^2; beyond it there is no turn        */

/* From so many directions on, the passes over them dominate all other work anyhow. */
static const size_t MANY = 64;

/* Floats that count for the choice of wide registers, which lower the clock for all other
 * code: 0 where there is much of that (a filter, an automatic rank) beside few directions. */
static size_t heft(const struct track_plan *plan)
{
    const size_t floats = plan->dim * plan->parts * plan->rank;

    return (plan->whitened || plan->auto_rank) && plan->rank < MANY ? 0 : floats;
}

static uint32_t stride_of(const struct track_plan *plan)
{
    const size_t stride = plan->hop ? plan->dim / (4 * plan->hop) : 1;

    return stride > 1 ? (uint32_t)stride : 1;
}

void track_place(struct track *t, struct arena *a, const struct track_plan *plan)
{
    const size_t n = plan->dim * plan->parts, ld = (plan->rank * plan->parts + 7) / 8 * 8;

    *t = (struct track){ .plan = *plan, .ld = ld };
    t->kernel = kernel_choose(plan->parts, heft(plan), plan->portable);
    basis_place(&t->U, a, n, plan->rank, plan->parts);
    if (plan->patient)
        late_place(&t->late, a, &t->U);
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
    if (plan->shrink == TRACK_OWN)
        t->amends.gone = arena_take(a, n, 1);
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
    late_reset(&t->late, &t->U);
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
    track_amended(t);
    memset(t->e, 0, basis_padded(&t->U) * sizeof *t->e);
    t->align = (struct align){ 0 };
    t->sigma2 = t->lately = 0;
    t->seen = t->changes = 0;
}

/* How much more energy of the frame the stale subspace R leaves than U; see step.c. */
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

/* The turn is U + (e e + d U d) d'. */
struct turn {
    float e, d;
};

/* The turn that a rule asks for; none if its tangent is out of range. */
static struct turn turn_of(const struct motion *m, float e2, float weight)
{
    const float pull = m->pull * weight;
    const float tan2 = (pull * m->d2) * (pull * e2); /* either may be out of range */

    if (!(tan2 > 0.0f && tan2 < UPRIGHT))
        return (struct turn){ 0, 0 };
    const float root = sqrtf(1.0f + tan2), per = 1.0f / (root * (1.0f + root));

    return (struct turn){ pull / root, -pull * per * (pull * e2) }; /* sin, cos - 1 */
}

/* Whether e is needed after the sweep: by the scout, the colour, a rule, or the owner. */
static bool wants_rest(const struct track *t)
{
    return t->step.automatic || t->plan.auto_rank || t->colour.learns ||
           t->plan.rule->settle || t->plan.shrink == TRACK_OWN;
}

/* Whether the turn can be put off to the next frame: not if one is put off already, or U is
 * needed now.  The portable kernel is too slow for the writing to matter. */
static bool can_wait(const struct track *t, bool due)
{
    return t->plan.patient && !t->plan.portable && !t->late.waits && !due && !t->formed &&
           !upkeep_due(t);
}

/* The one pass that gives e and x_hat = U (p - s h) + kappa e, and turns U. */
static void sweep(struct track *t, const struct motion *m, float e2, float s, float kappa,
                  float weight)
{
    const bool due = step_due(&t->step, &t->U), whole = estimate_by_sweep(t, m);
    const struct turn turn = turn_of(m, e2, weight);
    const bool along_p = m->along_p && !t->formed, turns = turn.e > 0.0f;
    const bool waits = turns && can_wait(t, due);
    const float length = waits ? sqrtf(m->d2) : 1.0f; /* |d|: what waits has one of 1 */

    struct sweep w = {
        .y = t->formed ? t->e : t->guard.y,
        .p = t->formed ? t->lean : t->p,
        .h = along_p ? m->h : m->d,
        .d = m->d,
        .x_e = kappa,
        .x_h = along_p ? -s / weight : -s * m->per / weight,
        .v_e = length * turn.e,
        .v_p = along_p ? length * turn.d * weight : 0.0f,
        .v_h = along_p ? 0.0f : length * turn.d,
        .e = !whole || wants_rest(t) ? t->e : NULL,
        .x_hat = whole && t->shows ? t->out : NULL,
        .v = waits ? t->late.w : NULL,
    };
    late_join(&t->late, &w, t->U.r);

    float *const moved = (turns && !waits) || w.w ? t->U.U : NULL;

    t->kernel->sweep(&t->U, &w, due ? t->step.R.U : moved);
    t->late.waits = false;
    if (waits)
        late_keep(&t->late, m->d, length, t->U.r);
    for (size_t i = 0; w.x_hat && t->formed && i < t->U.n; i++)
        t->out[i] += t->Up[i];
    for (size_t i = 0; t->shows && !whole && kappa > 0.0f && i < t->U.n; i++)
        t->out[i] += kappa * t->e[i];
    if (due)
        step_renew(&t->step, &t->U);
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

/* The weight of a frame in (0, 1].  Where the noise is white and known, so is the expected
 * energy; the energy of a burst counts for BURST times that, or BURST times `lately`, which
 * can double in 300 frames: what lasts is soon learned. */
static float weigh(struct track *t)
{
    struct guard *const g = &t->guard;

    if (!t->plan.whitened)
        return guard_weigh(g);
    if (!t->plan.bounded || !track_warm(t) || !t->rule.cov.C)
        return 1.0f;
    const float known = cov_mean(&t->rule.cov) * (float)t->U.r + (float)track_free_dims(t);
    const float most = BURST * fast_max(known, t->lately);

    t->lately += LASTS * (fast_min(g->energy, most) - t->lately);
    return g->energy > most ? sqrtf(most / g->energy) : 1.0f;
}

static void learn(struct track *t)
{
    struct guard *const g = &t->guard;
    float trust = (float)t->plan.dim / (float)g->count;
    float e2 = estimate_coefficients(t, trust);

    if (t->plan.robust && robust_update(&t->robust, g, t->kernel, &t->U, t->p)) {
        if (!guard_admits(g)) { /* nothing is left of it */
            estimate_look(t);
            return;
        }
        trust = (float)t->plan.dim / (float)g->count;
        e2 = estimate_coefficients(t, trust);
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

    t->sigma2 += pace * (w2 * e2 / (float)track_free_dims(t) - t->sigma2);
    step_update(&t->step, w2 * staleness(t, e2, trust),
                track_warm(t) ? trust * t->sigma2 * (float)(t->U.r * t->plan.dim) : 0.0f,
                trust);

    const struct motion m = ask_rule(t, e2, mu, weight, trust);
    const float s = estimate_shrinkage(t, &m, weight);
    const float kappa = estimate_leakage(t, &m, mu, e2, weight);

    if (t->shows && !estimate_by_sweep(t, &m))
        estimate_reconstruct(t, &m, s / weight, trust);
    sweep(t, &m, e2, s, kappa, weight);
    if (t->plan.rule->settle)
        t->plan.rule->settle(&t->rule, t->e);

    learn_colour(t);
    adapter_learn(&t->adapter, weight);
    upkeep_notice(t, e2);
    upkeep_update(t, weight);
    if (!t->plan.whitened)
        unit_anchor(t);
}

/* Whether more entries are known than there are directions.  From fewer nothing is learned,
 * but with TRACK_OWN x_hat is guessed all the same. */
static bool enough(const struct track *t)
{
    return !guard_masked(&t->guard) || t->guard.count > t->U.r + t->plan.base_rank;
}

/* Whether frames can be used where they lie: whole tiles, no colour, no base. */
static bool is_plain(const struct track *t)
{
    return t->U.n == basis_padded(&t->U) && t->colour.kind == COLOUR_NONE &&
           !t->adapter.U0.r;
}

/* Uses a complete frame where it lies.  False if that is not possible. */
static bool look(struct track *t, const float *y)
{
    if (!is_plain(t) || !t->U.r)
        return false;
    const float energy = late_gather(&t->late, t->kernel, &t->U, y, t->p);

    t->gathered = guard_look(&t->guard, y, energy);
    return t->gathered;
}

/* Copies a frame and whitens it. */
static void whiten(struct track *t, const float *y, const unsigned char *known)
{
    struct guard *const g = &t->guard;

    guard_take(g, t->kernel, y, known);
    if (t->colour.kind == COLOUR_NONE)
        return;
    const bool masked = guard_masked(g);

    colour_whiten(&t->colour, g->own, masked ? g->known : NULL);
    if (masked)
        guard_recount(g);
    else
        guard_sum(g);
}

/* Takes a frame in, in place unless y is x_hat; false if it says nothing: x_hat and e are
 * then 0. */
static bool take(struct track *t, const float *y, const unsigned char *known,
                 const float *x_hat)
{
    struct guard *const g = &t->guard;

    t->gathered = false;
    if (known || y == x_hat || !look(t, y))
        whiten(t, y, known);
    if (guard_masked(g)) /* missing.c looks at U itself */
        late_settle(&t->late, t->kernel, &t->U);
    const bool possible = (enough(t) || t->plan.shrink == TRACK_OWN) && guard_possible(g);

    if (possible) {
        if (!t->plan.whitened)
            unit_fit(t);
        adapter_take(&t->adapter, t->kernel, g);
        t->gathered = t->gathered && g->y == y; /* not if it was scaled */
        return true;
    }
    memset(t->out, 0, t->U.n * sizeof *t->out);
    memset(t->e, 0, g->padded * sizeof *t->e);
    return false;
}

/* Sets where x_hat goes: straight to the caller, if it is whole tiles and nothing is added to
 * it after the sweep. */
static void expect(struct track *t, bool shows, float *x_hat)
{
    t->shows = shows;
    t->rests = true;
    t->out = shows && is_plain(t) ? x_hat : t->x_hat;
}

/* Finishes x_hat: adds the base's part, and undoes unit and colour. */
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
    const bool possible = take(t, y, known, x_hat), taught = possible && teaches(t);

    if (taught)
        learn(t);
    else if (possible && t->shows)
        estimate_look(t);
    give(t, possible, x_hat);
    return taught;
}

void track_look(struct track *t, const float *y, const unsigned char *known, float *x_hat)
{
    expect(t, true, x_hat);
    const bool possible = take(t, y, known, x_hat);

    if (possible)
        estimate_look(t);
    give(t, possible, x_hat);
}
