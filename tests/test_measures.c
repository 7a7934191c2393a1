/* SPDX-License-Identifier: MIT
 *
 * test_measures.c - the yardsticks themselves: right where the answer is known,
 * and able to say no.
 */
#include "check.h"
#include "measures/measures.h"
#include "voice.h"

#include <math.h>
#include <stdlib.h>

enum { RATE = 16000, N = 4 * RATE };

static const double TAU = 6.283185307179586;

/* A voice, and white noise as loud as it is. */
static double clean[N], noise[N], got[N];

static int prepare(void **state)
{
    static float x[N];
    struct dice d = { 7 };
    double spoken, noisy;

    (void)state;
    voice(x, N, RATE, RATE / 2);
    spoken = energy(x, N);
    for (size_t t = 0; t < N; t++)
        clean[t] = (double)x[t];
    dice_noise(&d, x, N, 0.1);
    noisy = energy(x, N);
    for (size_t t = 0; t < N; t++)
        noise[t] = (double)x[t] * sqrt(spoken / noisy);
    return 0;
}

/* got = gain * clean + noise that lies snr_db below the voice. */
static const double *mix(double gain, double snr_db)
{
    for (size_t t = 0; t < N; t++)
        got[t] = gain * clean[t] + pow(10, -snr_db / 20) * noise[t];
    return got;
}

static void sdr_is_the_snr_of_white_noise(void **state)
{
    (void)state;
    for (double snr = -10; snr <= 30; snr += 10)
        assert_true(fabs(si_sdr(clean, mix(1, snr), N) - snr) < 0.5); /* measured 0.1 */
}

static void sdr_ignores_gain_and_offset(void **state)
{
    const double expected = si_sdr(clean, mix(1, 10), N);

    (void)state;
    for (size_t t = 0; t < N; t++)
        got[t] = 0.3 - 5 * got[t];
    assert_true(fabs(si_sdr(clean, got, N) - expected) < 1e-9); /* measured 7e-13 */
}

static void sdr_sees_a_delay_of_one_sample(void **state)
{
    (void)state;
    assert_true(si_sdr(clean + 1, clean, N - 1) < 20); /* measured 7.4 */
}

static void segmental_snr_of_a_scaled_sound_is_known(void **state)
{
    (void)state;
    for (size_t t = 0; t < N; t++)
        got[t] = 0.9 * noise[t];
    assert_true(fabs(segmental_snr(noise, got, N, RATE) - 20) < 1e-6);
}

static void segmental_snr_is_held_to_its_range(void **state)
{
    (void)state;
    assert_true(segmental_snr(noise, noise, N, RATE) == 35);
    assert_true(segmental_snr(clean, mix(1, -60), N, RATE) <= -9.9);
}

static void pauses_are_measured_where_the_voice_is_silent(void **state)
{
    double power = 0;

    (void)state;
    mix(1, 20);
    for (size_t t = 0; t < N; t++)
        power += 0.01 * noise[t] * noise[t] / N;
    assert_true(fabs(pause_level_db(clean, got, N, RATE) - 10 * log10(power)) < 0.2); /* 0.03 */
    assert_true(pause_level_db(clean, clean, N, RATE) < -190);
}

/* Figures of an independent implementation in NumPy for these very signals. */
static void intelligibility_agrees_with_numpy(void **state)
{
    static const double REFERENCE[][3] = {
        { -5, 0.7308130, 0.3517524 },
        { 5, 0.8895883, 0.5622479 },
        { 15, 0.9743646, 0.8150527 },
    };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct stoi s = stoi(clean, mix(1, REFERENCE[i][0]), N, RATE);

        assert_true(fabs(s.stoi - REFERENCE[i][1]) < 1e-6);  /* measured 5e-8 */
        assert_true(fabs(s.estoi - REFERENCE[i][2]) < 1e-6); /* measured 5e-8 */
    }
}

static void intelligibility_of_the_voice_itself_is_1(void **state)
{
    const struct stoi s = stoi(clean, clean, N, RATE);

    (void)state;
    assert_true(fabs(s.stoi - 1) < 1e-9);
    assert_true(fabs(s.estoi - 1) < 1e-9);
}

static void intelligibility_of_noise_alone_is_low(void **state)
{
    const struct stoi s = stoi(clean, noise, N, RATE);

    (void)state;
    assert_true(s.stoi < 0.5);  /* measured 0.34  */
    assert_true(s.estoi < 0.1); /* measured 0.006 */
}

static void what_cannot_be_measured_is_nan(void **state)
{
    static const double silence[N];

    (void)state;
    assert_true(isnan(stoi(clean, clean, 1000, RATE).stoi));
    assert_true(isnan(segmental_snr(silence, silence, N, RATE)));
    assert_true(isnan(pause_level_db(clean + RATE, clean + RATE, 100, RATE)));
    assert_true(isnan(si_sdr(clean, clean, 0)));
}

/* The largest difference of a resampled tone from the tone, but for the ends. */
static double tone_error(unsigned from, unsigned to, double hz, double expected)
{
    double *const x = measure_take(from), worst = 0;
    size_t n;

    for (size_t t = 0; t < from; t++)
        x[t] = sin(TAU * hz * (double)t / from);

    double *const y = resample(x, from, from, to, &n);

    assert_int_equal(n, to);
    for (size_t t = n / 10; t < n - n / 10; t++)
        worst = fmax(worst, fabs(y[t] - expected * sin(TAU * hz * (double)t / to)));
    free(x);
    free(y);
    return worst;
}

static void resampling_keeps_a_tone_where_it_is(void **state)
{
    static const unsigned RATES[] = { 8000, 16000, 22050, 44100, 48000, 96000 };

    (void)state;
    for (size_t i = 0; i < sizeof RATES / sizeof *RATES; i++)
        assert_true(tone_error(RATES[i], 10000, 1000, 1) < 5e-3); /* measured 8e-4 */
}

static void resampling_drops_what_does_not_fit(void **state)
{
    (void)state;
    assert_true(tone_error(48000, 10000, 7000, 0) < 2e-3); /* measured 2e-4 */
    assert_true(tone_error(48000, 10000, 7000, 1) > 0.9);
}

static void resampling_to_the_same_rate_changes_nothing(void **state)
{
    (void)state;
    assert_true(tone_error(10000, 10000, 4000, 1) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sdr_is_the_snr_of_white_noise),
        cmocka_unit_test(sdr_ignores_gain_and_offset),
        cmocka_unit_test(sdr_sees_a_delay_of_one_sample),
        cmocka_unit_test(segmental_snr_of_a_scaled_sound_is_known),
        cmocka_unit_test(segmental_snr_is_held_to_its_range),
        cmocka_unit_test(pauses_are_measured_where_the_voice_is_silent),
        cmocka_unit_test(intelligibility_agrees_with_numpy),
        cmocka_unit_test(intelligibility_of_the_voice_itself_is_1),
        cmocka_unit_test(intelligibility_of_noise_alone_is_low),
        cmocka_unit_test(what_cannot_be_measured_is_nan),
        cmocka_unit_test(resampling_keeps_a_tone_where_it_is),
        cmocka_unit_test(resampling_drops_what_does_not_fit),
        cmocka_unit_test(resampling_to_the_same_rate_changes_nothing),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
