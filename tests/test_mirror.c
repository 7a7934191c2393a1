/* SPDX-License-Identifier: MIT
 *
 * test_mirror.c - a tracker of vectors of lags that are as likely backwards.
 */
#include "check.h"
#include "track/amend.h"
#include "track/mirror.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 72, RANK = 7, TONES = 3 };   /* half of N is no whole tile; RANK is odd */

/* Keeps so much of each direction. */
static const float gains[RANK] = { 1, 0.9f, 0.8f, 0.4f, 0.7f, 0.6f, 0.5f };

static void weigh(void *self, const struct track *t, const float *p, float *q)
{
    (void)self;
    for (size_t j = 0; j < t->U.r; j++)
        q[j] = gains[j] * p[j];
}

static void fresh(struct mirror *m, struct track *whole)
{
    const struct track_plan plan = {
        .dim = N, .parts = 1, .rank = RANK, .rule = &rule_rls, .step = 0.01f,
        .shrink = TRACK_OWN, .own = { weigh, NULL, NULL }, .whitened = true,
    };
    struct arena a = fresh_arena();

    mirror_place(m, &a, &plan);
    track_place(whole, &a, &plan);
    assert_true(a.used <= FRESH);
    mirror_reset(m);
    track_reset(whole);
}

/* The lags at t of tones, without noise and with it. */
static void lags(size_t t, struct dice *d, double noise, float *clean, float *y)
{
    for (size_t i = 0; i < N; i++) {
        double x = 0;

        for (size_t k = 1; k <= TONES; k++)
            x += sin(0.31 * (double)k * (double)(t + i) + (double)k);
        clean[i] = (float)(2 * x);
        y[i] = clean[i] + (float)(noise * dice_normal(d));
    }
}

static void learn(struct mirror *m, size_t frames, struct dice *d)
{
    float clean[N], y[N];

    for (size_t t = 0; t < frames; t++) {
        lags(7 * t, d, 1, clean, y);
        assert_true(mirror_update(m, y));
    }
}

static void halves_find_what_is_in_the_vectors(void **state)
{
    (void)state;
    struct mirror m;
    struct track whole;
    struct dice d = { 3 };
    float clean[N], y[N], x_hat[N], all[RANK];
    double wrong = 0, noise = 0;

    for (size_t j = 0; j < RANK; j++)
        all[j] = 1;
    fresh(&m, &whole);
    learn(&m, 1500, &d);
    for (size_t t = 0; t < 500; t++) {
        lags(11 * t, &d, 1, clean, y);
        mirror_look(&m, y, all, x_hat);
        wrong += distance2(x_hat, clean, N);
        noise += N;
    }
    /* RANK of N numbers' noise are kept; one direction has nothing else */
    assert_at_most(wrong / noise, 1.3 * RANK / N);      /* measured 1.15 */

    float lambda[RANK];
    size_t strong = 0;

    mirror_powers(&m, lambda);
    for (size_t j = 0; j < RANK; j++)
        strong += lambda[j] > 20;                       /* (2 2/2) N/2 / 2 and more */
    assert_int_equal(strong, 2 * TONES);
}

static void what_is_left_is_what_no_direction_has(void **state)
{
    (void)state;
    struct mirror m;
    struct track whole;
    struct dice d = { 4 };
    float clean[N], y[N], all[RANK], x_hat[N];

    for (size_t j = 0; j < RANK; j++)
        all[j] = 1;
    fresh(&m, &whole);
    learn(&m, 300, &d);
    lags(5, &d, 1, clean, y);
    mirror_look(&m, y, all, x_hat);
    for (size_t i = 0; i < N; i++)
        assert_at_most(fabsf(y[i] - x_hat[i] - m.rest[i]), 5e-6);      /* measured 5e-7 */

    float rest[N];

    memcpy(rest, m.rest, sizeof rest);
    assert_true(mirror_update(&m, y)); /* from the directions before the turn */
    assert_at_most(distance2(rest, m.rest, N), 1e-8 * energy(y, N));   /* measured 0 */
}

static void joined_they_see_what_they_see_apart(void **state)
{
    (void)state;
    struct mirror m;
    struct track whole;
    struct dice d = { 5 };
    float clean[N], y[N], want[N], got[N];

    fresh(&m, &whole);
    learn(&m, 300, &d);
    mirror_join(&m, &whole);
    lags(5, &d, 1, clean, y);
    mirror_look(&m, y, gains, want);
    track_look(&whole, y, NULL, got);
    assert_at_most(distance2(want, got, N), 1e-13 * energy(want, N));  /* measured 6e-15 */
    for (size_t j = 0; j < RANK; j++) {
        float lambda[RANK];

        mirror_powers(&m, lambda);
        assert_true(track_power(&whole, j) == lambda[j]);
    }
}

static void what_is_missing_is_guessed_by_both_together(void **state)
{
    (void)state;
    struct mirror m;
    struct track whole;
    struct dice d = { 6 };
    float clean[N], y[N], x_hat[N];
    unsigned char known[N];
    double wrong = 0, all = 0;

    fresh(&m, &whole);
    learn(&m, 1500, &d);
    mirror_join(&m, &whole);
    for (size_t t = 0; t < 100; t++) {
        lags(13 * t, &d, 1, clean, y);
        for (size_t i = 0; i < N; i++) {
            known[i] = i < 1 || i >= 61;                /* twelve, as uneven as can be */
            y[i] = known[i] ? y[i] : 1000;
        }
        track_look(&whole, y, known, x_hat);
        wrong += distance2(x_hat + 1, clean + 1, 60);
        all += energy(clean + 1, 60);
    }
    assert_at_most(wrong / all, 0.35); /* measured .24; .53 if nothing were known of powers */
}

/* U g U' y, entry by entry, from rows; the rows of the lower half are mirror images. */
static void rows_are_those_of_the_matrix(void **state)
{
    (void)state;
    enum { AT = N - MIRROR_ROWS };
    struct mirror m;
    struct track whole;
    struct dice d = { 7 };
    float clean[N], y[N], want[N], rows[MIRROR_ROWS * N];

    fresh(&m, &whole);
    learn(&m, 300, &d);
    lags(5, &d, 1, clean, y);
    mirror_look(&m, y, gains, want);
    for (size_t from = 0; from <= AT; from += MIRROR_ROWS) {
        mirror_matrix(&m, from, MIRROR_ROWS, 0, gains, rows);
        for (size_t k = 0; k < MIRROR_ROWS; k++) {
            double x = 0;

            for (size_t i = 0; i < N; i++)
                x += (double)rows[k * N + i] * (double)y[i];
            assert_at_most(fabs(x - (double)want[from + k]), 5e-6);     /* measured 5e-7 */
        }
    }

    float part[N];

    mirror_matrix(&m, 33, 1, 0, gains, rows);
    memset(part, 0, sizeof part);
    mirror_matrix(&m, 33, 1, 33, gains, part);
    for (size_t i = 0; i < N; i++)
        assert_true(part[i] == (i >= 33 && i < N - 33 ? rows[i] : 0));
}

static void directions_go_and_come_and_each_half_keeps_one(void **state)
{
    (void)state;
    struct mirror m;
    struct track whole;
    struct dice d = { 8 };

    fresh(&m, &whole);
    learn(&m, 300, &d);
    assert_int_equal(m.half[0].U.r, 4);
    assert_int_equal(m.half[1].U.r, 3);
    for (size_t r = RANK; r > 2; r--) {
        assert_int_equal(mirror_rank(&m), r);
        mirror_drop(&m);
        learn(&m, 1, &d);
    }
    mirror_drop(&m);
    assert_int_equal(mirror_rank(&m), 2);
    for (size_t r = 2; r < RANK; r++) {
        mirror_add(&m);
        learn(&m, 1, &d);
        assert_int_equal(mirror_rank(&m), r + 1);
    }
    assert_int_equal(m.half[0].U.r, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halves_find_what_is_in_the_vectors),
        cmocka_unit_test(what_is_left_is_what_no_direction_has),
        cmocka_unit_test(joined_they_see_what_they_see_apart),
        cmocka_unit_test(what_is_missing_is_guessed_by_both_together),
        cmocka_unit_test(rows_are_those_of_the_matrix),
        cmocka_unit_test(directions_go_and_come_and_each_half_keeps_one),
    };

    return cmocka_run_group_tests_name("mirror", tests, NULL, NULL);
}
