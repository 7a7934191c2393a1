/* SPDX-License-Identifier: MIT
 *
 * test_tracker.c - what lull_tracker.h promises.
 */
#include "scene.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double strong[] = { 40, 20, 10, 5 };
enum { N = 64, MOST = 2 * 256 };

static lull_tracker *tracker(float step)
{
    lull_tracker_config cfg = lull_tracker_defaults(N, 4);

    cfg.step = step;
    return lull_tracker_new(&cfg, NULL);
}

static void feed(lull_tracker *t, struct scene *s, size_t frames)
{
    for (size_t f = 0; f < frames; f++) {
        scene_frame(s);
        lull_tracker_update(t, s->y, NULL, NULL);
    }
}

static bool finite(const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

/* --- configuration ----------------------------------------------------------- */

static lull_status refusal(lull_tracker_config cfg)
{
    lull_status why = LULL_OK;

    assert_null(lull_tracker_new(&cfg, &why));
    assert_null(lull_tracker_new(&cfg, NULL));
    return why;
}

static void every_field_out_of_range_is_refused_with_its_reason(void **state)
{
    (void)state;
    static const float zero[N * N], nan_base[N] = { NAN };
    const lull_tracker_config good = lull_tracker_defaults(N, 4);
    lull_tracker_config c;

#define REFUSES(change, reason) (c = good, change, assert_int_equal(refusal(c), reason))
    REFUSES(c.dim = 0, LULL_BAD_DIM);
    REFUSES(c.dim = LULL_MAX_DIM + 1, LULL_BAD_DIM);
    REFUSES(c.rank = 0, LULL_BAD_RANK);
    REFUSES(c.rank = N + 1, LULL_BAD_RANK);
    REFUSES(c.step = -0.1f, LULL_BAD_STEP);
    REFUSES(c.step = 1.1f, LULL_BAD_STEP);
    REFUSES(c.step = NAN, LULL_BAD_STEP);
    REFUSES(c.rule = (lull_rule)9, LULL_BAD_RULE);
    REFUSES((c.rule = LULL_GRADIENT, c.auto_rank = 1), LULL_BAD_RULE);
    REFUSES(c.shrinkage = (lull_shrinkage)9, LULL_BAD_SHRINKAGE);
    REFUSES(c.noise = (lull_noise)9, LULL_BAD_NOISE);
    REFUSES(c.noise = LULL_LEVELS, LULL_BAD_NOISE);
    REFUSES((c.noise = LULL_LEVELS, c.noise_shape = zero), LULL_BAD_NOISE);
    REFUSES((c.noise = LULL_COVARIANCE, c.noise_shape = zero), LULL_BAD_NOISE);
    REFUSES(c.hop = N + 1, LULL_BAD_HOP);
    REFUSES((c.rule = LULL_BLOCK, c.block = 0), LULL_BAD_BLOCK);
    REFUSES(c.base_rank = 2, LULL_BAD_BASE);
    REFUSES((c.base_rank = 2, c.base = zero), LULL_BAD_BASE);
    REFUSES((c.base_rank = 1, c.base = nan_base), LULL_BAD_BASE);
    REFUSES((c.base_rank = N, c.base = zero), LULL_BAD_BASE);
#undef REFUSES
}

static void every_status_has_a_sentence_of_its_own(void **state)
{
    (void)state;
    for (int a = LULL_OK; a <= LULL_WRONG_STATE; a++)
        for (int b = LULL_OK; b < a; b++)
            assert_string_not_equal(lull_strerror((lull_status)a),
                                    lull_strerror((lull_status)b));
    assert_string_not_equal(lull_strerror(LULL_WRONG_STATE), "unknown status");
}

static void a_budget_buys_a_rank(void **state)
{
    (void)state;
    /* 8 flops x 1000 numbers x 100 frames = 8e5 flops per direction */
    assert_int_equal(lull_rank_for_budget(1000, 0, 100, 8e6, 0), 10);
    assert_int_equal(lull_rank_for_budget(1000, 1, 100, 32e6, 0), 10);
    assert_int_equal(lull_rank_for_budget(1000, 0, 100, 8e6, 6e6), 5);
    assert_int_equal(lull_rank_for_budget(1000, 0, 100, 1e5, 0), 0);
    assert_int_equal(lull_rank_for_budget(1000, 0, 100, 0, 0), LULL_MAX_RANK);
    assert_int_equal(lull_rank_for_budget(3, 0, 100, 0, 0), 3);
}

/* --- memory ---------------------------------------------------------------------- */

void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

static int granted = -1, asked; /* requests to grant, < 0: all; requests made */

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    asked++;
    if (granted == 0)
        return NULL;
    granted -= granted > 0;
    return __real_aligned_alloc(alignment, size);
}

static void a_refused_allocation_is_reported(void **state)
{
    (void)state;
    const lull_tracker_config cfg = lull_tracker_defaults(N, 4);
    const float A[4] = { 1, 2, 3, 4 };
    float s[1];
    lull_status why = LULL_OK;
    lull_tracker *const a = tracker(0), *const b = tracker(0);

    granted = 0;
    lull_tracker *const t = lull_tracker_new(&cfg, &why);
    const lull_status merge = lull_tracker_merge(a, b);
    const lull_status svd = lull_svd_truncated(A, 2, 2, 1, s, NULL, NULL);

    granted = -1;
    assert_null(t);
    assert_int_equal(why, LULL_NO_MEMORY);
    assert_int_equal(merge, LULL_NO_MEMORY);
    assert_int_equal(svd, LULL_NO_MEMORY);
    lull_tracker_free(a);
    lull_tracker_free(b);
    lull_tracker_free(NULL);
}

static void all_memory_is_taken_in_new(void **state)
{
    (void)state;
    lull_tracker_config cfg = lull_tracker_defaults(N, 4);
    struct scene s = scene_new(N, 1, 4, strong, 9);

    asked = 0;
    cfg.auto_rank = cfg.robust = 1;
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);

    assert_int_equal(asked, 1);
    feed(t, &s, 500);
    lull_tracker_reset(t);
    assert_int_equal(asked, 1);
    assert_at_least(lull_tracker_memory(t), 2 * 4 * N * sizeof(float));
    lull_tracker_free(t);
    scene_free(&s);
}

/* --- stability (h, i) --------------------------------------------------------- */

static void every_step_in_0_1_is_stable(void **state)
{
    (void)state;
    static const float steps[] = { 1, 0.7f, 0.5f, 0.25f, 0.1f, 1e-3f, 1e-5f, 1e-9f };
    float x_hat[N];

    for (lull_rule rule = LULL_RLS; rule <= LULL_BLOCK; rule++)
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
            lull_tracker_config cfg = lull_tracker_defaults(N, 8);
            struct scene s = scene_new(N, 1, 4, strong, 5);

            cfg.rule = rule;
            cfg.step = steps[i];
            lull_tracker *const t = lull_tracker_new(&cfg, NULL);

            for (int f = 0; f < 2000; f++) {
                scene_frame(&s);
                lull_tracker_update(t, s.y, NULL, x_hat);
                assert_true(finite(x_hat, N));
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
    struct scene s = scene_new(N, 1, 4, strong, 5);
    double own[4], left;

    cfg.step = 1;
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);

    for (int f = 0; f < 50; f++) {
        float U[4 * N];

        feed(t, &s, 1);
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
        struct scene s = scene_new(N, 1, 4, strong, 3);
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

/* Mean error over 400 frames after 600, for a signal times `scale`, over scale^2. */
static double error_at(double scale, float step)
{
    struct scene s = scene_new(N, 1, 4, strong, 9);
    lull_tracker *const t = tracker(step);
    float x_hat[N];
    double mse = 0;

    s.level = scale;
    for (int f = 0; f < 1000; f++) {
        scene_frame(&s);
        lull_tracker_update(t, s.y, NULL, x_hat);
        if (f >= 600)
            mse += scene_error(&s, x_hat) / 400 / (scale * scale);
    }
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

/* Frames that must leave no trace. */
static void nothing_is_learnt_from_what_is_no_frame(void **state)
{
    (void)state;
    float odd[6][N];
    struct scene s = scene_new(N, 1, 4, strong, 9);
    lull_tracker *const t = tracker(0.01f);

    for (size_t i = 0; i < N; i++) {
        odd[0][i] = 0;
        odd[1][i] = 1e-42f;
        odd[2][i] = NAN;
        odd[3][i] = INFINITY;
        odd[4][i] = FLT_MAX;
        odd[5][i] = 1e18f;
    }
    feed(t, &s, 1500);
    const double leak = scene_leak(&s, t);

    for (size_t f = 0; f < 6000; f++) {
        float x_hat[N];

        lull_tracker_update(t, odd[f % 6], NULL, x_hat);
        assert_true(finite(x_hat, N));
    }
    assert_at_most(fabs(scene_leak(&s, t) - leak), 1e-6 * leak);
    lull_tracker_free(t);
    scene_free(&s);
}

static void an_absurd_entry_counts_as_missing(void **state)
{
    (void)state;
    struct scene s = scene_new(N, 1, 4, strong, 9);
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
    struct scene s = scene_new(N, 1, 4, strong, 9);
    lull_tracker *const t = tracker(0.01f);

    feed(t, &s, 1500);
    const double leak = scene_leak(&s, t);

    s.level = 1e-5; /* -100 dB: of other noise */
    s.ell[0] = s.ell[1] = s.ell[2] = s.ell[3] = 0;
    feed(t, &s, 400);
    s.level = 1;
    memcpy(s.ell, strong, sizeof strong);
    feed(t, &s, 3);
    assert_at_most(scene_leak(&s, t), 1.5 * leak); /* 1.04 */
    lull_tracker_free(t);
    scene_free(&s);
}

/* Frames until the leak is again 10 dB below the signal, after so many frames louder
 * by `gain`. */
static size_t recovery(double gain, int frames)
{
    struct scene s = scene_new(N, 1, 4, strong, 9);
    lull_tracker *const t = tracker(0.01f);
    size_t after = 0;

    feed(t, &s, 1500);
    s.level = gain;
    feed(t, &s, (size_t)frames);
    s.level = 1;
    while (after < 5000 && scene_leak(&s, t) > 7.5) {
        feed(t, &s, 1);
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
    struct scene s = scene_new(N, 1, 4, strong, 9);
    lull_tracker *const t = tracker(0.01f);

    feed(t, &s, 1500);
    s.level = 1e-4; /* -80 dB */
    feed(t, &s, 200);
    scene_jump(&s, 4);
    feed(t, &s, 1500);
    assert_at_most(scene_leak(&s, t), 2); /* 1.2; deaf: 70 */
    lull_tracker_free(t);
    scene_free(&s);
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
        feed(t, &s, 1);
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

/* C then knows less of a direction than Wiener's gain asks of it. */
static void a_large_step_does_not_blow_the_output_up(void **state)
{
    (void)state;
    assert_at_most(error_at(1, 0.5f), 50); /* 36; unlimited: 160 */
}

static void a_rank_of_all_dimensions_keeps_everything(void **state)
{
    (void)state;
    lull_tracker_config cfg = lull_tracker_defaults(4, 4);
    const float y[4] = { 3, -1, 4, 1 };
    float x_hat[4];

    cfg.shrinkage = LULL_PROJECTION;
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);

    for (int f = 0; f < 100; f++)
        lull_tracker_update(t, y, NULL, x_hat);
    for (size_t i = 0; i < 4; i++)
        assert_at_most(fabsf(x_hat[i] - y[i]), 1e-5);
    lull_tracker_free(t);
}

static void the_output_may_be_the_input(void **state)
{
    (void)state;
    struct scene s = scene_new(N, 1, 4, strong, 9);
    lull_tracker *const a = tracker(0), *const b = tracker(0);
    float x_hat[N];

    for (int f = 0; f < 300; f++) {
        scene_frame(&s);
        lull_tracker_update(a, s.y, NULL, x_hat);
        lull_tracker_update(b, s.y, NULL, s.y);
        assert_memory_equal(x_hat, s.y, sizeof x_hat);
    }
    lull_tracker_free(a);
    lull_tracker_free(b);
    scene_free(&s);
}

static void reset_is_as_good_as_new(void **state)
{
    (void)state;
    struct scene s = scene_new(N, 1, 4, strong, 9);
    lull_tracker *const used = tracker(0), *const fresh = tracker(0);
    float a[N], b[N];

    feed(used, &s, 777);
    lull_tracker_reset(used);
    for (int f = 0; f < 300; f++) {
        scene_frame(&s);
        lull_tracker_update(used, s.y, NULL, a);
        lull_tracker_update(fresh, s.y, NULL, b);
        assert_memory_equal(a, b, sizeof a);
    }
    lull_tracker_free(used);
    lull_tracker_free(fresh);
    scene_free(&s);
}

static void portable_gives_the_same_to_rounding(void **state)
{
    (void)state;
    for (int complex_numbers = 0; complex_numbers < 2; complex_numbers++) {
        lull_tracker_config cfg = lull_tracker_defaults(N, 4);
        struct scene s = scene_new(N, (size_t)complex_numbers + 1, 4, strong, 9);

        cfg.step = 0.02f;
        cfg.complex_numbers = complex_numbers;
        lull_tracker *const fast = lull_tracker_new(&cfg, NULL);

        cfg.portable = 1;
        lull_tracker *const plain = lull_tracker_new(&cfg, NULL);

        feed(fast, &s, 1);
        lull_tracker_update(plain, s.y, NULL, NULL);
        for (int f = 0; f < 500; f++) {
            float a[2 * N], b[2 * N];

            scene_frame(&s);
            lull_tracker_update(fast, s.y, NULL, a);
            lull_tracker_update(plain, s.y, NULL, b);
            for (size_t i = 0; i < s.n; i++)
                assert_at_most(fabsf(a[i] - b[i]), 1e-2); /* 3e-3 */
        }
        lull_tracker_free(fast);
        lull_tracker_free(plain);
        scene_free(&s);
    }
}

/* --- directions and energies --------------------------------------------------- */

static void directions_come_strongest_first(void **state)
{
    (void)state;
    struct scene s = scene_new(N, 1, 4, strong, 2);
    lull_tracker *const t = tracker(0);
    float power[4];

    feed(t, &s, 4000);
    lull_tracker_basis(t, NULL, power);
    for (size_t j = 0; j < 4; j++) /* ell + 1, sampled */
        assert_at_most(fabs((double)power[j] / (strong[j] + 1) - 1), 0.2);
    lull_tracker_free(t);
    scene_free(&s);
}

/* --- merge ----------------------------------------------------------------------- */

static double merged_leak(size_t parts, size_t frames, bool halves)
{
    struct scene s = scene_new(N, 1, 4, strong, 6);
    lull_tracker *const whole = tracker(0);

    for (size_t i = 0; i < parts; i++) {
        lull_tracker *const part = tracker(0);

        for (size_t j = 0; halves && j < 4; j++)
            s.ell[j] = j % 2 == i % 2 ? strong[j] : 0;
        feed(part, &s, frames / parts);
        assert_int_equal(lull_tracker_merge(whole, part), LULL_OK);
        lull_tracker_free(part);
    }
    memcpy(s.ell, strong, sizeof strong);
    const double leak = scene_leak(&s, whole);

    lull_tracker_free(whole);
    scene_free(&s);
    return leak;
}

static void eight_merged_parts_are_as_good_as_one(void **state)
{
    (void)state;
    const double one = merged_leak(1, 4000, false), eight = merged_leak(8, 4000, false);
    const double part = merged_leak(1, 500, false);

    assert_at_most(eight, 1.1 * one + 0.01);               /* 1.06 times */
    assert_at_least(part, 2 * one);                        /* a part alone: 9 times */
    assert_at_most(merged_leak(8, 4000, true), 2.2 * one); /* 2.0: each saw half */
}

static void only_like_trackers_merge(void **state)
{
    (void)state;
    lull_tracker_config cfg = lull_tracker_defaults(N, 4);
    lull_tracker *const a = lull_tracker_new(&cfg, NULL);

    cfg.rule = LULL_GRADIENT;
    lull_tracker *const b = lull_tracker_new(&cfg, NULL);

    cfg = lull_tracker_defaults(N + 1, 4);
    lull_tracker *const c = lull_tracker_new(&cfg, NULL);

    assert_int_equal(lull_tracker_merge(a, b), LULL_WRONG_STATE);
    assert_int_equal(lull_tracker_merge(a, c), LULL_WRONG_STATE);
    lull_tracker_free(a);
    lull_tracker_free(b);
    lull_tracker_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_out_of_range_is_refused_with_its_reason),
        cmocka_unit_test(every_status_has_a_sentence_of_its_own),
        cmocka_unit_test(a_budget_buys_a_rank),
        cmocka_unit_test(a_refused_allocation_is_reported),
        cmocka_unit_test(all_memory_is_taken_in_new),
        cmocka_unit_test(every_step_in_0_1_is_stable),
        cmocka_unit_test(a_step_of_1_takes_the_frame_in),
        cmocka_unit_test(orthonormality_lasts),
        cmocka_unit_test(the_scale_does_not_matter),
        cmocka_unit_test(nothing_is_learnt_from_what_is_no_frame),
        cmocka_unit_test(an_absurd_entry_counts_as_missing),
        cmocka_unit_test(long_silence_forgets_nothing),
        cmocka_unit_test(it_recovers_from_bursts),
        cmocka_unit_test(it_hears_again_after_a_fall_in_level),
        cmocka_unit_test(noise_raises_no_alarm),
        cmocka_unit_test(overlapping_frames_raise_no_alarm_once_it_is_told),
        cmocka_unit_test(a_large_step_does_not_blow_the_output_up),
        cmocka_unit_test(a_rank_of_all_dimensions_keeps_everything),
        cmocka_unit_test(the_output_may_be_the_input),
        cmocka_unit_test(reset_is_as_good_as_new),
        cmocka_unit_test(portable_gives_the_same_to_rounding),
        cmocka_unit_test(directions_come_strongest_first),
        cmocka_unit_test(eight_merged_parts_are_as_good_as_one),
        cmocka_unit_test(only_like_trackers_merge),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
