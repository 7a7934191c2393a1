/* SPDX-License-Identifier: MIT
 *
 * test_music.c - hiss goes, held notes stay.  The stages: test_music_stages.c.
 */
#include "check.h"
#include "chord.h"
#include "lull.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double PI = 3.14159265358979323846;

enum { RATE = 48000 };

/* --- signals ----------------------------------------------------------------- */

/* Plucked strings: four notes a second with eight partials each, which ring for
 * about a second; about 0.1 rms. */
static void pluck(float *x, size_t n, double rate_hz)
{
    static const int tune[] = { 0, 4, 7, 12, 9, 5, 2, 7, 11, 7, 4, 2 };
    const size_t every = (size_t)(rate_hz / 4);

    memset(x, 0, n * sizeof *x);
    for (size_t k = 0; k * every < n; k++) {
        const double hz = 220 * pow(2, tune[k % 12] / 12.0);

        for (int p = 1; p <= 8 && p * hz < 0.45 * rate_hz; p++) {
            const double fall = exp(-(2.0 + p) / rate_hz), turn = 2 * PI * p * hz / rate_hz;
            double level = 0.09 / p;

            for (size_t t = k * every; t < n && level > 1e-7; t++, level *= fall)
                x[t] += (float)(level * sin(turn * (double)(t - k * every)));
        }
    }
}

static lull *fresh(double rate_hz, unsigned channels)
{
    const lull_config cfg = lull_preset("music", rate_hz, channels);
    lull_status why;
    lull *const l = lull_new(&cfg, &why);

    assert_int_equal(why, LULL_OK);
    return l;
}

/* n frames through a new instance in blocks, shifted back by the latency; the
 * frames that have then not come out are 0. */
static float *through(const float *x, size_t n, double rate_hz, unsigned channels, size_t block)
{
    lull *const l = fresh(rate_hz, channels);
    const size_t late = lull_latency(l);
    float *const y = calloc((n + late) * channels, sizeof *y);

    for (size_t at = 0; at < n; at += block) {
        const size_t k = n - at < block ? n - at : block;

        lull_process(l, x + at * channels, y + at * channels, k);
    }
    memmove(y, y + late * channels, n * channels * sizeof *y);
    lull_free(l);
    return y;
}

/* 10 log10 of |x|^2 / |y - x|^2. */
static double snr(const float *x, const float *y, size_t n)
{
    double signal = 0, error = 0;

    for (size_t t = 0; t < n; t++) {
        signal += (double)x[t] * (double)x[t];
        error += ((double)y[t] - (double)x[t]) * ((double)y[t] - (double)x[t]);
    }
    return decibel(signal, error);
}

/* What is left of a tone's amplitude. */
static double amplitude(const float *x, size_t n, double hz, double rate_hz)
{
    double re = 0, im = 0;

    for (size_t t = 0; t < n; t++) {
        const double window = 1 - cos(2 * PI * ((double)t + 0.5) / (double)n);

        re += window * (double)x[t] * cos(2 * PI * hz * (double)t / rate_hz);
        im += window * (double)x[t] * sin(2 * PI * hz * (double)t / rate_hz);
    }
    return 2 * hypot(re, im) / (double)n;
}

/* --- promises ---------------------------------------------------------------- */

static void hiss_goes_and_plucked_strings_stay(void **state)
{
    (void)state;
    enum { N = 6 * RATE, TAIL = RATE / 10 };
    static float x[N];
    const struct {
        double sigma, gain;
    } cases[] = { { 0.03, 8.5 }, { 0.005, 7 } };            /* measured 11.7, 9.5 */

    pluck(x, N, RATE);
    for (size_t i = 0; i < 2; i++) {
        float *const noisy = add_hiss(x, N, cases[i].sigma, 3);
        float *const y = through(noisy, N, RATE, 1, N);

        assert_at_least(snr(x, y, N - TAIL) - snr(x, noisy, N - TAIL), cases[i].gain);
        free(noisy);
        free(y);
    }
}

static void a_chord_held_for_twelve_seconds_stays(void **state)
{
    (void)state;
    enum { N = 12 * RATE, FROM = 10 * RATE, LENGTH = 3 * RATE / 2 };
    static float x[N];

    chord(x, N, RATE);
    float *const noisy = add_hiss(x, N, 0.005, 5), *const y = through(noisy, N, RATE, 1, N);

    for (size_t k = 0; k < 3; k++) {
        const double before = amplitude(x + FROM, LENGTH, chord_hz[k], RATE);
        const double after = amplitude(y + FROM, LENGTH, chord_hz[k], RATE);

        assert_at_most(fabs(20 * log10(after / before)), 0.1);      /* measured .004 */
    }
    assert_at_least(snr(x + FROM, y + FROM, LENGTH) - snr(x + FROM, noisy + FROM, LENGTH), 8);
    free(noisy);
    free(y);
}

static void clean_music_passes_as_it_is(void **state)
{
    (void)state;
    enum { N = 6 * RATE, TAIL = RATE / 10 };
    static float x[N];

    for (int held = 0; held < 2; held++) {
        if (held)
            chord(x, N, RATE);
        else
            pluck(x, N, RATE);
        float *const quiet = add_hiss(x, N, 3e-5, 9), *const y = through(x, N, RATE, 1, N);
        float *const z = through(quiet, N, RATE, 1, N);

        assert_at_least(snr(x, y, N - TAIL), 50);               /* measured 87, 100 */
        assert_at_least(snr(quiet, z, N - TAIL), 45);           /* hiss at -90 dB; 70, 68 */
        free(quiet);
        free(y);
        free(z);
    }
}

static void every_cut_gives_the_same_bits(void **state)
{
    (void)state;
    enum { R = 16000, N = 2 * R };
    const size_t blocks[] = { 1, 7, 128, 1000 };
    static float x[2 * N];
    static float one[N];

    pluck(one, N, R);
    float *const noisy = add_hiss(one, N, 0.01, 2);

    for (size_t t = 0; t < N; t++) {
        x[2 * t] = noisy[t];
        x[2 * t + 1] = noisy[(t + 99) % N];
    }
    for (unsigned channels = 1; channels <= 2; channels++) {
        float *const whole = through(x, N, R, channels, N);

        for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
            float *const y = through(x, N, R, channels, blocks[i]);

            assert_memory_equal(y, whole, N * channels * sizeof *y);
            free(y);
        }
        free(whole);
    }
    free(noisy);
}

static void the_scale_of_the_samples_does_not_matter(void **state)
{
    (void)state;
    enum { R = 16000, N = 2 * R };
    const float scales[] = { 1e-6f, 1e-3f, 1e3f, 1e6f };
    static float x[N], scaled[N];

    pluck(x, N, R);
    float *const noisy = add_hiss(x, N, 0.01, 2), *const want = through(noisy, N, R, 1, N);

    for (size_t i = 0; i < 4; i++) {
        for (size_t t = 0; t < N; t++)
            scaled[t] = noisy[t] * scales[i];
        float *const y = through(scaled, N, R, 1, N);

        for (size_t t = 0; t < N; t++)
            y[t] /= scales[i];
        assert_at_least(snr(want, y, N), 80);                   /* measured 139 */
        free(y);
    }
    free(noisy);
    free(want);
}

static void a_stereo_image_stays_where_it_is(void **state)
{
    (void)state;
    enum { R = 16000, N = 2 * R };
    static float x[N], both[3 * N];

    pluck(x, N, R);
    float *const noisy = add_hiss(x, N, 0.01, 2);

    for (size_t t = 0; t < N; t++) {
        both[3 * t] = noisy[t];
        both[3 * t + 1] = -0.25f * noisy[t];
        both[3 * t + 2] = 0;
    }
    float *const y = through(both, N, R, 3, N);

    for (size_t t = 0; t < N; t++)
        assert_true(y[3 * t + 1] == -0.25f * y[3 * t] && y[3 * t + 2] == 0);
    assert_at_least(energy(y, 3 * N), 0.5 * energy(both, 3 * N));
    free(noisy);
    free(y);
}

static void never_adds_energy(void **state)
{
    (void)state;
    enum { R = 16000, N = 4 * R };
    static float x[N];
    struct dice d = { 4 };

    for (int kind = 0; kind < 3; kind++) {
        if (kind == 0)
            dice_noise(&d, x, N, 0.1);
        else if (kind == 1)
            chord(x, N, R);
        else
            for (size_t t = 0; t < N; t++)
                x[t] = t / 1234 % 2 ? 1 : -1;
        float *const y = through(x, N, R, 1, N);

        assert_at_most(energy(y, N), 1.0001 * energy(x, N));
        free(y);
    }
}

static void silence_and_no_numbers_pass_and_leave_no_trace(void **state)
{
    (void)state;
    enum { R = 16000, N = 3 * R };
    static float x[N];

    float *y = through(x, N, R, 1, N);

    for (size_t t = 0; t < N; t++)
        assert_true(y[t] == 0);
    free(y);
    pluck(x, N, R);
    for (size_t t = R; t < R + R / 10; t++)
        x[t] = t % 3 ? NAN : INFINITY;
    y = through(x, N, R, 1, N);
    assert_true(all_finite(y, N));
    assert_at_least(snr(x + 2 * R, y + 2 * R, R / 2), 40);      /* measured 109 */
    free(y);
}

static void what_is_kept_and_what_is_removed_are_all_there_was(void **state)
{
    (void)state;
    enum { R = 16000, N = 2 * R };
    static float x[N], kept[N], removed[N], passed[N];

    pluck(x, N, R);
    float *const noisy = add_hiss(x, N, 0.01, 2);
    lull *const keep = fresh(R, 1), *const remove = fresh(R, 1), *const pass = fresh(R, 1);
    const size_t late = lull_latency(keep);

    lull_set(remove, LULL_RESIDUAL, 1);
    lull_set(pass, LULL_BYPASS, 1);
    lull_process(keep, noisy, kept, N);
    lull_process(remove, noisy, removed, N);
    lull_process(pass, noisy, passed, N);
    for (size_t t = R; t < N; t++) {
        assert_true(fabsf(kept[t] + removed[t] - noisy[t - late]) < 1e-6f);
        assert_true(passed[t] == noisy[t - late]);
    }
    assert_at_least(energy(removed + R, N - R), 0.3 * 1e-4 * (N - R));
    lull_free(keep);
    lull_free(remove);
    lull_free(pass);
    free(noisy);
}

static void its_latency_is_56_ms_at_every_rate(void **state)
{
    (void)state;
    const double rates[] = { 8000, 11025, 44100, 48000, 192000 };

    for (size_t i = 0; i < 5; i++) {
        lull *const l = fresh(rates[i], 1);

        assert_at_most(fabs(1e3 * (double)lull_latency(l) / rates[i] - 56), 2);
        lull_free(l);
    }
    lull *const l = fresh(48000, 1);

    assert_int_equal(lull_latency(l), 2688);
    lull_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hiss_goes_and_plucked_strings_stay),
        cmocka_unit_test(a_chord_held_for_twelve_seconds_stays),
        cmocka_unit_test(clean_music_passes_as_it_is),
        cmocka_unit_test(every_cut_gives_the_same_bits),
        cmocka_unit_test(the_scale_of_the_samples_does_not_matter),
        cmocka_unit_test(a_stereo_image_stays_where_it_is),
        cmocka_unit_test(never_adds_energy),
        cmocka_unit_test(silence_and_no_numbers_pass_and_leave_no_trace),
        cmocka_unit_test(what_is_kept_and_what_is_removed_are_all_there_was),
        cmocka_unit_test(its_latency_is_56_ms_at_every_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
