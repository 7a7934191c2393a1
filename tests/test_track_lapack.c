/* SPDX-License-Identifier: MIT
 *
 * test_track_lapack.c - decompositions, against LAPACK's.
 */
#include "oracle.h"
#include "scene.h"

#include <complex.h>
#undef I
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
        assert_int_equal(LAPACKE_dgesvd(LAPACK_ROW_MAJOR, 'N', 'N', (lapack_int)m, (lapack_int)n,
                                        B, (lapack_int)n, truth, NULL, (lapack_int)m, NULL,
                                        (lapack_int)n, rest), 0);
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

static void truncated_svd_may_ask_for_more_than_the_rank(void **state)
{
    (void)state;
    enum { M = 60, R = 5, K = 24 };
    struct dice d = { 3 };
    float *const A = gapped(M, M, 0.6, 0, &d);
    float s[K], *const V = malloc(M * K * sizeof *V);

    assert_int_equal(lull_svd_truncated(A, M, M, K, s, NULL, V), LULL_OK);
    for (size_t j = 0; j < K; j++)
        assert_at_most(fabs((double)s[j] - (j < R ? 1e3 * pow(0.6, (double)j) : 0)), 1e-2);
    for (size_t a = 0; a < K; a++)
        for (size_t b = 0; b <= a; b++) {
            double along = a == b ? -1 : 0;

            for (size_t i = 0; i < M; i++)
                along += (double)V[i * K + a] * (double)V[i * K + b];
            assert_at_most(fabs(along), 2e-6); /* 2e-7 */
        }
    free(A);
    free(V);
}

/* Where there is nothing, any directions will do, if they are upright. */
static void truncated_svd_of_too_little_is_orthonormal(void **state)
{
    (void)state;
    enum { M = 7, N = 8, MATRICES = 200 };
    struct dice d = { 12 };

    for (int i = 0; i < MATRICES; i++) {
        float u[M], v[N], A[M * N], s[M], V[N * M];

        dice_noise(&d, u, M, 1);
        dice_noise(&d, v, N, 1);
        for (size_t k = 0; k < M * N; k++)
            A[k] = u[k / N] * v[k % N];
        assert_int_equal(lull_svd_truncated(A, M, N, M, s, NULL, V), LULL_OK);
        for (size_t j = 0; j < M; j++)
            for (size_t k = 0; k <= j; k++) {
                double dot = 0;

                for (size_t t = 0; t < N; t++)
                    dot += (double)V[t * M + j] * (double)V[t * M + k];
                assert_at_most(fabs(dot - (j == k)), 1e-5);
            }
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_equals_brands_decomposition),
        cmocka_unit_test(truncated_svd_equals_lapack),
        cmocka_unit_test(truncated_svd_may_ask_for_more_than_the_rank),
        cmocka_unit_test(truncated_svd_of_too_little_is_orthonormal),
        cmocka_unit_test(truncated_svd_refuses_nonsense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
