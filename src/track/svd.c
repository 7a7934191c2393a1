/* SPDX-License-Identifier: MIT
 *
 * svd.c - truncated singular value decomposition, after [HMT11].
 *
 * The tracker, forgetting nothing, goes once over the rows and gives l = k + 8
 * directions; orthogonal iteration V <- orth(A'(A V)) sharpens them by (s_l+1/s_k)^2
 * a round; then the small Gram matrix of A V, in double, is decomposed and turns
 * V to the singular vectors.  A is scaled to largest entry 1 on the way.
 *
 * Cost: 2 + ROUNDS passes over A and one more for U, each 4 to 8 m n l flops.
 */
#include "track/svd.h"
#include "track/vec.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { SPARE = 8, ROUNDS = 6, SWEEPS = 20 };

/* Passes of Gram-Schmidt: two are enough for independent vectors [GV13, 5.2]; where the rank
 * of A is less than l, the first pass leaves rounding, of which the second leaves little. */
enum { UPRIGHT = 3 };

/* Shift of A'A, over the power of the strongest direction: in the null space of A directions
 * then stay as they were, instead of becoming rounding. */
static const float SHIFT = 1e-6f;

/* Smallest step: the plain average of all rows. */
static const float FOR_EVER = 1e-9f;

void svd_place(struct svd *s, struct arena *a, size_t m, size_t n, size_t k)
{
    const size_t most = m < n ? m : n, l = k + SPARE < most ? k + SPARE : most;
    const struct track_plan plan = {
        .dim = n,
        .parts = 1,
        .rank = l < COV_MOST ? l : COV_MOST,
        .rule = &rule_rls,
        .step = FOR_EVER,
        .shrink = TRACK_ONLY,
    };

    s->m = m;
    s->n = n;
    s->k = k;
    track_place(&s->track, a, &plan);
    basis_place(&s->Z, a, n, plan.rank, 1);
    s->G = arena_take(a, plan.rank * plan.rank, sizeof *s->G);
    s->W = arena_take(a, plan.rank * plan.rank, sizeof *s->W);
    s->a = arena_floats(a, basis_padded(&s->Z));
    s->p = arena_floats(a, plan.rank + 8);
}

/* Row i of A, scaled, in s->a. */
static void take_row(struct svd *s, const float *A, size_t i, float scale)
{
    for (size_t j = 0; j < s->n; j++)
        s->a[j] = scale * A[i * s->n + j];
}

/* Z += shift V. */
static void add_shift(struct svd *s)
{
    struct track *const t = &s->track;
    float most = 0;

    for (size_t j = 0; j < s->Z.r; j++) {
        basis_get(&s->Z, j, s->a);
        most = fmaxf(most, vec_square(s->a, s->n));
    }
    const float shift = SHIFT * sqrtf(most);

    for (size_t j = 0; j < s->Z.r; j++) {
        basis_get(&s->Z, j, s->a);
        basis_get(&t->U, j, t->e);
        for (size_t i = 0; i < s->n; i++)
            s->a[i] += shift * t->e[i];
        basis_set(&s->Z, j, s->a);
    }
}

/* Z = A'(A V) + shift V, then V = its orthonormal columns. */
static void refine(struct svd *s, const float *A, float scale)
{
    struct track *const t = &s->track;
    struct basis *const Z = &s->Z;

    memset(Z->U, 0, basis_floats(Z) * sizeof *Z->U);
    memset(t->q, 0, Z->cap * sizeof *t->q);
    Z->r = t->U.r;
    for (size_t i = 0; i < s->m; i++) {
        const struct sweep add = {
            .y = s->a,
            .p = t->q,
            .h = t->q,
            .d = s->p,
            .v_e = 1.0f,
        };

        take_row(s, A, i, scale);
        t->kernel->gather(&t->U, s->a, s->p);
        t->kernel->sweep(Z, &add, Z->U); /* Z = Z + a p' */
    }
    add_shift(s);
    for (size_t j = 0; j < Z->r; j++) {
        struct basis so_far = *Z;

        so_far.r = j + 1;
        for (int pass = 0; pass < UPRIGHT; pass++)
            orth_direction(&t->orth, t->kernel, &so_far, j);
        basis_get(Z, j, s->a);
        basis_set(&t->U, j, s->a);
    }
}

/* G = (A V)'(A V). */
static void gram(struct svd *s, const float *A, float scale)
{
    const size_t l = s->track.U.r;

    memset(s->G, 0, l * l * sizeof *s->G);
    for (size_t t = 0; t < s->m; t++) {
        take_row(s, A, t, scale);
        s->track.kernel->gather(&s->track.U, s->a, s->p);
        for (size_t i = 0; i < l; i++)
            for (size_t j = 0; j < l; j++)
                s->G[i * l + j] += (double)s->p[i] * (double)s->p[j];
    }
}

/* (x, y) <- (c x + s y, c y - s x). */
static void turn(double *x, double *y, double c, double s)
{
    const double was = *x;

    *x = c * was + s * *y;
    *y = c * *y - s * was;
}

/* Cyclic Jacobi: G becomes diagonal, largest first, W its eigenvectors. */
static void diagonalise(double *G, double *W, size_t l)
{
    for (size_t i = 0; i < l * l; i++)
        W[i] = i % (l + 1) == 0;
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (size_t j = 0; j < l; j++)
            for (size_t k = j + 1; k < l; k++) {
                const double a = G[j * l + j], b = G[k * l + k], x = G[j * l + k];

                if (a >= b && x * x <= 1e-30 * a * b)
                    continue;

                /* Twice the angle has cosine (a - b)/reach; see cov_angle(). */
                const double reach = hypot(2 * x, a - b);
                const double far = sqrt(0.5 + 0.5 * fabs(a - b) / reach);
                const double near = fabs(x) / (reach * far);
                const double c = a >= b ? far : near;
                const double s = copysign(a >= b ? near : far, x);

                for (size_t i = 0; i < l; i++)
                    turn(G + j * l + i, G + k * l + i, c, s);
                for (size_t i = 0; i < l; i++)
                    turn(G + i * l + j, G + i * l + k, c, s);
                for (size_t i = 0; i < l; i++)
                    turn(W + i * l + j, W + i * l + k, c, s);
            }
}

static float largest(const float *A, size_t count)
{
    float most = 0;

    for (size_t i = 0; i < count; i++)
        most = fmaxf(most, fabsf(A[i]));
    return most;
}

/* U diag(s) = A V, row by row. */
static void left_vectors(struct svd *v, const float *A, float scale, float *U)
{
    const size_t l = v->track.U.r;

    for (size_t i = 0; i < v->m; i++) {
        take_row(v, A, i, scale);
        v->track.kernel->gather(&v->track.U, v->a, v->p);
        for (size_t j = 0; j < v->k; j++) {
            const double size = sqrt(fmax(v->G[j * (l + 1)], 0));
            double sum = 0;

            for (size_t c = 0; c < l; c++)
                sum += (double)v->p[c] * v->W[c * l + j];
            U[i * v->k + j] = (float)(size > 0 ? sum / size : 0);
        }
    }
}

static void right_vectors(struct svd *v, float *V)
{
    const size_t l = v->track.U.r;

    for (size_t j = 0; j < v->k; j++) {
        for (size_t c = 0; c < l; c++)
            v->p[c] = (float)v->W[c * l + j];
        v->track.kernel->combine(&v->track.U, v->p, v->a);
        for (size_t i = 0; i < v->n; i++)
            V[i * v->k + j] = v->a[i];
    }
}

void svd_update(struct svd *v, const float *A, float *s, float *U, float *V)
{
    const float most = largest(A, v->m * v->n);
    const float scale = most > FLT_MIN ? 1.0f / most : 0.0f;

    track_reset(&v->track);
    const size_t l = v->track.U.r;

    for (size_t i = 0; i < v->m && scale > 0.0f; i++) {
        take_row(v, A, i, scale);
        track_update(&v->track, v->a, NULL, NULL);
    }
    for (int round = 0; round < ROUNDS && scale > 0.0f; round++)
        refine(v, A, scale);
    gram(v, A, scale);
    diagonalise(v->G, v->W, l);
    for (size_t j = 0; j < v->k; j++)
        s[j] = (float)(sqrt(fmax(v->G[j * (l + 1)], 0)) * (double)most);
    if (U)
        left_vectors(v, A, scale, U);
    if (V)
        right_vectors(v, V);
}
