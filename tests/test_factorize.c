/* SPDX-License-Identifier: MIT
 *
 * test_factorize.c - matrices as products of two thin ones, against the best that
 * there are, which LAPACK knows.
 */
#include "check.h"
#include "lull_tracker.h"

#include <complex.h>
#undef I
#include <lapacke.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* W[m][n]: r directions of power 1 an entry each, the j-th times (j + 1)^-fall; then
 * noise. */
static float *matrix(size_t m, size_t n, size_t r, double fall, double noise, struct dice *d)
{
    float *const A = malloc((m * r + 1) * sizeof *A), *const B =
                                                          malloc((n * r + 1) * sizeof *B);
    float *const W = malloc(m * n * sizeof *W);

    dice_noise(d, A, m * r, 1);
    dice_noise(d, B, n * r, 1);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = noise * dice_normal(d);

            for (size_t c = 0; c < r; c++)
                sum += pow((double)c + 1, -fall) * (double)A[i * r + c] * (double)B[j * r + c];
            W[i * n + j] = (float)sum;
        }
    free(A);
    free(B);
    return W;
}

struct product {
    size_t m, n, k;
    float *A, *B;
};

static struct product factorize(const float *W, size_t m, size_t n, size_t k)
{
    const size_t room = m < n ? m : n;
    struct product p = { m, n, k, malloc(m * room * sizeof(float)),
                         malloc(n * room * sizeof(float)) };

    assert_int_equal(lull_factorize(W, m, n, &p.k, p.A, p.B), LULL_OK);
    return p;
}

static void release(struct product *p)
{
    free(p->A);
    free(p->B);
}

/* Root mean square of W - A B over the entries where gaps (NULL: none) are NAN. */
static double error(const struct product *p, const float *W, const float *gaps)
{
    double sum = 0, count = 0;

    for (size_t i = 0; i < p->m; i++)
        for (size_t j = 0; j < p->n; j++) {
            double e = (double)W[i * p->n + j];

            if (gaps && !isnan(gaps[i * p->n + j]))
                continue;
            for (size_t c = 0; c < p->k; c++)
                e -= (double)p->A[i * p->k + c] * (double)p->B[c * p->n + j];
            sum += e * e;
            count++;
        }
    return sqrt(sum / count);
}

/* The least that any product of rank k can leave. */
static double least_error(const float *W, size_t m, size_t n, size_t k)
{
    const size_t most = m < n ? m : n;
    double *const copy = malloc(m * n * sizeof *copy), *const s = malloc(most * sizeof *s);
    double *const rest = malloc(most * sizeof *rest), sum = 0;

    for (size_t i = 0; i < m * n; i++)
        copy[i] = (double)W[i];
    /* (LAPACKE before 3.10 looks at the leading dimensions of what is not asked for.) */
    assert_int_equal(LAPACKE_dgesvd(LAPACK_ROW_MAJOR, 'N', 'N', (lapack_int)m, (lapack_int)n,
                                    copy, (lapack_int)n, s, NULL, (lapack_int)m, NULL,
                                    (lapack_int)n, rest), 0);
    for (size_t j = k; j < most; j++)
        sum += s[j] * s[j];
    free(copy);
    free(rest);
    free(s);
    return sqrt(sum / (double)(m * n));
}

static void the_product_is_as_close_as_any(void **state)
{
    (void)state;
    static const struct {
        size_t m, n, r, k;
        double fall, noise;
    } cases[] = { { 200, 60, 5, 5, 0, 0.3 }, /* a gap: 1 + 1e-6   */
                  { 60, 200, 5, 5, 0, 0.3 }, /*                     */
                  { 70, 70, 70, 12, 1, 0 },  /* none: 1 + 2e-6    */
                  { 80, 120, 0, 8, 0, 1 },   /* noise: 1 + 4e-5   */
                  { 9, 5, 5, 5, 0, 0 },      /* all of it           */
                  { 300, 1, 1, 1, 0, 0 } };
    struct dice d = { 31 };

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const size_t m = cases[c].m, n = cases[c].n, k = cases[c].k;
        float *const W = matrix(m, n, cases[c].r, cases[c].fall, cases[c].noise, &d);
        struct product p = factorize(W, m, n, k);
        const double best = least_error(W, m, n, k);

        assert_int_equal(p.k, k);
        assert_at_most(error(&p, W, NULL), 1.001 * best + 1e-5);
        if (k > 1) { /* a direction that is not among the strongest shows */
            memcpy(p.B + (k - 1) * n, p.B, n * sizeof *p.B);
            assert_at_least(error(&p, W, NULL), 1.01 * best + 1e-5);
        }
        release(&p);
        free(W);
    }
}

static void the_rows_of_b_are_orthonormal(void **state)
{
    (void)state;
    struct dice d = { 5 };
    float *const W = matrix(40, 50, 6, 1, 0.01, &d);

    for (int gaps = 0; gaps < 2; gaps++) {
        if (gaps)
            W[77] = NAN;
        struct product p = factorize(W, 40, 50, 6);

        for (size_t a = 0; a < 6; a++)
            for (size_t b = 0; b <= a; b++) {
                double along = a == b ? -1 : 0;

                for (size_t j = 0; j < 50; j++)
                    along += (double)p.B[a * 50 + j] * (double)p.B[b * 50 + j];
                assert_at_most(fabs(along), 1e-6); /* 1e-7 */
            }
        release(&p);
    }
    free(W);
}

/* Entries go missing until `known` of them are left. */
static float *with_gaps(const float *W, size_t count, double known, struct dice *d)
{
    float *const G = malloc(count * sizeof *G);

    for (size_t i = 0; i < count; i++)
        G[i] = dice_uniform(d) < known ? W[i] : NAN;
    return G;
}

static void the_rank_is_found(void **state)
{
    (void)state;
    static const struct {
        size_t m, n, r;
        double noise, known;
    } cases[] = { { 120, 80, 0, 1, 1 },   { 120, 80, 3, 1, 1 },     { 80, 120, 7, 0.5, 1 },
                  { 60, 60, 25, 0.3, 1 }, { 500, 20, 4, 1, 1 },     { 60, 60, 5, 0, 1 },
                  { 90, 70, 0, 1, 0.5 },  { 120, 80, 3, 0.5, 0.5 }, { 100, 90, 6, 0, 0.5 } };

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (uint64_t seed = 1; seed <= 5; seed++) {
            const size_t m = cases[c].m, n = cases[c].n;
            struct dice d = { seed };
            float *const W = matrix(m, n, cases[c].r, 0, cases[c].noise, &d);
            float *const G = with_gaps(W, m * n, cases[c].known, &d);
            struct product p = factorize(G, m, n, 0);

            if (p.k != cases[c].r)
                fail_msg("case %zu, seed %u: %zu", c, (unsigned)seed, p.k);
            release(&p);
            free(W);
            free(G);
        }
}

static void missing_entries_are_guessed(void **state)
{
    (void)state;
    enum { M = 120, N = 100, R = 5 };

    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct dice d = { seed };
        float *const X = matrix(M, N, R, 0, 0, &d);
        float *const W = malloc(M * N * sizeof *W), *G = with_gaps(X, M * N, 0.5, &d);
        struct product p = factorize(G, M, N, R);

        assert_at_most(error(&p, X, G), 1e-4 * sqrt(R)); /* 3e-6 */
        release(&p);

        /* Noise of 0.3 leaves 0.3 sqrt(R (M + N - R)/known), or a little more. */
        for (size_t i = 0; i < M * N; i++) {
            W[i] = X[i] + (float)(0.3 * dice_normal(&d));
            G[i] = isnan(G[i]) ? NAN : W[i];
        }
        p = factorize(G, M, N, R);
        const double bound = 0.3 * sqrt((double)R * (M + N - R) / (0.5 * M * N));

        assert_at_most(error(&p, X, G), 1.25 * bound); /* 1.11 to 1.17 */
        assert_at_least(error(&p, X, G), 0.8 * bound);
        release(&p);

        /* As if 0 were an answer: what a measure of gaps must reject. */
        for (size_t i = 0; i < M * N; i++)
            W[i] = isnan(G[i]) ? 0 : G[i];
        p = factorize(W, M, N, R);
        assert_at_least(error(&p, X, G), 2 * bound);
        release(&p);
        free(X);
        free(W);
        free(G);
    }
}

static void the_scale_does_not_matter(void **state)
{
    (void)state;
    static const float scales[] = { 1e-25f, 1e-12f, 1e12f, 1e25f };
    struct dice d = { 9 };
    float *const X = matrix(50, 40, 4, 0, 0.3, &d), *const G = with_gaps(X, 2000, 0.7, &d);
    float *const scaled = malloc(2000 * sizeof *scaled);
    struct product p = factorize(G, 50, 40, 4);
    const double plain = error(&p, X, G);

    release(&p);
    for (size_t c = 0; c < 4; c++) {
        for (size_t i = 0; i < 2000; i++)
            scaled[i] = scales[c] * G[i];
        p = factorize(scaled, 50, 40, 4);
        for (size_t i = 0; i < 50 * 4; i++)
            p.A[i] /= scales[c];
        assert_at_most(fabs(error(&p, X, G) / plain - 1), 1e-3);
        release(&p);
    }
    free(X);
    free(G);
    free(scaled);
}

static void what_nothing_is_known_of_is_zero(void **state)
{
    (void)state;
    struct dice d = { 4 };
    float *const W = matrix(30, 20, 2, 0, 0, &d);

    for (size_t j = 0; j < 20; j++)
        W[7 * 20 + j] = NAN;
    for (size_t i = 0; i < 30; i++)
        W[i * 20 + 11] = NAN;
    struct product p = factorize(W, 30, 20, 2);

    for (size_t j = 0; j < 20; j++)
        assert_at_most(fabsf(p.A[14] * p.B[j] + p.A[15] * p.B[20 + j]), 1e-6);
    for (size_t i = 0; i < 30; i++)
        assert_at_most(fabsf(p.A[2 * i] * p.B[11] + p.A[2 * i + 1] * p.B[31]), 1e-6);
    release(&p);
    for (size_t i = 0; i < 600; i++)
        W[i] = NAN;
    p = factorize(W, 30, 20, 2);
    assert_true(energy(p.A, 60) == 0);
    release(&p);
    p = factorize(W, 30, 20, 0);
    assert_int_equal(p.k, 0);
    release(&p);
    memset(W, 0, 600 * sizeof *W);
    p = factorize(W, 30, 20, 0);
    assert_int_equal(p.k, 0);
    release(&p);
    free(W);
}

/* Entries over 20 decades, half of them missing, and more directions than they show. */
static void wild_matrices_stay_finite(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct dice d = { seed };
        const size_t m = 2 + (size_t)(20 * dice_uniform(&d)), n = 2 + seed % 9;
        const size_t least = m < n ? m : n;
        const bool flat = seed % 2;
        float W[22 * 10];

        for (size_t i = 0; i < m * n; i++) {
            const double wild = pow(10, 20 * dice_uniform(&d) - 10);

            W[i] = (float)(flat ? (double)(i / n * (i % n)) : wild);
            W[i] = dice_uniform(&d) < 0.5 ? W[i] : NAN;
        }
        struct product p = factorize(W, m, n, 1 + seed % least);

        assert_true(all_finite(p.A, m * p.k));
        assert_true(all_finite(p.B, n * p.k));
        release(&p);
    }
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    const float W[4] = { 1, 2, 3, 4 }, loud[4] = { 1, INFINITY, NAN, 4 };
    const float huge = -2e30f;
    float A[4] = { 7 }, B[4] = { 7 };
    size_t k = 3, one = 1;

    assert_int_equal(lull_factorize(W, 2, 2, &k, A, B), LULL_BAD_RANK);
    assert_int_equal(lull_factorize(W, 4, 1, &k, A, B), LULL_BAD_RANK);
    assert_int_equal(lull_factorize(W, 0, 2, &one, A, B), LULL_BAD_DIM);
    assert_int_equal(lull_factorize(W, 2, 0, &one, A, B), LULL_BAD_DIM);
    assert_int_equal(lull_factorize(W, 1, LULL_MAX_DIM + 1, &one, A, B), LULL_BAD_DIM);
    assert_int_equal(lull_factorize(loud, 2, 2, &one, A, B), LULL_BAD_NUMBER);
    assert_int_equal(lull_factorize(&huge, 1, 1, &one, A, B), LULL_BAD_NUMBER);
    assert_true(k == 3 && one == 1 && A[0] == 7 && B[0] == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_product_is_as_close_as_any),
        cmocka_unit_test(the_rows_of_b_are_orthonormal),
        cmocka_unit_test(the_rank_is_found),
        cmocka_unit_test(missing_entries_are_guessed),
        cmocka_unit_test(the_scale_does_not_matter),
        cmocka_unit_test(what_nothing_is_known_of_is_zero),
        cmocka_unit_test(wild_matrices_stay_finite),
        cmocka_unit_test(nonsense_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
