/* SPDX-License-Identifier: MIT
 *
 * amend.c - see amend.h.
 *
 * Directions that were cut are orthonormalised again by Gram-Schmidt, one at a time; their
 * span stays the same throughout.  A direction of which nothing is left is replaced by the
 * entry with the least leverage on the others.
 *
 * Signal of power |b|^2 in noise of power 1 has the power 1 + |b|^2 along its direction b/|b|:
 * C in track_teach().
 */
#include "track/amend.h"
#include "track/vec.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const float SPARE = 1e-12f;  /* power: a weaker one is not scaled down any more, lest
                                       its inverse overflow by and by                  */
static const float SPENT = 1e-2f;   /* length: what is left of a shorter one is rounding */
static const float LONGEST = 1e9f;  /* bound of a row of track_teach()                  */

/* Orthonormalises direction j against those before it; gives the length that was left. */
static float put_upright(struct track *t, size_t j)
{
    float *const u = t->missing.x, *const inside = t->x_hat;
    struct basis *const U = &t->U;

    basis_get(U, j, u);
    t->kernel->gather(U, u, t->q);
    memset(t->q + j, 0, (U->r - j) * sizeof *u);
    t->kernel->combine(U, t->q, inside);
    for (size_t i = 0; i < U->n; i++)
        u[i] -= inside[i];
    const float length = sqrtf(vec_square(u, U->n));

    for (size_t i = 0; i < U->n && length > 0.0f; i++)
        u[i] /= length;
    basis_set(U, j, u);
    return length;
}

/* Direction j becomes the unit vector of the entry with the least leverage, of those that are
 * not gone. */
static void point_elsewhere(struct track *t, size_t j)
{
    float *const u = t->missing.x, *const own = t->Up;
    size_t least = SIZE_MAX;

    memset(u, 0, t->U.n * sizeof *u);
    basis_set(&t->U, j, u);
    basis_leverage(&t->U, own);
    for (size_t i = 0; i < t->U.n; i++)
        if (!t->amends.gone[i] && (least == SIZE_MAX || own[i] < own[least]))
            least = i;
    if (least < SIZE_MAX)
        u[least] = 1;
    basis_set(&t->U, j, u);
}

/* Direction j had the length `left` after Gram-Schmidt: if that is rounding, a new direction
 * with the power of noise takes its place.  Gives `left`, or 0 then. */
static float settle(struct track *t, size_t j, float left)
{
    const bool spent = left < SPENT;

    if (spent) {
        point_elsewhere(t, j);
        put_upright(t, j);
        if (t->rule.cov.C)
            cov_renew(&t->rule.cov, j, 1);
    }
    put_upright(t, j); /* twice is enough [GV13, 5.2] */
    return spent ? 0 : left;
}

/* Orthonormalises direction j and transforms C, so that U C U' stays the same. */
static void amend(struct track *t, size_t j)
{
    struct cov *const c = &t->rule.cov;
    float left = put_upright(t, j);

    if (c->C)
        cov_shear(c, j, t->q);
    left = settle(t, j, left);
    if (left > 0.0f && c->C && cov_power(c, j) > SPARE)
        cov_stretch(c, j, left);
}

void track_forget(struct track *t, size_t from, size_t to)
{
    struct amends *const a = &t->amends;

    basis_clear(&t->U, from, to);
    for (size_t i = from; i < to; i++) {
        a->count += !a->gone[i];
        a->gone[i] = 1;
    }
    a->next = 0;
}

void track_amended(struct track *t)
{
    if (t->amends.count)
        memset(t->amends.gone, 0, t->U.n);
    t->amends.count = t->amends.next = 0;
}

bool track_amend(struct track *t, size_t count)
{
    struct amends *const a = &t->amends;

    for (; a->count && a->next < t->U.r && count; count--)
        amend(t, a->next++);
    if (a->next >= t->U.r)
        track_amended(t);
    return a->count > 0;
}

void track_drop(struct track *t)
{
    cov_drop_last(&t->rule.cov);
    t->U.r--;
}

/* A direction dropped before still lies in its place, and is likely to be useful again. */
void track_add(struct track *t)
{
    const size_t j = t->U.r++;

    cov_grow(&t->rule.cov, 1);
    settle(t, j, put_upright(t, j));
}

/* Sets direction j from its row, orthogonal to those before; a row of zeros leaves it. */
static void set_direction(struct track *t, size_t j, const float *row)
{
    const float length = sqrtf(vec_square(row, t->U.n));
    struct basis so_far = t->U;

    if (length > 0.0f && length <= FLT_MAX) {
        for (size_t i = 0; i < t->U.n; i++)
            t->e[i] = row[i] / length;
        basis_set(&t->U, j, t->e);
        cov_stretch(&t->rule.cov, j,
                    sqrtf(1.0f + fminf(length, LONGEST) * fminf(length, LONGEST)));
    }
    so_far.r = j + 1;
    for (int pass = 0; pass < 2; pass++)
        orth_direction(&t->orth, t->kernel, &so_far, j);
}

void track_teach(struct track *t, const float *rows, float frames)
{
    track_reset(t);
    t->plan.rule->reset(&t->rule, t->U.r, 1.0f);
    for (size_t j = 0; j < t->U.r; j++)
        set_direction(t, j, rows + j * t->U.n);
    t->seen = (uint32_t)frames + (uint32_t)t->U.r + 3; /* warm */
    t->sigma2 = 1.0f;
    step_remember(&t->step, frames);
}
