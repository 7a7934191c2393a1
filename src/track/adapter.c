/* SPDX-License-Identifier: MIT
 *
 * adapter.c - y = U0 p0 + (the rest); the tracker sees only the rest.
 *
 * What is known beforehand need not be learned and cannot be forgotten: U0 is
 * frozen, and a tracker of few directions follows what it lacks, as a low-rank
 * adapter [HSW21] of a frozen network does.  d new directions cost n d numbers and
 * 8 n d flops, whatever the size of the base; the base costs 4 n r0 flops.
 *
 * Only the powers of p0 go on being learned: their shrinkage follows the level.
 */
#include "track/adapter.h"

#include <math.h>
#include <string.h>

static const float PACE = 0.01f; /* 200 frames */

void adapter_place(struct adapter *a, struct arena *m, size_t n, size_t rank, size_t parts)
{
    *a = (struct adapter){ 0 };
    if (!rank)
        return;

    const size_t ld = (rank * parts + 7) / 8 * 8;

    basis_place(&a->U0, m, n, rank, parts);
    a->U0.r = rank;
    a->p = arena_floats(m, ld);
    a->power = arena_floats(m, rank);
    a->x = arena_floats(m, basis_padded(&a->U0));
    missing_place(&a->missing, m, basis_padded(&a->U0), ld);
}

void adapter_reset(struct adapter *a)
{
    a->seen = 0;
    for (size_t j = 0; j < a->U0.r; j++)
        a->power[j] = 0;
}

void adapter_set(struct adapter *a, size_t j, const float *u)
{
    basis_set(&a->U0, j, u);
}

float adapter_error(struct adapter *a, const struct kernel *k)
{
    float worst = 0;

    for (size_t j = 0; j < a->U0.r; j++) {
        memset(a->x, 0, basis_padded(&a->U0) * sizeof *a->x);
        basis_get(&a->U0, j, a->x);
        k->gather(&a->U0, a->x, a->p);
        a->p[j * a->U0.parts] -= 1.0f;
        for (size_t i = 0; i < a->U0.r * a->U0.parts; i++)
            worst = fabsf(a->p[i]) <= worst ? worst : fabsf(a->p[i]);
    }
    return worst;
}

void adapter_take(struct adapter *a, const struct kernel *k, struct guard *g)
{
    if (!a->U0.r)
        return;
    if (guard_masked(g)) {
        const float trust = (float)(g->n / g->parts) / (float)(g->count + !g->count);

        missing_solve(&a->missing, k, &a->U0, g->y, g->known, trust, a->p);
    } else {
        k->gather(&a->U0, g->y, a->p);
    }
    k->combine(&a->U0, a->p, a->x);
    for (size_t i = 0; i < g->n; i++)
        g->own[i] -= a->x[i];
    if (guard_masked(g))
        guard_recount(g);
    else
        guard_sum(g);
}

void adapter_give(struct adapter *a, const struct kernel *k, float sigma2, bool wiener,
                  float *x_hat)
{
    const size_t parts = a->U0.parts;

    if (!a->U0.r)
        return;
    for (size_t j = 0; wiener && j < a->U0.r; j++) {
        const float power = a->power[j];
        const float gain = power > sigma2 ? 1.0f - sigma2 / power : 0.0f;

        for (size_t i = j * parts; i < (j + 1) * parts; i++)
            a->p[i] *= gain;
    }
    k->combine(&a->U0, a->p, a->x);
    for (size_t i = 0; i < a->U0.n; i++)
        x_hat[i] += a->x[i];
}

void adapter_scale(struct adapter *a, float f)
{
    for (size_t j = 0; j < a->U0.r; j++)
        a->power[j] *= f;
}

void adapter_learn(struct adapter *a, float weight)
{
    if (!a->U0.r)
        return;
    const size_t parts = a->U0.parts;
    const float pace = fmaxf(PACE, 1.0f / (float)(a->seen + 1));

    a->seen += a->seen < UINT32_MAX;
    for (size_t j = 0; j < a->U0.r; j++) {
        float own = 0;

        for (size_t i = j * parts; i < (j + 1) * parts; i++)
            own += a->p[i] * a->p[i];
        a->power[j] += pace * (weight * weight * own - a->power[j]);
    }
}
