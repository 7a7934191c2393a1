/* SPDX-License-Identifier: MIT
 *
 * test_tracker_noise.c - coloured noise, and a base that is known beforehand.
 */
#include "scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 64 };

/* Noise of mean power 1 with some shape; for each kind, what a tracker may be told. */
enum shape { AR1, LEVELS };
static const float RHO = 0.9f;

static float level(size_t i) /* 20 dB from first to last, mean power 1 */
{
    return (float)(pow(10, (double)i / (N - 1)) * 0.2125);
}

static void covariance(enum shape shape, float *S)
{
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            if (shape == AR1)
                S[i * N + j] = powf(RHO, fabsf((float)i - (float)j));
            else
                S[i * N + j] = i == j ? level(i) * level(i) : 0;
}

/* Error of the output over the second half of 3000 frames. */
static double coloured_by(size_t parts, enum shape shape, lull_noise told, const float *what)
{
    lull_tracker_config cfg = lull_tracker_defaults(N, 4);
    const size_t frames = 3000, seeds = 6;
    double mse = 0;

    cfg.step = 0.01f;
    cfg.noise = told;
    cfg.noise_shape = what;
    cfg.complex_numbers = parts == 2;
    for (size_t seed = 1; seed <= seeds; seed++) {
        struct scene s = scene_new(N, parts, 4, scene_strong, seed);
        lull_tracker *const t = lull_tracker_new(&cfg, NULL);

        assert_non_null(t);
        for (size_t f = 0; f < frames; f++) {
            float x_hat[2 * N];
            double e[2] = { 0 };

            scene_frame(&s);
            for (size_t i = 0; i < s.n; i++) {
                const double z = dice_normal(&s.dice) / sqrt((double)parts), rho = (double)RHO;
                double *const at = e + i % parts;

                *at = shape == LEVELS ? (double)level(i / parts) * z
                      : i / parts     ? rho * *at + sqrt(1 - rho * rho) * z
                                      : z;
                s.y[i] = s.x[i] + (float)*at;
            }
            lull_tracker_update(t, s.y, NULL, x_hat);
            if (f >= frames / 2)
                mse += scene_error(&s, x_hat) / (double)(frames / 2 * seeds);
        }
        lull_tracker_free(t);
        scene_free(&s);
    }
    return mse;
}

static double coloured(enum shape shape, lull_noise told, const float *what)
{
    return coloured_by(1, shape, told, what);
}

static void complex_noise_is_taken_out_of_the_way(void **state)
{
    (void)state;
    float levels[N];

    for (size_t i = 0; i < N; i++)
        levels[i] = level(i);
    assert_at_most(coloured_by(2, AR1, LULL_AR1, &RHO), 1.78);                /* 1.67 */
    assert_at_most(coloured_by(2, AR1, LULL_AR1_ESTIMATED, NULL), 1.80);      /* 1.67 */
    assert_at_most(coloured_by(2, LEVELS, LULL_LEVELS, levels), 2.4);         /* 2.06 */
    assert_at_most(coloured_by(2, LEVELS, LULL_LEVELS_ESTIMATED, NULL), 2.4); /* 2.07 */
    assert_at_least(coloured_by(2, AR1, LULL_WHITE, NULL), 20);               /* 37: unseen */
}

static void ar1_noise_is_taken_out_of_the_way(void **state)
{
    (void)state;
    float *const S = malloc(N * N * sizeof *S);
    const double known = coloured(AR1, LULL_AR1, &RHO);
    const double estimated = coloured(AR1, LULL_AR1_ESTIMATED, NULL);

    covariance(AR1, S);
    assert_at_most(known, 1.78);     /* 1.77 */
    assert_at_most(estimated, 1.80); /* 1.77 */
    assert_at_most(fabs(coloured(AR1, LULL_COVARIANCE, S) - known), 1e-2);
    assert_at_least(coloured(AR1, LULL_WHITE, NULL), 20); /* 38: unseen */
    free(S);
}

static void unequal_noise_is_taken_out_of_the_way(void **state)
{
    (void)state;
    float levels[N];

    for (size_t i = 0; i < N; i++)
        levels[i] = level(i);
    assert_at_most(coloured(LEVELS, LULL_LEVELS, levels), 2.4);         /* 2.13 */
    assert_at_most(coloured(LEVELS, LULL_LEVELS_ESTIMATED, NULL), 2.4); /* 2.15 */
    assert_at_least(coloured(LEVELS, LULL_WHITE, NULL), 5);             /* 6.8 */
}

static void white_noise_is_left_alone(void **state)
{
    (void)state;
    static const float none = 0;
    const double white = coloured(AR1, LULL_AR1, &none);

    /* Told the wrong thing it is as bad as told nothing. */
    assert_at_most(fabs(white / coloured(AR1, LULL_WHITE, NULL) - 1), 1e-3);
}

enum { WIDE = 128, BASE = 12, ALL = 14 };

/* Twelve known directions, and two more that have just come. */
static struct scene grown(float *base)
{
    double ell[ALL];

    for (size_t j = 0; j < ALL; j++)
        ell[j] = j < BASE ? 20 : 7.75;
    const struct scene s = scene_new(WIDE, 1, ALL, ell, 4);

    for (size_t i = 0; i < BASE * WIDE; i++)
        base[i] = (float)s.V[i];
    return s;
}

/* x_hat of the twelve alone, each with the gain that is best for it. */
static void frozen(const struct scene *s, const float *base, float *x_hat)
{
    memset(x_hat, 0, WIDE * sizeof *x_hat);
    for (size_t j = 0; j < BASE; j++, base += WIDE) {
        float p = 0;

        for (size_t i = 0; i < WIDE; i++)
            p += base[i] * s->y[i];
        for (size_t i = 0; i < WIDE; i++)
            x_hat[i] += base[i] * p * (float)(s->ell[j] / (s->ell[j] + 1));
    }
}

/* Mean error in frames 600 to 1000; rank 0: of the base alone. */
static double adapted(size_t rank, bool with_base)
{
    float base[BASE * WIDE], x_hat[WIDE];
    double mse = 0;
    struct scene s = grown(base);
    lull_tracker_config cfg = lull_tracker_defaults(WIDE, rank ? rank : 1);

    if (with_base) {
        cfg.base = base;
        cfg.base_rank = BASE;
    }
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);

    assert_non_null(t);
    for (size_t f = 0; f < 1000; f++) {
        scene_frame(&s);
        lull_tracker_update(t, s.y, NULL, x_hat);
        if (!rank)
            frozen(&s, base, x_hat);
        if (f >= 600)
            mse += scene_error(&s, x_hat) / 400;
    }
    lull_tracker_free(t);
    scene_free(&s);
    return mse;
}

static void an_adapter_of_2_makes_up_for_a_base_of_12(void **state)
{
    (void)state;
    const double alone = adapted(0, true), adapter = adapted(2, true);
    const double whole = adapted(ALL, false);

    assert_at_most(fabs(alone - 26.9), 1); /* 27.3: 12 20/21 + 2 7.75 is expected   */
    assert_at_most(adapter, 14.2);         /* 13.8; 13.2 if all were known          */
    assert_at_least(whole, adapter + 1);   /* 15.7: more to learn from the same frames */
}

static void a_base_works_with_missing_entries(void **state)
{
    (void)state;
    double ell[4] = { 20, 20, 20, 20 };
    struct scene s = scene_new(N, 1, 4, ell, 4);
    float base[2 * N], x_hat[N];
    unsigned char known[N];
    double mse = 0;
    lull_tracker_config cfg = lull_tracker_defaults(N, 2);

    for (size_t i = 0; i < 2 * N; i++)
        base[i] = (float)s.V[i];
    cfg.base = base;
    cfg.base_rank = 2;
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);

    for (size_t f = 0; f < 3000; f++) {
        scene_frame(&s);
        for (size_t i = 0; i < N; i++)
            known[i] = dice_uniform(&s.dice) < 0.8;
        lull_tracker_update(t, s.y, known, x_hat);
        if (f >= 2000)
            mse += scene_error(&s, x_hat) / 1000;
    }
    assert_at_most(mse, 8); /* 5.3, of a signal of 80 */
    lull_tracker_free(t);
    scene_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ar1_noise_is_taken_out_of_the_way),
        cmocka_unit_test(complex_noise_is_taken_out_of_the_way),
        cmocka_unit_test(unequal_noise_is_taken_out_of_the_way),
        cmocka_unit_test(white_noise_is_left_alone),
        cmocka_unit_test(an_adapter_of_2_makes_up_for_a_base_of_12),
        cmocka_unit_test(a_base_works_with_missing_entries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
