/* SPDX-License-Identifier: MIT
 *
 * merge.c - U1 C1 U1' w1/(w1 + w2) + U2 C2 U2' w2/(w1 + w2), truncated.
 *
 * Each tracker weighs as many frames as it remembers, 1/step.  With C2 = L L' the
 * second term is the sum over the columns of U2 L, which are folded in like
 * frames (fold.c).  Exact up to what each part had truncated.
 */
#include "track/merge.h"

#include <math.h>

void merge_place(struct merge *m, struct arena *a, const struct track *into,
                 const struct track *from)
{
    const struct cov *c = &from->rule.cov;

    fold_place(&m->fold, a, &into->U, from->U.r);
    m->L = arena_floats(a, c->rows * c->ld);
    m->a = arena_floats(a, c->ld);
    m->y = arena_floats(a, basis_padded(&into->U));
}

/* L L' = C; a direction that is not there gives a column of zeros. */
static void root(float *L, const struct cov *c)
{
    const size_t ld = c->ld;

    for (size_t j = 0; j < c->q; j++)
        for (size_t i = j; i < c->q; i++) {
            float sum = c->C[i * ld + j];

            for (size_t k = 0; k < j; k++)
                sum -= L[i * ld + k] * L[j * ld + k];
            if (i == j)
                L[j * ld + j] = sqrtf(fmaxf(sum, 0.0f));
            else
                L[i * ld + j] = L[j * ld + j] > 0.0f ? sum / L[j * ld + j] : 0.0f;
        }
}

static float mix(float a, float b, float share)
{
    return a + share * (b - a);
}

/* Everything but the subspace; `share` is that of `from`, f times whose powers are in
 * the unit of `into`. */
static void mix_rest(struct track *into, const struct track *from, float share, float f)
{
    const float memory = 1.0f / step_now(&into->step) + 1.0f / step_now(&from->step);

    into->sigma2 = mix(into->sigma2, f * from->sigma2, share);
    into->guard.mean = mix(into->guard.mean, f * from->guard.mean, share);
    into->guard.level = mix(into->guard.level, from->guard.level + logf(f), share);
    into->seen += from->seen < UINT32_MAX - into->seen ? from->seen : UINT32_MAX - into->seen;
    into->guard.seen = into->seen;
    step_remember(&into->step, memory);
    if (into->plan.auto_rank)
        rank_restart(&into->rank, &into->U, &into->rule.cov);
}

/* Lets `into` have the unit of the louder; gives what `from` is to be multiplied by. */
static float match_units(struct track *into, const struct track *from)
{
    if (!into->seen)
        into->guard.unit = from->guard.unit;
    const float by = from->guard.unit / into->guard.unit;

    if (by >= 1.0f)
        return 1.0f / by;
    track_change_unit(into, by * by);
    into->guard.unit *= by;
    into->guard.mean *= by * by;
    into->guard.level += 2.0f * logf(by);
    return 1.0f;
}

void merge_update(struct merge *m, struct track *into, const struct track *from)
{
    const struct cov *c = &from->rule.cov;
    const float ratio = match_units(into, from);
    const float w1 = into->seen ? 1.0f / step_now(&into->step) : 0.0f;
    const float w2 = 1.0f / step_now(&from->step), share = w2 / (w1 + w2);

    if (!from->seen)
        return;
    late_settle(&into->late, into->kernel, &into->U);
    if (into->plan.rule->flush)
        into->plan.rule->flush(&into->rule);
    fold_begin(&m->fold, &into->U, &into->rule.cov, 1.0f - share);
    root(m->L, c);
    for (size_t j = 0; j < c->q; j += c->parts) {
        for (size_t i = 0; i < c->q; i++)
            m->a[i] = ratio * m->L[i * c->ld + j];
        late_combine(&from->late, c->kernel, &from->U, m->a, m->y);
        fold_add(&m->fold, m->y, share);
    }
    fold_end(&m->fold, &into->U, &into->rule.cov, into->plan.rank);
    mix_rest(into, from, share, ratio * ratio);
}
