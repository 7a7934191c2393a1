/* SPDX-License-Identifier: MIT
 *
 * blend.c - see blend.h.
 *
 * Two parts of weights a and b, together 1, become one with the moments of both
 * [Run07]: mean a m + b m', covariance a C + b C' + a b (m - m')(m - m')', of which the
 * strongest directions stay.  The nearest are those whose means' scatter, a b |m - m'|^2,
 * grows least [War63].  (Bases cannot be averaged entry by entry: the basis of a
 * subspace is not unique.)
 */
#include "learn/blend.h"

#include "base/sum.h"

#include <math.h>
#include <string.h>

void blend_place(struct blend *b, struct arena *a, size_t channels, size_t lags, size_t parts,
                 size_t rank, size_t more)
{
    const size_t n = channels * lags, rows = parts * (1 + rank) + more + 2 * rank + 2;

    mixture_model_place(&b->all, a, channels, lags, parts, rank);
    b->pile = arena_floats(a, rows * n);
    b->strength = arena_floats(a, rank);
    b->V = arena_floats(a, n * rank);
    svd_place(&b->svd, a, rows, n, rank);
}

static void set_row(float *to, const float *x, float f, size_t n)
{
    for (size_t t = 0; t < n; t++)
        to[t] = f * x[t];
}

/* The strongest directions of the first rows of the pile into F[rank][n]; gives the
 * power of what is lost. */
static float strongest(struct blend *b, size_t rows, float *F, size_t rank)
{
    const size_t n = b->all.channels * b->all.lags;
    float lost = sum_product(b->pile, b->pile, rows * n);

    b->svd.m = rows;
    b->svd.k = rank < rows ? rank : rows;
    svd_update(&b->svd, b->pile, b->strength, NULL, b->V);
    memset(F, 0, rank * n * sizeof *F);
    for (size_t j = 0; j < b->svd.k; j++) {
        lost -= b->strength[j] * b->strength[j];
        for (size_t t = 0; t < n; t++)
            F[j * n + t] = b->strength[j] * b->V[t * b->svd.k + j];
    }
    return fmaxf(lost, 0);
}

/* ---- both in one */

/* The parts of x, behind those there are, in terms of the units of all. */
static void take_parts(struct blend *b, const struct mixture_model *x, size_t from,
                       float weight)
{
    struct mixture_model *const all = &b->all;
    const size_t n = all->channels * all->lags, L = all->lags;
    float size = 0;

    for (size_t c = 0; c < all->channels; c++) {
        const float ratio = x->unit[c] / fmaxf(all->unit[c], 1e-30f);

        size += ratio * ratio / (float)all->channels;
    }
    for (size_t k = 0; k < x->parts; k++) {
        float *const mean = all->mean + (from + k) * n;
        float *const F = all->F + (from + k) * all->rank * n;

        all->share[from + k] = weight * x->share[k];
        all->rest[from + k] = x->rest[k] * size;
        memset(F, 0, all->rank * n * sizeof *F);
        for (size_t t = 0; t < n; t++)
            mean[t] = x->mean[k * n + t] / fmaxf(all->unit[t / L], 1e-30f);
        for (size_t i = 0; i < x->rank * n; i++)
            F[i] = x->F[k * x->rank * n + i] / fmaxf(all->unit[i % n / L], 1e-30f);
    }
}

/* How much the scatter grows if parts i and j are one. */
static float growth(const struct mixture_model *m, size_t i, size_t j)
{
    const size_t n = m->channels * m->lags;
    const float a = m->share[i], c = m->share[j];
    float apart = 0;

    for (size_t t = 0; t < n; t++) {
        const float d = m->mean[i * n + t] - m->mean[j * n + t];

        apart += d * d;
    }
    return a + c > 0 ? a * c / (a + c) * apart : 0;
}

/* Part i becomes i and j, part j the last. */
static void join(struct blend *b, size_t i, size_t j)
{
    struct mixture_model *const m = &b->all;
    const size_t n = m->channels * m->lags, r = m->rank, last = m->parts - 1;
    const float both = m->share[i] + m->share[j];
    const float x = both > 0 ? m->share[i] / both : 1, y = 1 - x;
    float *const mean = m->mean + i * n, *const other = m->mean + j * n;

    set_row(b->pile, m->F + i * r * n, sqrtf(x), r * n);
    set_row(b->pile + r * n, m->F + j * r * n, sqrtf(y), r * n);
    for (size_t t = 0; t < n; t++) {
        b->pile[2 * r * n + t] = sqrtf(x * y) * (mean[t] - other[t]);
        mean[t] = x * mean[t] + y * other[t];
    }
    const float lost = strongest(b, 2 * r + 1, m->F + i * r * n, r);

    m->rest[i] = x * m->rest[i] + y * m->rest[j] + lost / (float)(n > r ? n - r : 1);
    m->share[i] = both;
    m->share[j] = m->share[last];
    m->rest[j] = m->rest[last];
    memmove(other, m->mean + last * n, n * sizeof *other);
    memmove(m->F + j * r * n, m->F + last * r * n, r * n * sizeof *m->F);
    m->parts--;
}

static void join_nearest(struct blend *b)
{
    size_t i = 0, j = 1;
    float best = INFINITY;

    for (size_t x = 0; x < b->all.parts; x++)
        for (size_t y = x + 1; y < b->all.parts; y++) {
            const float d = growth(&b->all, x, y);

            if (d >= best)
                continue;
            best = d;
            i = x;
            j = y;
        }
    join(b, i, j);
}

/* All, in the units of the input, of the rank that is wanted. */
static void give(struct blend *b, struct mixture_model *into)
{
    struct mixture_model *const m = &b->all;
    const size_t n = m->channels * m->lags, L = m->lags, r = m->rank;

    into->seen = m->seen;
    memcpy(into->unit, m->unit, m->channels * sizeof *m->unit);
    memset(into->share, 0, into->parts * sizeof *into->share);
    memset(into->mean, 0, into->parts * n * sizeof *into->mean);
    memset(into->F, 0, into->parts * into->rank * n * sizeof *into->F);
    for (size_t k = 0; k < m->parts; k++) {
        float *const F = into->F + k * into->rank * n;

        set_row(b->pile, m->F + k * r * n, 1, r * n);
        const float lost = strongest(b, r, F, into->rank);

        into->share[k] = m->share[k];
        into->rest[k] = m->rest[k] + lost / (float)(n > r ? n - r : 1);
        for (size_t t = 0; t < n; t++)
            into->mean[k * n + t] = m->mean[k * n + t] * m->unit[t / L];
        for (size_t i = 0; i < into->rank * n; i++)
            F[i] *= m->unit[i % n / L];
    }
}

void blend_models(struct blend *b, const struct mixture_model *x, const struct mixture_model *y,
                  struct mixture_model *into)
{
    struct mixture_model *const all = &b->all;
    const float both = x->seen + y->seen, share = both > 0 ? x->seen / both : 0.5f;

    all->seen = both;
    all->parts = x->parts + y->parts;
    for (size_t c = 0; c < all->channels; c++)
        all->unit[c] = sqrtf(share * x->unit[c] * x->unit[c] +
                             (1 - share) * y->unit[c] * y->unit[c]);
    take_parts(b, x, 0, share);
    take_parts(b, y, x->parts, 1 - share);
    while (all->parts > into->parts)
        join_nearest(b);
    give(b, into);
}

/* ---- one */

void blend_directions(struct blend *b, struct mixture_model *m, const float *D, size_t rows)
{
    const size_t n = m->channels * m->lags, r = m->rank;

    for (size_t k = 0; k < m->parts; k++) {
        set_row(b->pile, m->F + k * r * n, 1, r * n);
        set_row(b->pile + r * n, D, 1, rows * n);
        strongest(b, r + rows, m->F + k * r * n, r);
    }
}

void blend_spectrum(struct blend *b, const struct mixture_model *m, size_t k, float *power,
                    float *V)
{
    const size_t n = m->channels * m->lags, r = m->rank;
    float *row = b->pile;

    for (size_t i = 0; i < m->parts; i++) {
        const float size = sqrtf(m->share[i]);

        set_row(row, m->mean + i * n, size, n);
        set_row(row + n, m->F + i * r * n, size, r * n);
        row += (1 + r) * n;
    }
    b->svd.m = m->parts * (1 + r);
    b->svd.k = k;
    svd_update(&b->svd, b->pile, power, NULL, V ? V : b->V);
    for (size_t j = 0; j < k; j++)
        power[j] *= power[j];
}
