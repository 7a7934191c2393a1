/* SPDX-License-Identifier: MIT
 *
 * fit.c - see fit.h.
 *
 * A mixture of probabilistic principal component analysers [TB99], with hard assignment:
 * vectors are grouped by k-means; each group gets its mean and, by a truncated singular
 * value decomposition, its strongest directions, whose powers are reduced by that of the
 * noise in the recording.
 *
 * The number of parts and their rank are chosen by validation: every fifth stretch of the
 * recording is held back, and the shape is taken that removes most of the white noise added
 * to it; of shapes as good as the best, to AS_GOOD, the smallest.
 */
#include "learn/fit.h"

#include "base/least.h"
#include "base/sum.h"

#include <math.h>
#include <string.h>

static const float NOISE = 0.1f;        /* added for validation: -10 dB                */
static const float AS_GOOD = 1.05f;
static const float OWN = 4;             /* and at least so many times the recording's own */
static const float TINY = 1e-30f;
static const size_t TRIAL_ROWS = 12288, HELD_ROWS = 1024, ROWS_A_PART = 16;
enum { FIFTH = 5, STRETCH = 8 };        /* stretches of 8 vectors' length              */

static const size_t parts_tried[] = { 1, 2, 4, 8, 16, 32 };
static const size_t ranks_tried[] = { 2, 4, 8, 16, 32, 48 };

enum { PARTS = sizeof parts_tried / sizeof *parts_tried,
       RANKS = sizeof ranks_tried / sizeof *ranks_tried };

/* Normally distributed, nearly: twelve uniform numbers, less six. */
static float normal(uint64_t *dice)
{
    float sum = -6;

    for (int i = 0; i < 12; i++)
        sum += (float)(pupil_dice(dice) >> 40) * 0x1p-24f;
    return sum;
}

static size_t rank_most(size_t n)
{
    return n > 1 ? least(ranks_tried[RANKS - 1], n - 1) : 1;
}

void fit_place(struct fit *f, struct arena *a, const struct pupil *p, size_t most)
{
    const size_t n = p->n, M = p->lags.channels, K = parts_tried[PARTS - 1], r = rank_most(n);

    *f = (struct fit){ .channels = M, .lags = p->lags.count, .n = n, .pupil = p };
    f->most = most ? most : SIZE_MAX;
    f->cluster.n = n;
    f->cluster.centre = arena_floats(a, K * n);
    f->cluster.half = arena_floats(a, K);
    f->cluster.square = arena_floats(a, p->room);
    f->cluster.apart = arena_floats(a, p->room);
    f->cluster.count = arena_take(a, K, sizeof *f->cluster.count);
    f->cluster.label = arena_take(a, p->room, sizeof *f->cluster.label);
    svd_place(&f->svd, a, p->room, n, r);
    mixture_place(&f->trial, a, M, p->lags.count, K, r);
    f->rows = arena_floats(a, p->room * n);
    f->pile = arena_floats(a, p->room * n);
    f->unit = arena_floats(a, M);
    f->noise = arena_floats(a, M);
    f->strength = arena_floats(a, r);
    f->V = arena_floats(a, n * r);
    f->y = arena_floats(a, n);
    f->x_hat = arena_floats(a, n);
    f->scratch = arena_floats(a, 3 * M);
}

/* ---- rows */

void fit_look_at(struct fit *f, const struct pupil *p, const float *level)
{
    const size_t rows = pupil_rows(p), L = f->lags;

    f->pupil = p;
    f->power = NOISE;
    for (size_t c = 0; c < f->channels; c++) {
        double sum = 0;

        for (size_t i = 0; i < rows; i++) {
            const float *const x = p->rows + i * f->n + c * L;

            sum += (double)sum_product(x, x, L);
        }
        f->unit[c] = sqrtf((float)(sum / (double)(rows * L + !rows)));
        f->noise[c] = level[c] / (f->unit[c] * f->unit[c] + TINY);
        f->power = fmaxf(f->power, OWN * f->noise[c]);
    }
}

/* Copies rows for which wanted(), over their units, to `to`: at most `most`, evenly spread.
 * Gives how many. */
static size_t gather(const struct fit *f, bool wanted(const struct fit *, size_t), size_t most,
                     float *to)
{
    const size_t rows = pupil_rows(f->pupil), L = f->lags;
    size_t there = 0, taken = 0, seen = 0;

    for (size_t i = 0; i < rows; i++)
        there += wanted(f, i);
    for (size_t i = 0; i < rows; i++) {
        if (!wanted(f, i))
            continue;
        if (seen++ * least(most, there) < taken * there)
            continue;
        for (size_t t = 0; t < f->n; t++)
            to[taken * f->n + t] = f->pupil->rows[i * f->n + t] / (f->unit[t / L] + TINY);
        if (++taken == most)
            break;
    }
    return taken;
}

static bool is_held_out(const struct fit *f, size_t i)
{
    return f->pupil->when[i] / (STRETCH * f->lags) % FIFTH == FIFTH - 1;
}

static bool is_learnt_from(const struct fit *f, size_t i)
{
    return !is_held_out(f, i);
}

static bool any(const struct fit *f, size_t i)
{
    (void)f;
    (void)i;
    return true;
}

/* ---- one model */

/* Collects the rows of part k, less their mean; gives how many, and the mean. */
static size_t pile_up(struct fit *f, size_t rows, size_t k, float *mean)
{
    size_t m = 0;

    memcpy(mean, f->cluster.centre + k * f->n, f->n * sizeof *mean);
    for (size_t i = 0; i < rows; i++) {
        if (f->cluster.label[i] != k)
            continue;
        for (size_t t = 0; t < f->n; t++)
            f->pile[m * f->n + t] = f->rows[i * f->n + t] - mean[t];
        m++;
    }
    return m;
}

/* Directions of a part of m rows into F[rank][n]; gives the power left outside. */
static float find_directions(struct fit *f, size_t m, size_t rank, float *F)
{
    const size_t n = f->n, k = least(rank, m > 1 ? m - 1 : 0);
    float rest = 0, noise = 0;

    memset(F, 0, rank * n * sizeof *F);
    if (!k)
        return 0;
    f->svd.m = m;
    f->svd.k = k;
    svd_update(&f->svd, f->pile, f->strength, NULL, f->V);
    rest = sum_product(f->pile, f->pile, m * n) / (float)m;
    for (size_t c = 0; c < f->channels; c++)
        noise += (float)f->lags * f->noise[c];
    for (size_t j = 0; j < k; j++) {
        const float power = f->strength[j] * f->strength[j] / (float)m;
        float own = 0;

        for (size_t t = 0; t < n; t++)
            own += f->V[t * k + j] * f->V[t * k + j] * f->noise[t / f->lags];
        const float size = sqrtf(fmaxf(power - own, 0));

        rest -= power;
        noise -= own;
        for (size_t t = 0; t < n; t++)
            F[j * n + t] = size * f->V[t * k + j];
    }
    return fmaxf(rest - fmaxf(noise, 0), 0) / (float)(n - k);
}

/* A model in units from f->rows. */
static void fit_rows(struct fit *f, size_t rows, struct mixture_model *m)
{
    cluster_update(&f->cluster, f->rows, rows, m->parts);
    for (size_t k = 0; k < m->parts; k++) {
        const size_t own = pile_up(f, rows, k, m->mean + k * f->n);

        m->share[k] = (float)own / (float)rows;
        m->rest[k] = find_directions(f, own, m->rank, m->F + k * m->rank * f->n);
    }
}

/* ---- which one */

/* A smaller model within a larger: fewer directions of each part. */
static void cut(struct mixture_model *m, size_t rank, size_t n)
{
    for (size_t k = 0; k < m->parts; k++) {
        float more = 0;

        for (size_t j = rank; j < m->rank; j++)
            more += sum_product(m->F + (k * m->rank + j) * n, m->F + (k * m->rank + j) * n, n);
        memmove(m->F + k * rank * n, m->F + k * m->rank * n, rank * n * sizeof *m->F);
        m->rest[k] = (m->rest[k] * (float)(n - m->rank) + more) / (float)(n - rank);
    }
    m->rank = rank;
}

static void by_power(const void *self, const float *x, float *z)
{
    const struct fit *const f = self;

    for (size_t c = 0; c < f->channels; c++)
        z[c] = x[c] / sqrtf(f->power);
}

/* The share of the added noise that the trial model leaves in the rows held back. */
static float left_of_noise(struct fit *f, size_t rows)
{
    const struct mixture_noise noise = { by_power, f, f->scratch + 2 * f->channels,
                                         f->scratch };
    uint64_t dice = 3;
    double left = 0;

    for (size_t c = 0; c < f->channels; c++)
        f->scratch[2 * f->channels + c] = f->power;
    mixture_reset(&f->trial);
    while (!f->trial.ready)
        mixture_follow(&f->trial, &noise);
    for (size_t i = 0; i < rows; i++) {
        const float *const x = f->pile + i * f->n;

        for (size_t t = 0; t < f->n; t++)
            f->y[t] = x[t] / sqrtf(f->power) + normal(&dice);
        mixture_update(&f->trial, f->y, NULL, f->x_hat);
        for (size_t t = 0; t < f->n; t++) {
            const float e = f->x_hat[t] - x[t] / sqrtf(f->power);

            left += (double)(e * e);
        }
    }
    return (float)(left / (double)(rows * f->n + !rows));
}

/* Tries all ranks with so many parts, from many to few; `at` is the best so far. */
static void try_ranks(struct fit *f, size_t parts, size_t rows, size_t held,
                      float left[PARTS][RANKS], size_t p)
{
    struct mixture_model *const m = &f->trial.model;

    m->parts = parts;
    m->rank = rank_most(f->n);
    for (size_t c = 0; c < f->channels; c++)
        m->unit[c] = 1;
    fit_rows(f, rows, m);
    gather(f, held ? is_held_out : any, HELD_ROWS, f->pile);
    for (size_t r = RANKS; r-- > 0;) {
        left[p][r] = INFINITY;
        if (ranks_tried[r] > m->rank || parts * (1 + ranks_tried[r]) * f->n > f->most)
            continue;
        cut(m, ranks_tried[r], f->n);
        left[p][r] = left_of_noise(f, held ? held : least(rows, HELD_ROWS));
    }
}

/* The smallest that is as good as the best. */
static struct fit_choice settle(float left[PARTS][RANKS])
{
    struct fit_choice c = { 1, 1, INFINITY, INFINITY };
    size_t fewest = SIZE_MAX;
    float best = INFINITY;

    for (size_t p = 0; p < PARTS; p++)
        for (size_t r = 0; r < RANKS; r++)
            best = fminf(best, left[p][r]);
    for (size_t p = 0; p < PARTS; p++)
        for (size_t r = 0; r < RANKS; r++) {
            const size_t rows = parts_tried[p] * (1 + ranks_tried[r]);

            if (p == 0)
                c.left_single = fminf(c.left_single, left[p][r]);
            if (left[p][r] > AS_GOOD * best || rows >= fewest)
                continue;
            fewest = rows;
            c.parts = parts_tried[p];
            c.rank = ranks_tried[r];
            c.left = left[p][r];
        }
    return c;
}

struct fit_choice fit_choose(struct fit *f)
{
    const size_t all = pupil_rows(f->pupil);
    float left[PARTS][RANKS];

    const size_t held = gather(f, is_held_out, HELD_ROWS, f->pile);
    const size_t rows = gather(f, held ? is_learnt_from : any, least(TRIAL_ROWS, all), f->rows);

    for (size_t p = 0; p < PARTS; p++) {
        for (size_t r = 0; r < RANKS; r++)
            left[p][r] = INFINITY;
        if (parts_tried[p] * ROWS_A_PART <= rows || p == 0)
            try_ranks(f, parts_tried[p], rows, held, left, p);
    }
    return settle(left);
}

void fit_model(struct fit *f, struct mixture_model *m)
{
    const size_t rows = gather(f, any, SIZE_MAX, f->rows);

    fit_rows(f, rows, m);
    m->seen = (float)f->pupil->seen;
    for (size_t c = 0; c < f->channels; c++)
        m->unit[c] = f->unit[c];
    for (size_t i = 0; i < m->parts * (1 + m->rank); i++) {
        float *const x = i < m->parts ? m->mean + i * f->n : m->F + (i - m->parts) * f->n;

        for (size_t t = 0; t < f->n; t++)
            x[t] *= f->unit[t / f->lags];
    }
}
