/* SPDX-License-Identifier: MIT
 *
 * rank.c - the number of directions, with hysteresis.
 *
 * The powers are means of the last 100 frames, whatever the step: directions
 * that fall silent are noticed as soon with a slow step.
 *
 * Up: when the scout calls, at the chi^2 bound for x = 16, its direction is
 * orthogonalised and added; a second scout, which watches what the first leaves,
 * then takes its place.  Down: the last direction (they are sorted) is dropped
 * when its power has been below the bound for x = 2 for HOLD frames.  Between 2
 * and 16 lies the hysteresis.
 *
 * With Wiener shrinkage a direction too many costs next to nothing in error:
 * the rank is a matter of resources.
 */
#include "track/rank.h"
#include "track/vec.h"

#include <math.h>
#include <string.h>

static const float PACE = 0.02f; /* of the fast covariance: 100 frames */
static const float HOLD = 50.0f; /* frames                         */
static const float WEAK = 2.0f;  /* x of the bound to go below     */

void rank_place(struct rank *k, struct arena *a, const struct basis *U)
{
    cov_place_alone(&k->fast, a, U->cap, U->parts);
    k->weak = arena_floats(a, U->cap);
    k->age = arena_floats(a, U->cap);
    k->x = arena_floats(a, basis_padded(U));
    k->p = arena_floats(a, k->fast.ld);
}

void rank_reset(struct rank *k, size_t cap, size_t r, float level)
{
    cov_reset(&k->fast, r, level);
    memset(k->weak, 0, cap * sizeof *k->weak);
    memset(k->age, 0, cap * sizeof *k->age);
    k->align = (struct align){ 0 };
}

void rank_restart(struct rank *k, const struct basis *U, const struct cov *c)
{
    rank_reset(k, U->cap, U->r, 1.0f);
    memcpy(k->fast.C, c->C, c->q * c->ld * sizeof *c->C);
}

static void swap(float *x, size_t j, size_t k)
{
    const float was = x[j];

    x[j] = x[k];
    x[k] = was;
}

/* By the fast covariance, which C follows. */
static void align(struct rank *k, struct basis *U, struct cov *c)
{
    if (!align_update(&k->align, U, &k->fast, c, 0))
        return;
    swap(k->weak, k->align.j, k->align.k);
    swap(k->age, k->align.j, k->align.k);
}

static void drop_last(struct rank *k, struct basis *U, struct cov *c)
{
    cov_drop_last(c);
    cov_drop_last(&k->fast);
    U->r--;
}

void rank_update(struct rank *k, struct basis *U, struct cov *c, const float *p, float weight,
                 float sigma2)
{
    const float bar = sigma2 * scout_bound(PACE, WEAK, U->parts);

    memset(k->p, 0, k->fast.ld * sizeof *k->p);
    memcpy(k->p, p, k->fast.q * sizeof *k->p);
    cov_blend(&k->fast, k->fast.C, 1.0f - PACE, PACE * weight * weight, k->p);
    for (size_t j = 0; j < U->r; j++) {
        const bool weak = cov_power(&k->fast, j) < bar;

        k->age[j] += 1.0f;
        k->weak[j] = weak ? k->weak[j] + 1.0f : fmaxf(k->weak[j] - 1.0f, 0.0f);
    }
    align(k, U, c);
    if (U->r && k->weak[U->r - 1] > HOLD && k->age[U->r - 1] > HOLD)
        drop_last(k, U, c);
}

bool rank_grow(struct rank *k, struct basis *U, struct cov *c, const struct scout *s, float *p)
{
    if (U->r == U->cap) {
        if (cov_power(&k->fast, U->r - 1) >= s->along)
            return false;
        drop_last(k, U, c);
    }
    /* w - U U'w, to length 1. */
    c->kernel->gather(U, s->w, p);
    c->kernel->combine(U, p, k->x);
    for (size_t i = 0; i < U->n; i++)
        k->x[i] = s->shrink * (s->w[i] - k->x[i]);
    const float length = sqrtf(vec_square(k->x, U->n));

    if (!(length > 0.1f)) /* nearly within the subspace */
        return false;
    for (size_t i = 0; i < U->n; i++)
        k->x[i] /= length;

    const size_t j = U->r++;

    basis_set(U, j, k->x);
    cov_grow(c, s->along);
    cov_grow(&k->fast, s->along);
    k->weak[j] = 0;
    k->age[j] = 1.0f / s->pace;
    return true;
}
