/* SPDX-License-Identifier: MIT
 *
 * test_tracker.c - what lull_tracker.h promises.
 */
#include "oracle.h"
#include "scene.h"

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
    struct scene s = scene_new(N, 1, 4, scene_strong, 9);

    asked = 0;
    cfg.auto_rank = cfg.robust = 1;
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);

    assert_int_equal(asked, 1);
    scene_feed(t, &s, 500);
    lull_tracker_reset(t);
    assert_int_equal(asked, 1);
    assert_at_least(lull_tracker_memory(t), 2 * 4 * N * sizeof(float));
    lull_tracker_free(t);
    scene_free(&s);
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
    struct scene s = scene_new(N, 1, 4, scene_strong, 9);
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
    struct scene s = scene_new(N, 1, 4, scene_strong, 9);
    lull_tracker *const used = tracker(0), *const fresh = tracker(0);
    float a[N], b[N];

    scene_feed(used, &s, 777);
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
        struct scene s = scene_new(N, (size_t)complex_numbers + 1, 4, scene_strong, 9);

        cfg.step = 0.02f;
        cfg.complex_numbers = complex_numbers;
        lull_tracker *const fast = lull_tracker_new(&cfg, NULL);

        cfg.portable = 1;
        lull_tracker *const plain = lull_tracker_new(&cfg, NULL);

        scene_feed(fast, &s, 1);
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

static void directions_come_strongest_first(void **state)
{
    (void)state;
    struct scene s = scene_new(N, 1, 4, scene_strong, 2);
    lull_tracker *const t = tracker(0);
    float power[4];

    scene_feed(t, &s, 4000);
    lull_tracker_basis(t, NULL, power);
    for (size_t j = 0; j < 4; j++) /* ell + 1, sampled */
        assert_at_most(fabs((double)power[j] / (scene_strong[j] + 1) - 1), 0.2);
    lull_tracker_free(t);
    scene_free(&s);
}

static double merged_leak(size_t parts, size_t frames, bool halves)
{
    struct scene s = scene_new(N, 1, 4, scene_strong, 6);
    lull_tracker *const whole = tracker(0);

    for (size_t i = 0; i < parts; i++) {
        lull_tracker *const part = tracker(0);

        for (size_t j = 0; halves && j < 4; j++)
            s.ell[j] = j % 2 == i % 2 ? scene_strong[j] : 0;
        scene_feed(part, &s, frames / parts);
        assert_int_equal(lull_tracker_merge(whole, part), LULL_OK);
        lull_tracker_free(part);
    }
    memcpy(s.ell, scene_strong, sizeof scene_strong);
    const double leak = scene_leak(&s, whole);

    lull_tracker_free(whole);
    scene_free(&s);
    return leak;
}

/* What the mean of the parts' directions misses, entry by entry, made orthonormal. */
static double averaged_leak(size_t parts, size_t frames)
{
    struct scene s = scene_new(N, 1, 4, scene_strong, 6);
    double mean[4 * N] = { 0 }, leak = 0;
    float U[4 * N];

    for (size_t i = 0; i < parts; i++) {
        lull_tracker *const part = tracker(0);

        scene_feed(part, &s, frames / parts);
        lull_tracker_basis(part, U, NULL);
        for (size_t k = 0; k < 4 * N; k++)
            mean[k] += (double)U[k] / (double)parts;
        lull_tracker_free(part);
    }
    oracle_orthonormal(mean, 4, N, 1);
    for (size_t j = 0; j < 4; j++) {
        double inside = 0;

        for (size_t k = 0; k < 4; k++) {
            double along = 0;

            for (size_t i = 0; i < N; i++)
                along += mean[k * N + i] * s.V[j * N + i];
            inside += along * along;
        }
        leak += scene_strong[j] * (1 - inside);
    }
    scene_free(&s);
    return leak;
}

static void merged_parts_are_as_good_as_one(void **state)
{
    (void)state;
    const double one = merged_leak(1, 4000, false), part = merged_leak(1, 500, false);

    for (size_t parts = 2; parts <= 8; parts *= 2) {
        assert_at_most(merged_leak(parts, 4000, false), 1.1 * one); /* 1.01, 1.06, 1.07 */
        assert_at_least(averaged_leak(parts, 4000), 2 * one); /* 324, 2.9, 163: signs differ */
    }
    assert_at_most(fabs(averaged_leak(1, 4000) / one - 1), 1e-3); /* of one it is */
    assert_at_least(part, 2 * one);                               /* a part alone: 9 times */
    assert_at_most(merged_leak(8, 4000, true), 2.2 * one);        /* 2.0: each saw half */
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
        cmocka_unit_test(a_rank_of_all_dimensions_keeps_everything),
        cmocka_unit_test(the_output_may_be_the_input),
        cmocka_unit_test(reset_is_as_good_as_new),
        cmocka_unit_test(portable_gives_the_same_to_rounding),
        cmocka_unit_test(directions_come_strongest_first),
        cmocka_unit_test(merged_parts_are_as_good_as_one),
        cmocka_unit_test(only_like_trackers_merge),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
