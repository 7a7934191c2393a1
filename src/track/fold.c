/* SPDX-License-Identifier: MIT
 *
 * fold.c - the r strongest directions of U C U' + sum w_i y_i y_i'.
 *
 * Q = (U, what the y_i add to it) by Gram-Schmidt, twice [GV13, 5.2]; M is the
 * sum in terms of Q; its eigenvectors V come by cyclic Jacobi rotations, which
 * order them too; the new U is Q V, the new C diagonal.  Exact up to what is
 * truncated in the end.
 *
 * Cost for b vectors: 8 n (r + b) b + 2 n (r + b) r + O((r + b)^3) flops.
 */
#include "track/fold.h"
#include "track/vec.h"

#include <math.h>
#include <string.h>

static const float NOTHING_NEW = 1e-10f; /* of |y|^2: rounding               */
static const float DONE = 1e-13f;        /* squared correlation of a pair    */
enum { SWEEPS = 12 };

void fold_place(struct fold *f, struct arena *a, const struct basis *U, size_t more)
{
    const size_t cap = U->cap + more;

    basis_place(&f->Q, a, U->n, cap, U->parts);
    basis_place(&f->V, a, cap * U->parts, cap, U->parts);
    cov_place_alone(&f->M, a, cap, U->parts);
    f->x = arena_floats(a, basis_padded(U));
    f->rest = arena_floats(a, basis_padded(U));
    f->c = arena_floats(a, basis_padded(&f->V));
    f->z = arena_floats(a, basis_padded(&f->V));
}

void fold_begin(struct fold *f, const struct basis *U, const struct cov *C, float keep)
{
    struct cov *const M = &f->M;

    M->kernel = C->kernel;
    M->q = C->q;
    memset(M->C, 0, M->rows * M->ld * sizeof *M->C);
    for (size_t i = 0; i < C->q; i++)
        for (size_t j = 0; j < C->q; j++)
            M->C[i * M->ld + j] = keep * C->C[i * C->ld + j];

    f->Q.r = U->r;
    for (size_t t = 0; t < U->tiles; t++)
        memcpy(f->Q.U + t * f->Q.cap * TILE, U->U + t * U->cap * TILE,
               U->r * TILE * sizeof *U->U);
}

void fold_add(struct fold *f, const float *y, float weight)
{
    struct basis *const Q = &f->Q;
    const size_t n = Q->n, padded = basis_padded(Q);
    const float before = vec_square(y, n);

    memset(f->z, 0, f->M.ld * sizeof *f->z);
    memcpy(f->rest, y, padded * sizeof *y);
    for (int pass = 0; pass < 2; pass++) {
        f->M.kernel->gather(Q, f->rest, f->c);
        f->M.kernel->combine(Q, f->c, f->x);
        for (size_t i = 0; i < n; i++)
            f->rest[i] -= f->x[i];
        for (size_t i = 0; i < Q->r * Q->parts; i++)
            f->z[i] += f->c[i];
    }
    const float after = vec_square(f->rest, n);

    if (after > NOTHING_NEW * before && Q->r < Q->cap) {
        const float length = sqrtf(after);

        for (size_t i = 0; i < n; i++)
            f->rest[i] /= length;
        f->z[Q->r * Q->parts] = length;
        basis_set(Q, Q->r++, f->rest);
        f->M.q = Q->r * Q->parts;
    }
    cov_blend(&f->M, f->M.C, 1.0f, weight, f->z);
}

static bool worth_it(const struct cov *M, size_t j, size_t k)
{
    const float *x = M->C + j * M->parts * M->ld + k * M->parts;
    const float size2 = x[0] * x[0] + (M->parts == 2 ? x[1] * x[1] : 0.0f);
    const float a = cov_power(M, j), b = cov_power(M, k);

    return a < b || size2 > DONE * fmaxf(a * b, DONE * cov_power(M, 0) * cov_power(M, 0));
}

/* Makes M diagonal, V its eigenvectors, strongest first. */
static void diagonalise(struct fold *f)
{
    struct basis *const V = &f->V;
    bool turned = true;

    memset(V->U, 0, basis_floats(V) * sizeof *V->U);
    V->r = f->Q.r;
    for (size_t j = 0; j < V->r; j++) {
        memset(f->z, 0, V->n * sizeof *f->z);
        f->z[j * V->parts] = 1.0f;
        basis_set(V, j, f->z);
    }
    for (int sweep = 0; sweep < SWEEPS && turned; sweep++) {
        turned = false;
        for (size_t j = 0; j < V->r; j++)
            for (size_t k = j + 1; k < V->r; k++) {
                float s[2];

                if (!worth_it(&f->M, j, k))
                    continue;
                const float cosine = cov_angle(&f->M, j, k, s);

                cov_turn_pair(&f->M, j, k, cosine, s);
                basis_turn_pair(V, j, k, cosine, s);
                turned = true;
            }
    }
}

void fold_end(struct fold *f, struct basis *U, struct cov *C, size_t r)
{
    diagonalise(f);
    U->r = r < f->Q.r ? r : f->Q.r;
    cov_reset(C, U->r, 1.0f);
    for (size_t j = 0; j < U->r; j++) {
        const float power = fmaxf(cov_power(&f->M, j), 1e-34f);

        basis_get(&f->V, j, f->z);
        f->M.kernel->combine(&f->Q, f->z, f->x);
        basis_set(U, j, f->x);
        for (size_t m = j * C->parts; m < (j + 1) * C->parts; m++) {
            C->C[m * (C->ld + 1)] = power;
            C->P[m * (C->ld + 1)] = 1.0f / power;
        }
    }
}
