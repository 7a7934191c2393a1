/* SPDX-License-Identifier: MIT
 *
 * test_hum.c - mains hum is found, followed and taken away, and nothing else is.
 */
#include "check.h"
#include "noise/hum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double PI = 3.14159265358979323846;
enum { RATE = 2000, SECONDS = 16, FRAMES = RATE * SECONDS, HARMONICS = 9 };

static float voice[2 * FRAMES], mixed[2 * FRAMES];

/* A stage with its memory. */
struct bench {
    struct hum hum;
    void *block;
};

static struct bench bench_like(double rate_hz, size_t channels, double range_hz,
                               size_t patience)
{
    struct bench b;
    struct arena measure = { 0 }, arena;

    hum_place(&b.hum, &measure, rate_hz, channels, HARMONICS, range_hz, patience);
    b.block = aligned_alloc(ARENA_ALIGN, measure.used);
    assert_non_null(b.block);
    arena = (struct arena){ .block = b.block };
    hum_place(&b.hum, &arena, rate_hz, channels, HARMONICS, range_hz, patience);
    hum_reset(&b.hum);
    return b;
}

static struct bench bench_near(double rate_hz, size_t channels, double range_hz)
{
    return bench_like(rate_hz, channels, range_hz, MAINS_AMONG_NOTES);
}

static struct bench bench_new(double rate_hz, size_t channels)
{
    return bench_near(rate_hz, channels, 1);
}

static void take(struct bench *b, float *x, size_t frames)
{
    for (size_t t = 0; t < frames; t++)
        hum_update(&b->hum, x + t * b->hum.channels, false);
}

/* Harmonics of a pitch that glides, in syllables, over noise: two channels. */
static void make_voice(double noise)
{
    struct dice d = { 7 };
    double phase = 0;

    for (size_t t = 0; t < FRAMES; t++) {
        const double s = (double)t / RATE, pitch = 120 + 25 * sin(2 * PI * 0.6 * s);
        const double loud = fmax(sin(2 * PI * 1.4 * s), 0);
        double v = 0;

        phase += 2 * PI * pitch / RATE;
        for (int h = 1; h < 7; h++)
            v += 0.1 * loud * cos(h * phase);
        voice[2 * t] = (float)(v + noise * dice_normal(&d));
        voice[2 * t + 1] = (float)(0.5 * v + noise * dice_normal(&d));
    }
}

/* Adds hum of f0 + depth sin from `from` s to `to` s, harmonics falling, to `mixed`.  Each
 * swells and fades by `swell` in 8 s, one before the other. */
static void add_swelling_hum(double f0, double depth, double size, double swell, double from,
                             double to)
{
    const double even = size;
    double phase = 0;

    for (size_t t = 0; t < FRAMES; t++) {
        const double s = (double)t / RATE;

        phase += 2 * PI * (f0 + depth * sin(2 * PI * s / 20)) / RATE;
        for (int h = 1; s >= from && s < to && h <= HARMONICS; h++) {
            size = even * (1 + swell * sin(2 * PI * s / 8 + h));
            mixed[2 * t] += (float)(size / h * cos(h * phase + h * h));
            mixed[2 * t + 1] += (float)(size / h * cos(h * phase + 2 * h));
        }
    }
}

static void add_hum(double f0, double depth, double size, double from, double to)
{
    add_swelling_hum(f0, depth, size, 0, from, to);
}

/* Energy of mixed - voice from second `from` to `to`. */
static double left(size_t from, size_t to)
{
    double sum = 0;

    for (size_t i = 2 * RATE * from; i < 2 * RATE * to; i++)
        sum += pow((double)mixed[i] - (double)voice[i], 2);
    return sum;
}

static void hum_that_drifts_goes_and_the_voice_stays(void **state)
{
    (void)state;
    for (double f0 = 50; f0 <= 60; f0 += 10) {
        struct bench b = bench_new(RATE, 2);

        make_voice(0.01);
        memcpy(mixed, voice, sizeof voice);
        add_hum(f0, 0.25, 0.1, 0, SECONDS);
        const double before = left(4, SECONDS);

        take(&b, mixed, FRAMES);
        assert_at_least(decibel(before, left(4, SECONDS)), 28); /* measured 32.8 */
        assert_at_most(fabs(hum_hz(&b.hum) - f0 - 0.25 * sin(2 * PI * SECONDS / 20.)), 0.05);
        free(b.block);
    }
}

static void hum_whose_size_changes_goes(void **state)
{
    (void)state;
    struct bench b = bench_new(RATE, 2);

    make_voice(0.01);
    memcpy(mixed, voice, sizeof voice);
    add_swelling_hum(50, 0.25, 0.1, 0.3, 0, SECONDS);
    const double before = left(4, SECONDS);

    take(&b, mixed, FRAMES);
    assert_at_least(decibel(before, left(4, SECONDS)), 24); /* measured 29.1 */
    free(b.block);
}

static void hum_that_doubles_is_gone_again_after_a_second(void **state)
{
    (void)state;
    struct bench b = bench_new(RATE, 2);

    make_voice(0.01);
    memcpy(mixed, voice, sizeof voice);
    add_hum(50, 0.25, 0.1, 0, SECONDS);
    add_hum(50, 0.25, 0.1, 8, SECONDS);
    const double before = left(9, 12);

    take(&b, mixed, FRAMES);
    assert_at_least(decibel(before, left(9, 12)), 23); /* measured 28.7 */
    free(b.block);
}

static void a_tone_that_is_too_far_from_the_mains_stays(void **state)
{
    (void)state;
    for (double range = 0.2; range < 2; range += 0.8) {
        struct bench b = bench_near(RATE, 2, range);

        make_voice(0.01);
        memcpy(mixed, voice, sizeof voice);
        add_hum(49.5, 0, 0.1, 0, SECONDS);
        memcpy(voice, mixed, sizeof voice);
        take(&b, mixed, FRAMES);
        assert_true((memcmp(mixed, voice, sizeof voice) == 0) == (range < 0.5));
        free(b.block);
    }
}

static void what_has_no_hum_passes_untouched(void **state)
{
    (void)state;
    struct bench b = bench_new(RATE, 2);

    make_voice(0.01);
    memcpy(mixed, voice, sizeof voice);
    take(&b, mixed, FRAMES);
    assert_memory_equal(mixed, voice, sizeof voice);
    free(b.block);
}

static void a_note_of_a_second_is_not_hum(void **state)
{
    (void)state;
    struct bench b = bench_new(RATE, 2);

    make_voice(0.01);
    memcpy(mixed, voice, sizeof voice);
    add_hum(50.3, 0, 0.1, 4, 5);
    memcpy(voice, mixed, sizeof voice);
    take(&b, mixed, FRAMES);
    assert_memory_equal(mixed, voice, sizeof voice);
    free(b.block);
}

static void hum_that_stops_leaves_no_ghost(void **state)
{
    (void)state;
    struct bench b = bench_new(RATE, 2);

    make_voice(0.01);
    memcpy(mixed, voice, sizeof voice);
    add_hum(50, 0.25, 0.1, 0, 8);
    const double before = left(4, 8);

    take(&b, mixed, FRAMES);
    assert_at_least(decibel(before, left(9, 13)), 18); /* measured 23.8 */
    assert_true(hum_hz(&b.hum) == 0);
    free(b.block);
}

static void loudness_does_not_matter(void **state)
{
    (void)state;
    for (float size = 1e-6f; size < 2e6f; size *= 1e6f) {
        struct bench b = bench_new(RATE, 2);

        make_voice(0.01);
        memcpy(mixed, voice, sizeof voice);
        add_hum(50, 0.25, 0.1, 0, SECONDS);
        const double before = left(4, SECONDS);

        for (size_t i = 0; i < 2 * FRAMES; i++)
            mixed[i] *= size;
        take(&b, mixed, FRAMES);
        for (size_t i = 0; i < 2 * FRAMES; i++)
            mixed[i] /= size;
        assert_at_least(decibel(before, left(4, SECONDS)), 25);
        free(b.block);
    }
}

static void hum_common_to_many_channels_is_found(void **state)
{
    (void)state;
    enum { CHANNELS = 100, RATE_MANY = 500, FRAMES_MANY = 6 * RATE_MANY };
    struct bench b = bench_new(RATE_MANY, CHANNELS);
    struct dice d = { 3 };
    double before = 0, after = 0;

    for (size_t t = 0; t < FRAMES_MANY; t++) {
        const float hum = (float)(0.3 * cos(2 * PI * 50.2 * (double)t / RATE_MANY));
        float x[CHANNELS], y[CHANNELS];

        dice_noise(&d, x, CHANNELS, 0.1);
        for (size_t c = 0; c < CHANNELS; c++)
            y[c] = x[c] + hum;
        hum_update(&b.hum, y, false);
        for (size_t c = 0; t > FRAMES_MANY * 5 / 6 && c < CHANNELS; c++) {
            before += (double)(hum * hum);
            after += pow((double)(y[c] - x[c]), 2);
        }
    }
    assert_at_least(decibel(before, after), 23); /* measured 27.9 */
    free(b.block);
}

static void silence_and_slow_rates_are_left_alone(void **state)
{
    (void)state;
    for (double rate = 50; rate < 2e5; rate *= 2.3) {
        struct bench b = bench_new(rate, 3);
        const float none[3] = { 0 };

        for (size_t t = 0; t < 20000; t++) {
            float x[3] = { 0 };

            hum_update(&b.hum, x, false);
            assert_memory_equal(x, none, sizeof x);
        }
        assert_true(hum_hz(&b.hum) == 0);
        free(b.block);
    }
}

/* Whether a state in which *at is x is accepted. */
static bool accepts(struct bench *b, double *at, double x)
{
    enum { ROOM = 1 << 17 };
    unsigned char *const state = malloc(ROOM);
    const double was = *at;
    struct store to = { .mode = STORE_WRITE, .out = state, .size = ROOM };
    struct store from = { .mode = STORE_CHECK, .in = state, .size = ROOM };

    *at = x;
    hum_state(&b->hum, &to);
    *at = was;
    hum_state(&b->hum, &from);
    free(state);
    return !from.bad && from.used == to.used;
}

static void what_no_phase_can_be_is_refused(void **state)
{
    (void)state;
    struct bench b = bench_new(RATE, 1);
    struct hum *const h = &b.hum;
    const struct {
        double *at, x;
    } forged[] = {
        { &h->re, 3 * h->re + 1 },     { &h->step_im, 0.9 },  { &h->tick_s, 0 },
        { &h->S[0][0], -1 },           { &h->S[1][2], 1e3 },  { &h->mains.nominal, 55 },
        { &h->mains.hz, 60 },          { &h->omega, (double)INFINITY }, { &h->mains.band[0].re, 0 },
    };

    for (size_t t = 0; t < FRAMES / 2; t++) {
        float x = sinf(2 * (float)PI * 50 * (float)t / RATE);

        hum_update(h, &x, false);
    }
    assert_true(hum_hz(h) > 49);
    assert_true(accepts(&b, &h->re, h->re)); /* the yardstick says yes */
    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++)
        if (accepts(&b, forged[i].at, forged[i].x))
            fail_msg("forgery %zu is accepted", i);
    free(b.block);
}

static void what_no_tick_can_be_is_refused(void **state)
{
    (void)state;
    unsigned char *const bytes = malloc(1 << 17);
    struct bench b = bench_new(RATE, 1);
    struct hum *const h = &b.hum;

    h->harmonics = 1;
    h->mains.hz = h->mains.nominal = 50;
    h->re = h->step_re = 1;
    h->im = h->step_im = 0;
    h->tick_s = 0.04;
    for (size_t span = 79; span <= 81; span++)
        for (size_t filled = 78; filled <= 81; filled++) {
            struct store to = { .mode = STORE_WRITE, .out = bytes, .size = 1 << 17 };
            struct store from = { .mode = STORE_CHECK, .in = bytes, .size = 1 << 17 };

            h->span = span;
            h->filled = filled;
            hum_state(h, &to);
            hum_state(h, &from);
            assert_int_equal(from.bad, span != 80 || filled >= 80);
        }
    free(bytes);
    free(b.block);
}

/* Seconds until a hum in as much noise is found. */
static double found_after(double f0, size_t patience)
{
    struct bench b = bench_like(RATE, 2, 1, patience);
    struct dice d = { 4 };
    size_t t = 0;

    while (hum_hz(&b.hum) == 0 && t < FRAMES) {
        const double hum = sin(2 * PI * f0 * (double)t++ / RATE);
        float x[2] = { (float)(hum + dice_normal(&d)), (float)(hum + dice_normal(&d)) };

        hum_update(&b.hum, x, false);
    }
    assert_at_most(fabs(hum_hz(&b.hum) - f0), 0.1);
    free(b.block);
    return (double)t / RATE;
}

static void where_no_notes_are_hum_is_found_sooner(void **state)
{
    (void)state;
    for (double f0 = 50.1; f0 < 61; f0 += 10) {
        const double sooner = found_after(f0, MAINS_ALONE);

        assert_at_most(sooner, 1.5); /* 1.4, 1.2 */
        assert_at_least(found_after(f0, MAINS_AMONG_NOTES) - sooner, 0.6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hum_that_drifts_goes_and_the_voice_stays),
        cmocka_unit_test(hum_whose_size_changes_goes),
        cmocka_unit_test(hum_that_doubles_is_gone_again_after_a_second),
        cmocka_unit_test(a_tone_that_is_too_far_from_the_mains_stays),
        cmocka_unit_test(what_has_no_hum_passes_untouched),
        cmocka_unit_test(a_note_of_a_second_is_not_hum),
        cmocka_unit_test(where_no_notes_are_hum_is_found_sooner),
        cmocka_unit_test(hum_that_stops_leaves_no_ghost),
        cmocka_unit_test(loudness_does_not_matter),
        cmocka_unit_test(hum_common_to_many_channels_is_found),
        cmocka_unit_test(silence_and_slow_rates_are_left_alone),
        cmocka_unit_test(what_no_phase_can_be_is_refused),
        cmocka_unit_test(what_no_tick_can_be_is_refused),
    };

    return cmocka_run_group_tests_name("hum", tests, NULL, NULL);
}
