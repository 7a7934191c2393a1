/* SPDX-License-Identifier: MIT
 *
 * dense.c - see dense.h.
 */
#include "track/dense.h"

#include <math.h>
#include <string.h>

static const float LEAST = 1e-6f;     /* pivot, of a diagonal of ones: less is rounding */
static const float SMALLEST = 1e-34f; /* what the diagonal itself is at least           */

/* The row after `row`: i times the complex one that it is. */
static void pair(const struct dense *d, float *row)
{
    for (size_t j = 0; d->parts == 2 && j < d->q; j += 2) {
        row[d->ld + j] = -row[j + 1];
        row[d->ld + j + 1] = row[j];
    }
}

void dense_product(const struct dense *d, const float *A, size_t rows, size_t lda,
                   const float *B, size_t inner, float *Z)
{
    const struct product m = {
        .A = A,
        .B = B,
        .Z = Z,
        .rows = rows / d->parts,
        .inner = inner,
        .ld = d->ld,
        .lda = lda * d->parts,
        .ldz = d->ld * d->parts,
    };

    d->kernel->multiply(&m);
    for (size_t i = 0; i < rows; i += d->parts)
        pair(d, Z + i * d->ld);
}

void dense_transpose(const struct dense *d, const float *A, size_t rows, size_t lda, float *T,
                     size_t ldt)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < d->q; j++)
            T[j * ldt + i] = A[i * lda + j];
}

void dense_mirror(const struct dense *d, float *S)
{
    for (size_t i = 0; i < d->q; i += d->parts) {
        if (d->parts == 2) /* the diagonal of a Hermitian matrix is real */
            S[i * (d->ld + 1) + 1] = 0.0f;
        pair(d, S + i * d->ld);
    }
    for (size_t i = 0; i < d->q; i++)
        for (size_t j = 0; j < i; j++)
            S[i * d->ld + j] = S[j * d->ld + i];
}

/* y -= f x from the eight on in which entry `from` lies, to ld, a multiple of 8. */
static void take(float *restrict y, const float *restrict x, float f, size_t from, size_t ld)
{
    for (size_t j = from / 8 * 8; j < ld; j += 8) {
        float rest[8];

        for (size_t k = 0; k < 8; k++)
            rest[k] = y[j + k] - f * x[j + k];
        memcpy(y + j, rest, sizeof rest);
    }
}

/* S = R'R [GV13, 4.2]; R over S, its diagonal inverted, zero below it. */
static void factor(const struct dense *d, float *S)
{
    for (size_t k = 0; k < d->q; k += d->parts) {
        float *const row = S + k * d->ld;
        const float scale = 1.0f / sqrtf(fmaxf(row[k], LEAST));

        for (size_t j = k + 1; j < d->q; j++)
            row[j] *= scale;
        row[k] = scale;
        if (d->parts == 2)
            row[k + 1] = 0.0f;
        pair(d, row);
        for (size_t m = k; m < k + d->parts; m++)
            for (size_t i = k + d->parts; i < d->q; i += d->parts)
                take(S + i * d->ld, S + m * d->ld, S[m * d->ld + i], i, d->ld);
    }
    for (size_t k = 1; k < d->q; k++)
        memset(S + k * d->ld, 0, k * sizeof *S);
}

/* Makes the diagonal of S ones; by what its rows and columns were multiplied. */
static void level(const struct dense *d, float *S, float *by)
{
    for (size_t i = 0; i < d->q; i++)
        by[i] = 1.0f / sqrtf(fmaxf(S[i * (d->ld + 1)], SMALLEST));
    for (size_t i = 0; i < d->q; i++)
        for (size_t j = i; j < d->q; j++)
            S[i * d->ld + j] *= by[i] * by[j];
}

void dense_root(const struct dense *d, float *S, float *Y)
{
    const size_t q = d->q, ld = d->ld;

    level(d, S, d->x);
    factor(d, S);
    memset(Y, 0, q * ld * sizeof *Y);
    for (size_t i = 0; i < q; i += d->parts)
        Y[i * (ld + 1)] = d->x[i];
    for (size_t k = 0; k < q; k++)
        for (size_t i = 0; i <= k; i += d->parts) {
            float *const y = Y + i * ld; /* y R = e_i, times by[i] */
            const float f = y[k] * S[k * (ld + 1)];

            take(y, S + k * ld, f, k, ld); /* before k nothing: there R is zero */
            y[k] = f;
        }
    for (size_t i = 0; i < q; i += d->parts)
        pair(d, Y + i * ld);
}
