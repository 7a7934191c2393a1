/* SPDX-License-Identifier: MIT
 *
 * test_floor.c - the noise of sensors: how much there is, and what has changed.
 */
#include "check.h"
#include "noise/floor.h"
#include "noise/sudden.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A floor and what it needs. */
struct bench {
    struct floor floor;
    struct fft fft;
};

static void bench_open(struct bench *b, size_t channels, bool shared)
{
    struct arena a = fresh_arena();

    floor_place(&b->floor, &a, channels, shared);
    fft_place(&b->fft, &a, FLOOR_SPAN);
    assert_true(fft_ready(&b->fft));
    assert_true(a.used <= FRESH);
    floor_reset(&b->floor);
}

/* n frames: waves of rank 2 in all, noise of deviation sigma[c], and a share of it in
 * common. */
static void feed(struct bench *b, struct dice *d, size_t n, const double *sigma, double common)
{
    const size_t M = b->floor.channels;
    unsigned char known[64];
    float x[64];

    memset(known, 1, sizeof known);
    for (size_t t = 0; t < n; t++) {
        const double u = dice_normal(d);

        for (size_t c = 0; c < M; c++)
            x[c] = (float)(3 * sin(0.4 * (double)t + (double)c) +
                           sigma[c] * (dice_normal(d) + common * u));
        floor_update(&b->floor, &b->fft, x, known);
    }
}

static void the_floor_finds_the_level_of_the_noise(void **state)
{
    (void)state;
    for (size_t M = 1; M <= 8; M += 7) {
        struct bench b;
        struct dice d = { 12 };
        double sigma[8], worst = 0, mean = 0;

        for (size_t c = 0; c < 8; c++)
            sigma[c] = pow(10, -1 + 0.3 * (double)c);
        bench_open(&b, M, false);
        feed(&b, &d, 60000, sigma, 0);
        for (size_t c = 0; c < M; c++) {
            const double ratio = (double)b.floor.level[c] / (sigma[c] * sigma[c]);

            worst = fmax(worst, fabs(ratio - 1));
            mean += ratio / (double)M;
        }
        assert_at_most(worst, 0.15);            /* measured .053 */
        assert_at_most(fabs(mean - 1), 0.05);   /* measured .04 and .022 */
        for (size_t c = 0; c < M; c++)
            assert_int_equal(b.floor.moved[c], 0);
        fft_close(&b.fft);
    }
}

/* Noise 45 dB below the signal, then 20 dB less and as much as before, is followed; noise
 * that was to be heard is news. */
static void what_was_learnt_beside_hardly_any_noise_is_not_forgotten(void **state)
{
    const double sigma[][2] = { { 0.01, 0.01 }, { 0.001, 0.01 }, { 0.01, 0.01 }, { 2, 0.01 } };
    struct bench b;
    struct dice d = { 5 };

    (void)state;
    bench_open(&b, 2, false);
    for (size_t i = 0; i < 3; i++) {
        feed(&b, &d, 4000, sigma[i], 0);
        assert_at_most(fabs((double)b.floor.level[0] / (sigma[i][0] * sigma[i][0]) - 1), 0.3);
        assert_int_equal(b.floor.moved[0], 0);
    }
    feed(&b, &d, 4000, sigma[3], 0);
    assert_int_equal(b.floor.moved[0], 1);
    fft_close(&b.fft);
}

/* No frame settles more than its share of the channels; all see the same frames. */
static void the_floor_spreads_its_work_over_the_hop(void **state)
{
    (void)state;
    enum { M = 40, HOP = FLOOR_SPAN / 2, MOST = (M + HOP - 1) / HOP, HOPS = 60 };
    struct bench b;
    struct dice d = { 8 };
    unsigned char known[M];
    size_t settled = 0;

    memset(known, 1, sizeof known);
    bench_open(&b, M, false);
    for (size_t t = 1; t < FLOOR_SPAN + HOPS * HOP; t++) {
        float x[M];

        x[0] = (float)dice_normal(&d);
        for (size_t c = 1; c < M; c++)
            x[c] = x[0];
        floor_update(&b.floor, &b.fft, x, known);
        settled += b.floor.next - b.floor.from;
        assert_true(b.floor.next - b.floor.from <= MOST);
        for (size_t c = 0; c < M && b.floor.next == M; c++)
            assert_true(b.floor.level[c] == b.floor.level[0]);
    }
    assert_int_equal(settled, M * HOPS);
    assert_true(b.floor.level[0] > 0);
    fft_close(&b.fft);
}

static void the_floor_whitens_what_channels_share(void **state)
{
    (void)state;
    enum { M = 16, N = 20000 };
    struct bench b;
    struct dice d = { 14 };
    double sigma[M], C[M][M] = { { 0 } }, apart = 0;

    for (size_t c = 0; c < M; c++)
        sigma[c] = 0.2 + 0.1 * (double)c;
    bench_open(&b, M, true);
    feed(&b, &d, 40000, sigma, 1);
    for (size_t t = 0; t < N; t++) {
        float x[M], z[M], copy[M], back[M];
        const double u = dice_normal(&d);

        for (size_t c = 0; c < M; c++)
            x[c] = (float)(sigma[c] * (dice_normal(&d) + u));
        floor_whiten(&b.floor, x, z);
        for (size_t i = 0; i < M; i++)
            for (size_t k = 0; k < M; k++)
                C[i][k] += (double)z[i] * (double)z[k] / N;
        memcpy(copy, z, sizeof z);
        floor_restore(&b.floor, copy, back);
        for (size_t c = 0; c < M; c++)
            assert_at_most(fabsf(back[c] - x[c]), 1e-4f);       /* measured 2e-6 */
    }
    for (size_t i = 0; i < M; i++)
        for (size_t k = 0; k < M; k++)
            apart += pow(C[i][k] / sqrt(C[i][i] * C[k][k]) - (i == k), 2) / (M * M);
    assert_at_most(sqrt(apart), 0.04);                  /* measured .008, before .48 */
    assert_at_least((double)b.floor.common.root[0], 2);
    fft_close(&b.fft);
}

static void independent_noise_shares_nothing(void **state)
{
    (void)state;
    struct bench b;
    struct dice d = { 15 };
    const double sigma[16] = { 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2 };

    bench_open(&b, 16, true);
    feed(&b, &d, 20000, sigma, 0);
    for (size_t k = 0; k < COMMON_SOURCES; k++)
        assert_true(b.floor.common.root[k] == 1);
    fft_close(&b.fft);
}

static void a_burst_in_all_channels_is_soon_forgotten(void **state)
{
    (void)state;
    struct bench b;
    struct dice d = { 16 };
    const double one[4] = { 1, 1, 1, 1 };

    bench_open(&b, 4, true);
    feed(&b, &d, 8000, one, 0);
    unsigned char known[4] = { 1, 1, 1, 1 };

    for (size_t t = 0; t < 400; t++) {
        const float u = (float)(1e6 * dice_normal(&d)), x[4] = { u, u, u, u };

        floor_update(&b.floor, &b.fft, x, known);
    }
    feed(&b, &d, 8000, one, 0);
    for (size_t k = 0; k < COMMON_SOURCES; k++)
        assert_true(b.floor.common.root[k] == 1);
    for (size_t c = 0; c < 4; c++)
        assert_at_most(fabs((double)b.floor.level[c] - 1), 0.3);
    fft_close(&b.fft);
}

static void a_jump_of_the_noise_is_noticed_where_it_is(void **state)
{
    (void)state;
    struct bench b;
    struct dice d = { 17 };
    double sigma[3] = { 1, 1, 1 };

    bench_open(&b, 3, false);
    feed(&b, &d, 8000, sigma, 0);
    sigma[1] = 10;
    feed(&b, &d, 2000, sigma, 0);
    assert_int_equal(b.floor.moved[0], 0);
    assert_int_equal(b.floor.moved[1], 1);
    assert_int_equal(b.floor.moved[2], 0);
    assert_at_most(fabs((double)b.floor.level[1] / 100 - 1), 0.5);     /* measured .11 */
    sigma[1] = 1;
    feed(&b, &d, 2000, sigma, 0);
    assert_int_equal(b.floor.moved[1], 2);
    assert_at_most(fabs((double)b.floor.level[1] - 1), 0.5);
    fft_close(&b.fft);
}

/* A sensor that is stuck; what its transform rounds is no noise that comes again and
 * again. */
static void a_channel_that_never_changes_is_in_no_doubt(void **state)
{
    (void)state;
    struct bench b;
    struct dice d = { 18 };
    const unsigned char known[3] = { 1, 1, 1 };
    size_t doubts = 0;

    bench_open(&b, 3, true);
    for (size_t t = 0; t < 4000; t++) {
        const float x[3] = { (float)dice_normal(&d), 123.4567f, (float)dice_normal(&d) };

        floor_update(&b.floor, &b.fft, x, known);
        doubts += floor_doubts(&b.floor);
    }
    assert_int_equal(b.floor.moved[1], 0);
    assert_true(doubts < 100);                  /* measured 33, at the start */
    fft_close(&b.fft);
}

/* White noise, and then an earthquake above it: low tones, less of them the higher. */
static void noise_that_is_covered_is_still_noise(void **state)
{
    (void)state;
    struct bench b;
    struct dice d = { 24 };
    const unsigned char known = 1;
    double s = 0;

    bench_open(&b, 1, false);
    for (size_t t = 0; t < 4640; t++) {
        s = 0.9 * s + (t < 4000 ? 0 : 10 * dice_normal(&d));

        const float x = (float)(dice_normal(&d) + s);

        floor_update(&b.floor, &b.fft, &x, &known);
    }
    assert_at_least((double)b.floor.bare[0], 0.5);      /* .59; .12 if it fell as it rises */
    fft_close(&b.fft);
}

/* Loud for three segments, and then no more is heard of it: what it was will never be
 * settled. */
static void nobody_waits_for_a_channel_that_is_missing(void **state)
{
    (void)state;
    struct bench b;
    struct dice d = { 19 };
    const double one[3] = { 1, 1, 1 };
    unsigned char known[3] = { 1, 1, 1 };

    bench_open(&b, 3, true);
    feed(&b, &d, 4000, one, 0);
    for (size_t t = 0; t < 60; t++) {
        const float x[3] = { (float)dice_normal(&d), (float)(100 * dice_normal(&d)),
                             (float)dice_normal(&d) };

        floor_update(&b.floor, &b.fft, x, known);
    }
    assert_true(floor_doubts(&b.floor));
    known[1] = 0;
    for (size_t t = 0; t < 1000; t++) {
        const float x[3] = { (float)dice_normal(&d), 0, (float)dice_normal(&d) };

        floor_update(&b.floor, &b.fft, x, known);
        assert_false(floor_doubts(&b.floor));
    }
    fft_close(&b.fft);
}

/* Buried in noise after a tone that all know, and then missing for a frame in ten. */
static void gaps_do_not_bring_back_a_channel_that_is_lost(void **state)
{
    (void)state;
    struct bench b;
    struct dice d = { 22 };

    bench_open(&b, 3, false);
    for (size_t t = 0; t < 6000; t++) {
        const bool loose = t >= 4000;
        const unsigned char here[3] = { 1, t < 5000 || t % 10, 1 };
        unsigned char known[3] = { 1, here[1], 1 };
        float x[3];

        for (size_t c = 0; c < 3; c++)
            x[c] = (float)(3 * sin(0.7 * (double)t) +
                           (loose && c == 1 ? 100 : 1) * dice_normal(&d));
        floor_update(&b.floor, &b.fft, x, here);
        floor_distrust(&b.floor, known);
        assert_true(t < 4300 || (known[0] && !known[1] && known[2]));
    }
    assert_int_equal(b.floor.moved[1], 0);
    fft_close(&b.fft);
}

/* Channel 1 of three, `what` times as loud as ever from a frame on, or all of them: in how
 * many of so many frames was that seen?  A slow wave, as of a blink, or noise.  Before that,
 * while frozen, all were `frozen` times as loud. */
static size_t seen_as_sudden(bool slow, bool all, double what, double frozen)
{
    enum { M = 3, AT = 2000, FRAMES = 20, SPAN = 4 };
    const unsigned char known[M] = { 1, 1, 1 };
    struct sudden s;
    struct arena measure = { 0 };
    struct dice d = { 21 };
    size_t seen = 0;

    sudden_place(&s, &measure, M, SPAN);
    struct arena arena = { .block = aligned_alloc(ARENA_ALIGN, measure.used) };

    assert_non_null(arena.block);
    sudden_place(&s, &arena, M, SPAN);
    sudden_reset(&s);
    for (size_t t = 0; t < AT + FRAMES; t++) {
        const double more = what * (slow ? 0.003 * (double)(t - AT) : dice_normal(&d));
        float x[M];

        for (size_t c = 0; c < M; c++)
            x[c] = (float)(dice_normal(&d) + (t >= AT && (all || c == 1) ? more : 0));
        seen += sudden_update(&s, x, known, false);
        for (size_t k = 0; t == AT - 1 && k < AT; k++) {
            for (size_t c = 0; c < M; c++)
                x[c] = (float)(frozen * dice_normal(&d));
            sudden_update(&s, x, known, true);
        }
    }
    free(arena.block);
    return seen;
}

static void what_one_channel_never_had_is_sudden(void **state)
{
    (void)state;
    assert_true(seen_as_sudden(false, false, 50, 1) > 15);         /* of 20 */
    assert_int_equal(seen_as_sudden(true, false, 50, 1), 0);
    assert_int_equal(seen_as_sudden(false, true, 50, 1), 0);
    assert_int_equal(seen_as_sudden(false, false, 1, 1), 0);
    /* the usual is not what is frozen */
    assert_true(seen_as_sudden(false, false, 50, 100) > 15);
}

/* One of three that is loud may have come loose; a beat is loud in all. */
static void what_most_channels_show_is_in_no_doubt(void **state)
{
    (void)state;
    struct dice d = { 20 };

    for (size_t loud = 0; loud <= 3; loud++) {
        const double one[3] = { 1, 1, 1 };
        double sigma[3] = { 1, 1, 1 };
        struct bench b;

        bench_open(&b, 3, true);
        feed(&b, &d, 4000, one, 0);
        for (size_t c = 0; c < loud; c++)
            sigma[c] = 100;
        feed(&b, &d, 60, sigma, 0);
        assert_int_equal(floor_doubts(&b.floor), loud == 1);
        fft_close(&b.fft);
    }
}

static void noise_that_rises_in_all_channels_is_no_news(void **state)
{
    (void)state;
    const double before[3] = { 1, 1, 1 }, after[3] = { 10, 10, 10 };
    struct dice d = { 23 };
    struct bench b;

    bench_open(&b, 3, false);
    feed(&b, &d, 4000, before, 0);
    feed(&b, &d, 4000, after, 0);
    for (size_t c = 0; c < 3; c++) {
        assert_at_least((double)b.floor.level[c], 70);
        assert_int_equal(b.floor.moved[c], 0);
    }
    fft_close(&b.fft);
}

/* It happens beside one of them, and they hear less of it. */
static void what_most_channels_hear_of_is_in_no_doubt(void **state)
{
    (void)state;
    struct dice d = { 21 };
    const double before[3] = { 1, 1, 1 }, while_it[3] = { 100, 3.9, 3.9 };
    struct bench b;

    bench_open(&b, 3, true);
    feed(&b, &d, 4000, before, 0);
    for (size_t i = 0; i < 4; i++) {
        feed(&b, &d, FLOOR_SPAN, while_it, 0);
        assert_false(floor_doubts(&b.floor));
    }
    fft_close(&b.fft);
}

static bool floor_is_taken(struct floor *f)
{
    static unsigned char bytes[8192];
    struct store out = { .mode = STORE_WRITE, .out = bytes, .size = sizeof bytes };

    floor_state(f, &out);
    struct store in = { .mode = STORE_CHECK, .in = bytes, .size = out.used };

    floor_state(f, &in);
    return !in.bad;
}

/* The root of which would be no number. */
static void a_state_with_a_negative_level_is_none(void **state)
{
    (void)state;
    struct bench b;
    struct dice d = { 20 };
    const double one[2] = { 1, 1 };

    bench_open(&b, 2, true);
    feed(&b, &d, 1000, one, 0);
    assert_true(floor_is_taken(&b.floor));
    b.floor.level[1] = -1;
    assert_false(floor_is_taken(&b.floor));
    fft_close(&b.fft);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_floor_finds_the_level_of_the_noise),
        cmocka_unit_test(what_was_learnt_beside_hardly_any_noise_is_not_forgotten),
        cmocka_unit_test(the_floor_spreads_its_work_over_the_hop),
        cmocka_unit_test(the_floor_whitens_what_channels_share),
        cmocka_unit_test(independent_noise_shares_nothing),
        cmocka_unit_test(a_burst_in_all_channels_is_soon_forgotten),
        cmocka_unit_test(a_jump_of_the_noise_is_noticed_where_it_is),
        cmocka_unit_test(a_channel_that_never_changes_is_in_no_doubt),
        cmocka_unit_test(gaps_do_not_bring_back_a_channel_that_is_lost),
        cmocka_unit_test(what_one_channel_never_had_is_sudden),
        cmocka_unit_test(what_most_channels_show_is_in_no_doubt),
        cmocka_unit_test(noise_that_rises_in_all_channels_is_no_news),
        cmocka_unit_test(what_most_channels_hear_of_is_in_no_doubt),
        cmocka_unit_test(noise_that_is_covered_is_still_noise),
        cmocka_unit_test(nobody_waits_for_a_channel_that_is_missing),
        cmocka_unit_test(a_state_with_a_negative_level_is_none),
    };
    return cmocka_run_group_tests_name("floor", tests, NULL, NULL);
}
