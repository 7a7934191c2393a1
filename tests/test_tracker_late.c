/* SPDX-License-Identifier: MIT
 *
 * test_tracker_late.c - large trackers turn their subspace only every second frame: nobody
 * sees it but by the clock.  Beside one that turns with each: the portable one.
 */
#include "scene.h"

#include <math.h>
#include <stdlib.h>

static const double strong[] = { 900, 850, 800, 750, 700, 650, 600, 550,
                                 500, 450, 400, 350, 300, 250, 200, 150 };
enum { N = 1024, RANK = 16, FRAMES = 120 };

static lull_tracker_config config(size_t i)
{
    lull_tracker_config c = lull_tracker_defaults(N, RANK);

    c.rule = i < 3 ? (lull_rule)i : LULL_RLS; /* rls, exact, gradient */
    c.step = i == 3 ? 0 : 0.05f;
    return c;
}

/* A frame with what happens to frames: gaps, silence, a burst, no noise at all. */
static void next_frame(struct scene *s, size_t f)
{
    static const float loud[] = { 1, 0, 1e-6f, 30 };

    scene_frame(s);
    for (size_t i = 0; i < N; i++)
        s->y[i] = f % 40 == 33 ? s->x[i] : s->y[i] * loud[f % 13 > 9 ? f % 13 - 9 : 0];
    for (size_t i = f % 7; f % 7 == 5 && i < N; i += 3)
        s->y[i] = NAN;
}

static double apart(const float *x, const float *y, size_t n)
{
    const double sum = distance2(x, y, n), all = energy(y, n);

    return all > 0 ? sqrt(sum / all) : sqrt(sum);
}

/* Rounding grows from frame to frame, but where nothing is inverted: the gradient. */
static void a_turn_put_off_is_made_all_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        lull_tracker_config c = config(i);
        struct scene s = scene_new(N, 1, RANK, strong, 3);
        static float x[N], z[N], U[RANK * N], V[RANK * N];
        const size_t alike = c.rule == LULL_GRADIENT ? FRAMES : 18;
        lull_tracker *const t = lull_tracker_new(&c, NULL);

        c.portable = 1;
        lull_tracker *const prompt = lull_tracker_new(&c, NULL);
        double worst = 0;

        for (size_t f = 0; f < FRAMES; f++) {
            next_frame(&s, f);
            lull_tracker_update(t, s.y, NULL, x);
            lull_tracker_update(prompt, s.y, NULL, z);
            lull_tracker_basis(t, U, NULL);
            lull_tracker_basis(prompt, V, NULL);
            if (f < alike)
                worst = fmax(worst, fmax(apart(x, z, N), apart(U, V, RANK * N)));
            assert_at_most(scene_orthonormality(t, N, 1), 1e-6); /* 2e-7 */
        }
        assert_at_most(worst, c.rule == LULL_GRADIENT ? 1e-5 : 1e-2); /* 5e-7, 2e-3 */
        const double lost = scene_leak(&s, t) / scene_leak(&s, prompt);

        assert_at_most(fabs(lost - 1), i < 3 ? 0.02 : 0.5); /* 0.001; 0.25 */
        lull_tracker_free(t);
        lull_tracker_free(prompt);
        scene_free(&s);
    }
}

/* Saved after each frame, whether a turn waits or not, and asked or not for x_hat. */
static void one_that_waits_can_be_saved(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const lull_tracker_config c = config(i);
        struct scene s = scene_new(N, 1, RANK, strong, 4);
        static float x[N], z[N];
        lull_tracker *const whole = lull_tracker_new(&c, NULL);
        lull_tracker *cut = lull_tracker_new(&c, NULL);
        const size_t size = lull_tracker_save(whole, NULL, 0);
        unsigned char *const a = malloc(size), *const b = malloc(size);

        for (size_t f = 0; f < FRAMES; f++) {
            next_frame(&s, f);
            lull_tracker_update(whole, s.y, NULL, x);
            lull_tracker_update(cut, s.y, NULL, f % 2 ? z : NULL);
            if (f % 2)
                assert_memory_equal(x, z, sizeof x);
            lull_tracker_save(whole, a, size);
            lull_tracker_save(cut, b, size);
            assert_memory_equal(a, b, size);
            lull_tracker_free(cut);
            cut = lull_tracker_new(&c, NULL);
            assert_int_equal(lull_tracker_load(cut, b, size), LULL_OK);
        }
        lull_tracker_free(whole);
        lull_tracker_free(cut);
        free(a);
        free(b);
        scene_free(&s);
    }
}

/* Into one that waits, from one that waits. */
static void those_that_wait_can_be_merged(void **state)
{
    (void)state;
    double leak[2];

    for (int portable = 0; portable < 2; portable++) {
        lull_tracker_config c = config(0);
        struct scene s = scene_new(N, 1, RANK, strong, 5);

        c.portable = portable;
        lull_tracker *const a = lull_tracker_new(&c, NULL);
        lull_tracker *const b = lull_tracker_new(&c, NULL);

        scene_feed(a, &s, 61);
        scene_feed(b, &s, 63);
        assert_int_equal(lull_tracker_merge(a, b), LULL_OK);
        leak[portable] = scene_leak(&s, a);
        assert_at_most(scene_orthonormality(a, N, 1), 1e-5); /* 1e-6 */
        lull_tracker_free(a);
        lull_tracker_free(b);
        scene_free(&s);
    }
    assert_at_most(fabs(leak[0] / leak[1] - 1), 0.01); /* 2e-4 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_turn_put_off_is_made_all_the_same),
        cmocka_unit_test(one_that_waits_can_be_saved),
        cmocka_unit_test(those_that_wait_can_be_merged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
