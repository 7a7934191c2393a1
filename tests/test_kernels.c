/* SPDX-License-Identifier: MIT
 *
 * test_kernels.c - the passes through a basis and products of matrices, against plain code.
 */
#include "check.h"
#include "track/basis.h"
#include "track/kernel.h"
#include "track/vec.h"

#include <complex.h>
#undef I
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DIRECTIONS = 13, ROWS = 139 }; /* neither a whole number of registers, nor of tiles */

struct bench {
    struct basis U;
    float *y, *p, *h, *d;
};

static struct bench bench(size_t parts, struct dice *dice)
{
    struct bench b = { .U = { .n = ROWS * parts, .cap = DIRECTIONS + 2, .r = DIRECTIONS } };

    b.U.parts = parts;
    b.U.tiles = (b.U.n + TILE - 1) / TILE;
    b.U.U = dice_vector(dice, basis_floats(&b.U));
    b.y = dice_vector(dice, basis_padded(&b.U));
    b.p = dice_vector(dice, 2 * DIRECTIONS);
    b.h = dice_vector(dice, 2 * DIRECTIONS);
    b.d = dice_vector(dice, 2 * DIRECTIONS);
    for (size_t i = b.U.n; i < basis_padded(&b.U); i++) {
        b.y[i] = 0;
        for (size_t j = 0; j < b.U.cap; j++)
            b.U.U[(i / TILE * b.U.cap + j) * TILE + i % TILE] = 0;
    }
    return b;
}

static void bench_free(struct bench *b)
{
    free(b->U.U);
    free(b->y);
    free(b->p);
    free(b->h);
    free(b->d);
}

/* Number i of direction j, or of a vector, as a complex one. */
static double _Complex entry(const struct basis *U, size_t i, size_t j)
{
    const size_t at = i * U->parts;
    const float *u = U->U + (at / TILE * U->cap + j) * TILE + at % TILE;

    return (double)u[0] + (U->parts == 2 ? (double)u[1] : 0) * (double _Complex)_Complex_I;
}

static double _Complex number(const float *x, size_t i, size_t parts)
{
    return (double)x[i * parts] +
           (parts == 2 ? (double)x[i * parts + 1] : 0) * (double _Complex)_Complex_I;
}

static double apart(double _Complex a, double _Complex b)
{
    const double re = creal(a) - creal(b), im = cimag(a) - cimag(b);

    return sqrt(re * re + im * im);
}

/* Largest difference between a kernel and its definition. */
static double kernel_error(const struct kernel *k, size_t parts)
{
    struct dice dice = { 5 };
    struct bench b = bench(parts, &dice);
    const size_t padded = basis_padded(&b.U);
    float *const e = dice_vector(&dice, padded), *const x = dice_vector(&dice, padded);
    float *const moved = dice_vector(&dice, basis_floats(&b.U)), p[2 * DIRECTIONS];
    const struct sweep s = { .y = b.y,
                             .p = b.p,
                             .h = b.h,
                             .d = b.d,
                             .x_e = 0.4f,
                             .x_h = -0.3f,
                             .v_e = 0.2f,
                             .v_p = -0.5f,
                             .v_h = 0.9f,
                             .e = e,
                             .x_hat = x };
    struct basis after = b.U;
    double worst = 0;

    k->gather(&b.U, b.y, p);
    k->sweep(&b.U, &s, moved);
    after.U = moved;
    for (size_t j = 0; j < DIRECTIONS; j++) {
        double _Complex sum = 0;

        for (size_t i = 0; i < ROWS; i++)
            sum += conj(entry(&b.U, i, j)) * number(b.y, i, parts);
        worst = fmax(worst, apart(sum, number(p, j, parts)));
    }
    for (size_t i = 0; i < ROWS; i++) {
        double _Complex up = 0, uh = 0;

        for (size_t j = 0; j < DIRECTIONS; j++) {
            up += entry(&b.U, i, j) * number(b.p, j, parts);
            uh += entry(&b.U, i, j) * number(b.h, j, parts);
        }
        const double _Complex rest = number(b.y, i, parts) - up;
        const double _Complex v = 0.2 * rest - 0.5 * up + 0.9 * uh;

        worst = fmax(worst, apart(rest, number(e, i, parts)));
        worst = fmax(worst, apart(0.4 * rest + up - 0.3 * uh, number(x, i, parts)));
        for (size_t j = 0; j < DIRECTIONS; j++)
            worst = fmax(worst, apart(entry(&b.U, i, j) + v * conj(number(b.d, j, parts)),
                                      entry(&after, i, j)));
    }
    float *const still = dice_vector(&dice, padded);
    struct sweep look = s;

    look.x_hat = still;
    look.e = NULL;
    k->sweep(&b.U, &look, NULL);
    for (size_t i = 0; i < b.U.n; i++)
        worst = fmax(worst, fabs((double)still[i] - (double)x[i]));
    free(still);
    k->combine(&b.U, b.p, x);
    for (size_t i = 0; i < ROWS; i++)
        worst = fmax(worst,
                     apart(number(b.y, i, parts) - number(e, i, parts), number(x, i, parts)));
    look.x_hat = NULL;
    k->sweep(&b.U, &look, b.U.U); /* in place */
    for (size_t i = 0; i < ROWS * DIRECTIONS; i++)
        worst = fmax(worst,
                     apart(entry(&b.U, i % ROWS, i / ROWS), entry(&after, i % ROWS, i / ROWS)));
    free(e);
    free(x);
    free(moved);
    bench_free(&b);
    return worst;
}

/* Largest difference between turning U along w on the way and turning it before. */
static double late_error(const struct kernel *k, float further)
{
    struct dice dice = { 6 };
    struct bench b = bench(1, &dice);
    const size_t padded = basis_padded(&b.U), floats = basis_floats(&b.U);
    float *const w = dice_vector(&dice, padded), *const c = dice_vector(&dice, 2 * DIRECTIONS);
    float *const got = dice_vector(&dice, 3 * padded);
    float *const moved = dice_vector(&dice, floats);
    float *const want = dice_vector(&dice, 3 * padded);
    struct sweep s = { .y = b.y, .p = b.p, .h = b.h, .d = b.d, .x_e = 0.4f, .x_h = -0.3f,
                       .v_e = 0.2f, .v_p = -0.5f, .v_h = 0.9f };
    double worst = 0;

    s.w = w, s.c = c, s.e = got, s.x_hat = got + padded, s.v = got + 2 * padded;
    for (size_t j = 0; j < DIRECTIONS; j++) {
        s.w_p += c[j] * b.p[j];
        s.w_h += c[j] * b.h[j];
    }
    k->sweep(&b.U, &s, moved);
    for (size_t i = 0; i < b.U.n; i++)
        for (size_t j = 0; j < DIRECTIONS; j++)
            b.U.U[(i / TILE * b.U.cap + j) * TILE + i % TILE] += further * w[i] * c[j];
    s.w = NULL, s.e = want, s.x_hat = want + padded, s.v = want + 2 * padded;
    k->sweep(&b.U, &s, b.U.U);
    for (size_t i = 0; i < b.U.n; i++) {
        for (size_t m = i; m < 3 * padded; m += padded)
            worst = fmax(worst, apart((double)got[m], (double)want[m]));
        for (size_t j = 0; j < DIRECTIONS; j++) {
            const size_t at = (i / TILE * b.U.cap + j) * TILE + i % TILE;

            worst = fmax(worst, apart((double)moved[at], (double)b.U.U[at]));
        }
    }
    free(w), free(c), free(got), free(moved), free(want);
    bench_free(&b);
    return worst;
}

static void every_kernel_does_what_kernel_h_says(void **state)
{
    (void)state;
    const struct kernel *const all[] = { kernel_c(), kernel_avx2(), kernel_avx512(),
                                         kernel_neon() };

    for (size_t i = 0; i < 4; i++)
        for (size_t parts = 1; all[i] && parts <= 2; parts++)
            assert_at_most(kernel_error(all[i] + parts - 1, parts), 1e-4); /* 5e-6 */
    for (size_t i = 0; i < 4; i++)
        if (all[i])
            assert_at_most(late_error(all[i], 1), 1e-4); /* 7e-6 */
    assert_at_least(late_error(kernel_c(), 0), 1); /* another turn */
    assert_at_least(kernel_error(kernel_c(), 2), 1); /* real ones on complex numbers */
}

static void blend_is_symmetric_to_the_last_bit(void **state)
{
    (void)state;
    const struct kernel *const all[] = { kernel_c(), kernel_avx2(), kernel_avx512(),
                                         kernel_neon() };
    struct dice d = { 3 };

    for (size_t i = 0; i < 4; i++) {
        float X[21 * 24] = { 0 }, y[24];

        for (int t = 0; all[i] && t < 100; t++) {
            float *const x = dice_vector(&d, 24);

            all[i]->blend(X, 21, 24, 0.97f, t % 3 ? 0.8f : -0.7f, x);
            all[i]->apply(X, 21, 24, x, y);
            for (size_t j = 0; j < 21; j++) {
                double sum = 0;

                for (size_t k = 0; k < 21; k++) {
                    assert_true(X[j * 24 + k] == X[k * 24 + j]);
                    sum += (double)X[k * 24 + j] * (double)x[k];
                }
                assert_at_most(fabs(sum - (double)y[j]), 1e-3);
            }
            free(x);
        }
    }
}

/* Of vectors that are no whole number of registers, then padded with zeros. */
static void frames_are_taken_and_vectors_nudged(void **state)
{
    (void)state;
    const struct kernel *const all[] = { kernel_c(), kernel_avx2(), kernel_avx512(),
                                         kernel_neon() };
    enum { N = 117, PADDED = 128 };
    static const float c[] = { 0.3f, 0 };
    struct dice d = { 6 };
    float *const y = dice_vector(&d, N), *const was = dice_vector(&d, PADDED);

    for (size_t k = 0; k < 4; k++) {
        float to[PADDED] = { 0 }, w[PADDED], q[2];
        double y2 = 0, wy = 0, w2 = 0;

        if (!all[k])
            continue;
        memcpy(w, was, sizeof w);
        const double taken = (double)all[k]->take(y, N, to);

        all[k]->inner(w, to, PADDED, q);
        const double moved = (double)all[k]->nudge(w, to, PADDED, 0.9f, c);

        for (size_t i = 0; i < PADDED; i++) {
            const double here = i < N ? (double)y[i] : 0, x = (double)was[i];
            const double next = 0.9 * x + 0.3 * here;

            assert_true((double)to[i] == here);
            assert_at_most(fabs(next - (double)w[i]), 1e-6); /* 2e-7 */
            y2 += here * here;
            wy += x * here;
            w2 += next * next;
        }
        assert_at_most(fabs(taken - y2), 1e-3 * y2 / N);
        assert_at_most(fabs((double)q[0] - wy), 1e-3 * y2 / N);
        assert_at_most(fabs(moved - w2), 1e-3 * w2 / N);
    }
    free(y);
    free(was);
}

static void products_are_products(void **state)
{
    (void)state;
    const struct kernel *const all[] = { kernel_c(), kernel_avx2(), kernel_avx512(),
                                         kernel_neon() };
    enum { MANY = 11, INNER = 13, LDA = 15, LD = 24, LDZ = 26 }; /* all kinds of remainder */
    struct dice d = { 4 };
    float *const A = dice_vector(&d, MANY * LDA), *const B = dice_vector(&d, INNER * LD);
    float *const Z = dice_vector(&d, MANY * LDZ);
    const struct product m = { A, B, Z, MANY, INNER, LD, LDA, LDZ };

    for (size_t c = 0; c < 4; c++) {
        if (!all[c])
            continue;
        memset(Z, 0, MANY * LDZ * sizeof *Z);
        all[c]->multiply(&m);
        for (size_t i = 0; i < MANY; i++)
            for (size_t j = 0; j < LDZ; j++) {
                double sum = -(double)Z[i * LDZ + j];

                for (size_t k = 0; k < INNER && j < LD; k++)
                    sum += (double)A[i * LDA + k] * (double)B[k * LD + j];
                assert_at_most(fabs(sum), 1e-5); /* 3e-7; and nothing beyond ld */
            }
    }
    free(A);
    free(B);
    free(Z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_does_what_kernel_h_says),
        cmocka_unit_test(blend_is_symmetric_to_the_last_bit),
        cmocka_unit_test(frames_are_taken_and_vectors_nudged),
        cmocka_unit_test(products_are_products),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
