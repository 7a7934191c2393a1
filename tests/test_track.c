/* SPDX-License-Identifier: MIT
 *
 * test_track.c - the parts of the tracker, against plain code and LAPACK.
 */
#include "lull_tracker.h"
#include "oracle.h"
#include "scene.h"

#include "track/cov.h"
#include "track/fold.h"
#include "track/robust.h"
#include "track/step.h"
#include "track/track.h"

#include <complex.h>
#undef I
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static float *noise(struct dice *d, size_t n)
{
    float *const x = aligned_alloc(64, (n * sizeof *x + 63) / 64 * 64);

    dice_noise(d, x, n, 1);
    return x;
}

/* --- kernels --------------------------------------------------------------------- */

enum { DIRECTIONS = 13, ROWS = 75 }; /* neither a whole number of registers */

struct bench {
    struct basis U;
    float *y, *p, *h, *d;
};

static struct bench bench(size_t parts, struct dice *dice)
{
    struct bench b = { .U = { .n = ROWS * parts, .cap = DIRECTIONS + 2, .r = DIRECTIONS } };

    b.U.parts = parts;
    b.U.tiles = (b.U.n + TILE - 1) / TILE;
    b.U.U = noise(dice, basis_floats(&b.U));
    b.y = noise(dice, basis_padded(&b.U));
    b.p = noise(dice, 2 * DIRECTIONS);
    b.h = noise(dice, 2 * DIRECTIONS);
    b.d = noise(dice, 2 * DIRECTIONS);
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
    float *const e = noise(&dice, padded), *const x = noise(&dice, padded);
    float *const moved = noise(&dice, basis_floats(&b.U)), p[2 * DIRECTIONS];
    const struct sweep s = { .y = b.y,
                             .p = b.p,
                             .h = b.h,
                             .d = b.d,
                             .x_p = 0.7f,
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
        worst = fmax(worst, apart(0.7 * up - 0.3 * uh, number(x, i, parts)));
        for (size_t j = 0; j < DIRECTIONS; j++)
            worst = fmax(worst, apart(entry(&b.U, i, j) + v * conj(number(b.d, j, parts)),
                                      entry(&after, i, j)));
    }
    k->combine(&b.U, b.p, x);
    for (size_t i = 0; i < ROWS; i++)
        worst = fmax(worst,
                     apart(number(b.y, i, parts) - number(e, i, parts), number(x, i, parts)));
    free(e);
    free(x);
    free(moved);
    bench_free(&b);
    return worst;
}

static void every_kernel_does_what_kernel_h_says(void **state)
{
    (void)state;
    const struct kernel *const all[] = { kernel_c(), kernel_avx2(), kernel_neon() };

    for (size_t i = 0; i < 3; i++)
        for (size_t parts = 1; all[i] && parts <= 2; parts++)
            assert_at_most(kernel_error(all[i] + parts - 1, parts), 1e-4); /* 5e-6 */
    assert_at_least(kernel_error(kernel_c(), 2), 1); /* real ones on complex numbers */
}

static void blend_is_symmetric_to_the_last_bit(void **state)
{
    (void)state;
    const struct kernel *const all[] = { kernel_c(), kernel_avx2(), kernel_neon() };
    struct dice d = { 3 };

    for (size_t i = 0; i < 3; i++) {
        float X[20 * 24] = { 0 }, y[24];

        for (int t = 0; all[i] && t < 100; t++) {
            float *const x = noise(&d, 24);

            all[i]->blend(X, 20, 24, 0.97f, t % 3 ? 1.0f : -1.0f, x);
            all[i]->apply(X, 20, 24, x, y);
            for (size_t j = 0; j < 20; j++) {
                double sum = 0;

                for (size_t k = 0; k < 20; k++) {
                    assert_true(X[j * 24 + k] == X[k * 24 + j]);
                    sum += (double)X[k * 24 + j] * (double)x[k];
                }
                assert_at_most(fabs(sum - (double)y[j]), 1e-3);
            }
            free(x);
        }
    }
}

/* --- covariance and inverse ---------------------------------------------------------- */

/* Largest |P C - I|. */
static double inverse_error(const struct cov *c)
{
    double worst = 0;

    for (size_t i = 0; i < c->q; i++)
        for (size_t j = 0; j < c->q; j++) {
            double sum = i == j ? -1 : 0;

            for (size_t k = 0; k < c->q; k++)
                sum += (double)c->P[i * c->ld + k] * (double)c->C[k * c->ld + j];
            worst = fmax(worst, fabs(sum));
        }
    return worst;
}

/* After so many frames; then P is spoilt by a factor and polished so often. */
static double inverse_after(size_t parts, float mu, size_t frames, float spoilt, size_t polish)
{
    static _Alignas(64) unsigned char memory[1 << 16];
    struct arena a = { .block = memory };
    struct cov c = { 0 };
    struct dice d = { 9 };
    float p[24] = { 0 }, h[24];

    cov_place(&c, &a, 8, parts);
    c.kernel = kernel_choose(parts, false);
    cov_reset(&c, 8, 1);
    for (size_t f = 0; f < frames; f++) {
        for (size_t i = 0; i < c.q; i++)
            p[i] = (float)(dice_normal(&d) * pow(0.9, (double)(i / parts)));
        const float ph = cov_solve(&c, p, h);

        cov_update(&c, mu, p, h, ph);
        cov_polish(&c, 1);
    }
    for (size_t i = 0; i < c.q * c.ld; i++)
        c.P[i] *= spoilt;
    cov_polish(&c, polish);
    return inverse_error(&c);
}

static void the_inverse_stays_the_inverse(void **state)
{
    (void)state;
    for (size_t parts = 1; parts <= 2; parts++) {
        assert_at_most(inverse_after(parts, 0.01f, 100000, 1, 0), 2e-5); /* 2e-6 */
        assert_at_most(inverse_after(parts, 0.1f, 100000, 1, 0), 2e-5);  /* 3e-6 */
    }
}

static void polishing_finds_the_inverse(void **state)
{
    (void)state;
    for (size_t parts = 1; parts <= 2; parts++) {
        assert_at_least(inverse_after(parts, 0.01f, 1000, 3, 0), 1.9);
        assert_at_most(inverse_after(parts, 0.01f, 1000, 3, 200), 1e-3);
        assert_at_most(inverse_after(parts, 0.01f, 1000, 0.1f, 200), 1e-3);
    }
}

static void a_spoilt_inverse_is_replaced(void **state)
{
    (void)state;
    static _Alignas(64) unsigned char memory[1 << 14];
    struct arena a = { .block = memory };
    struct cov c = { 0 };
    const float p[8] = { 1, -2, 3, -4, 5, -6, 7, -8 };
    float h[8];

    cov_place(&c, &a, 8, 1);
    c.kernel = kernel_choose(1, false);
    cov_reset(&c, 8, 2);
    c.P[3] = NAN;
    assert_at_most(fabsf(cov_solve(&c, p, h) - 102), 1e-3); /* 204/2 */
    c.P[0] = -1e9f;
    assert_at_most(fabsf(cov_solve(&c, p, h) - 102), 1e-3);
}

static void a_dropped_direction_leaves_the_inverse_of_the_rest(void **state)
{
    (void)state;
    for (size_t parts = 1; parts <= 2; parts++) {
        static _Alignas(64) unsigned char memory[1 << 16];
        struct arena a = { .block = memory };
        struct cov c = { 0 };
        struct dice d = { 9 };
        float p[24] = { 0 }, h[24], s[2];

        cov_place(&c, &a, 8, parts);
        c.kernel = kernel_choose(parts, false);
        cov_reset(&c, 7, 1);
        for (size_t f = 0; f < 1000; f++) {
            for (size_t i = 0; i < c.q; i++)
                p[i] = (float)dice_normal(&d);
            cov_update(&c, 0.02f, p, h, cov_solve(&c, p, h));
            cov_polish(&c, 1);
        }
        const float cosine = cov_angle(&c, 1, 4, s);

        cov_turn_pair(&c, 1, 4, cosine, s);
        assert_at_most(fabsf(c.C[parts * c.ld + 4 * parts]), 1e-5);
        cov_drop_last(&c);
        assert_at_most(inverse_error(&c), 1e-4);
        cov_grow(&c, 3);
        assert_at_most(inverse_error(&c), 1e-4);
    }
}

/* --- the exact rule --------------------------------------------------------------------- */

/* Brand's update in double: the r strongest of (1 - mu) U C U' + mu y y'. */
static void brand(double *S, const float *y, size_t n, size_t r, double mu)
{
    double *const w = malloc(n * sizeof *w);

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            S[i * n + j] = (1 - mu) * S[i * n + j] + mu * (double)y[i] * (double)y[j];
    double *const V = malloc(n * n * sizeof *V);

    memcpy(V, S, n * n * sizeof *V);
    LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'V', 'U', (lapack_int)n, V, (lapack_int)n, w);
    memset(S, 0, n * n * sizeof *S);
    for (size_t k = n - r; k < n; k++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                S[i * n + j] += w[k] * V[i * n + k] * V[j * n + k];
    free(V);
    free(w);
}

static double distance_from_brand(lull_rule rule)
{
    enum { N = 24, R = 3 };
    static const double ell[] = { 40, 20, 10 };
    lull_tracker_config cfg = lull_tracker_defaults(N, R);
    struct scene s = scene_new(N, 1, R, ell, 2);
    double S[N * N] = { 0 };
    float U[R * N], power[R];
    double worst = 0;

    cfg.rule = rule;
    cfg.step = 0.05f;
    cfg.block = 1;
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);

    for (size_t f = 0; f < 300; f++) {
        scene_frame(&s);
        lull_tracker_update(t, s.y, NULL, NULL);
        brand(S, s.y, N, R, fmax(0.05, 1.0 / (double)(f + 1)));
    }
    lull_tracker_basis(t, U, power);
    for (size_t j = 0; j < R; j++) { /* S u_j must lie along U, with C's power */
        double along = 0;

        for (size_t i = 0; i < N; i++)
            for (size_t k = 0; k < N; k++)
                along += (double)U[j * N + i] * S[i * N + k] * (double)U[j * N + k];
        worst = fmax(worst, fabs(along / (double)power[j] - 1));
    }
    lull_tracker_free(t);
    scene_free(&s);
    return worst;
}

static void exact_equals_brands_decomposition(void **state)
{
    (void)state;
    assert_at_most(distance_from_brand(LULL_EXACT), 1e-4); /* 3e-7 */
    assert_at_most(distance_from_brand(LULL_BLOCK), 1e-4);
    assert_at_least(distance_from_brand(LULL_RLS), 1e-3); /* which is not */
}

/* --- singular values ----------------------------------------------------------------------- */

/* A = sum gap^j u_j v_j' + a little noise. */
static float *gapped(size_t m, size_t n, double gap, double rest, struct dice *d)
{
    const size_t k = 5;
    double *const U = malloc(k * m * sizeof *U), *const V = malloc(k * n * sizeof *V);
    float *const A = malloc(m * n * sizeof *A);

    for (size_t i = 0; i < k * m; i++)
        U[i] = dice_normal(d);
    for (size_t i = 0; i < k * n; i++)
        V[i] = dice_normal(d);
    oracle_orthonormal(U, k, m, 1);
    oracle_orthonormal(V, k, n, 1);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = rest * dice_normal(d);

            for (size_t c = 0; c < k; c++)
                sum += pow(gap, (double)c) * U[c * m + i] * V[c * n + j];
            A[i * n + j] = (float)(1e3 * sum);
        }
    free(U);
    free(V);
    return A;
}

static void truncated_svd_equals_lapack(void **state)
{
    (void)state;
    static const size_t sizes[][2] = { { 300, 40 }, { 40, 300 }, { 64, 64 }, { 7, 5 } };
    struct dice d = { 21 };

    for (size_t c = 0; c < 4; c++) {
        const size_t m = sizes[c][0], n = sizes[c][1], k = 5, most = m < n ? m : n;
        float *const A = gapped(m, n, 0.6, 1e-3, &d);
        double *const B = malloc(m * n * sizeof *B), *const truth =
                                                         malloc(most * sizeof *truth);
        double *const rest = malloc(most * sizeof *rest);
        float s[5], *const U = malloc(m * k * sizeof *U), *const V = malloc(n * k * sizeof *V);

        for (size_t i = 0; i < m * n; i++)
            B[i] = (double)A[i];
        LAPACKE_dgesvd(LAPACK_ROW_MAJOR, 'N', 'N', (lapack_int)m, (lapack_int)n, B,
                       (lapack_int)n, truth, NULL, 1, NULL, 1, rest);
        assert_int_equal(lull_svd_truncated(A, m, n, k, s, U, V), LULL_OK);
        for (size_t j = 0; j < k; j++)
            assert_at_most(fabs((double)s[j] / truth[j] - 1), 1e-4); /* 1e-7 */

        double off = 0; /* |A V - U diag(s)| over s[0] */

        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < k; j++) {
                double sum = -(double)U[i * k + j] * (double)s[j];

                for (size_t t = 0; t < n; t++)
                    sum += (double)A[i * n + t] * (double)V[t * k + j];
                off = fmax(off, fabs(sum) / truth[0]);
            }
        assert_at_most(off, 1e-5);
        free(A);
        free(B);
        free(U);
        free(V);
        free(truth);
        free(rest);
    }
}

static void truncated_svd_refuses_nonsense(void **state)
{
    (void)state;
    const float A[4] = { 1, 2, 3, 4 }, bad[4] = { 1, NAN, 3, 4 }, zero[4] = { 0 };
    float s[2] = { 7, 7 };

    assert_int_equal(lull_svd_truncated(A, 2, 2, 0, s, NULL, NULL), LULL_BAD_RANK);
    assert_int_equal(lull_svd_truncated(A, 2, 2, 3, s, NULL, NULL), LULL_BAD_RANK);
    assert_int_equal(lull_svd_truncated(A, 2, 0, 1, s, NULL, NULL), LULL_BAD_DIM);
    assert_int_equal(lull_svd_truncated(bad, 2, 2, 1, s, NULL, NULL), LULL_BAD_NUMBER);
    assert_int_equal(lull_svd_truncated(zero, 2, 2, 2, s, NULL, NULL), LULL_OK);
    assert_true(s[0] == 0 && s[1] == 0);
}

/* Largest |U'U - I| after so many frames, from directions bent by 1 %. */
static double bent(size_t parts, size_t frames)
{
    static _Alignas(64) unsigned char memory[1 << 16];
    struct arena a = { .block = memory };
    struct basis U;
    struct orth o;
    struct dice d = { 6 };
    const struct kernel *k = kernel_choose(parts, false);
    double worst = 0;
    float u[128], p[16];

    basis_place(&U, &a, 64 * parts, 8, parts);
    orth_place(&o, &a, &U);
    basis_reset(&U, 8);
    orth_reset(&o);
    for (size_t j = 0; j < 8; j++) {
        basis_get(&U, j, u);
        for (size_t i = 0; i < U.n; i++)
            u[i] += (float)(0.001 * dice_normal(&d));
        basis_set(&U, j, u);
    }
    for (size_t f = 0; f < frames; f++)
        orth_update(&o, k, &U);
    for (size_t j = 0; j < 8; j++) {
        memset(u, 0, sizeof u);
        basis_get(&U, j, u);
        k->gather(&U, u, p);
        p[j * parts] -= 1;
        for (size_t i = 0; i < 8 * parts; i++)
            worst = fmax(worst, fabs((double)p[i]));
    }
    return worst;
}

static void directions_are_straightened_in_time(void **state)
{
    (void)state;
    for (size_t parts = 1; parts <= 2; parts++) {
        assert_at_least(bent(parts, 0), 1e-3);
        assert_at_most(bent(parts, 4096), 1e-6); /* 2e-7 */
    }
}

/* --- base of it all ---------------------------------------------------------------------------- */

static void a_fresh_basis_is_orthonormal(void **state)
{
    (void)state;
    for (size_t n = 1; n < 80; n += 13)
        for (size_t r = 1; r <= n; r += 1 + n / 4) {
            lull_tracker_config cfg = lull_tracker_defaults(n, r);
            lull_tracker *const t = lull_tracker_new(&cfg, NULL);

            assert_at_most(scene_orthonormality(t, n, 1), 1e-6);
            lull_tracker_free(t);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_does_what_kernel_h_says),
        cmocka_unit_test(blend_is_symmetric_to_the_last_bit),
        cmocka_unit_test(the_inverse_stays_the_inverse),
        cmocka_unit_test(polishing_finds_the_inverse),
        cmocka_unit_test(a_spoilt_inverse_is_replaced),
        cmocka_unit_test(a_dropped_direction_leaves_the_inverse_of_the_rest),
        cmocka_unit_test(exact_equals_brands_decomposition),
        cmocka_unit_test(truncated_svd_equals_lapack),
        cmocka_unit_test(truncated_svd_refuses_nonsense),
        cmocka_unit_test(directions_are_straightened_in_time),
        cmocka_unit_test(a_fresh_basis_is_orthonormal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
