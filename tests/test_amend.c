/* SPDX-License-Identifier: MIT
 *
 * test_amend.c - what is done to a tracker between two frames, by who shrinks by himself.
 */
#include "check.h"
#include "track/amend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void keep_all(void *self, const struct track *t, const float *p, float *q)
{
    (void)self;
    memcpy(q, p, t->U.r * sizeof *q);
}

enum { DIM = 40, RANK = 6, FROM = 30, TO = 40 };

static void tracker(struct track *t)
{
    struct arena a = fresh_arena();
    const struct track_plan plan = {
        .dim = DIM, .parts = 1, .rank = RANK, .rule = &rule_rls, .step = 0.01f,
        .shrink = TRACK_OWN, .own = { keep_all, NULL, NULL }, .whitened = true,
    };

    track_place(t, &a, &plan);
    assert_true(a.used <= FRESH);
    track_reset(t);
}

/* Four sources and so much noise. */
static void frame(struct dice *d, float *y, double noise)
{
    double s[4];

    for (size_t k = 0; k < 4; k++)
        s[k] = 5 * dice_normal(d);
    for (size_t i = 0; i < DIM; i++) {
        y[i] = (float)(noise * dice_normal(d));
        for (size_t k = 0; k < 4; k++)
            y[i] += (float)(s[k] * cos((double)(k + 1) * (double)i));
    }
}

static double off_orthonormal(const struct track *t)
{
    double worst = 0;
    float u[DIM], v[DIM];

    for (size_t j = 0; j < t->U.r; j++)
        for (size_t k = 0; k <= j; k++) {
            double dot = 0;

            basis_get(&t->U, j, u);
            basis_get(&t->U, k, v);
            for (size_t i = 0; i < DIM; i++)
                dot += (double)u[i] * (double)v[i];
            worst = fmax(worst, fabs(dot - (j == k)));
        }
    return worst;
}

static void assert_forgotten(struct track *t)
{
    float u[DIM];

    track_forget(t, FROM, TO);
    while (track_amend(t, 1))
        ;
    assert_at_most(off_orthonormal(t), 1e-5);           /* measured 5e-7 */
    for (size_t j = 0; j < t->U.r; j++) {
        basis_get(&t->U, j, u);
        for (size_t i = FROM; i < TO; i++)
            assert_true(u[i] == 0);
    }
}

static void what_is_forgotten_has_no_part_and_the_basis_stays_orthonormal(void **state)
{
    (void)state;
    struct track t;
    struct dice d = { 23 };
    float y[DIM], x_hat[DIM];
    double error = 0, size = 0;

    tracker(&t);
    for (size_t k = 0; k < 2000; k++) {
        frame(&d, y, 1);
        track_update(&t, y, NULL, x_hat);
    }
    const float before = track_power(&t, 0);

    assert_forgotten(&t);
    assert_true(track_power(&t, 0) < before);
    frame(&d, y, 0);
    track_look(&t, y, NULL, x_hat);
    for (size_t i = 0; i < FROM; i++) {                 /* the rest is still known */
        error += pow((double)(x_hat[i] - y[i]), 2);
        size += pow((double)y[i], 2);
    }
    assert_at_most(decibel(error, size), -28);          /* measured -37.5 */
}

/* The frame as it is seen with FROM..TO - 1 missing. */
static void look_without(struct track *t, const float *y, float *x_hat)
{
    unsigned char known[DIM];

    for (size_t i = 0; i < DIM; i++)
        known[i] = i < FROM || i >= TO;
    track_look(t, y, known, x_hat);
}

static void while_directions_are_put_upright_the_rest_is_seen_as_before(void **state)
{
    (void)state;
    struct track t;
    struct dice d = { 25 };
    float y[DIM], x_hat[DIM];
    size_t looks = 0;

    tracker(&t);
    for (size_t k = 0; k < 2000; k++) {
        frame(&d, y, 1);
        track_update(&t, y, NULL, x_hat);
    }
    track_forget(&t, FROM, FROM + 5);
    track_amend(&t, 2);
    track_forget(&t, FROM + 5, TO);                     /* one more on the way */
    do {
        double error = 0, size = 0;

        frame(&d, y, 0);
        look_without(&t, y, x_hat);
        for (size_t i = 0; i < DIM; i++) {
            error += i < FROM ? pow((double)(x_hat[i] - y[i]), 2) : 0;
            size += i < FROM ? pow((double)y[i], 2) : 0;
            assert_true(i < FROM || x_hat[i] == 0);
        }
        assert_at_most(decibel(error, size), -31);      /* measured -34.1..-38.5 */
        looks++;
    } while (track_amend(&t, 1));
    assert_int_equal(looks, RANK);
    assert_at_most(off_orthonormal(&t), 1e-5);
}

static void directions_that_lie_in_what_is_forgotten_point_elsewhere(void **state)
{
    (void)state;
    struct track t;
    struct dice d = { 24 };
    float y[DIM] = { 0 }, u[DIM];

    tracker(&t);
    for (size_t j = 0; j < RANK; j++) {                 /* all of it there, and nowhere else */
        memset(u, 0, sizeof u);
        u[FROM + j] = 1;
        basis_set(&t.U, j, u);
    }
    assert_forgotten(&t);
    for (size_t k = 0; k < 2000; k++) {
        frame(&d, y, 1);
        track_update(&t, y, NULL, NULL);
    }
    assert_at_most(off_orthonormal(&t), 1e-4);
}

static void looking_is_not_learning(void **state)
{
    (void)state;
    struct track t;
    struct dice d = { 25 };
    unsigned char known[DIM];
    float y[DIM], x_hat[DIM], U[DIM * 64];

    tracker(&t);
    for (size_t k = 0; k < 500; k++) {
        frame(&d, y, 1);
        track_update(&t, y, NULL, NULL);
    }
    const float power = track_power(&t, 0);

    assert_true(basis_floats(&t.U) <= DIM * 64);
    memcpy(U, t.U.U, basis_floats(&t.U) * sizeof *U);
    frame(&d, y, 0);
    for (size_t i = 0; i < DIM; i++)
        known[i] = i % 10 < 5;
    track_look(&t, y, known, x_hat);
    assert_memory_equal(U, t.U.U, basis_floats(&t.U) * sizeof *U);
    assert_true(power == track_power(&t, 0));
    double error = 0, size = 0;

    for (size_t i = 0; i < DIM; i++)
        if (!known[i]) {
            error += pow((double)(x_hat[i] - y[i]), 2);
            size += pow((double)y[i], 2);
        }
    assert_at_most(decibel(error, size), -24);          /* measured -33.6 */

    memset(y, 0, sizeof y);                             /* nothing there: nothing outside */
    track_look(&t, y, NULL, x_hat);
    for (size_t i = 0; i < DIM; i++)
        assert_true(x_hat[i] == 0 && t.e[i] == 0);
}

static void assert_inverse(const struct cov *c)
{
    for (size_t i = 0; i < RANK; i++)
        for (size_t k = 0; k < RANK; k++) {
            double dot = 0;

            for (size_t j = 0; j < RANK; j++)
                dot += (double)c->C[i * c->ld + j] * (double)c->P[j * c->ld + k];
            assert_at_most(fabs(dot - (i == k)), 0.02);
        }
}

static void stretching_a_coordinate_keeps_the_inverse(void **state)
{
    (void)state;
    struct track t;
    struct dice d = { 26 };
    float y[DIM];

    tracker(&t);
    for (size_t k = 0; k < 500; k++) {
        frame(&d, y, 1);
        track_update(&t, y, NULL, NULL);
    }
    struct cov *const c = &t.rule.cov;
    const float own = cov_power(c, 2), other = cov_power(c, 3), both = c->C[2 * c->ld + 3];

    cov_stretch(c, 2, 0.5f);
    assert_true(cov_power(c, 2) == 0.25f * own && cov_power(c, 3) == other);
    assert_true(c->C[2 * c->ld + 3] == 0.5f * both && c->C[3 * c->ld + 2] == 0.5f * both);
    assert_inverse(c);
}

/* The power of p0 + .4 p3 and p1 - .7 p3. */
static void shearing_a_coordinate_keeps_the_inverse(void **state)
{
    (void)state;
    struct track t;
    struct dice d = { 27 };
    float y[DIM], q[8] = { 0.4f, -0.7f };

    tracker(&t);
    for (size_t k = 0; k < 500; k++) {
        frame(&d, y, 1);
        track_update(&t, y, NULL, NULL);
    }
    struct cov *const c = &t.rule.cov;
    const size_t ld = c->ld;
    const float p00 = c->C[0], p03 = c->C[3], p33 = cov_power(c, 3);
    const float p01 = c->C[1], p13 = c->C[ld + 3], p55 = cov_power(c, 5);

    assert_true(t.U.r <= sizeof q / sizeof *q);
    cov_shear(c, 3, q);
    assert_at_most(fabsf(c->C[0] - (p00 + 0.8f * p03 + 0.16f * p33)), 1e-5f * p33);
    assert_at_most(fabsf(c->C[1] - (p01 - 0.7f * p03 + 0.4f * p13 - 0.28f * p33)), 1e-5f * p33);
    assert_at_most(fabsf(c->C[ld] - (c->C[1])), 1e-5f * p33);
    assert_true(cov_power(c, 3) == p33 && cov_power(c, 5) == p55);
    assert_inverse(c);
}

/* Four sources, of which two fit; while they turn, what is left out has to be found
 * upright when it comes back, and the sources in it soon after. */
static void disorder_by_chance_is_left_alone(void **state)
{
    (void)state;
    enum { R = 2, N = 8 };
    const struct {
        float a, b, both;       /* powers, and what they have in common */
        bool turns;
    } all[] = { { 1, 1, .05f, false }, { 1, 1, .2f, true },  { 1, 1.1f, 0, false },
                { 1, 1.3f, 0, true },  { 1.3f, 1, 0, false } };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct arena a = fresh_arena();
        struct align align = { 0 };
        struct basis U, before;
        struct cov c;

        basis_place(&U, &a, N, R, 1);
        basis_place(&before, &a, N, R, 1);
        cov_place(&c, &a, R, 1);
        basis_reset(&U, R);
        basis_reset(&before, R);
        cov_reset(&c, R, 1);
        c.C[0] = all[i].a;
        c.C[c.ld + 1] = all[i].b;
        c.C[1] = c.C[c.ld] = all[i].both;
        align_update(&align, &U, &c, NULL, 0.01f);
        assert_int_equal(memcmp(U.U, before.U, basis_floats(&U) * sizeof *U.U) != 0,
                         all[i].turns);
    }
}

static void directions_go_and_come_back_upright(void **state)
{
    (void)state;
    struct track t;
    struct dice d = { 31 };
    float y[DIM], x_hat[DIM];
    double error = 0, size = 0;

    tracker(&t);
    for (size_t k = 0; k < 4000; k++) {
        frame(&d, y, 0);
        for (size_t i = 0; i < DIM && k > 1000; i++)
            y[i] = (i % 2 ? -1 : 1) * y[i];     /* other sources */
        if (k >= 1000 && k < 2000 && t.U.r > 2)
            track_drop(&t);
        if (k >= 2000 && t.U.r < RANK)
            track_add(&t);
        track_update(&t, y, NULL, x_hat);
        assert_at_most(off_orthonormal(&t), 1e-4);      /* measured 5e-6 */
        for (size_t i = 0; i < DIM && k >= 3500; i++) {
            error += pow((double)x_hat[i] - (double)y[i], 2);
            size += (double)y[i] * (double)y[i];
        }
    }
    assert_int_equal(t.U.r, RANK);
    assert_at_most(error / size, 1e-3);
}

/* Largest number in C and P beyond the directions in use. */
static float left_over(const struct cov *c)
{
    float most = 0;

    for (size_t i = 0; i < c->rows; i++)
        for (size_t k = 0; k < c->ld; k++)
            if (i >= c->q || k >= c->q)
                most =
                    fmaxf(most, fmaxf(fabsf(c->C[i * c->ld + k]), fabsf(c->P[i * c->ld + k])));
    return most;
}

/* What was dropped lies where it was, and forgets there. */
static void directions_that_go_meanwhile_come_back_without_what_is_forgotten(void **state)
{
    (void)state;
    struct track t;
    struct dice d = { 37 };
    float y[DIM], x_hat[DIM], u[DIM];

    tracker(&t);
    for (size_t k = 0; k < 2000; k++) {
        frame(&d, y, 1);
        track_update(&t, y, NULL, x_hat);
    }
    track_drop(&t);
    track_forget(&t, FROM, TO);
    assert_true(track_amend(&t, RANK - 2));     /* all but one */
    while (t.U.r > 1)
        track_drop(&t);
    assert_false(track_amend(&t, 1));
    assert_true(left_over(&t.rule.cov) == 0);   /* else it grows by 1/(1 - mu) a frame */
    while (t.U.r < RANK)
        track_add(&t);
    assert_at_most(off_orthonormal(&t), 1e-5);
    for (size_t j = 0; j < RANK; j++) {
        basis_get(&t.U, j, u);
        for (size_t i = FROM; i < TO; i++)
            assert_true(fabsf(u[i]) < 1e-6f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_forgotten_has_no_part_and_the_basis_stays_orthonormal),
        cmocka_unit_test(while_directions_are_put_upright_the_rest_is_seen_as_before),
        cmocka_unit_test(directions_that_lie_in_what_is_forgotten_point_elsewhere),
        cmocka_unit_test(disorder_by_chance_is_left_alone),
        cmocka_unit_test(directions_go_and_come_back_upright),
        cmocka_unit_test(directions_that_go_meanwhile_come_back_without_what_is_forgotten),
        cmocka_unit_test(looking_is_not_learning),
        cmocka_unit_test(stretching_a_coordinate_keeps_the_inverse),
        cmocka_unit_test(shearing_a_coordinate_keeps_the_inverse),
    };
    return cmocka_run_group_tests_name("amend", tests, NULL, NULL);
}
