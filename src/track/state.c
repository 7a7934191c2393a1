/* SPDX-License-Identifier: MIT
 *
 * state.c - all that a tracker remembers from one frame to the next.
 */
#include "track/state.h"

#include <float.h>
#include <math.h>

/* Bounds of loaded numbers.  In the unit of guard.c frames have energies below 1e19, and so
 * entries below 1e10; nothing made of them is as large. */
static const float LARGE = 1e24f, MOST = 1e20f, ENTRY = 1e10f;

/* Of the mean, a little beyond what colour.c lets a level be among LULL_MAX_DIM. */
static const float LOWEST = 9e-4f, HIGHEST = 300.0f;

/* Rounding error of a power, over the greatest. */
static const float ROUNDING = 1e-4f;

/* Whether the q x q matrix stored from `from` on can be a covariance: no |C_ij| is far above
 * sqrt(C_ii C_jj). */
static bool is_covariance(const struct store *s, size_t from, size_t q, size_t ld)
{
    float most = 0;

    for (size_t i = 0; i < q; i++)
        most = fmaxf(most, store_peek(s, from, i * (ld + 1)));
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < q; j++) {
            const float a = fmaxf(store_peek(s, from, i * (ld + 1)), ROUNDING * most);
            const float b = fmaxf(store_peek(s, from, j * (ld + 1)), ROUNDING * most);

            if (fabsf(store_peek(s, from, i * ld + j)) > 2.0f * sqrtf(a) * sqrtf(b) + FLT_MIN)
                return false;
        }
    return true;
}

/* All of C and P, in use or not: so the size does not depend on the rank r. */
static void walk_cov(struct cov *c, struct store *s, size_t r)
{
    if (!c->C)
        return;
    const size_t from = s->used, round = c->rows > COV_ROUND ? c->rows : COV_ROUND;

    store_floats(s, c->C, c->rows * c->ld, -LARGE, LARGE);
    if (c->P)
        store_finite(s, c->P, c->rows * c->ld);
    store_demand(s, !store_checks(s) || is_covariance(s, from, r * c->parts, c->ld));
    store_demand(s, store_size(s, &c->at, 0, round - 1) % c->parts == 0);
}

/* |u_j|^2 of a basis whose directions began at `from`. */
static float length2(const struct store *s, size_t from, const struct basis *b, size_t j)
{
    float sum = 0;

    for (size_t i = 0; i < basis_padded(b); i++) {
        const float u = store_peek(s, from, (i / TILE * b->cap + j) * TILE + i % TILE);

        sum += u * u;
    }
    return sum;
}

/* Whether none of the first r directions that began at `from` is much longer than 1. */
static bool is_basis(const struct store *s, size_t from, const struct basis *b, size_t r)
{
    for (size_t j = 0; j < r; j++)
        if (length2(s, from, b, j) > 2.0f) /* less, where rows are forgotten: amend.c */
            return false;
    return true;
}

/* Gives the rank. */
static size_t walk_basis(struct basis *b, struct store *s, size_t least)
{
    const size_t r = store_size(s, &b->r, least, b->cap), from = s->used;

    store_floats(s, b->U, basis_floats(b), -2.0f, 2.0f);
    store_demand(s, !store_checks(s) || is_basis(s, from, b, r));
    return r;
}

static void walk_late(struct late *l, const struct basis *U, struct store *s)
{
    store_floats(s, l->w, basis_padded(U), -2.0f, 2.0f);
    store_floats(s, l->c, U->cap, -2.0f, 2.0f);
    store_bool(s, &l->waits);
}

/* Whether G = E'E, in D, which began at `from`, and E, which follows it, can belong to each
 * other as far as they are filled: the powers are the same, and no product is more. */
static bool is_gram(const struct store *s, size_t from, const struct gathered *b, size_t filled)
{
    const size_t parts = b->E.parts, of_E = from + 4 * (b->wide - b->ld) * b->wide;

    for (size_t i = 0; i < filled; i++) {
        const size_t row = i * parts * b->wide + b->ld;
        const float power = store_peek(s, from, row + i * parts);

        if (!(fabsf(power - length2(s, of_E, &b->E, i)) <= ROUNDING * power))
            return false;
        for (size_t j = 0; j < filled * parts; j++) {
            const size_t other = j / parts * parts;
            const float g = store_peek(s, from, row + j);
            const float h = store_peek(s, from, other * b->wide + b->ld + other);

            if (fabsf(g) > (1.0f + ROUNDING) * sqrtf(power) * sqrtf(h) + FLT_MIN)
                return false;
        }
    }
    return true;
}

static void walk_block(struct rule_state *r, struct store *s)
{
    struct gathered *const b = &r->block;
    const size_t filled = store_size(s, &b->filled, 0, b->most - 1);

    store_floats(s, &b->keep, 1, 0.0f, 1.0f);
    store_floats(s, b->weight, b->most, 0.0f, 1.0f);
    const size_t from = s->used;

    for (size_t i = 0; i < b->wide - b->ld; i++) {
        store_floats(s, b->D + i * b->wide, b->ld, -ENTRY, ENTRY);
        store_floats(s, b->D + i * b->wide + b->ld, b->wide - b->ld, -MOST, MOST);
    }
    store_floats(s, b->E.U, basis_floats(&b->E), -ENTRY, ENTRY);
    store_demand(s, !store_checks(s) || is_gram(s, from, b, filled));
    if (s->mode != STORE_READ)
        return;
    for (size_t f = 0; f < filled; f++)
        gathered_complete(b, f);
    r->cov.tall = filled * r->cov.parts;
}

static void walk_rule(struct track *t, struct store *s, size_t rank)
{
    struct rule_state *const r = &t->rule;

    walk_cov(&r->cov, s, rank);
    if (r->power)
        store_floats(s, r->power, t->U.cap, 0.0f, LARGE);
    if (r->block.D)
        walk_block(r, s);
}

static void walk_step(struct step *p, struct store *s, size_t least)
{
    store_floats(s, &p->mu, 1, FLT_MIN, 1.0f);
    store_floats(s, &p->age, 1, 0.0f, FLT_MAX);
    store_floats(s, &p->lag, 1, -LARGE, LARGE);
    store_floats(s, &p->since, 1, 0.0f, 0x1p24f); /* where 1 more is no more */
    store_floats(s, &p->stale_age, 1, 0.0f, FLT_MAX);
    if (p->automatic)
        walk_basis(&p->R, s, least);
}

/* Whether w[n], which began at `from`, has about the length 1 when it is shrunk. */
static bool is_unit(const struct store *s, size_t from, size_t n, float shrink)
{
    double length2 = 0;

    for (size_t i = 0; i < n; i++) {
        const double w = (double)store_peek(s, from, i) * (double)shrink;

        length2 += w * w;
    }
    return length2 > 0.5 && length2 < 2;
}

static void walk_scout(struct scout *c, struct store *s)
{
    const size_t from = s->used, after = from + 4 * c->padded;

    store_floats(s, c->w, c->padded, -MOST, MOST);
    store_floats(s, &c->shrink, 1, 0.0f, MOST);
    store_demand(s, !store_checks(s) || is_unit(s, from, c->padded, store_peek(s, after, 0)));
    store_floats(s, &c->along, 1, 0.0f, LARGE);
    store_floats(s, &c->across, 1, 0.0f, LARGE);
    store_u32(s, &c->looks, 0, UINT32_MAX);
    store_u32(s, &c->wait, 0, UINT32_MAX);
    store_u32(s, &c->phase, 0, c->stride);
}

static void walk_guard(struct guard *g, struct store *s, bool whitened)
{
    if (!whitened)
        store_floats(s, &g->unit, 1, 0x1p-100f, 0x1p100f);
    const size_t from = s->used;

    store_floats(s, &g->mean, 1, 0.0f, LARGE);
    store_floats(s, &g->level, 1, -1000.0f, 1000.0f);
    const bool seen = store_u32(s, &g->seen, 0, UINT32_MAX) > 0;

    store_demand(s, !store_checks(s) || !seen || store_peek(s, from, 0) > 0.0f);
}

static void walk_colour(struct colour *c, struct store *s)
{
    if (!c->learns)
        return;
    store_u32(s, &c->seen, 0, UINT32_MAX);
    store_floats(s, &c->rho, 1, -0.999f, 0.999f);
    store_floats(s, &c->at0, 1, 0.0f, FLT_MAX);
    store_floats(s, &c->at1, 1, -FLT_MAX, FLT_MAX);
    if (c->level) {
        store_floats(s, c->level, c->n / c->parts, LOWEST, HIGHEST);
        store_floats(s, c->power, c->n / c->parts, 0.0f, 1e6f * LARGE);
    }
}

static void walk_extras(struct track *t, struct store *s, size_t rank)
{
    if (t->adapter.U0.r) {
        store_floats(s, t->adapter.power, t->adapter.U0.r, 0.0f, FLT_MAX);
        store_u32(s, &t->adapter.seen, 0, UINT32_MAX);
    }
    if (t->plan.robust) {
        store_floats(s, &t->robust.sigma, 1, 0.0f, LARGE);
        store_u32(s, &t->robust.seen, 0, UINT32_MAX);
    }
    if (t->plan.auto_rank) {
        walk_cov(&t->rank.fast, s, rank);
        store_size(s, &t->rank.align.j, 0, t->U.cap);
        store_size(s, &t->rank.align.k, 0, t->U.cap);
        store_floats(s, t->rank.weak, t->U.cap, 0.0f, FLT_MAX);
        store_floats(s, t->rank.age, t->U.cap, 0.0f, FLT_MAX);
    }
}

static void walk_amends(struct track *t, struct store *s)
{
    struct amends *const a = &t->amends;

    store_bytes(s, a->gone, t->U.n, 1);
    store_size(s, &a->next, 0, t->U.cap);
    if (s->mode != STORE_READ)
        return;
    a->count = 0;
    for (size_t i = 0; i < t->U.n; i++)
        a->count += a->gone[i];
}

void track_state(struct track *t, struct store *s)
{
    /* With TRACK_OWN the owner may have dropped directions. */
    const size_t least = t->plan.auto_rank ? 0 : t->plan.shrink == TRACK_OWN ? 1 : t->plan.rank;

    const size_t rank = walk_basis(&t->U, s, least);

    if (t->plan.patient)
        walk_late(&t->late, &t->U, s);
    walk_rule(t, s, rank);
    walk_guard(&t->guard, s, t->plan.whitened);
    walk_colour(&t->colour, s);
    walk_step(&t->step, s, 0);
    walk_scout(&t->scout, s);
    if (t->plan.auto_rank)
        walk_scout(&t->second, s);
    walk_extras(t, s, rank);
    if (t->amends.gone)
        walk_amends(t, s);
    store_size(s, &t->align.j, 0, t->U.cap);
    store_size(s, &t->align.k, 0, t->U.cap);
    store_size(s, &t->orth.j, 0, t->U.cap);
    store_size(s, &t->orth.wait, 0, UINT32_MAX);
    store_floats(s, &t->sigma2, 1, 0.0f, LARGE);
    if (t->plan.bounded)
        store_floats(s, &t->lately, 1, 0.0f, LARGE);
    store_u32(s, &t->seen, 0, UINT32_MAX);
    store_u32(s, &t->changes, 0, UINT32_MAX);
    if (s->mode == STORE_READ && t->rule.cov.C)
        t->rule.cov.q = t->rank.fast.q = t->U.r * t->U.parts;
}

/* The CRC of floats as they would be stored. */
static uint32_t crc_floats(uint32_t crc, const float *x, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned char bytes[4];
        struct store s = { .mode = STORE_WRITE, .out = bytes, .size = sizeof bytes };
        float v = x[i];

        store_floats(&s, &v, 1, -FLT_MAX, FLT_MAX);
        crc = store_crc(crc, bytes, sizeof bytes);
    }
    return crc;
}

uint32_t state_given(const struct track *t)
{
    const struct colour *c = &t->colour;
    const size_t dim = t->plan.dim;
    uint32_t crc = 0;

    if (t->adapter.U0.U)
        crc = crc_floats(crc, t->adapter.U0.U, basis_floats(&t->adapter.U0));
    if (c->learns)
        return crc;
    if (c->level)
        crc = crc_floats(crc, c->level, dim);
    if (c->L)
        crc = crc_floats(crc, c->L, dim * dim);
    return c->kind == COLOUR_AR1 ? crc_floats(crc, &c->rho, 1) : crc;
}

void state_shape(const struct track *t, struct store *s)
{
    const struct track_plan *p = &t->plan;

    store_same(s, (uint32_t)p->dim);
    store_same(s, (uint32_t)p->parts);
    store_same(s, (uint32_t)p->rank);
    store_same(s, (uint32_t)p->base_rank);
    store_same(s, (uint32_t)p->block);
    store_same(s, (uint32_t)p->rule_id);
    store_same(s, (uint32_t)(p->step * 4294967040.0f));
    store_same(s, (uint32_t)p->shrink);
    store_same(s, (uint32_t)p->auto_rank | (uint32_t)p->robust << 1);
    store_same(s, (uint32_t)p->colour);
    store_same(s, p->learns_colour);
    store_same(s, (uint32_t)p->hop);
    store_same(s, state_given(t));
}
