/* SPDX-License-Identifier: MIT
 *
 * test_subspace.c - the promises of lull.h, kept by every filter for sensors.
 */
#include "sensors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double PI = 3.14159265358979323846;
/* Without latency the newest sample alone is a guess, and may overshoot on a chirp. */
static const double AT_ONCE = 1.3;      /* measured 1.09 */
enum { N = 3000, M = 2, RAMP = 128 };    /* frames; channels; frames of a control's ramp */

static void output_does_not_depend_on_how_it_is_cut(void **state)
{
    (void)state;
    struct kind k;
    struct dice d = { 9 };

    for_each_kind(k) {
        float *const x = noisy(N, M), *const want = kind_process(&k, x, N, M);
        float *const y = floats(N * M);
        lull *const l = kind_open(&k, M), *const p = kind_open(&k, M);

        memcpy(y, x, N * M * sizeof *x);
        for (size_t t = 0, n; t < N; t += n) {
            n = (size_t)(dice_uniform(&d) * dice_uniform(&d) * 300);
            n = n < N - t ? n : N - t;
            lull_process(l, y + t * M, y + t * M, n);
        }
        assert_memory_equal(y, want, N * M * sizeof *y);
        for (size_t c = 0; c < M; c++)
            for (size_t t = 0; t < N; t++)
                y[c * N + t] = x[t * M + c];
        for (size_t t = 0, n; t < N; t += n) {
            n = (size_t)(dice_uniform(&d) * 200);
            n = n < N - t ? n : N - t;
            float *const at[] = { y + t, y + N + t };

            lull_process_planar(p, (const float *const *)at, at, n);
        }
        for (size_t c = 0; c < M; c++)
            for (size_t t = 0; t < N; t++)
                assert_true(y[c * N + t] == want[t * M + c]);
        if (!kind_is(&k, "hum"))
            assert_memory_not_equal(x, want, N * M * sizeof *x);
        lull_free(l);
        lull_free(p);
        free(x);
        free(y);
        free(want);
    }
}

static void delays_by_exactly_its_latency(void **state)
{
    (void)state;
    const float latencies[] = { -1, 0, 7, 1e5f };
    struct kind k;

    for_each_kind(k)
        for (size_t i = 0; i < 4; i++) {
            k.latency_ms = latencies[i];
            float *const x = noisy(N, M), *const y = floats(N * M);
            lull *const l = kind_open(&k, M);
            const size_t latency = lull_latency(l);

            assert_true(latencies[i] != 0 || latency == 0);
            assert_at_most((double)latency, i == 2 ? 0.007 * k.rate_hz + 0.5 : N / 2);
            lull_set(l, LULL_BYPASS, 1);
            lull_process(l, x, y, N);
            for (size_t t = RAMP + latency; t < N; t++)
                for (size_t c = 0; c < M; c++)
                    assert_true(y[t * M + c] == x[(t - latency) * M + c]);
            assert_int_equal(lull_latency(l), latency);
            lull_free(l);
            free(x);
            free(y);
        }
}

static void nothing_removed_is_nothing_changed(void **state)
{
    (void)state;
    struct kind k;

    for_each_kind(k) {
        enum { LONG = 8000 };
        float *const x = noisy(LONG, M), *const y = floats(LONG * M);
        lull *const l = kind_open(&k, M);
        const size_t latency = lull_latency(l);

        for (size_t t = 0; t < LONG; t++)      /* a baseline and hum */
            for (size_t c = 0; c < M; c++)
                x[t * M + c] += (float)(5 + 3 * cos(2 * PI * 50 * (double)t / k.rate_hz));
        lull_set(l, LULL_REDUCTION_DB, 0);
        lull_process(l, x, y, LONG);
        for (size_t t = latency + RAMP; t < LONG; t++)
            for (size_t c = 0; c < M; c++)
                assert_true(y[t * M + c] == x[(t - latency) * M + c]);
        lull_free(l);
        free(x);
        free(y);
    }
}

/* The output less what goes on without it, from one frame to the next. */
static void reduction_changes_without_a_click(void **state)
{
    (void)state;
    enum { LONG = 8000, AT = 6000 };
    struct kind k;

    for_each_kind(k) {
        float *const x = floats(LONG), *const y = floats(LONG);
        lull *const l = kind_open(&k, 1);
        double all = 0, jump = 0;

        for (size_t t = 0; t < LONG; t++)
            x[t] = (float)(100 + 10 * cos(2 * PI * 50 * (double)t / k.rate_hz));
        lull_process(l, x, y, AT);
        lull_set(l, LULL_REDUCTION_DB, 0);
        lull_process(l, x + AT, y + AT, LONG - AT);
        for (size_t t = AT; t < LONG; t++) {
            all = fmax(all, fabs((double)y[t] - (double)y[AT - 1]));
            jump = fmax(jump, fabs((double)y[t] - (double)y[t - 1]) -
                                  20 * fabs(sin(PI * 50 / k.rate_hz)));
        }
        assert_at_most(jump, 0.05 * all);
        lull_free(l);
        free(x);
        free(y);
    }
}

static void output_plus_residual_is_the_input(void **state)
{
    (void)state;
    struct kind k;

    for_each_kind(k) {
        float *const x = noisy(N, M), *const kept = kind_process(&k, x, N, M);
        float *const y = floats(N * M);
        lull *const l = kind_open(&k, M);
        const size_t latency = lull_latency(l);

        lull_set(l, LULL_RESIDUAL, 1);
        lull_process(l, x, y, N);
        for (size_t t = latency + RAMP; t < N; t++)
            for (size_t c = 0; c < M; c++)
                assert_at_most(fabsf(kept[t * M + c] + y[t * M + c] - x[(t - latency) * M + c]),
                               1e-6);
        if (!kind_is(&k, "hum"))
            assert_at_least(energy(y, N * M), 1e-3 * energy(x, N * M));
        lull_free(l);
        free(x);
        free(y);
        free(kept);
    }
}

static void scale_does_not_matter(void **state)
{
    (void)state;
    const float scales[] = { 1e-12f, 1e-6f, 1e6f };
    struct kind k;

    for_each_kind(k) {
        float *const x = noisy(N, M), *const want = kind_process(&k, x, N, M);

        for (size_t i = 0; i < 3; i++) {
            float *const z = floats(N * M);

            for (size_t j = 0; j < N * M; j++)
                z[j] = scales[i] * x[j];
            float *const y = kind_process(&k, z, N, M);

            for (size_t j = 0; j < N * M; j++)
                y[j] /= scales[i];
            /* measured -54 and less */
            assert_at_most(decibel(error_energy(want, y, N, M, 0, 0), energy(want, N * M)),
                           -44);
            free(y);
            free(z);
        }
        free(x);
        free(want);
    }
}

static void silence_for_ten_minutes_stays_silence(void **state)
{
    (void)state;
    enum { LONG = 60000, BLOCK = 1000 };
    struct kind k;

    for_each_kind(k) {
        float *const x = noisy(N, M), *const y = floats(N * M);

        k.rate_hz = 100;
        lull *const l = kind_open(&k, M);

        lull_process(l, x, y, N);
        for (size_t t = 0; t < LONG; t += BLOCK) {
            memset(y, 0, BLOCK * M * sizeof *y);
            lull_process(l, y, y, BLOCK);
            for (size_t i = 0; t > 0 && i < BLOCK * M; i++)
                if (y[i] != 0)
                    fail_msg("%s: %g after %zu frames of silence", k.name, (double)y[i],
                             t + i / M);
        }
        lull_process(l, x, y, N);
        const double left = energy(y, N * M) / energy(x, N * M);

        assert_true(left > 0.7 && left < 1.01);         /* measured .79 to 1 */
        lull_free(l);
        free(x);
        free(y);
    }
}

static void never_adds_energy(void **state)
{
    (void)state;
    struct kind k;

    for_each_kind(k)
        for (int i = 0; i < 14; i++) {
            const int what = i / 2;

            k.latency_ms = i % 2 ? 0 : -1;
            float *const x = what == 0 ? noisy(N, M) : floats(N * M);
            struct dice d = { 21 };

            for (size_t t = 0; what > 0 && t < N; t++)
                for (size_t c = 0; c < M; c++) {
                    const double s = (double)t;
                    const double v = what == 1   ? sin(s * (0.05 + s / N))
                                     : what == 2 ? (t / 50 % 2 ? 0.5 : -0.5)
                                     : what == 3 ? (double)(t % 400 == 0)
                                     : what == 4 ? 1
                                     : what == 5 ? dice_normal(&d)
                                                 : sin(0.3 * s) * (t > N / 2 ? 100 : 1);

                    x[t * M + c] = (float)v;
                }
            float *const y = kind_process(&k, x, N, M);

            assert_at_most(energy(y, N * M), (i % 2 ? AT_ONCE : 1 + 1e-6) * energy(x, N * M));
            free(x);
            free(y);
        }
}

static void reset_is_as_good_as_new(void **state)
{
    (void)state;
    struct kind k;

    for_each_kind(k) {
        float *const x = noisy(N, M), *const want = floats(N * M), *const y = floats(N * M);
        lull *const l = kind_open(&k, M), *const fresh = kind_open(&k, M);
        lull_readings r;

        lull_set(fresh, LULL_MIX, 0.5f);        /* the input counts, too */
        lull_process(fresh, x, want, N);
        lull_process(l, x, y, N / 2 + 77);
        for (size_t i = 0; i < M; i++)
            lull_process(l, (const float[]){ NAN, 1e9f }, y, 1);
        lull_set(l, LULL_BYPASS, 1);
        lull_process(l, x, y, 100);
        lull_set(l, LULL_BYPASS, 0);
        lull_set(l, LULL_MIX, 0.5f);
        lull_reset(l);
        lull_read(l, &r);
        assert_true(r.frames == 0 && r.invalid == 0 && r.in_db == -200 && r.noise_db == -200);
        lull_process(l, x, y, N);
        assert_memory_equal(y, want, N * M * sizeof *y);
        lull_free(fresh);
        lull_free(l);
        free(x);
        free(y);
        free(want);
    }
}

static void freeze_learns_nothing(void **state)
{
    (void)state;
    struct kind k;

    for_each_kind(k) {
        float *const x = noisy(N, M), *const y = floats(N * M), *const again = floats(N * M);
        lull *const l = kind_open(&k, M);
        lull_readings before, after;

        lull_process(l, x, y, N);
        lull_set(l, LULL_FREEZE, 1);
        for (size_t i = 0; i < N * M; i++)
            x[i] *= 10;
        lull_process(l, x, y, N);
        lull_read(l, &before);
        lull_process(l, x, again, N);
        lull_read(l, &after);
        assert_true(before.noise_db == after.noise_db && before.rank == after.rank);
        /* its baseline goes on */
        for (size_t i = M * N / 2; i < N * M && !kind_is(&k, "ecg"); i++)
            assert_true(y[i] == again[i]);
        lull_free(l);
        free(x);
        free(y);
        free(again);
    }
}

/* In the first third all directions, in the second a few, in the last all again. */
static float *with_fewer(const struct kind *k, const float *x, size_t third, size_t block,
                         unsigned rank[3])
{
    float *const y = floats(3 * third * M);
    lull *const l = kind_open(k, M);
    lull_readings r;

    for (size_t t = 0; t < 3 * third; t += block) {
        if (t % third == 0)
            lull_set(l, LULL_RANK, t == third ? 3 : LULL_MAX_RANK);
        lull_process(l, x + t * M, y + t * M, block);
        lull_read(l, &r);
        rank[t / third] = r.rank;
        assert_int_equal(r.most_rank > 0, !kind_is(k, "hum"));
    }
    lull_free(l);
    return y;
}

static double largest_step(const float *x, size_t from, size_t n)
{
    double most = 0;

    for (size_t i = (from + 1) * M; i < n * M; i++)
        most = fmax(most, fabs((double)x[i] - (double)x[i - M]));
    return most;
}

static void fewer_directions_do_not_click_and_come_back(void **state)
{
    (void)state;
    enum { THIRD = 2400, ALL = 3 * THIRD };
    struct kind k;

    for_each_kind(k) {
        float *const clean = waves(ALL, M), *const x = plus_noise(clean, ALL, M, 0.3);
        float *const want = kind_process(&k, x, ALL, M);
        unsigned rank[3], again[3];
        float *const y = with_fewer(&k, x, THIRD, 16, rank);
        float *const z = with_fewer(&k, x, THIRD, 300, again);
        const size_t latency = kind_latency(&k, M), from = ALL - THIRD / 2;

        assert_memory_equal(y, z, ALL * M * sizeof *y);
        assert_true(rank[1] <= 3);
        assert_true(kind_is(&k, "hum") || rank[0] < 3 || rank[2] > 1);

        /* With fewer directions more noise is left; where they go and come back, none
         * is added. */
        const double few = fmax(largest_step(y, 3 * THIRD / 2, 2 * THIRD),
                                largest_step(want, THIRD - 1, ALL));

        assert_at_most(largest_step(y, THIRD - 1, 3 * THIRD / 2), 1.4 * few); /* measured .99 */
        assert_at_most(largest_step(y, 2 * THIRD, ALL), 1.4 * few);            /* 1.25 */
        assert_at_most(decibel(error_energy(clean, y, ALL, M, latency, from),
                               error_energy(clean, want, ALL, M, latency, from)),
                       1); /* measured .12 */
        free(clean);
        free(x);
        free(want);
        free(y);
        free(z);
    }
}

static double seconds_for(lull *l, const float *x, float *y)
{
    double least = HUGE_VAL;

    for (int run = 0; run < 5; run++) {
        const clock_t began = clock();

        lull_process(l, x, y, N);
        least = fmin(least, (double)(clock() - began) / CLOCKS_PER_SEC);
    }
    return least;
}

static void fewer_directions_cost_less(void **state)
{
    (void)state;
    enum { MANY = 16 };
    const struct kind k = { "eeg", 256, -1 };
    float *const x = noisy(N, MANY), *const y = floats(N * MANY);
    lull *const l = kind_open(&k, MANY);

    lull_process(l, x, y, N);
    lull_set(l, LULL_FREEZE, 1);
    const double frozen = seconds_for(l, x, y);

    lull_set(l, LULL_RANK, 9);          /* of 37 */
    lull_process(l, x, y, N);
    assert_at_most(seconds_for(l, x, y), 0.8 * frozen);
    lull_free(l);
    free(x);
    free(y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_does_not_depend_on_how_it_is_cut),
        cmocka_unit_test(delays_by_exactly_its_latency),
        cmocka_unit_test(nothing_removed_is_nothing_changed),
        cmocka_unit_test(reduction_changes_without_a_click),
        cmocka_unit_test(output_plus_residual_is_the_input),
        cmocka_unit_test(scale_does_not_matter),
        cmocka_unit_test(silence_for_ten_minutes_stays_silence),
        cmocka_unit_test(never_adds_energy),
        cmocka_unit_test(reset_is_as_good_as_new),
        cmocka_unit_test(freeze_learns_nothing),
        cmocka_unit_test(fewer_directions_do_not_click_and_come_back),
        cmocka_unit_test(fewer_directions_cost_less),
    };

    return cmocka_run_group_tests_name("subspace", tests, NULL, NULL);
}
