/* SPDX-License-Identifier: MIT
 *
 * test_track.c - the parts of the tracker, against plain code.
 */
#include "lull_tracker.h"
#include "oracle.h"
#include "scene.h"

#include "track/cov.h"
#include "track/dense.h"
#include "track/missing.h"
#include "track/track.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* S = A'A for a random A of `rank` rows; largest |Y'S Y - I|, and whether Y is
 * upper triangular and, if complex, a complex matrix. */
static double root_error(size_t parts, size_t rank, bool *shaped)
{
    enum { Q = 12, LD = 16 };
    struct dice d = { 8 };
    float S[Q * LD] = { 0 }, was[Q * LD], Y[Q * LD], x[LD];
    float *const A = dice_vector(&d, rank * Q);
    const struct dense m = { kernel_choose(parts, SIZE_MAX, false), Q, LD, parts, x };
    double worst = 0;

    for (size_t t = 0; t < rank; t++)
        for (size_t i = 0; i < Q; i++)
            for (size_t j = 0; j < Q; j++) {
                const float *const a = A + t * Q;
                const bool odd_i = i % 2, odd_j = j % 2;

                S[i * LD + j] += a[i] * a[j];
                if (parts == 2) /* and of i times the row */
                    S[i * LD + j] +=
                        (odd_i ? a[i - 1] : -a[i + 1]) * (odd_j ? a[j - 1] : -a[j + 1]);
            }
    memcpy(was, S, sizeof S);
    dense_root(&m, S, Y);
    *shaped = true;
    for (size_t i = 0; i < Q; i++)
        for (size_t j = 0; j < Q; j++) {
            double sum = i == j ? -1 : 0;

            for (size_t k = 0; k < Q; k++)
                for (size_t l = 0; l < Q; l++)
                    sum +=
                        (double)Y[k * LD + i] * (double)was[k * LD + l] * (double)Y[l * LD + j];
            worst = fmax(worst, fabs(sum));
            *shaped = *shaped && isfinite(Y[i * LD + j]) && (j >= i || Y[i * LD + j] == 0.0f);
            if (parts == 2 && i % 2 == 0 && j % 2 == 0)
                *shaped = *shaped && Y[i * LD + j] == Y[(i + 1) * LD + j + 1] &&
                          Y[i * LD + j + 1] == -Y[(i + 1) * LD + j];
        }
    free(A);
    return worst;
}

static void a_root_of_the_inverse_is_one(void **state)
{
    (void)state;
    for (size_t parts = 1; parts <= 2; parts++) {
        bool shaped;

        assert_at_most(root_error(parts, 40, &shaped), 1e-5); /* 2e-7 */
        assert_true(shaped);
        assert_at_least(root_error(parts, 3, &shaped), 0.1); /* there is none ... */
        assert_true(shaped);                                 /* ... but all stays finite */
    }
}

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
    struct arena a = fresh_arena();
    struct cov c = { 0 };
    struct dice d = { 9 };
    float p[24] = { 0 }, h[24];

    cov_place(&c, &a, 8, parts);
    c.kernel = kernel_choose(parts, SIZE_MAX, false);
    cov_reset(&c, 8, 1);
    for (size_t f = 0; f < frames; f++) {
        for (size_t i = 0; i < c.q; i++)
            p[i] = (float)(dice_normal(&d) * pow(0.9, (double)(i / parts)));
        const float ph = cov_solve(&c, p, h);

        cov_update(&c, mu, p, h, ph);
        cov_polish(&c, mu);
    }
    for (size_t i = 0; i < c.q * c.ld; i++)
        c.P[i] *= spoilt;
    for (size_t f = 0; f < polish; f++)
        cov_polish(&c, 0.1f);
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

static void a_spoilt_inverse_is_replaced_but_not_by_a_look(void **state)
{
    (void)state;
    struct arena a = fresh_arena();
    struct cov c = { 0 };
    const float p[8] = { 1, -2, 3, -4, 5, -6, 7, -8 };
    float h[8];

    cov_place(&c, &a, 8, 1);
    c.kernel = kernel_choose(1, SIZE_MAX, false);
    cov_reset(&c, 8, 2);
    assert_at_most(fabsf(cov_look(&c, p, h) - 102), 1e-3); /* 204/2 */
    c.P[3] = NAN;
    assert_true(cov_look(&c, p, h) == -1 && isnan(c.P[3]));
    assert_at_most(fabsf(cov_solve(&c, p, h) - 102), 1e-3);
    c.P[0] = -1e9f;
    assert_true(cov_look(&c, p, h) == -1 && c.P[0] == -1e9f);
    assert_at_most(fabsf(cov_solve(&c, p, h) - 102), 1e-3);
}

/* Twelve directions of sixteen numbers, four of them unknown: what is known says next to
 * nothing of some, and here a spoilt P does not hold them back. */
static void nothing_is_guessed_beyond_reason(void **state)
{
    (void)state;
    enum { DIM = 16, RANK = 12, UNKNOWN = 4, PADDED = 64 };
    const float power = 2, outside[DIM] = { 0 };
    const struct missing_noise noise = { 1, (float)DIM / (DIM - UNKNOWN), 1, outside };
    struct arena a = fresh_arena();
    struct basis U = { 0 };
    struct missing m;
    struct cov c = { 0 };
    struct dice d = { 17 };
    float y[PADDED] = { 0 }, known[PADDED] = { 0 }, p[RANK + 4];
    double most = 0;

    basis_place(&U, &a, DIM, RANK, 1);
    basis_reset(&U, RANK);
    for (size_t j = 0; j + 1 < RANK; j++) {
        const float s = 0.6f;

        basis_turn_pair(&U, j, j + 1, 0.8f, &s);
    }
    cov_place(&c, &a, RANK, 1);
    c.kernel = kernel_choose(1, SIZE_MAX, false);
    cov_reset(&c, RANK, power);
    memset(c.P, 0, c.q * c.ld * sizeof *c.P);
    missing_place(&m, &a, basis_padded(&U), c.ld);
    for (size_t i = 0; i < DIM - UNKNOWN; i++) {
        y[i] = (float)(1000 * dice_normal(&d));
        known[i] = 1;
    }
    missing_guess(&m, &c, &U, y, known, &noise, p);
    for (size_t j = 0; j < RANK; j++)
        most = fmax(most, fabs((double)p[j]));
    assert_at_least(most, 1);
    assert_at_most(most, 4.01 * sqrt((double)power));
}

static void a_dropped_direction_leaves_the_inverse_of_the_rest(void **state)
{
    (void)state;
    for (size_t parts = 1; parts <= 2; parts++) {
        struct arena a = fresh_arena();
        struct cov c = { 0 };
        struct dice d = { 9 };
        float p[24] = { 0 }, h[24], s[2];

        cov_place(&c, &a, 8, parts);
        c.kernel = kernel_choose(parts, SIZE_MAX, false);
        cov_reset(&c, 7, 1);
        for (size_t f = 0; f < 1000; f++) {
            for (size_t i = 0; i < c.q; i++)
                p[i] = (float)dice_normal(&d);
            cov_update(&c, 0.02f, p, h, cov_solve(&c, p, h));
            cov_polish(&c, 0.02f);
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

static void rows_turn_with_their_covariance(void **state)
{
    (void)state;
    for (size_t parts = 1; parts <= 2; parts++) {
        struct arena a = fresh_arena();
        struct dice d = { 7 };
        struct cov c;
        float *const rows = dice_vector(&d, 2 * 24), s[2], again[24 * 24] = { 0 };

        cov_place(&c, &a, 6, parts);
        c.kernel = kernel_choose(parts, SIZE_MAX, false);
        cov_reset(&c, 6, 1);
        for (size_t t = 0; t < 2; t++) {
            memset(rows + t * 24 + c.q, 0, (24 - c.q) * sizeof *rows);
            cov_blend(&c, c.C, 1.0f, 1.0f, rows + t * 24);
        }
        c.turns = rows;
        c.tall = 2;
        c.wide = 24;
        const float cosine = cov_angle(&c, 1, 4, s);

        cov_turn_pair(&c, 1, 4, cosine, s);
        for (size_t i = 0; i < c.q; i++)
            again[i * (c.ld + 1)] = 1;
        for (size_t t = 0; t < 2; t++)
            cov_blend(&c, again, 1.0f, 1.0f, rows + t * 24);
        for (size_t i = 0; i < c.q * c.ld; i++)
            assert_at_most(fabsf(again[i] - c.C[i]), 1e-5); /* 1e-6 */
        free(rows);
    }
}

/* Largest |U'U - I| after so many frames, from directions bent by 1 %. */
static double bent(size_t parts, size_t frames)
{
    struct arena a = fresh_arena();
    struct basis U;
    struct orth o;
    struct dice d = { 6 };
    const struct kernel *k = kernel_choose(parts, SIZE_MAX, false);
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
        cmocka_unit_test(a_root_of_the_inverse_is_one),
        cmocka_unit_test(rows_turn_with_their_covariance),
        cmocka_unit_test(the_inverse_stays_the_inverse),
        cmocka_unit_test(polishing_finds_the_inverse),
        cmocka_unit_test(a_spoilt_inverse_is_replaced_but_not_by_a_look),
        cmocka_unit_test(nothing_is_guessed_beyond_reason),
        cmocka_unit_test(a_dropped_direction_leaves_the_inverse_of_the_rest),
        cmocka_unit_test(directions_are_straightened_in_time),
        cmocka_unit_test(a_fresh_basis_is_orthonormal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
