/* SPDX-License-Identifier: MIT
 *
 * upkeep.c - see upkeep.h.
 */
#include "track/upkeep.h"

#include "track/vec.h"

enum { LOCK = 40, LOCK_RANK = 2, ALIGN_EVERY = 8 }; /* frames */

/* After an abrupt change the step is that of a tracker r/AGE_SHARE frames old: few directions
 * are learned anew, of many most are still valid and worth keeping. */
enum { AGE_SHARE = 8 };

/* Where e was orthogonalised, turns do not contract the error of U'U = I: it is corrected so
 * many times as often. */
enum { HURRY = 4 };

/* A sweep over all pairs takes 4 r frames, and a tenth of the work. */
enum { TURN_SHARE = 8 };

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
    scout_update(&t->second, t->kernel, rest, vec_square(rest, t->U.n), track_free_dims(t));
}

void upkeep_notice(struct track *t, float e2)
{
    if (!t->step.automatic && !t->plan.auto_rank)
        return;

    const bool calls = scout_update(&t->scout, t->kernel, t->e, e2, track_free_dims(t));

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

/* Pairs to align in this frame: more with TRACK_OWN, whose gains need principal directions. */
static size_t turns_due(const struct track *t)
{
    return t->plan.shrink == TRACK_OWN ? 1 + t->U.r / TURN_SHARE : t->seen % ALIGN_EVERY == 0;
}

/* Squared correlation that uncorrelated directions show by chance, in half of the cases, over
 * the memory of C: less is not worth a turn.  Where no gains are applied in each frame, but
 * powers are read now and then, in a sixth of the cases. */
static float chance(const struct track *t)
{
    const bool seldom = t->plan.shrink == TRACK_OWN && !t->plan.own.shrink;

    return (seldom ? 1.0f : 0.25f) * step_now(&t->step);
}

bool upkeep_due(const struct track *t)
{
    return t->seen % ALIGN_EVERY == 0 || t->orth.wait <= 1;
}

void upkeep_update(struct track *t, float weight)
{
    if (t->plan.auto_rank)
        rank_update(&t->rank, &t->U, &t->rule.cov, t->p, weight, t->sigma2);
    else if (t->rule.cov.C)
        for (size_t turns = turns_due(t); turns > 0; turns--)
            align_update(&t->align, &t->U, &t->rule.cov, NULL, chance(t));
    for (int ticks = t->formed ? HURRY : 1; ticks > 0; ticks--)
        orth_update(&t->orth, t->kernel, &t->U);
}
