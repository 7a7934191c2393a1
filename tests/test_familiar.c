/* SPDX-License-Identifier: MIT
 *
 * test_familiar.c - a noise that was learned is known again.
 */
#include "noise/familiar.h"
#include "room.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* N[f] as a tracker would have it: the truth, and an error that changes from frame to
 * frame and from band to band. */
static void guess(struct dice *d, const struct room *s, float *N, double sigma)
{
    double error = 0;

    for (size_t f = 0; f < ROOM_BINS; f++) {
        if (f % 6 == 0)
            error = sigma * dice_normal(d);
        N[f] = (float)(room_mean(s, (double)f * ROOM_BIN_HZ) * exp(error));
    }
}

/* Root mean square of log N/truth, less its mean: what is wrong with the shape. */
static double wrong(const struct room *s, const float *N, size_t from, size_t to)
{
    double sum = 0, square = 0;
    const double n = (double)(to - from);

    for (size_t f = from; f < to; f++) {
        const double e = log((double)N[f] / room_mean(s, (double)f * ROOM_BIN_HZ));

        sum += e;
        square += e * e;
    }
    return sqrt(fmax(square / n - sum * sum / n / n, 0));
}

struct known_noise {
    struct learned_noise l;
    struct bands bands;
    struct familiar f;
    float silent[64];           /* belief: nobody speaks */
};

static void know(struct known_noise *k, struct room s)
{
    learn_room(&k->l, s, 2000);

    struct arena a = fresh_arena();

    memset(k->silent, 0, sizeof k->silent);
    bands_place(&k->bands, &a, ROOM_BINS, ROOM_BIN_HZ, FAMILIAR_SPACING);
    familiar_place(&k->f, &a, &k->bands, ROOM_BIN_HZ, ROOM_FRAME_HZ, &k->l.m);
    familiar_reset(&k->f);
}

static void a_familiar_noise_is_estimated_better(void **state)
{
    (void)state;
    struct known_noise k;
    struct room s = { .tilt = 4, .dice = { 12 } };
    struct dice d = { 13 };
    float N[ROOM_BINS];
    double before = 0, after = 0;

    know(&k, s);
    for (size_t t = 0; t < 500; t++) {
        guess(&d, &s, N, 0.5);
        before += wrong(&s, N, 8, 240) / 500;
        familiar_update(&k.f, k.silent, N);
        after += wrong(&s, N, 8, 240) / 500;
    }
    assert_at_most(after, 0.25 * before);               /* 0.06 */
    assert_at_least(k.f.fit, 0.9);                      /* 1.00 */
    drop_model(&k.l);
}

static void another_noise_is_found_out(void **state)
{
    (void)state;
    struct known_noise k;
    struct room s = { .tilt = -1, .dice = { 12 } };
    struct dice d = { 13 };
    float N[ROOM_BINS], blind[ROOM_BINS];
    double moved = 0;

    know(&k, (struct room){ .tilt = 4, .dice = { 12 } });
    for (size_t t = 0; t < 100; t++) {
        guess(&d, &s, N, 0.5);
        memcpy(blind, N, sizeof N);
        familiar_update(&k.f, k.silent, N);
        for (size_t f = 0; f < ROOM_BINS && t > 10; f++)
            moved = fmax(moved, fabs(log((double)(N[f] / blind[f]))));
    }
    assert_at_most(moved, 0.1);                         /* 0.0005 nepers */
    assert_at_most(k.f.fit, 0.01);                      /* 0.0001 */
    drop_model(&k.l);
}

/* A voice lifts the estimate where it is, but there nobody looks. */
static void speech_does_not_make_a_noise_strange(void **state)
{
    (void)state;
    struct known_noise k;
    struct room s = { .tilt = 2, .dice = { 12 } };
    struct dice d = { 13 };
    float N[ROOM_BINS], belief[64] = { 0 };

    know(&k, s);
    for (size_t b = 8; b < 20; b++)
        belief[b] = 0.95f;
    for (size_t t = 0; t < 300; t++) {
        guess(&d, &s, N, 0.3);
        for (size_t f = k.bands.edge[8]; f < k.bands.edge[20]; f++)
            N[f] *= 8;
        familiar_update(&k.f, belief, N);
    }
    assert_at_least(k.f.fit, 0.8);                      /* 0.98 */
    for (size_t t = 0; t < 300; t++) {
        guess(&d, &s, N, 0.3);
        for (size_t f = k.bands.edge[8]; f < k.bands.edge[20]; f++)
            N[f] *= 8;
        familiar_update(&k.f, k.silent, N);
    }
    assert_at_most(k.f.fit, 0.5);                       /* 0.006: the same, if nobody speaks */
    drop_model(&k.l);
}

static void where_a_noise_strays_the_estimate_is_free_to(void **state)
{
    (void)state;
    struct known_noise k;
    struct room s = { .tilt = 2, .upper = 1.5, .dice = { 12 } };
    struct dice d = { 13 };
    float N[ROOM_BINS], blind[ROOM_BINS];

    know(&k, s);
    guess(&d, &s, N, 0.2);
    memcpy(blind, N, sizeof N);
    familiar_update(&k.f, k.silent, N);

    double below = 0, above = 0;

    for (size_t f = 0; f < ROOM_BINS; f++)
        *(f < 128 ? &below : &above) += fabs(log((double)(N[f] / blind[f]))) / 128;
    assert_at_most(above, 0.6 * below);                 /* 0.30 */
    drop_model(&k.l);
}

static void above_what_was_learned_all_stays_as_it_is(void **state)
{
    (void)state;
    enum { WIDE = 769 };
    struct known_noise k;
    struct dice d = { 3 };
    float N[WIDE], blind[WIDE];

    know(&k, (struct room){ .tilt = 2, .dice = { 12 } });

    struct arena a = fresh_arena();

    bands_place(&k.bands, &a, WIDE, ROOM_BIN_HZ, FAMILIAR_SPACING);
    familiar_place(&k.f, &a, &k.bands, ROOM_BIN_HZ, ROOM_FRAME_HZ, &k.l.m);
    familiar_reset(&k.f);
    for (size_t f = 0; f < WIDE; f++)
        N[f] = blind[f] = (float)exp(dice_normal(&d));
    familiar_update(&k.f, k.silent, N);
    for (size_t f = 258; f < WIDE; f++)
        assert_true(N[f] == blind[f]);
    assert_at_least(fabsf(N[100] - blind[100]), 1e-3);
    drop_model(&k.l);
}

/* The window of 30 ms, and rates whose frames are no whole number of model steps. */
static void a_model_serves_any_spacing_of_frequencies(void **state)
{
    (void)state;
    static const double spacing[] = { 33.333, 30.625, 20 };
    struct known_noise k;

    know(&k, (struct room){ .tilt = 4, .dice = { 12 } });
    for (size_t i = 0; i < sizeof spacing / sizeof *spacing; i++) {
        struct arena a = fresh_arena();
        const size_t n = (size_t)(8000 / spacing[i]) + 1;

        bands_place(&k.bands, &a, n, spacing[i], FAMILIAR_SPACING);
        familiar_place(&k.f, &a, &k.bands, spacing[i], ROOM_FRAME_HZ, &k.l.m);
        for (size_t f = 10; f < n - 10; f++) {
            const double at = (double)f * spacing[i];
            const float x = k.f.shape[f] - k.f.shape[f - 1];

            assert_at_most(fabs((double)x + 4 * spacing[i] / 8000), 0.4);       /* 0.07 */
            assert_at_most(fabs((double)(k.f.shape[f] -
                                         k.l.m.shape[(size_t)(at / ROOM_BIN_HZ + 0.5)])),
                           0.4); /* 0.04 */
        }
    }
    drop_model(&k.l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_familiar_noise_is_estimated_better),
        cmocka_unit_test(another_noise_is_found_out),
        cmocka_unit_test(speech_does_not_make_a_noise_strange),
        cmocka_unit_test(where_a_noise_strays_the_estimate_is_free_to),
        cmocka_unit_test(above_what_was_learned_all_stays_as_it_is),
        cmocka_unit_test(a_model_serves_any_spacing_of_frequencies),
    };

    return cmocka_run_group_tests_name("familiar", tests, NULL, NULL);
}
