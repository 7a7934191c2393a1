/* SPDX-License-Identifier: MIT
 *
 * test_lull.c - the promises of lull.h, on the real thing.
 */
#include "check.h"
#include "lull.h"
#include "voice.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 16000, SECONDS = 3, N = RATE * SECONDS };

static lull *fresh(double rate_hz, unsigned channels)
{
    const lull_config cfg = lull_preset("speech", rate_hz, channels);
    lull_status why;
    lull *const l = lull_new(&cfg, &why);

    assert_int_equal(why, LULL_OK);
    assert_non_null(l);
    return l;
}

/* A voice in noise, 5 dB or so; deterministic. */
static float *noisy(size_t n, unsigned channels)
{
    float *const x = malloc(n * channels * sizeof *x), *const v = malloc(n * sizeof *v);
    struct dice d = { 7 };

    voice(v, n, RATE, n / 6);
    for (size_t t = 0; t < n; t++)
        for (unsigned c = 0; c < channels; c++)
            x[t * channels + c] = v[t] * (c ? 0.5f : 1.0f) + (float)(0.03 * dice_normal(&d));
    free(v);
    return x;
}

static float *processed(const float *x, size_t n, unsigned channels, size_t block)
{
    float *const y = malloc(n * channels * sizeof *y);
    lull *const l = fresh(RATE, channels);

    for (size_t at = 0; at < n; at += block) {
        const size_t k = n - at < block ? n - at : block;

        lull_process(l, x + at * channels, y + at * channels, k);
    }
    lull_free(l);
    return y;
}

static void output_does_not_depend_on_block_size(void **state)
{
    (void)state;
    const size_t blocks[] = { 1, 7, 64, 480, 4096 };

    for (unsigned channels = 1; channels <= 2; channels++) {
        float *const x = noisy(N, channels), *const whole = processed(x, N, channels, N);

        for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
            float *const y = processed(x, N, channels, blocks[i]);

            assert_memory_equal(y, whole, N * channels * sizeof *y);
            free(y);
        }
        assert_memory_not_equal(x, whole, N * channels * sizeof *x);
        free(whole);
        free(x);
    }
}

static void planar_equals_interleaved(void **state)
{
    (void)state;
    float *const x = noisy(N, 2), *const want = processed(x, N, 2, N);
    float *const a = malloc(N * sizeof *a), *const b = malloc(N * sizeof *b);
    lull *const l = fresh(RATE, 2);

    for (size_t t = 0; t < N; t++) {
        a[t] = x[2 * t];
        b[t] = x[2 * t + 1];
    }
    for (size_t at = 0; at < N; at += 1000) {
        float *const planes[] = { a + at, b + at };

        lull_process_planar(l, (const float *const[]){ a + at, b + at }, planes, 1000);
    }
    for (size_t t = 0; t < N; t++)
        assert_true(a[t] == want[2 * t] && b[t] == want[2 * t + 1]);
    lull_free(l);
    free(a);
    free(b);
    free(want);
    free(x);
}

static void works_in_place(void **state)
{
    (void)state;
    float *const x = noisy(N, 2), *const want = processed(x, N, 2, 500);
    lull *const l = fresh(RATE, 2);

    lull_process(l, x, x, 0);
    lull_process(l, x, x, N);
    assert_memory_equal(x, want, 2 * N * sizeof *x);
    lull_free(l);
    free(want);
    free(x);
}

static void reset_is_as_good_as_new(void **state)
{
    (void)state;
    float *const x = noisy(N, 1), *const want = processed(x, N, 1, N);
    float *const y = malloc(N * sizeof *y);
    lull *const l = fresh(RATE, 1);

    lull_readings r;

    lull_process(l, x, y, N / 2 + 77);
    lull_process(l, &(float){ NAN }, y, 1);
    memset(y, 0, N * sizeof *y);
    lull_process(l, y, y, N / 2);                               /* into digital silence */
    lull_reset(l);
    lull_read(l, &r);
    assert_true(r.frames == 0 && r.invalid == 0 && r.in_db == -200 && r.noise_db == -200);
    lull_process(l, x, y, N);
    assert_memory_equal(y, want, N * sizeof *y);
    lull_free(l);
    free(y);
    free(want);
    free(x);
}

static void delays_by_exactly_its_latency(void **state)
{
    (void)state;
    const float latencies[] = { 32, 16, 10 };
    const double rates[] = { 8000, 16000, 44100, 48000 };

    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 4; k++) {
            float *const x = noisy(N, 1), *const y = malloc(N * sizeof *y);
            lull_config cfg = lull_preset("speech", rates[k], 1);

            cfg.latency_ms = latencies[i];
            cfg.mix = 0;
            lull *const l = lull_new(&cfg, NULL);
            const size_t latency = lull_latency(l);

            assert_true(fabs((double)latency / rates[k] * 1e3 - (double)latencies[i]) <
                        0.04 * (double)latencies[i]);
            lull_process(l, x, y, N);
            for (size_t t = 0; t < N; t++)
                assert_true(t < latency || y[t] == x[t - latency]);
            lull_free(l);
            free(y);
            free(x);
        }
}

static void flush_gives_the_tail_and_no_more(void **state)
{
    (void)state;
    float *const x = noisy(N, 2);
    lull *const l = fresh(RATE, 2);
    const size_t latency = lull_latency(l);
    float *const padded = calloc(2 * (N + latency), sizeof *x);
    float *const y = calloc(2 * (N + latency), sizeof *y);

    memcpy(padded, x, 2 * N * sizeof *x);
    float *const want = processed(padded, N + latency, 2, N + latency);

    lull_process(l, x, y, N);
    size_t at = N, got;

    while ((got = lull_flush(l, y + 2 * at, 100)) > 0)
        at += got;
    assert_int_equal(at, N + latency);
    assert_memory_equal(y, want, 2 * (N + latency) * sizeof *y);
    assert_int_equal(lull_flush(l, y, 100), 0);
    lull_process(l, x, y, 10);                                  /* goes on */
    assert_int_equal(lull_flush(l, y, 1000), latency);
    lull_free(l);
    free(want);
    free(y);
    free(padded);
    free(x);
}

static void output_plus_residual_is_the_input(void **state)
{
    (void)state;
    float *const x = noisy(N, 1), *const kept = processed(x, N, 1, N);
    float *const y = malloc(N * sizeof *y);
    lull *const l = fresh(RATE, 1);
    const size_t latency = lull_latency(l);

    lull_set(l, LULL_RESIDUAL, 1);
    lull_process(l, x, y, N);
    for (size_t t = latency + 512; t < N; t++)                  /* after the ramp */
        assert_true(fabsf(kept[t] + y[t] - x[t - latency]) < 5e-8f);
    assert_true(energy(y + N / 2, N / 2) > 1e-3 * energy(x, N / 2));
    lull_free(l);
    free(y);
    free(kept);
    free(x);
}

static void never_adds_energy(void **state)
{
    (void)state;
    float *const x = noisy(N, 1), *const y = processed(x, N, 1, N);

    assert_true(energy(y, N) < energy(x, N));
    assert_true(energy(y, N) > 0.1 * energy(x, N));
    free(y);
    free(x);
    for (int kind = 0; kind < 4; kind++) {                      /* what has no noise at all */
        float *const z = malloc(N * sizeof *z);
        double phase = 0;

        for (size_t t = 0; t < N; t++) {
            phase += 0.05 + 2 * (double)t / N;
            z[t] = kind == 0   ? (float)sin(phase)
                   : kind == 1 ? (t / 50 % 2 ? 0.5f : -0.5f)
                   : kind == 2 ? (float)(t % 4000 == 0)
                               : 1.0f;
        }
        float *const out = processed(z, N, 1, N);

        assert_true(energy(out, N) <= energy(z, N) * (1 + 1e-6));
        free(out);
        free(z);
    }
}

static void bypass_is_exact_and_does_not_click(void **state)
{
    (void)state;
    float *const x = malloc(N * sizeof *x), *const y = malloc(N * sizeof *y);
    lull *const l = fresh(RATE, 1);
    const size_t latency = lull_latency(l);
    double worst = 0;

    for (size_t t = 0; t < N; t++)
        x[t] = 0.5f * sinf(6.2831853f * 200 * (float)t / RATE);
    for (size_t t = 0; t < N; t += 100) {
        lull_set(l, LULL_BYPASS, t / 8000 % 2 ? 1.0f : 0.0f);
        lull_process(l, x + t, y + t, 100);
    }
    for (size_t t = RATE; t + 2 < N; t++)
        worst = fmax(worst, fabs((double)y[t] - 2 * (double)y[t + 1] + (double)y[t + 2]));
    assert_true(worst < 0.01);                  /* tone .0031, ramp .0039; a step is .5 */
    for (size_t t = 24000 + 2 * 128; t < 32000; t++)
        assert_true(y[t] == x[t - latency]);
    lull_free(l);
    free(y);
    free(x);
}

static void nothing_removed_is_nothing_changed(void **state)
{
    (void)state;
    float *const x = noisy(N, 1), *const y = malloc(N * sizeof *y);
    lull_config cfg = lull_preset("speech", RATE, 1);

    cfg.reduction_db = 0;
    lull *const l = lull_new(&cfg, NULL);
    const size_t latency = lull_latency(l);

    lull_process(l, x, y, N);
    for (size_t t = latency + 512; t < N; t++)
        assert_true(fabsf(y[t] - x[t - latency]) < 1e-6f);
    lull_free(l);
    free(y);
    free(x);
}

static void the_stereo_image_stays(void **state)
{
    (void)state;
    float *const x = noisy(N, 1), *const pair = malloc(2 * N * sizeof *x);

    for (size_t t = 0; t < N; t++) {
        pair[2 * t] = x[t];
        pair[2 * t + 1] = -0.25f * x[t];
    }
    float *const y = processed(pair, N, 2, N);

    for (size_t t = 0; t < N; t++)
        assert_true(y[2 * t + 1] == -0.25f * y[2 * t]);
    free(y);
    free(pair);
    free(x);
}

static void a_dead_channel_changes_nothing_for_the_others(void **state)
{
    (void)state;
    float *const x = noisy(N, 1), *const three = malloc(3 * N * sizeof *x);
    float *const alone = processed(x, N, 1, N);

    for (size_t t = 0; t < N; t++) {
        three[3 * t] = x[t];
        three[3 * t + 1] = 0;
        three[3 * t + 2] = NAN;
    }
    float *const y = processed(three, N, 3, N);
    double error = 0;

    for (size_t t = 0; t < N; t++) {
        error += pow((double)y[3 * t] - (double)alone[t], 2);
        assert_true(y[3 * t + 1] == 0 && y[3 * t + 2] == 0);
    }
    assert_true(error < 1e-6 * energy(alone, N));
    free(y);
    free(alone);
    free(three);
    free(x);
}

static void scale_does_not_matter(void **state)
{
    (void)state;
    float *const x = noisy(N, 1), *const want = processed(x, N, 1, N);
    const float scales[] = { 1e-6f, 32768, 1e6f };

    for (size_t i = 0; i < 3; i++) {
        float *const z = malloc(N * sizeof *z);
        double error = 0;

        for (size_t t = 0; t < N; t++)
            z[t] = scales[i] * x[t];
        float *const y = processed(z, N, 1, N);

        for (size_t t = 0; t < N; t++)
            error += pow((double)y[t] / (double)scales[i] - (double)want[t], 2);
        assert_true(error < 1e-6 * energy(want, N));
        free(y);
        free(z);
    }
    free(want);
    free(x);
}

struct job {
    const float *x;
    float *y;
};

static void *run_job(void *at)
{
    struct job *const j = at;

    j->y = processed(j->x, N, 1, 333);
    return NULL;
}

static void instances_in_threads_do_not_meet(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    float *const x = noisy(N, 1), *const want = processed(x, N, 1, N);
    pthread_t thread[THREADS];
    struct job job[THREADS];

    for (int i = 0; i < THREADS; i++) {
        job[i] = (struct job){ .x = x };
        assert_int_equal(pthread_create(thread + i, NULL, run_job, job + i), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        assert_memory_equal(job[i].y, want, N * sizeof *want);
        free(job[i].y);
    }
    free(want);
    free(x);
}

static _Atomic int stop;

static void *turn_knobs(void *at)
{
    lull *const l = at;
    lull_readings r;

    for (int i = 0; !stop; i++) {
        lull_set(l, (lull_control)(i % 5), (float)(i % 7) / 7);
        lull_read(l, &r);
    }
    return NULL;
}

static void controls_and_readings_cross_threads(void **state)
{
    (void)state;
    float *const x = noisy(N, 1), *const y = malloc(N * sizeof *y);
    lull *const l = fresh(RATE, 1);
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, turn_knobs, l), 0);
    for (size_t t = 0; t < N; t += 160)
        lull_process(l, x + t, y + t, 160);
    stop = 1;
    pthread_join(thread, NULL);
    assert_true(all_finite(y, N));
    lull_free(l);
    free(y);
    free(x);
}

static void readings_tell_what_happened(void **state)
{
    (void)state;
    float *const x = malloc(N * sizeof *x), *const y = malloc(N * sizeof *y);
    struct dice d = { 3 };
    lull *const l = fresh(RATE, 1);
    lull_readings r;

    lull_read(l, &r);
    assert_true(r.frames == 0 && r.in_db == -200 && r.out_db == -200);
    dice_noise(&d, x, N, 0.1);                                  /* -20 dB */
    x[5] = NAN;
    lull_process(l, x, y, N);
    lull_read(l, &r);
    assert_true(r.frames == N / 128 * 128 && r.invalid == 1);
    assert_true(fabsf(r.in_db + 20) < 2 && fabsf(r.noise_db + 20) < 1.5f);
    assert_true(fabsf(r.removed_db - (r.in_db - r.out_db)) < 0.01f && r.removed_db > 10);
    assert_true(r.step > 0 && r.step <= 1 && r.speech >= 0 && r.speech < 0.5f && r.rank >= 1);
    for (int b = 0; b < LULL_BANDS; b++) {
        assert_true(r.band_hz[b] > (b ? r.band_hz[b - 1] : 0));
        assert_true(r.band_gain_db[b] <= 0 && r.band_gain_db[b] >= -24.01f);
    }
    assert_true(fabsf(r.band_hz[LULL_BANDS - 1] - RATE / 2) < 1);
    lull_free(l);
    free(y);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_does_not_depend_on_block_size),
        cmocka_unit_test(planar_equals_interleaved),
        cmocka_unit_test(works_in_place),
        cmocka_unit_test(reset_is_as_good_as_new),
        cmocka_unit_test(delays_by_exactly_its_latency),
        cmocka_unit_test(flush_gives_the_tail_and_no_more),
        cmocka_unit_test(output_plus_residual_is_the_input),
        cmocka_unit_test(never_adds_energy),
        cmocka_unit_test(bypass_is_exact_and_does_not_click),
        cmocka_unit_test(nothing_removed_is_nothing_changed),
        cmocka_unit_test(the_stereo_image_stays),
        cmocka_unit_test(a_dead_channel_changes_nothing_for_the_others),
        cmocka_unit_test(scale_does_not_matter),
        cmocka_unit_test(instances_in_threads_do_not_meet),
        cmocka_unit_test(controls_and_readings_cross_threads),
        cmocka_unit_test(readings_tell_what_happened),
    };
    return cmocka_run_group_tests_name("lull", tests, NULL, NULL);
}
