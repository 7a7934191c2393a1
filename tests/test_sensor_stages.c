/* SPDX-License-Identifier: MIT
 *
 * test_sensor_stages.c - the stages of the subspace engine, each alone.
 */
#include "base/sum.h"
#include "check.h"
#include "frame/lags.h"
#include "noise/floor.h"
#include "noise/sudden.h"
#include "noise/wander.h"
#include "rebuild/average.h"
#include "rebuild/taps.h"
#include "shrink/complement.h"
#include "shrink/directions.h"
#include "shrink/quorum.h"
#include "track/amend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static _Alignas(64) unsigned char memory[1 << 22];

static struct arena fresh_arena(void)
{
    memset(memory, 0, sizeof memory);
    return (struct arena){ .block = memory };
}

static void a_vector_of_lags_is_what_a_plain_loop_copies(void **state)
{
    (void)state;
    enum { M = 3, L = 5, PAST = 4, N = 40 };
    struct arena a = fresh_arena();
    struct lags g;
    struct dice d = { 3 };
    float x[N][M], y[M * L];
    unsigned char known[N][M], there[M * L];

    lags_place(&g, &a, M, L, PAST);
    lags_reset(&g);
    for (size_t t = 0; t < N; t++) {
        for (size_t c = 0; c < M; c++) {
            x[t][c] = (float)dice_normal(&d);
            known[t][c] = dice_uniform(&d) < 0.8;
        }
        lags_push(&g, x[t], known[t]);
        for (size_t ago = 0; ago <= PAST; ago++) {
            lags_vector(&g, ago, y, there);
            for (size_t c = 0; c < M; c++)
                for (size_t i = 0; i < L; i++) {
                    const size_t back = L - 1 - i + ago;

                    assert_true(y[c * L + i] == (back <= t ? x[t - back][c] : 0));
                    assert_true(there[c * L + i] == (back <= t ? known[t - back][c] : 1));
                }
        }
        size_t gaps = 0;

        for (size_t back = 0; back < L + PAST && back <= t; back++)
            for (size_t c = 0; c < M; c++)
                gaps += !known[t - back][c];
        assert_int_equal(g.gaps, gaps);
    }
    lags_scale(&g, 1, 2);
    lags_vector(&g, 1, y, there);
    for (size_t i = 0; i < M * L; i++)
        assert_true(y[i] == (i / L == 1 ? 2 : 1) * x[N - 1 - L + i % L][i / L]);
}

static void the_average_is_the_mean_along_anti_diagonals(void **state)
{
    (void)state;
    enum { M = 2, L = 6, N = 30 };

    for (size_t delay = 0; delay < L; delay++) {
        struct arena a = fresh_arena();
        struct average r;
        struct dice d = { 5 };
        float X[N][M * L], x[M];

        average_place(&r, &a, M, L, delay);
        average_reset(&r);
        for (size_t t = 0; t < N; t++) {
            dice_noise(&d, X[t], M * L, 1);
            average_update(&r, X[t], x);
            for (size_t c = 0; t >= 2 * delay && c < M; c++) {
                double mean = 0;

                for (size_t k = 0; k <= delay; k++)     /* frame t - delay in vector t - k */
                    mean += (double)X[t - k][c * L + L - 1 - (delay - k)] / (double)(delay + 1);
                assert_at_most(fabs((double)x[c] - mean), 1e-6);        /* measured 2e-7 */
            }
        }
        average_scale(&r, 1, 3);
        average_update(&r, X[N - 1], x);
        for (size_t c = 0; c < M; c++) {
            double sum = (double)X[N - 1][c * L + L - 1 - delay], old = 0;

            for (size_t k = 1; k <= delay; k++)
                old += (double)X[N - k][c * L + L - 1 - (delay - k)];
            sum += (c == 1 ? 3 : 1) * old;
            assert_at_most(fabs((double)x[c] - sum / (double)(delay + 1)), 3e-6);
        }
    }
}

static void vectors_through_one_matrix_are_one_filter(void **state)
{
    (void)state;
    enum { L = 20, N = 80 };

    for (size_t delay = 0; delay < L; delay++) {
        struct arena a = fresh_arena();
        struct dice d = { 6 };
        struct average r;
        struct taps f;
        float A[L][L], z[N], y[L], x;

        dice_noise(&d, A[0], L * L, 1);
        for (size_t i = 0; i < L; i++)
            for (size_t j = 0; j < i; j++)
                A[i][j] = A[j][i];
        dice_noise(&d, z, N, 1);
        average_place(&r, &a, 1, L, delay);
        average_reset(&r);
        taps_place(&f, &a, L, delay);
        taps_reset(&f);
        for (size_t row = 0; row <= delay; row++) {
            assert_false(taps_ready(&f));
            taps_renew(&f, A[taps_due(&f)]);
        }
        assert_true(taps_ready(&f));
        for (size_t t = L - 1; t < N; t++) {
            for (size_t i = 0; i < L; i++)
                y[i] = sum_product(A[i], z + t - (L - 1), L);
            average_update(&r, y, &x);
            taps_count(&f, TAPS_FOLDED);
            if (t < L - 1 + 2 * delay)
                continue;
            assert_at_most(fabs((double)x - (double)taps_estimate(&f, z + t + 1 - L - delay)),
                           5e-6);                                       /* measured 7e-7 */
        }
    }
}

/* Through I, of which nothing is lost, whichever way. */
static void vectors_one_by_one_and_filtered_add_up(void **state)
{
    (void)state;
    enum { L = 6, DELAY = 4, N = 200 };
    struct arena a = fresh_arena();
    struct dice d = { 7 };
    struct average r;
    struct taps f;
    float y[L], z[L + DELAY], I[L][L] = { { 0 } }, x;

    average_place(&r, &a, 1, L, DELAY);
    average_reset(&r);
    taps_place(&f, &a, L, DELAY);
    taps_reset(&f);
    for (size_t i = 0; i < L; i++)
        I[i][i] = y[i] = 1;
    for (size_t i = 0; i < L + DELAY; i++)
        z[i] = 1;
    for (size_t t = 0; t < N; t++) {
        const bool folded = taps_ready(&f) && dice_uniform(&d) < 0.5;

        taps_renew(&f, I[taps_due(&f)]);
        if (t % 50 == 40)
            taps_restart(&f);           /* those that came through go on as they were */
        taps_count(&f, folded ? TAPS_FOLDED : TAPS_APART);
        if (folded)
            average_pass(&r, &x);
        else
            average_update(&r, y, &x);
        x += taps_estimate(&f, z);
        assert_true(t < DELAY || fabsf(x - 1) < 1e-6f);
    }
}

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
    assert_true(a.used <= sizeof memory);
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
    double sigma[M], C[M][M] = { { 0 } }, apart = 0, before = 0;

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
        for (size_t k = 0; k < M; k++) {
            apart += pow(C[i][k] / sqrt(C[i][i] * C[k][k]) - (i == k), 2) / (M * M);
            before += (i == k ? 0 : 0.25) / (M * M);
        }
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

/* Channel 1 of three, `what` times as loud as ever from a frame on, or all of them: in how
 * many of so many frames was that seen?  A slow wave, as of a blink, or noise. */
static size_t seen_as_sudden(bool slow, bool all, double what)
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
        seen += sudden_update(&s, x, known);
    }
    free(arena.block);
    return seen;
}

static void what_one_channel_never_had_is_sudden(void **state)
{
    (void)state;
    assert_true(seen_as_sudden(false, false, 50) > 15);         /* of 20 */
    assert_int_equal(seen_as_sudden(true, false, 50), 0);
    assert_int_equal(seen_as_sudden(false, true, 50), 0);
    assert_int_equal(seen_as_sudden(false, false, 1), 0);
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

static void wander_takes_the_drift_and_leaves_the_wave(void **state)
{
    (void)state;
    enum { N = 3000, SPAN = 200 };

    for (size_t most = 0; most <= SPAN; most += SPAN) {
        struct arena a = fresh_arena();
        struct wander w;
        double drift = 0, wave = 0, size = 0;

        wander_place(&w, &a, 2, SPAN, most);
        wander_reset(&w);
        assert_int_equal(w.delay, most ? SPAN - 1 : 0);
        for (size_t t = 0; t < N; t++) {
            const double s = (double)t, then = s - (double)w.delay;
            float x[2] = { (float)(50 + 0.1 * s), (float)sin(0.5 * s) };

            wander_update(&w, x, false);
            if (t < 5 * SPAN)
                continue;
            drift = fmax(drift, fabs((double)x[0]));
            wave += pow((double)x[1] - sin(0.5 * then), 2);
            size += pow(sin(0.5 * then), 2);
        }
        /* A ramp of .1 a frame lags a pole by .1 SPAN, a symmetric mean not at all. */
        assert_at_most(drift, most ? 0.01 : 0.11 * SPAN);
        assert_at_most(decibel(wave, size), -30);         /* measured -39.9 and less */
    }
}

/* The last four frames are the first of a beat: were it to last, half of all that the
 * mean sees would be as high. */
static void a_baseline_ends_where_the_signal_does(void **state)
{
    (void)state;
    enum { N = 1000, SPAN = 200, BEAT = 4 };
    struct arena a = fresh_arena();
    struct wander w;

    wander_place(&w, &a, 1, SPAN, SPAN);
    wander_reset(&w);
    for (size_t t = 0; t < N + w.delay + SPAN; t++) {
        float x = t < N - BEAT ? 50 : 60;

        if (t < N)
            wander_update(&w, &x, false);
        else
            wander_end(&w, &x);
        if (t < w.delay || t >= N + w.delay)
            assert_true(x == 0);
        else
            assert_at_most(fabs((double)x - (t < N + w.delay - BEAT ? 0 : 10)), 0.5);
    }
}

/* A wave, something slow of its own, and from frame `since` on a baseline that strays. */
static double wave_at(double t)
{
    return 2 + sin(0.5 * t) + 0.1 * sin(0.0314 * t);
}

static double stray_at(double t, double since)
{
    return t < since ? 0 : 0.5 * sin(0.0094 * (t - since));
}

/* Mean square of what wander makes of them, less the wave and its offset, in frames
 * from..to - 1. */
static double wander_error(size_t since, size_t from, size_t to)
{
    enum { SPAN = 100 };
    struct arena a = fresh_arena();
    struct wander w;
    double error = 0;

    wander_place(&w, &a, 1, SPAN, SPAN);
    wander_reset(&w);
    for (size_t t = 0; t < to + w.delay; t++) {
        const double then = (double)t - (double)w.delay;
        float x = (float)(wave_at((double)t) + stray_at((double)t, (double)since));

        wander_update(&w, &x, false);
        if (t >= from + w.delay)
            error += pow((double)x + 2 - wave_at(then), 2);
    }
    return error / (double)(to - from);
}

static void frozen_no_more_and_no_less_of_a_baseline_goes(void **state)
{
    (void)state;
    enum { SPAN = 100, CALM = 30 * SPAN };
    struct arena a = fresh_arena();
    struct wander w;

    wander_place(&w, &a, 1, SPAN, SPAN);
    wander_reset(&w);
    for (size_t t = 0; t < CALM; t++) {
        float x = (float)wave_at((double)t);

        wander_update(&w, &x, false);
    }
    const float share = *w.share;

    assert_at_most(share, 0.9);
    for (size_t t = CALM; t < 2 * CALM; t++) {
        float x = (float)(wave_at((double)t) + stray_at((double)t, CALM));

        wander_update(&w, &x, true);
    }
    assert_true(*w.share == share);
}

static void what_a_calm_baseline_moves_by_is_the_signals(void **state)
{
    (void)state;
    const double own = 0.1 * 0.1 / 2, stray = 0.5 * 0.5 / 2;

    /* As long as it is not known to be calm, all goes: measured -7.8 dB. */
    assert_at_least(decibel(wander_error(SIZE_MAX, 500, 1500), own), -10);
    assert_at_most(decibel(wander_error(SIZE_MAX, 5000, 6000), own), -20);    /* measured -41 */
    /* When it strays again, it goes again, and what else is slow as well. */
    assert_at_most(decibel(wander_error(5000, 6000, 8000), stray), -15);    /* measured -19.2 */
    assert_at_most(decibel(wander_error(0, 6000, 8000), stray), -15);
}

static void gains_of_directions_keep_to_their_limits(void **state)
{
    (void)state;
    enum { R = 3 };
    struct arena a = fresh_arena();
    struct directions d;

    directions_place(&d, &a, R, 0, 0, false);           /* Wiener alone */
    directions_reset(&d);
    directions_learn(&d, (const float[]){ .5f, 4, 1e9f }, R, R);
    directions_update(&d, (const float[]){ 1, 1, 1 }, R);
    assert_true(d.gain[0] == 0 && d.gain[1] == 0.75f && d.gain[2] > 0.999f && d.kept == 2);

    directions_place(&d, &a, R, 2, 1, false);           /* a threshold alone */
    directions_reset(&d);
    directions_learn(&d, (const float[]){ 1, 1, 1 }, R, R);
    directions_update(&d, (const float[]){ 1.9f, 4, -1e9f }, R);
    assert_true(d.gain[0] == 0 && d.gain[2] > 0.999f);
    assert_at_most(fabs((double)d.gain[1] - (1 - 1 / 64.)), 1e-6);

    directions_place(&d, &a, R, 2, 1, true);            /* both, or sure */
    directions_reset(&d);
    directions_learn(&d, (const float[]){ 1, 1, 1e9f }, R, R);
    directions_hear(&d, 50);
    directions_update(&d, (const float[]){ 9, 9, 9 }, R);
    assert_true(d.sure == 0 && d.gain[0] == 0 && d.gain[2] > 0.99f);
    directions_hear(&d, 1000);
    directions_update(&d, (const float[]){ 9, 9, 9 }, R);
    assert_true(d.gain[0] > 0.89f && d.gain[0] <= 1);
}

/* So many frames, in some of three channels at so many times the noise; whether there was
 * an event at the end. */
static bool shake_if(bool freeze, struct quorum *q, struct dice *d, size_t frames,
                     size_t channels, double size)
{
    const unsigned char known[] = { 1, 1, 1 };
    float z[3];

    for (size_t t = 0; t < frames; t++) {
        for (size_t c = 0; c < 3; c++)
            z[c] = (float)((c < channels ? size : 1) * dice_normal(d));
        quorum_update(q, z, known, freeze);
    }
    return q->met;
}

static bool shake(struct quorum *q, struct dice *d, size_t frames, size_t channels, double size)
{
    return shake_if(false, q, d, frames, channels, size);
}

static struct quorum fresh_quorum(size_t span)
{
    struct arena a = fresh_arena();
    struct quorum q;

    quorum_place(&q, &a, 3, span);
    quorum_reset(&q);
    return q;
}

static void events_come_and_go_while_frozen(void **state)
{
    (void)state;
    enum { SPAN = 200 };
    struct quorum q = fresh_quorum(SPAN);
    struct dice d = { 9 };

    assert_false(shake(&q, &d, 100 * SPAN, 0, 1));
    const float usual = q.usual[0];

    assert_true(shake_if(true, &q, &d, 5 * SPAN, 3, 5));
    assert_false(shake_if(true, &q, &d, 10 * SPAN, 0, 1));
    assert_true(q.usual[0] == usual);
}

static void an_event_is_what_two_of_three_see_for_a_while(void **state)
{
    (void)state;
    enum { SPAN = 200 };
    struct quorum q = fresh_quorum(SPAN);
    struct dice d = { 9 };

    for (size_t i = 0; i < 200; i++)
        assert_false(shake(&q, &d, SPAN, 0, 1));
    assert_false(shake(&q, &d, SPAN / 8, 3, 1000));     /* too short */
    shake(&q, &d, 10 * SPAN, 0, 1);
    assert_false(shake(&q, &d, 5 * SPAN, 2, 1.3));      /* too weak to begin with */
    assert_true(shake(&q, &d, SPAN, 2, 5));
    assert_true(shake(&q, &d, 10 * SPAN, 2, 1.3));      /* but not as a tail, 2 dB */
    assert_false(shake(&q, &d, 5 * SPAN, 0, 1));
    for (size_t i = 0; i < 10; i++)
        assert_false(shake(&q, &d, SPAN, 1, 10));       /* a knock at one of them */
}

static void what_lasts_for_very_long_is_no_event(void **state)
{
    (void)state;
    enum { SPAN = 4 };
    struct quorum q = fresh_quorum(SPAN);
    struct dice d = { 9 };

    shake(&q, &d, 1000, 0, 1);
    assert_true(shake(&q, &d, 1000, 3, 3));
    assert_false(shake(&q, &d, 64 * 64 * SPAN, 3, 3));
}

static void the_complement_keeps_what_is_stronger_than_noise(void **state)
{
    (void)state;
    enum { M = 2, L = 8 };
    struct arena a = fresh_arena();
    struct complement c;
    struct dice d = { 19 };
    float own[M * L], e[M * L], x[M * L] = { 0 };

    complement_place(&c, &a, M, L);
    complement_reset(&c);
    for (size_t i = 0; i < M * L; i++)
        own[i] = 0.5f;
    complement_leverage(&c, own);
    for (size_t t = 0; t < 5000; t++) {
        for (size_t i = 0; i < M * L; i++)              /* half of the noise; 10 times that */
            e[i] = (float)(sqrt(i < L ? 0.5 : 5) * dice_normal(&d));
        complement_update(&c, e);
    }
    assert_true(c.gain[0] == 0);
    assert_at_most(fabs((double)c.gain[1] - (1 - 1.08 / 10)), 0.03);    /* measured .005 */
    complement_add(&c, e, 0, x);
    for (size_t i = 0; i < M * L; i++)
        assert_true(x[i] == (i < L ? 0 : c.gain[1] * e[i]));
    memset(x, 0, sizeof x);
    complement_add(&c, e, 1, x);
    assert_memory_equal(x, e, sizeof e);
    complement_forget(&c, 1);
    assert_true(c.gain[1] == 0);
    complement_update(&c, e);
    assert_true(c.gain[1] < 0.1f);
}

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
        .shrink = TRACK_OWN, .own = { keep_all, NULL }, .whitened = true,
    };

    track_place(t, &a, &plan);
    assert_true(a.used <= sizeof memory);
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

/* Largest number in C and P beyond the directions in use. */
static float left_over(const struct cov *c)
{
    float most = 0;

    for (size_t i = 0; i < c->rows; i++)
        for (size_t k = 0; k < c->ld; k++)
            if (i >= c->q || k >= c->q)
                most = fmaxf(most, fmaxf(fabsf(c->C[i * c->ld + k]), fabsf(c->P[i * c->ld + k])));
    return most;
}

static void a_direction_that_is_dropped_is_not_put_upright(void **state)
{
    (void)state;
    struct track t;
    struct dice d = { 26 };
    float y[DIM];

    tracker(&t);
    for (size_t k = 0; k < 2000; k++) {
        frame(&d, y, 1);
        track_update(&t, y, NULL, NULL);
    }
    track_forget(&t, FROM, TO);
    track_amend(&t, RANK - 1);
    track_drop(&t);                                     /* the last, which was next */
    assert_true(!track_amend(&t, 1));
    assert_true(left_over(&t.rule.cov) == 0);           /* else it grows by 1/(1 - mu) a frame */
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
    for (size_t i = 0; i < RANK; i++)
        for (size_t k = 0; k < RANK; k++) {
            double dot = 0;

            for (size_t j = 0; j < RANK; j++)
                dot += (double)c->C[i * c->ld + j] * (double)c->P[j * c->ld + k];
            assert_at_most(fabs(dot - (i == k)), 0.02);
        }
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
        assert_int_equal(memcmp(U.U, before.U, basis_floats(&U) * sizeof *U.U) != 0, all[i].turns);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vector_of_lags_is_what_a_plain_loop_copies),
        cmocka_unit_test(the_average_is_the_mean_along_anti_diagonals),
        cmocka_unit_test(vectors_through_one_matrix_are_one_filter),
        cmocka_unit_test(vectors_one_by_one_and_filtered_add_up),
        cmocka_unit_test(the_floor_finds_the_level_of_the_noise),
        cmocka_unit_test(the_floor_spreads_its_work_over_the_hop),
        cmocka_unit_test(the_floor_whitens_what_channels_share),
        cmocka_unit_test(independent_noise_shares_nothing),
        cmocka_unit_test(a_burst_in_all_channels_is_soon_forgotten),
        cmocka_unit_test(a_jump_of_the_noise_is_noticed_where_it_is),
        cmocka_unit_test(a_channel_that_never_changes_is_in_no_doubt),
        cmocka_unit_test(what_one_channel_never_had_is_sudden),
        cmocka_unit_test(what_most_channels_show_is_in_no_doubt),
        cmocka_unit_test(nobody_waits_for_a_channel_that_is_missing),
        cmocka_unit_test(a_state_with_a_negative_level_is_none),
        cmocka_unit_test(wander_takes_the_drift_and_leaves_the_wave),
        cmocka_unit_test(frozen_no_more_and_no_less_of_a_baseline_goes),
        cmocka_unit_test(what_a_calm_baseline_moves_by_is_the_signals),
        cmocka_unit_test(a_baseline_ends_where_the_signal_does),
        cmocka_unit_test(gains_of_directions_keep_to_their_limits),
        cmocka_unit_test(events_come_and_go_while_frozen),
        cmocka_unit_test(an_event_is_what_two_of_three_see_for_a_while),
        cmocka_unit_test(what_lasts_for_very_long_is_no_event),
        cmocka_unit_test(the_complement_keeps_what_is_stronger_than_noise),
        cmocka_unit_test(what_is_forgotten_has_no_part_and_the_basis_stays_orthonormal),
        cmocka_unit_test(while_directions_are_put_upright_the_rest_is_seen_as_before),
        cmocka_unit_test(a_direction_that_is_dropped_is_not_put_upright),
        cmocka_unit_test(directions_that_lie_in_what_is_forgotten_point_elsewhere),
        cmocka_unit_test(disorder_by_chance_is_left_alone),
        cmocka_unit_test(directions_go_and_come_back_upright),
        cmocka_unit_test(looking_is_not_learning),
        cmocka_unit_test(stretching_a_coordinate_keeps_the_inverse),
    };
    return cmocka_run_group_tests_name("sensor stages", tests, NULL, NULL);
}
