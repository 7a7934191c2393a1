/* SPDX-License-Identifier: MIT
 *
 * complete.c - W ~ X Y' from the entries of W that are known.
 *
 * First the tracker goes over the rows as over a stream with missing entries,
 * several times with ever smaller steps: from wherever it begins it comes near, and
 * its directions are the first Y.  Then all rows of X, all of Y, and so on, are
 * solved for exactly, as long as the noise falls, by ridge regression on what is known,
 *
 *   (Y'Y + diag ridge) x = Y'w,    ridge_c = sigma^2 / mean power of column c of X
 *
 * and likewise with X and Y exchanged: the best guess if the noise has power sigma^2
 * and the columns the powers that they have.  Without the ridge the gaps of a real
 * picture would be filled with wild extrapolation (a photograph at rank 50, half of
 * it known: an error of 22.4 instead of 18.0); without the passes the
 * regressions would take tens of rounds.
 *
 * Cost: about 100 m n k flops for the passes, then 4 k^2 a round for each known entry
 * and k^3 for each row and column.
 */
#include "track/complete.h"
#include "track/dense.h"
#include "track/vec.h"

#include <math.h>
#include <string.h>

enum { PASSES = 4, FRAMES = 3000, ROUNDS = 20 }; /* passes: PASSES + FRAMES / rows */

static const float FIRST = 0.25f; /* step of the first pass; of the last 1/LAST m     */
static const float LAST = 4.0f;
static const float STILL = 0.9f;     /* rounds go on while the noise falls to this       */
static const float FREE = 0.05f;     /* of the known entries: unknowns leave so many free */
static const float LEAST = 1e-6f;    /* ridge, of the mean power: float is no finer       */
static const float NOTHING = 1e-30f; /* keeps divisors from zero                          */

void complete_place(struct complete *c, struct arena *a, size_t m, size_t n, size_t k)
{
    const struct track_plan plan = {
        .dim = n,
        .parts = 1,
        .rank = k,
        .rule = &rule_rls,
        .step = FIRST,
        .shrink = TRACK_ONLY,
    };

    c->m = m;
    c->n = n;
    c->k = k;
    c->ld = (k + 7) / 8 * 8;
    track_place(&c->track, a, &plan);
    c->X = arena_floats(a, m * c->ld);
    c->Y = arena_floats(a, n * c->ld);
    c->ridge = arena_floats(a, c->ld);
    c->G = arena_floats(a, c->ld * c->ld);
    c->R = arena_floats(a, c->ld * c->ld);
    c->b = arena_floats(a, c->ld);
    c->x = arena_floats(a, c->ld);
    c->w = arena_floats(a, n);
}

/* The rows as a stream; Y is then the tracker's directions. */
static void track_rows(struct complete *c, const float *W, float scale)
{
    struct track *const t = &c->track;
    const size_t passes = PASSES + FRAMES / c->m;
    const float fall = powf(LAST * FIRST * (float)c->m, -1.0f / (float)(passes - 1));

    track_reset(t);
    for (size_t pass = 0; pass < passes; pass++, t->step.mu *= fall)
        for (size_t i = 0; i < c->m; i++) {
            for (size_t j = 0; j < c->n; j++)
                c->w[j] = scale * W[i * c->n + j];
            track_update(t, c->w, NULL, NULL);
        }
    for (size_t d = 0; d < c->k; d++) {
        basis_get(&t->U, d, c->w);
        for (size_t j = 0; j < c->n; j++)
            c->Y[j * c->ld + d] = c->w[j];
        c->ridge[d] = t->sigma2 / (fmaxf(track_power(t, d), 0.0f) + NOTHING);
    }
}

/* A regression for one factor, given the other: over the rows of W or its columns. */
struct side {
    float *X;                          /* [rows][ld], to be found */
    const float *Y;                    /* [columns][ld], given    */
    size_t rows, columns, row, column; /* how many; how far apart in W */
};

static struct side rows_of(const struct complete *c)
{
    return (struct side){ c->X, c->Y, c->m, c->n, c->n, 1 };
}

static struct side columns_of(const struct complete *c)
{
    return (struct side){ c->Y, c->X, c->n, c->m, 1, c->n };
}

/* G = Y'Y + ridge and b = Y'w over the entries of row w that are known. */
static void gather(struct complete *c, const struct side *s, const float *w, float scale)
{
    const struct kernel *const kernel = c->track.kernel;
    float power = 0;

    memset(c->G, 0, c->ld * c->ld * sizeof *c->G);
    memset(c->b, 0, c->ld * sizeof *c->b);
    for (size_t j = 0; j < s->columns; j++) {
        const float *const y = s->Y + j * c->ld, known = scale * w[j * s->column];

        if (isnan(known))
            continue;
        kernel->blend(c->G, c->k, c->ld, 1.0f, 1.0f, y);
        for (size_t d = 0; d < c->ld; d++)
            c->b[d] += known * y[d];
    }
    for (size_t d = 0; d < c->k; d++)
        power += c->G[d * (c->ld + 1)] / (float)c->k;
    for (size_t d = 0; d < c->k; d++)
        c->G[d * (c->ld + 1)] += c->ridge[d] + LEAST * power + NOTHING;
}

static void regress(struct complete *c, const struct side *s, const float *W, float scale)
{
    const struct dense d = { c->track.kernel, c->k, c->ld, 1, c->x };

    for (size_t i = 0; i < s->rows; i++) {
        gather(c, s, W + i * s->row, scale);
        dense_root(&d, c->G, c->R);
        dense_product(&d, c->b, 1, c->ld, c->R, c->k, c->G); /* x = R R'b */
        for (size_t j = 0; j < c->k; j++)
            s->X[i * c->ld + j] = vec_dot(c->R + j * c->ld, c->G, c->ld);
    }
}

/* Power of the noise: what is left, in each entry that X and Y are not busy with. */
static float noise(const struct complete *c, const float *W, float scale)
{
    const double unknowns = (double)c->k * ((double)c->m + (double)c->n - (double)c->k);
    double left = 0, known = 0;

    for (size_t i = 0; i < c->m; i++)
        for (size_t j = 0; j < c->n; j++) {
            const float w = scale * W[i * c->n + j];

            if (isnan(w))
                continue;
            const double e = (double)(w - complete_entry(c, i, j));

            left += e * e;
            known++;
        }
    return (float)(left / fmax(fmax(known - unknowns, (double)FREE * known), 1));
}

/* Mean power of column d. */
static float power(const struct complete *c, const float *X, size_t rows, size_t d)
{
    double sum = 0;

    for (size_t i = 0; i < rows; i++)
        sum += (double)X[i * c->ld + d] * (double)X[i * c->ld + d];
    return (float)(sum / (double)rows);
}

static void stretch(const struct complete *c, float *X, size_t rows, size_t d, float f)
{
    for (size_t i = 0; i < rows; i++)
        X[i * c->ld + d] *= f;
}

/* Columns of X and Y get the same power: a weak one would otherwise fade on one side and
 * grow out of range on the other. */
static void balance(struct complete *c)
{
    for (size_t d = 0; d < c->k; d++) {
        const float x = power(c, c->X, c->m, d), y = power(c, c->Y, c->n, d);
        const bool dead = !(x > NOTHING && y > NOTHING);
        const float f = dead ? 0.0f : sqrtf(sqrtf(x / y));

        stretch(c, c->X, c->m, d, dead ? 0.0f : 1.0f / f);
        stretch(c, c->Y, c->n, d, f);
    }
}

/* The ridge for the factor to be solved for, from its powers so far. */
static void weigh(struct complete *c, const struct side *s, float sigma2)
{
    for (size_t d = 0; d < c->k; d++)
        c->ridge[d] = sigma2 / (power(c, s->X, s->rows, d) + NOTHING);
}

void complete_update(struct complete *c, const float *W, float scale)
{
    const struct side rows = rows_of(c), columns = columns_of(c);

    track_rows(c, W, scale);
    regress(c, &rows, W, scale);
    float sigma2 = noise(c, W, scale), before = INFINITY;

    for (int round = 0; round < ROUNDS && sigma2 < STILL * before; round++) {
        balance(c);
        weigh(c, &columns, sigma2);
        regress(c, &columns, W, scale);
        weigh(c, &rows, sigma2);
        regress(c, &rows, W, scale);
        before = sigma2;
        sigma2 = noise(c, W, scale);
    }
}

float complete_entry(const struct complete *c, size_t i, size_t j)
{
    return vec_dot(c->X + i * c->ld, c->Y + j * c->ld, c->ld);
}
