/* SPDX-License-Identifier: MIT
 *
 * test_tracker_levels.c - frames of any size, and what is no frame.
 */
#include "scene.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 64, MOST = 2 * 256 };

static lull_tracker *tracker(float step)
{
    lull_tracker_config cfg = lull_tracker_defaults(N, 4);

    cfg.step = step;
    return lull_tracker_new(&cfg, NULL);
}

/* Mean error over 400 frames after 600, for a signal times `scale`, over scale^2. */
static double error_at(double scale, float step)
{
    struct scene s = scene_new(N, 1, 4, scene_strong, 9);
    lull_tracker *const t = tracker(step);

    s.level = scale;
    scene_feed(t, &s, 600);
    const double mse = scene_mean_error(t, &s, 400) / (scale * scale);

    lull_tracker_free(t);
    scene_free(&s);
    return mse;
}

static void the_scale_does_not_matter(void **state)
{
    (void)state;
    for (int automatic = 0; automatic < 2; automatic++) {
        const float step = automatic ? 0 : 0.01f;
        const double at_1 = error_at(1, step);

        assert_at_most(fabs(error_at(1e-12, step) / at_1 - 1), 1e-3); /* 3e-7 */
        assert_at_most(fabs(error_at(1e12, step) / at_1 - 1), 1e-3);
    }
}

/* C then knows less of a direction than Wiener's gain asks of it. */
static void a_large_step_does_not_blow_the_output_up(void **state)
{
    (void)state;
    assert_at_most(error_at(1, 0.5f), 50); /* 36; unlimited: 160 */
}

/* Frames that must leave no trace. */
static void nothing_is_learnt_from_what_is_no_frame(void **state)
{
    (void)state;
    float odd[6][N];
    struct scene s = scene_new(N, 1, 4, scene_strong, 9);
    lull_tracker *const t = tracker(0.01f);

    for (size_t i = 0; i < N; i++) {
        odd[0][i] = 0;
        odd[1][i] = 1e-42f;
        odd[2][i] = NAN;
        odd[3][i] = INFINITY;
        odd[4][i] = FLT_MAX;
        odd[5][i] = 1e18f;
    }
    scene_feed(t, &s, 1500);
    const double leak = scene_leak(&s, t);

    for (size_t f = 0; f < 6000; f++) {
        float x_hat[N];

        lull_tracker_update(t, odd[f % 6], NULL, x_hat);
        assert_true(all_finite(x_hat, N));
    }
    assert_at_most(fabs(scene_leak(&s, t) - leak), 1e-6 * leak);
    lull_tracker_free(t);
    scene_free(&s);
}

static void an_absurd_entry_counts_as_missing(void **state)
{
    (void)state;
    struct scene s = scene_new(N, 1, 4, scene_strong, 9);
    lull_tracker *const t = tracker(0.01f);
    double mse = 0;

    for (size_t f = 0; f < 1500; f++) {
        float x_hat[N];

        scene_frame(&s);
        s.y[f % N] = f % 2 ? 1e30f : -INFINITY;
        lull_tracker_update(t, s.y, NULL, x_hat);
        if (f >= 1000)
            mse += scene_error(&s, x_hat) / 500;
    }
    assert_at_most(mse, 6); /* 4.9; 75 if frames were lost */
    lull_tracker_free(t);
    scene_free(&s);
}

static void long_silence_forgets_nothing(void **state)
{
    (void)state;
    struct scene s = scene_new(N, 1, 4, scene_strong, 9);
    lull_tracker *const t = tracker(0.01f);

    scene_feed(t, &s, 1500);
    const double leak = scene_leak(&s, t);

    s.level = 1e-5; /* -100 dB: of other noise */
    s.ell[0] = s.ell[1] = s.ell[2] = s.ell[3] = 0;
    scene_feed(t, &s, 400);
    s.level = 1;
    memcpy(s.ell, scene_strong, sizeof scene_strong);
    scene_feed(t, &s, 3);
    assert_at_most(scene_leak(&s, t), 1.5 * leak); /* 1.04 */
    lull_tracker_free(t);
    scene_free(&s);
}

/* Frames until the leak is again 10 dB below the signal, after so many frames louder
 * by `gain`. */
static size_t recovery(double gain, int frames)
{
    struct scene s = scene_new(N, 1, 4, scene_strong, 9);
    lull_tracker *const t = tracker(0.01f);
    size_t after = 0;

    scene_feed(t, &s, 1500);
    s.level = gain;
    scene_feed(t, &s, (size_t)frames);
    s.level = 1;
    while (after < 5000 && scene_leak(&s, t) > 7.5) {
        scene_feed(t, &s, 1);
        after++;
    }
    lull_tracker_free(t);
    scene_free(&s);
    return after;
}

static void it_recovers_from_bursts(void **state)
{
    (void)state;
    assert_int_equal(recovery(1e6, 1), 0);
    assert_at_most(recovery(1e4, 100), 600); /* 366 */
}

static void it_hears_again_after_a_fall_in_level(void **state)
{
    (void)state;
    struct scene s = scene_new(N, 1, 4, scene_strong, 9);
    lull_tracker *const t = tracker(0.01f);

    scene_feed(t, &s, 1500);
    s.level = 1e-4; /* -80 dB */
    scene_feed(t, &s, 200);
    scene_jump(&s, 4);
    scene_feed(t, &s, 1500);
    assert_at_most(scene_leak(&s, t), 2); /* 1.2; deaf: 70 */
    lull_tracker_free(t);
    scene_free(&s);
}

/* So loud that C^-1 p is out of the range of squares. */
static void the_first_frames_may_be_a_whisper(void **state)
{
    (void)state;
    struct dice d = { 4 };
    float y[N], x_hat[N];

    for (lull_rule rule = LULL_RLS; rule <= LULL_BLOCK; rule++) {
        lull_tracker_config cfg = lull_tracker_defaults(N, 4);

        cfg.rule = rule;
        cfg.step = 0.25f;
        lull_tracker *const t = lull_tracker_new(&cfg, NULL);

        for (size_t f = 0; f < 100; f++) {
            dice_noise(&d, y, N, f < 3 ? 1e-14 : 1);
            lull_tracker_update(t, y, NULL, x_hat);
            assert_true(all_finite(x_hat, N));
        }
        assert_at_most(scene_orthonormality(t, N, 1), 1e-5); /* 1e-6 */
        lull_tracker_free(t);
    }
}

/* A frame of n numbers that have a little in common, of any level; of some, one entry
 * is of another level altogether. */
static void any_frame(struct dice *d, float *y, size_t n, double level, double wild)
{
    const double common = 3 * dice_normal(d);

    for (size_t i = 0; i < n; i++) {
        const double size = dice_uniform(d) < wild ? 76 * (dice_uniform(d) - 0.5) : 0;
        const double x = (dice_normal(d) + common) * pow(10, level + size);

        y[i] = (float)fmax(fmin(x, (double)FLT_MAX), -(double)FLT_MAX);
    }
}

static lull_tracker_config any_config(struct dice *d, lull_rule rule)
{
    lull_tracker_config cfg = lull_tracker_defaults(4 + (size_t)(20 * dice_uniform(d)),
                                                    1 + (size_t)(4 * dice_uniform(d)));

    cfg.rule = rule;
    cfg.step = dice_uniform(d) < 0.5 ? 0 : (float)pow(10, -3 * dice_uniform(d));
    cfg.complex_numbers = dice_uniform(d) < 0.3;
    cfg.auto_rank = rule != LULL_GRADIENT && dice_uniform(d) < 0.5;
    cfg.robust = dice_uniform(d) < 0.5;
    cfg.block = 1 + (size_t)(8 * dice_uniform(d));
    cfg.shrinkage = dice_uniform(d) < 0.5 ? LULL_WIENER : LULL_PROJECTION;
    return cfg;
}

/* Feeds frames whose level may jump by up to so many decades either way; a state that is
 * not finite would not be taken.  Another tracker is asked for nothing, and learns the
 * same. */
static void feed_anything(const lull_tracker_config *cfg, struct dice *d, double decades,
                          double wild)
{
    const size_t n = cfg->dim * (cfg->complex_numbers ? 2 : 1);
    lull_tracker *const t = lull_tracker_new(cfg, NULL);
    lull_tracker *const other = lull_tracker_new(cfg, NULL);
    const size_t size = lull_tracker_save(t, NULL, 0);
    void *const state = malloc(size), *const same = malloc(size);
    unsigned char known[N];
    float y[N], x_hat[N];
    double level = 0;

    for (size_t f = 0; f < 300; f++) {
        if (dice_uniform(d) < 0.05)
            level = decades * (2 * dice_uniform(d) - 1);
        const double jump = dice_uniform(d) < 0.9 ? 0 : dice_uniform(d) < 0.5 ? 12 : -6;

        any_frame(d, y, n, level + jump, wild);
        for (size_t i = 0; i < cfg->dim; i++)
            known[i] = dice_uniform(d) < 0.8;
        const unsigned char *const some = dice_uniform(d) < 0.2 ? known : NULL;

        lull_tracker_update(t, y, some, x_hat);
        lull_tracker_update(other, y, some, NULL);
        assert_true(all_finite(x_hat, n));
        lull_tracker_save(t, state, size);
        lull_tracker_save(other, same, size);
        assert_memory_equal(state, same, size);
        assert_int_equal(lull_tracker_load(t, state, size), LULL_OK);
    }
    assert_at_most(scene_orthonormality(t, n, cfg->complex_numbers ? 2 : 1), 1e-3);
    free(state);
    free(same);
    lull_tracker_free(t);
    lull_tracker_free(other);
}

static void whatever_floats_come_all_stays_finite(void **state)
{
    (void)state;
    for (lull_rule rule = LULL_RLS; rule <= LULL_BLOCK; rule++)
        for (uint64_t seed = 1; seed <= 100; seed++) {
            struct dice d = { seed };
            const lull_tracker_config cfg = any_config(&d, rule);

            feed_anything(&cfg, &d, seed % 3 ? 0 : 17, seed % 2 ? 0 : 0.02);
        }
}

/* Each frame with one number, wrong by 200 dB: the others tell what is lost. */
static void an_outlier_of_any_size_is_left_out(void **state)
{
    (void)state;
    struct scene s = scene_new(N, 1, 4, scene_strong, 9);
    lull_tracker_config cfg = lull_tracker_defaults(N, 4);
    double mse = 0;

    cfg.step = 0.01f;
    cfg.robust = 1;
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);

    for (size_t f = 0; f < 2000; f++) {
        float x_hat[N];

        scene_frame(&s);
        if (f >= 500)
            s.y[f % N] = 1e10f;
        lull_tracker_update(t, s.y, NULL, x_hat);
        if (f >= 1500)
            mse += scene_error(&s, x_hat) / 500;
    }
    assert_at_most(mse, 6); /* 5.8 */
    lull_tracker_free(t);
    scene_free(&s);
}

/* Error where the level has jumped from a whisper to a roar and back. */
static void it_follows_any_jump_in_level(void **state)
{
    (void)state;
    static const double levels[] = { 1e-14, 1e16, 1e-5, 1 };
    struct scene s = scene_new(N, 1, 4, scene_strong, 9);
    lull_tracker *const t = tracker(0.01f);

    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        const size_t silence = i ? 30000 : 0; /* while what was still counts */

        s.level = levels[i];
        scene_feed(t, &s, silence);
        scene_feed(t, &s, 2000);
        const double mse = scene_mean_error(t, &s, 500) / (levels[i] * levels[i]);

        assert_at_most(mse, 6); /* 4.9 */
    }
    lull_tracker_free(t);
    scene_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_scale_does_not_matter),
        cmocka_unit_test(a_large_step_does_not_blow_the_output_up),
        cmocka_unit_test(nothing_is_learnt_from_what_is_no_frame),
        cmocka_unit_test(an_absurd_entry_counts_as_missing),
        cmocka_unit_test(long_silence_forgets_nothing),
        cmocka_unit_test(it_recovers_from_bursts),
        cmocka_unit_test(it_hears_again_after_a_fall_in_level),
        cmocka_unit_test(the_first_frames_may_be_a_whisper),
        cmocka_unit_test(whatever_floats_come_all_stays_finite),
        cmocka_unit_test(an_outlier_of_any_size_is_left_out),
        cmocka_unit_test(it_follows_any_jump_in_level),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
