/* SPDX-License-Identifier: MIT
 *
 * test_tracker_edges.c - steps of every size, false alarms, and as many directions as there
 * can be.
 */
#include "scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 64 };

static void every_step_in_0_1_is_stable(void **state)
{
    (void)state;
    static const float steps[] = { 1, 0.7f, 0.5f, 0.25f, 0.1f, 1e-3f, 1e-5f, 1e-9f };
    float x_hat[N];

    for (lull_rule rule = LULL_RLS; rule <= LULL_BLOCK; rule++)
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
            lull_tracker_config cfg = lull_tracker_defaults(N, 8);
            struct scene s = scene_new(N, 1, 4, scene_strong, 5);

            cfg.rule = rule;
            cfg.step = steps[i];
            lull_tracker *const t = lull_tracker_new(&cfg, NULL);

            for (int f = 0; f < 2000; f++) {
                scene_frame(&s);
                lull_tracker_update(t, s.y, NULL, x_hat);
                assert_true(all_finite(x_hat, N));
            }
            assert_at_most(scene_orthonormality(t, N, 1), 1e-4); /* 3e-5, block */
            lull_tracker_free(t);
            scene_free(&s);
        }
}

/* Greedy: what the next frame sees contains all of this one. */
static void a_step_of_1_takes_the_frame_in(void **state)
{
    (void)state;
    lull_tracker_config cfg = lull_tracker_defaults(N, 4);
    struct scene s = scene_new(N, 1, 4, scene_strong, 5);
    double own[4], left;

    cfg.step = 1;
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);

    for (int f = 0; f < 50; f++) {
        float U[4 * N];

        scene_feed(t, &s, 1);
        lull_tracker_basis(t, U, NULL);
        left = energy(s.y, N);
        for (size_t j = 0; j < 4; j++) {
            own[j] = 0;
            for (size_t i = 0; i < N; i++)
                own[j] += (double)U[j * N + i] * (double)s.y[i];
            left -= own[j] * own[j];
        }
        assert_at_most(left / energy(s.y, N), 1e-4); /* 4e-7 */
    }
    lull_tracker_free(t);
    scene_free(&s);
}

static void orthonormality_lasts(void **state)
{
    (void)state;
    static const struct {
        float step;
        double most;
    } cases[] = { { 0.1f, 1e-6 }, { 0.01f, 1e-6 }, { 1e-3f, 5e-5 }, { 1e-5f, 5e-5 } };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lull_tracker_config cfg = lull_tracker_defaults(N, 8);
        struct scene s = scene_new(N, 1, 4, scene_strong, 3);
        float y[64][N];

        cfg.step = cases[i].step;
        lull_tracker *const t = lull_tracker_new(&cfg, NULL);

        for (size_t f = 0; f < 64; f++) {
            scene_frame(&s);
            memcpy(y[f], s.y, sizeof y[f]);
        }
        for (size_t f = 0; f < 100000; f++)
            lull_tracker_update(t, y[f * 37 % 64], NULL, NULL);
        assert_at_most(scene_orthonormality(t, N, 1), cases[i].most); /* 1e-7, 1e-6 */
        lull_tracker_free(t);
        scene_free(&s);
    }
}

static void noise_raises_no_alarm(void **state)
{
    (void)state;
    static const double none[] = { 0 };
    struct scene s = scene_new(32, 1, 1, none, 4);
    lull_tracker_config cfg = lull_tracker_defaults(32, 2);
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);

    for (int f = 0; f < 100000; f++) {
        if (f % 1000 == 0)
            s.level = f / 1000 % 2 ? 3 : 1; /* nor does its level */
        scene_feed(t, &s, 1);
    }
    assert_int_equal(lull_tracker_changes(t), 0);
    lull_tracker_free(t);
    scene_free(&s);
}

/* False alarms on the last 64 samples of three tones in noise, one sample a frame. */
static unsigned alarms_on_a_sliding_window(size_t hop)
{
    lull_tracker_config cfg = lull_tracker_defaults(N, 6);
    struct dice d = { 11 };
    float x[N] = { 0 };

    cfg.hop = hop;
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);

    for (int f = 0; f < 40000; f++) {
        memmove(x, x + 1, (N - 1) * sizeof *x);
        x[N - 1] = (float)(sin(0.3 * f) + sin(0.7 * f) + sin(1.3 * f) + dice_normal(&d));
        lull_tracker_update(t, x, NULL, NULL);
    }
    const unsigned alarms = lull_tracker_changes(t);

    lull_tracker_free(t);
    return alarms;
}

static void overlapping_frames_raise_no_alarm_once_it_is_told(void **state)
{
    (void)state;
    assert_at_most(alarms_on_a_sliding_window(1), 2);   /* 0 */
    assert_at_least(alarms_on_a_sliding_window(0), 10); /* untold */
}

/* No noise, and fewer directions than there are slots: they are kept for the next
 * signal. */
static void spare_directions_do_no_harm(void **state)
{
    (void)state;
    enum { DIM = 32, SLOTS = 12, HALF = 600 };
    struct dice d = { 8 };
    float V[6 * DIM], y[DIM], x_hat[DIM];

    dice_noise(&d, V, 6 * DIM, 1);
    for (lull_rule rule = LULL_RLS; rule <= LULL_BLOCK; rule++)
        for (size_t k = 1; k <= 3; k++) {
            lull_tracker_config cfg = lull_tracker_defaults(DIM, SLOTS);
            double left = 0, all = 0;

            cfg.rule = rule;
            cfg.step = 0.05f;
            lull_tracker *const t = lull_tracker_new(&cfg, NULL);

            for (size_t f = 0; f < 2 * HALF; f++) {
                memset(y, 0, sizeof y);
                for (size_t j = 0; j < k; j++) {
                    const float z = (float)dice_normal(&d), *v = V + (f / HALF * 3 + j) * DIM;

                    for (size_t i = 0; i < DIM; i++)
                        y[i] += z * v[i];
                }
                lull_tracker_update(t, y, NULL, x_hat);
                assert_true(all_finite(x_hat, DIM));
                for (size_t i = 0; i < DIM && f % HALF >= HALF - 100; i++) {
                    left += (double)((x_hat[i] - y[i]) * (x_hat[i] - y[i]));
                    all += (double)(y[i] * y[i]);
                }
            }
            assert_at_most(left / all, 1e-6); /* 4e-8 exact, 3e-8 rls, 1e-11 the others */
            assert_at_most(scene_orthonormality(t, DIM, 1), 2e-4); /* 5e-5 exact, 1e-6 */
            lull_tracker_free(t);
        }
}

/* Frames that differ much in loudness, of which next to nothing is left over: a turn that
 * went beyond the frame would make an error of U'U = I grow. */
static void nearly_as_many_directions_as_numbers_stay_upright(void **state)
{
    (void)state;
    enum { DIM = 32, SLOTS = 28 };
    static const float steps[] = { 1, 0.5f, 0.1f, 0.01f };
    float y[DIM], x_hat[DIM];

    for (lull_rule rule = LULL_RLS; rule <= LULL_BLOCK; rule++)
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
            lull_tracker_config cfg = lull_tracker_defaults(DIM, SLOTS);
            struct dice d = { 3 };

            cfg.rule = rule;
            cfg.step = steps[i];
            lull_tracker *const t = lull_tracker_new(&cfg, NULL);

            for (size_t f = 0; f < 600; f++) {
                dice_noise(&d, y, DIM, f % 5 ? 1 : 2);
                lull_tracker_update(t, y, NULL, x_hat);
            }
            assert_at_most(scene_orthonormality(t, DIM, 1), 1e-5); /* 1e-6 */
            lull_tracker_free(t);
        }
}

/* The same few frames over and over, half of each missing: what the regression leaves
 * of them lies in the subspace, or is rounding. */
static void gaps_and_spare_directions_do_no_harm(void **state)
{
    (void)state;
    enum { DIM = 24, SLOTS = 12, ROWS = 17 };

    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct dice d = { seed };
        float v[2 * DIM], Y[ROWS][DIM], x_hat[DIM];
        lull_tracker_config cfg = lull_tracker_defaults(DIM, SLOTS);

        cfg.step = 0.25f;
        lull_tracker *const t = lull_tracker_new(&cfg, NULL);

        dice_noise(&d, v, 2 * DIM, 1);
        for (size_t k = 0; k < ROWS; k++) {
            const float a = (float)dice_normal(&d), b = (float)dice_normal(&d);

            for (size_t i = 0; i < DIM; i++)
                Y[k][i] = dice_uniform(&d) < 0.5 ? a * v[i] + b * v[DIM + i] : NAN;
        }
        for (size_t f = 0; f < 2000; f++) {
            lull_tracker_update(t, Y[f % ROWS], NULL, x_hat);
            assert_true(all_finite(x_hat, DIM));
        }
        assert_at_most(scene_orthonormality(t, DIM, 1), 1e-5); /* 1e-6 */
        lull_tracker_free(t);
    }
}

/* A frame of one loud entry, of which nothing was ever seen, and hardly anything else:
 * the turn is by a right angle but for 1e-15. */
static void a_turn_by_a_right_angle_is_one(void **state)
{
    (void)state;
    lull_tracker_config cfg = lull_tracker_defaults(N, 1);

    cfg.step = 1;
    for (float faint = 1; faint > 1e-22f; faint *= 0.1f) {
        lull_tracker *const t = lull_tracker_new(&cfg, NULL);
        float y[N], x_hat[N];

        for (size_t f = 0; f < 30; f++) {
            for (size_t i = 1; i < N; i++)
                y[i] = (float)(i % 3) * (f == 20 ? faint : 1);
            y[0] = f == 20;
            lull_tracker_update(t, y, NULL, x_hat);
            assert_true(all_finite(x_hat, N));
        }
        assert_at_most(scene_orthonormality(t, N, 1), 1e-5);
        lull_tracker_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_in_0_1_is_stable),
        cmocka_unit_test(a_step_of_1_takes_the_frame_in),
        cmocka_unit_test(a_turn_by_a_right_angle_is_one),
        cmocka_unit_test(orthonormality_lasts),
        cmocka_unit_test(noise_raises_no_alarm),
        cmocka_unit_test(overlapping_frames_raise_no_alarm_once_it_is_told),
        cmocka_unit_test(spare_directions_do_no_harm),
        cmocka_unit_test(nearly_as_many_directions_as_numbers_stay_upright),
        cmocka_unit_test(gaps_and_spare_directions_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
