/* SPDX-License-Identifier: MIT
 *
 * tracker.c - the public face of the tracker: checks, allocates, dispatches.
 */
#include "lull_tracker.h"

#include "memory.h"
#include "track/factor.h"
#include "track/merge.h"
#include "track/state.h"
#include "track/track.h"

#include <math.h>
#include <stdlib.h>

struct lull_tracker {
    struct track track;
    size_t bytes; /* of the arena, this struct included */
};

static const struct rule *const rules[] = { &rule_rls, &rule_exact, &rule_gradient,
                                            &rule_block };
static const float ORTHONORMAL = 1e-3f; /* largest error of a base */
static const float LOUDEST = 1e30f;     /* entry of a matrix: products of a few stay finite */

lull_tracker_config lull_tracker_defaults(size_t dim, size_t rank)
{
    return (lull_tracker_config){ .dim = dim, .rank = rank, .block = 16 };
}

static lull_status check(const lull_tracker_config *c)
{
    const size_t most = c->dim < LULL_MAX_RANK ? c->dim : LULL_MAX_RANK;

    if (c->dim < 1 || c->dim > LULL_MAX_DIM)
        return LULL_BAD_DIM;
    if (c->rank < 1 || c->rank > most)
        return LULL_BAD_RANK;
    if (!(c->step >= 0.0f && c->step <= 1.0f) || (c->step > 0.0f && c->step < 1e-9f))
        return LULL_BAD_STEP;
    if ((unsigned)c->rule > LULL_BLOCK || (c->rule == LULL_GRADIENT && c->auto_rank))
        return LULL_BAD_RULE;
    if ((unsigned)c->shrinkage > LULL_ONLY_TRACK)
        return LULL_BAD_SHRINKAGE;
    if ((unsigned)c->noise > LULL_AR1_ESTIMATED ||
        (c->noise == LULL_COVARIANCE && c->complex_numbers))
        return LULL_BAD_NOISE;
    if (c->hop > c->dim)
        return LULL_BAD_HOP;
    if (c->rule == LULL_BLOCK && (c->block < 1 || c->block > LULL_MAX_BLOCK))
        return LULL_BAD_BLOCK;
    if (c->base_rank > LULL_MAX_RANK || c->base_rank + c->rank > c->dim ||
        (c->base_rank && !c->base))
        return LULL_BAD_BASE;
    return LULL_OK;
}

/* A turn that is put off saves half of the writing, for three walks more over a vector:
 * worth it from so many directions on, of so many floats that they do not fit the nearest
 * cache (64 KB), but the next (1 MB). */
static const size_t WORTH = 16, NEAR = 1 << 14, FAR = 1 << 18;

/* Whether turns may be put off: nothing else that is asked for looks at the directions. */
static bool is_patient(const lull_tracker_config *c)
{
    const size_t floats = c->rank * c->dim;

    return c->rank >= WORTH && floats >= NEAR && floats <= FAR && !c->complex_numbers &&
           !c->auto_rank && !c->robust && c->rule != LULL_BLOCK &&
           c->noise < LULL_LEVELS_ESTIMATED;
}

static struct track_plan plan_of(const lull_tracker_config *c)
{
    static const enum colour_kind kinds[] = { COLOUR_NONE, COLOUR_LEVELS, COLOUR_AR1,
                                              COLOUR_FULL, COLOUR_LEVELS, COLOUR_AR1 };

    return (struct track_plan){
        .dim = c->dim,
        .parts = c->complex_numbers ? 2 : 1,
        .rank = c->rank,
        .base_rank = c->base_rank,
        .block = c->block,
        .rule = rules[c->rule],
        .rule_id = (unsigned)c->rule,
        .step = c->step,
        .shrink = (enum track_shrink)c->shrinkage,
        .auto_rank = c->auto_rank != 0,
        .robust = c->robust != 0,
        .portable = c->portable != 0,
        .patient = is_patient(c),
        .colour = kinds[c->noise],
        .learns_colour = c->noise >= LULL_LEVELS_ESTIMATED,
        .hop = c->hop,
    };
}

/* What comes as data with the configuration. */
static lull_status fill(struct track *t, const lull_tracker_config *c)
{
    const size_t n = t->U.n;

    if (!colour_set(&t->colour, c->noise_shape))
        return LULL_BAD_NOISE;
    for (size_t j = 0; j < c->base_rank; j++)
        adapter_set(&t->adapter, j, c->base + j * n);
    if (!(adapter_error(&t->adapter, t->kernel) < ORTHONORMAL))
        return LULL_BAD_BASE;
    return LULL_OK;
}

/* The struct and its arrays in one piece: run over an empty arena it measures. */
static lull_tracker *lay_out(struct arena *a, lull_tracker *measured,
                             const struct track_plan *plan)
{
    lull_tracker *const t = arena_take(a, 1, sizeof *t);

    track_place(&(t ? t : measured)->track, a, plan);
    return t;
}

lull_tracker *lull_tracker_new(const lull_tracker_config *cfg, lull_status *why)
{
    lull_status ignored;
    lull_tracker dry;
    struct arena arena = { 0 };

    why = why ? why : &ignored;
    *why = check(cfg);
    if (*why)
        return NULL;

    const struct track_plan plan = plan_of(cfg);

    lay_out(&arena, &dry, &plan);

    const size_t bytes = arena.used;

    arena = (struct arena){ .block = memory_for(&arena) };
    *why = LULL_NO_MEMORY;
    if (!arena.block)
        return NULL;
    lull_tracker *const t = lay_out(&arena, &dry, &plan);

    t->bytes = bytes;
    *why = fill(&t->track, cfg);
    if (*why) {
        free(t);
        return NULL;
    }
    track_reset(&t->track);
    return t;
}

void lull_tracker_free(lull_tracker *t)
{
    free(t); /* the first thing in its arena */
}

void lull_tracker_update(lull_tracker *t, const float *y, const unsigned char *known,
                         float *x_hat)
{
    track_update(&t->track, y, known, x_hat);
}

void lull_tracker_reset(lull_tracker *t)
{
    track_reset(&t->track);
}

size_t lull_tracker_rank(const lull_tracker *t)
{
    return t->track.U.r;
}

float lull_tracker_step(const lull_tracker *t)
{
    return step_now(&t->track.step);
}

/* What a power of 1 is to the tracker. */
static float power_unit(const lull_tracker *t)
{
    return t->track.guard.unit * t->track.guard.unit;
}

float lull_tracker_noise(const lull_tracker *t)
{
    return t->track.sigma2 / power_unit(t);
}

unsigned lull_tracker_changes(const lull_tracker *t)
{
    return t->track.changes;
}

size_t lull_tracker_memory(const lull_tracker *t)
{
    return t->bytes;
}

void lull_tracker_basis(const lull_tracker *t, float *basis, float *energies)
{
    const struct track *k = &t->track;

    for (size_t j = 0; basis && j < k->U.r; j++)
        late_get(&k->late, &k->U, j, basis + j * k->U.n);
    for (size_t j = 0; energies && j < k->U.r; j++)
        energies[j] = track_power(k, j) / power_unit(t);
}

static bool can_merge(const struct track *a, const struct track *b)
{
    return a->plan.dim == b->plan.dim && a->plan.parts == b->plan.parts && a->rule.cov.C &&
           b->rule.cov.C && a->plan.colour == b->plan.colour && !a->plan.learns_colour &&
           !b->plan.learns_colour && state_given(a) == state_given(b);
}

lull_status lull_tracker_merge(lull_tracker *into, const lull_tracker *from)
{
    struct arena arena = { 0 };
    struct merge m;

    if (!can_merge(&into->track, &from->track))
        return LULL_WRONG_STATE;
    merge_place(&m, &arena, &into->track, &from->track);
    arena = (struct arena){ .block = memory_for(&arena) };
    if (!arena.block)
        return LULL_NO_MEMORY;
    merge_place(&m, &arena, &into->track, &from->track);
    merge_update(&m, &into->track, &from->track);
    free(arena.block);
    return LULL_OK;
}

static bool finite(const float *A, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(A[i]))
            return false;
    return true;
}

lull_status lull_svd_truncated(const float *A, size_t m, size_t n, size_t k, float *s, float *U,
                               float *V)
{
    struct arena arena = { 0 };
    struct svd svd;

    if (n < 1 || n > LULL_MAX_DIM)
        return LULL_BAD_DIM;
    if (k < 1 || k > LULL_MAX_RANK || k > m || k > n)
        return LULL_BAD_RANK;
    if (!finite(A, m * n))
        return LULL_BAD_NUMBER;
    svd_place(&svd, &arena, m, n, k);
    arena = (struct arena){ .block = memory_for(&arena) };
    if (!arena.block)
        return LULL_NO_MEMORY;
    svd_place(&svd, &arena, m, n, k);
    svd_update(&svd, A, s, U, V);
    free(arena.block);
    return LULL_OK;
}

lull_status lull_factorize(const float *W, size_t m, size_t n, size_t *k, float *A, float *B)
{
    struct arena arena = { 0 };
    struct factor f;
    bool gaps = false;

    if (m < 1 || n < 1 || n > LULL_MAX_DIM)
        return LULL_BAD_DIM;
    if (*k > LULL_MAX_RANK || *k > m || *k > n)
        return LULL_BAD_RANK;
    for (size_t i = 0; i < m * n; i++) {
        if (fabsf(W[i]) > LOUDEST) /* which NAN is not */
            return LULL_BAD_NUMBER;
        gaps = gaps || isnan(W[i]);
    }
    factor_place(&f, &arena, m, n, *k, gaps);
    arena = (struct arena){ .block = memory_for(&arena) };
    if (!arena.block)
        return LULL_NO_MEMORY;
    factor_place(&f, &arena, m, n, *k, gaps);
    *k = factor_update(&f, W, A, B);
    free(arena.block);
    return LULL_OK;
}

size_t lull_rank_for_budget(size_t dim, int complex_numbers, double frames_per_second,
                            double flops_per_second, double bytes_per_second)
{
    const double rows = (double)dim * frames_per_second;
    const double flops = rows * (complex_numbers ? 32 : 8);
    const double bytes = rows * (complex_numbers ? 24 : 12);
    double rank = dim < LULL_MAX_RANK ? (double)dim : LULL_MAX_RANK;

    if (flops_per_second > 0)
        rank = fmin(rank, flops_per_second / flops);
    if (bytes_per_second > 0)
        rank = fmin(rank, bytes_per_second / bytes);
    return rank >= 1 ? (size_t)rank : 0;
}

static void shape(void *self, struct store *s)
{
    state_shape(self, s);
}

static void state(void *self, struct store *s)
{
    track_state(self, s);
}

static const struct store_kind stored = { "LULLTRK", 3, shape, state };

size_t lull_tracker_save(const lull_tracker *t, void *buf, size_t size)
{
    struct track copy = t->track; /* the walk is written for both ways */

    return store_save(&stored, &copy, buf, size);
}

lull_status lull_tracker_load(lull_tracker *t, const void *buf, size_t size)
{
    static const lull_status why[] = {
        [STORE_TAKEN] = LULL_OK, [STORE_BAD] = LULL_BAD_STATE, [STORE_WRONG] = LULL_WRONG_STATE
    };

    return why[store_load(&stored, &t->track, buf, size)];
}
