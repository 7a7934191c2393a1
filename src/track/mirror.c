/* SPDX-License-Identifier: MIT
 *
 * mirror.c - see mirror.h.
 *
 * A stationary signal has the same second-order statistics reversed in time: the covariance
 * R of its vectors of lags is centrosymmetric, J R J = R, with J the reversal.  So each
 * principal direction is even, J u = u, or odd, J u = -u [CB76], and the two kinds are
 * uncorrelated: the halves of
 *
 *   y+ = (y + J y)/sqrt 2,   y- = (y - J y)/sqrt 2
 *
 * are two signals of n/2 numbers, each with a subspace of its own of half the directions.  A
 * tone has one of either kind.
 *
 * Learning from both costs half of what learning from y does, of r^2 terms a quarter, and
 * gives what learning from y and J y would.
 *
 * Cost: half of the tracker's.
 */
#include "track/mirror.h"

#include "track/amend.h"
#include "track/state.h"

#include <string.h>

static const float ROOT_HALF = 0.70710678f;

void mirror_place(struct mirror *m, struct arena *a, const struct track_plan *plan)
{
    struct track_plan part = *plan;

    *m = (struct mirror){ .n = plan->dim };
    part.dim = plan->dim / 2;
    part.own.shrink = NULL;         /* halves do not shrink */
    for (size_t h = 0; h < 2; h++) {
        part.rank = (plan->rank + 1 - h) / 2;
        track_place(m->half + h, a, &part);
    }
    m->even = arena_floats(a, basis_padded(&m->half->U));
    m->odd = arena_floats(a, basis_padded(&m->half->U));
    m->rest = arena_floats(a, plan->dim);
    m->weights = arena_floats(a, MIRROR_ROWS * m->half->ld);
    m->rows = arena_floats(a, 2 * MIRROR_ROWS * basis_padded(&m->half->U));
}

void mirror_reset(struct mirror *m)
{
    track_reset(m->half);
    track_reset(m->half + 1);
    memset(m->even, 0, basis_padded(&m->half->U) * sizeof *m->even);
    memset(m->odd, 0, basis_padded(&m->half->U) * sizeof *m->odd);
}

size_t mirror_rank(const struct mirror *m)
{
    return m->half[0].U.r + m->half[1].U.r;
}

void mirror_powers(const struct mirror *m, float *lambda)
{
    track_powers(m->half, lambda);
    track_powers(m->half + 1, lambda + m->half[0].U.r);
}

void mirror_add(struct mirror *m)
{
    track_add(m->half + (m->half[0].U.r > m->half[1].U.r));
}

void mirror_drop(struct mirror *m)
{
    struct track *const more = m->half + (m->half[0].U.r <= m->half[1].U.r);

    if (more->U.r > 1)
        track_drop(more);
}

void mirror_step(struct mirror *m, float mu)
{
    step_set(&m->half[0].step, mu);
    step_set(&m->half[1].step, mu);
}

void mirror_scale(struct mirror *m, float f)
{
    track_scale(m->half, f);
    track_scale(m->half + 1, f);
}

/* y[n] into what is even and what is odd of it. */
static void split(const float *restrict y, size_t n, float *restrict even, float *restrict odd)
{
    for (size_t i = 0; i < n / 2; i++) {
        const float here = ROOT_HALF * y[i], there = ROOT_HALF * y[n - 1 - i];

        even[i] = here + there;
        odd[i] = here - there;
    }
}

static void unite(const float *restrict even, const float *restrict odd, size_t n,
                  float *restrict y)
{
    for (size_t i = 0; i < n / 2; i++) {
        y[i] = ROOT_HALF * (even[i] + odd[i]);
        y[n - 1 - i] = ROOT_HALF * (even[i] - odd[i]);
    }
}

bool mirror_update(struct mirror *m, const float *y)
{
    split(y, m->n, m->even, m->odd);
    const bool even = track_update(m->half, m->even, NULL, NULL);
    const bool odd = track_update(m->half + 1, m->odd, NULL, NULL);

    /* A half that is not learned from is near 0, and so is its rest. */
    unite(even ? m->half[0].e : m->even, odd ? m->half[1].e : m->odd, m->n, m->rest);
    return even || odd;
}

/* x_hat of a half and, in t->e, the rest. */
static void look(struct track *t, const float *y, const float *g)
{
    t->kernel->gather(&t->U, y, t->p);
    for (size_t j = 0; j < t->U.r; j++)
        t->q[j] = g[j] * t->p[j];
    t->kernel->combine(&t->U, t->q, t->x_hat);
    t->kernel->combine(&t->U, t->p, t->Up);
    for (size_t i = 0; i < t->U.n; i++)
        t->e[i] = y[i] - t->Up[i];
}

void mirror_look(struct mirror *m, const float *y, const float *g, float *x_hat)
{
    split(y, m->n, m->even, m->odd);
    look(m->half, m->even, g);
    look(m->half + 1, m->odd, g + m->half[0].U.r);
    unite(m->half[0].x_hat, m->half[1].x_hat, m->n, x_hat);
    unite(m->half[0].e, m->half[1].e, m->n, m->rest);
}

/* u[n] of the first half of it, times f, and of the second, even or odd. */
static void unfold(float *u, size_t n, float f, bool odd)
{
    for (size_t i = 0; i < n / 2; i++) {
        u[i] *= f;
        u[n - 1 - i] = odd ? -u[i] : u[i];
    }
}

/* X, of directions `at` and on, becomes x. */
static void put_square(float *X, size_t ld, size_t at, const struct cov *c, const float *x)
{
    for (size_t i = 0; i < c->q; i++)
        memcpy(X + (at + i) * ld + at, x + i * c->ld, c->q * sizeof *x);
}

void mirror_join(const struct mirror *m, struct track *whole)
{
    struct cov *const c = &whole->rule.cov;
    size_t at = 0;

    memset(c->C, 0, c->rows * c->ld * sizeof *c->C);
    memset(c->P, 0, c->rows * c->ld * sizeof *c->P);
    for (size_t h = 0; h < 2; h++) {
        const struct track *const t = m->half + h;

        put_square(c->C, c->ld, at, &t->rule.cov, t->rule.cov.C);
        put_square(c->P, c->ld, at, &t->rule.cov, t->rule.cov.P);
        for (size_t j = 0; j < t->U.r; j++, at++) {
            basis_get(&t->U, j, whole->x_hat);
            unfold(whole->x_hat, m->n, ROOT_HALF, h);
            basis_set(&whole->U, at, whole->x_hat);
        }
    }
    whole->U.r = whole->rule.cov.q = at;
}

/* A row of both halves' into that of the whole; backwards for the row's mirror image. */
static void join_rows(const float *restrict even, const float *restrict odd, size_t n,
                      size_t first, bool backwards, float *restrict row)
{
    for (size_t i = first; i < n / 2; i++) {
        const float sum = 0.5f * (even[i] + odd[i]), difference = 0.5f * (even[i] - odd[i]);

        row[i] = backwards ? difference : sum;
        row[n - 1 - i] = backwards ? sum : difference;
    }
}

void mirror_matrix(struct mirror *m, size_t from, size_t count, size_t first, const float *g,
                   float *rows)
{
    const size_t padded = basis_padded(&m->half->U);
    const bool backwards = from >= m->n / 2;
    const size_t above = backwards ? m->n - from - count : from;

    for (size_t h = 0; h < 2; h++)
        track_matrix(m->half + h, &(struct track_matrix){
            .from = above,
            .count = count,
            .first = first,
            .g = g + h * m->half[0].U.r,
            .weights = m->weights,
            .rows = m->rows + h * MIRROR_ROWS * padded,
        });
    for (size_t i = 0; i < count; i++) {
        const float *const even = m->rows + (backwards ? count - 1 - i : i) * padded;

        join_rows(even, even + MIRROR_ROWS * padded, m->n, first, backwards,
                  rows + i * m->n);
    }
}

void mirror_state(struct mirror *m, struct store *s)
{
    track_state(m->half, s);
    track_state(m->half + 1, s);
}
