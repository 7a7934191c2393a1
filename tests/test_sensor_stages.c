/* SPDX-License-Identifier: MIT
 *
 * test_sensor_stages.c - the stages of the subspace engine, each alone.
 */
#include "base/sum.h"
#include "check.h"
#include "frame/lags.h"
#include "noise/wander.h"
#include "rebuild/average.h"
#include "rebuild/taps.h"
#include "shrink/complement.h"
#include "shrink/directions.h"
#include "shrink/quorum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* Else they would be counted below zero as they leave, or copied as numbers. */
static void gaps_are_those_that_are_there_whatever_a_state_says(void **state)
{
    (void)state;
    enum { M = 2, L = 5, SIZE = 4 * 2 * M * L + 2 * M * L + 4 + 4 };
    const float x[M] = { 1, 2 };
    const unsigned char known[M] = { 1, 0 };
    unsigned char bytes[SIZE];
    struct store out = { .mode = STORE_WRITE, .out = bytes, .size = SIZE };
    struct store in = { .mode = STORE_READ, .in = bytes, .size = SIZE };
    struct arena a = fresh_arena();
    struct lags g;

    lags_place(&g, &a, M, L, 0);
    lags_reset(&g);
    for (size_t t = 0; t < 3; t++)
        lags_push(&g, x, known);
    lags_state(&g, &out);
    assert_int_equal(out.used, SIZE);
    assert_int_equal(bytes[SIZE - 4], 3);
    bytes[SIZE - 4] = 0;
    lags_reset(&g);
    lags_state(&g, &in);
    assert_int_equal(g.gaps, 3);
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
        for (size_t i = 0; i < L; i++)              /* the same beyond either diagonal */
            for (size_t j = i; j < L - i; j++)
                A[j][i] = A[L - 1 - i][L - 1 - j] = A[L - 1 - j][L - 1 - i] = A[i][j];
        dice_noise(&d, z, N, 1);
        average_place(&r, &a, 1, L, delay);
        average_reset(&r);
        taps_place(&f, &a, L, delay);
        taps_reset(&f);
        for (size_t row = 0; row < f.rows; row++) {
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vector_of_lags_is_what_a_plain_loop_copies),
        cmocka_unit_test(gaps_are_those_that_are_there_whatever_a_state_says),
        cmocka_unit_test(the_average_is_the_mean_along_anti_diagonals),
        cmocka_unit_test(vectors_through_one_matrix_are_one_filter),
        cmocka_unit_test(vectors_one_by_one_and_filtered_add_up),
        cmocka_unit_test(wander_takes_the_drift_and_leaves_the_wave),
        cmocka_unit_test(frozen_no_more_and_no_less_of_a_baseline_goes),
        cmocka_unit_test(what_a_calm_baseline_moves_by_is_the_signals),
        cmocka_unit_test(a_baseline_ends_where_the_signal_does),
        cmocka_unit_test(gains_of_directions_keep_to_their_limits),
        cmocka_unit_test(events_come_and_go_while_frozen),
        cmocka_unit_test(an_event_is_what_two_of_three_see_for_a_while),
        cmocka_unit_test(what_lasts_for_very_long_is_no_event),
        cmocka_unit_test(the_complement_keeps_what_is_stronger_than_noise),
    };
    return cmocka_run_group_tests_name("sensor stages", tests, NULL, NULL);
}
