/* SPDX-License-Identifier: MIT
 *
 * test_denoise.c - that it does its work, does no harm, and stays sane.
 */
#include "check.h"
#include "lull.h"
#include "voice.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { RATE = 16000 };

static lull *fresh(double rate_hz)
{
    const lull_config cfg = lull_preset("speech", rate_hz, 1);
    lull *const l = lull_new(&cfg, NULL);

    assert_non_null(l);
    return l;
}

static float *samples(size_t n)
{
    float *const x = calloc(n, sizeof *x);

    assert_non_null(x);
    return x;
}

/* Energy of the best multiple of x within y against the rest of y, dB. */
static double si_sdr(const float *x, const float *y, size_t n)
{
    double xy = 0, xx = 0, error = 0;

    for (size_t t = 0; t < n; t++) {
        xy += (double)x[t] * (double)y[t];
        xx += (double)x[t] * (double)x[t];
    }
    for (size_t t = 0; t < n; t++)
        error += pow((double)y[t] - xy / xx * (double)x[t], 2);
    return decibel(xy * xy / xx, error);
}

/* dB by which white noise is turned down in its fourth second. */
static double hiss_removed(double rate_hz)
{
    const size_t n = 4 * (size_t)rate_hz, from = n - (size_t)rate_hz;
    float *const x = samples(n), *const y = samples(n);
    struct dice d = { 1 };
    lull *const l = fresh(rate_hz);

    dice_noise(&d, x, n, 0.05);
    lull_process(l, x, y, n);
    const double removed = decibel(energy(x + from, n - from), energy(y + from, n - from));

    lull_free(l);
    free(x);
    free(y);
    return removed;
}

static void hiss_goes_at_any_rate(void **state)
{
    (void)state;
    const double rates[] = { 8000, 16000, 44100, 96000 };

    for (size_t i = 0; i < 4; i++)
        assert_true(hiss_removed(rates[i]) > 20);            /* measured 27 */
}

static void a_voice_in_noise_comes_out_clearer(void **state)
{
    (void)state;
    const size_t n = 6 * RATE, from = 2 * RATE;
    float *const v = samples(n), *const x = samples(n), *const y = samples(n);
    struct dice d = { 1 };
    lull *const l = fresh(RATE);
    const size_t late = lull_latency(l);

    voice(v, n, RATE, RATE);
    for (size_t t = 0; t < n; t++)
        x[t] = v[t] + (float)(0.04 * dice_normal(&d));
    lull_process(l, x, y, n);
    const double before = si_sdr(v + from, x + from, n - from);
    const double after = si_sdr(v + from - late, y + from, n - from);

    assert_true(before > 0 && before < 6);
    assert_true(after > before + 5);
    lull_free(l);
    free(y);
    free(x);
    free(v);
}

static void does_no_harm_to_a_clean_voice(void **state)
{
    (void)state;
    const size_t n = 6 * RATE, from = RATE;
    float *const v = samples(n), *const y = samples(n);
    lull *const l = fresh(RATE);
    const size_t late = lull_latency(l);

    voice(v, n, RATE, 0);
    lull_process(l, v, y, n);
    assert_true(si_sdr(v + from - late, y + from, n - from) > 18);
    lull_free(l);
    free(y);
    free(v);
}

/* Two microphones of one voice, of which the left hangs in the wind. */
static void a_channel_without_the_noise_stays(void **state)
{
    (void)state;
    const size_t n = 8 * RATE, from = 3 * RATE;
    float *const v = samples(n), *const x = samples(2 * n);
    float *const left = samples(n), *const right = samples(n);
    struct dice d = { 5 };
    const lull_config cfg = lull_preset("speech", RATE, 2);
    lull *const l = lull_new(&cfg, NULL);
    const size_t late = lull_latency(l);

    voice(v, n, RATE, RATE);
    for (size_t t = 0; t < n; t++) {
        x[2 * t] = v[t] + (float)(0.04 * dice_normal(&d));
        x[2 * t + 1] = v[t] + (float)(0.0004 * dice_normal(&d));
        left[t] = x[2 * t];
    }
    const double before = si_sdr(v + from, left + from, n - from);

    lull_process(l, x, x, n);
    for (size_t t = 0; t < n; t++) {
        left[t] = x[2 * t];
        right[t] = x[2 * t + 1];
    }
    const double one = si_sdr(v + from - late, left + from, n - from);
    const double two = si_sdr(v + from - late, right + from, n - from);

    assert_true(one > before + 5);
    assert_true(two > 30);                                   /* measured 44 */
    lull_free(l);
    free(right);
    free(left);
    free(x);
    free(v);
}

/* SI-SDR of what is left of a second of one vowel after a voice, in noise. */
static double long_vowel_kept(float hz, int harmonics, double noise)
{
    const size_t n = 4 * RATE, from = 3 * RATE;
    float *const v = samples(n), *const y = samples(n);
    struct dice d = { 4 };
    lull *const l = fresh(RATE);
    const size_t late = lull_latency(l);

    voice(v, from, RATE, 0);
    for (size_t t = 0; t < n; t++) {
        for (int k = 1; t >= from && k <= harmonics; k++)
            v[t] += 0.1f / (float)k * sinf(6.2831853f * hz * (float)k * (float)t / RATE);
        v[t] += (float)(noise * dice_normal(&d));
    }
    lull_process(l, v, y, n);
    const double kept = si_sdr(v + from, y + from + late, RATE - late);

    lull_free(l);
    free(y);
    free(v);
    return kept;
}

static void a_long_vowel_stays(void **state)
{
    (void)state;
    assert_true(long_vowel_kept(180, 19, 1e-4) > 35);   /* measured 60 */
    assert_true(long_vowel_kept(82, 10, 3e-3) > 20);    /* measured 31 */
}

static void a_clean_voice_out_of_silence_is_not_cut(void **state)
{
    (void)state;
    const size_t n = 3 * RATE, from = RATE, length = RATE / 20;
    float *const v = samples(n), *const y = samples(n);
    lull *const l = fresh(RATE);
    const size_t late = lull_latency(l);

    voice(v, n, RATE, from);
    lull_process(l, v, y, n);
    assert_true(decibel(energy(y + from + late, length), energy(v + from, length)) > -1);
    lull_reset(l);                      /* the same without silence costs the onset, not more */
    lull_process(l, v + from, y, n - from);
    assert_true(decibel(energy(y + late, 4 * length), energy(v + from, 4 * length)) > -2);
    lull_free(l);
    free(y);
    free(v);
}

/* SI-SDR of the first third of a second of a voice in noise, of a stream that begins
 * in the middle of a syllable. */
static double begun_in_a_word(double noise)
{
    const size_t n = RATE, skip = RATE / 8, length = RATE / 3;
    float *const v = samples(n), *const x = samples(n), *const y = samples(n);
    struct dice d = { 4 };
    lull *const l = fresh(RATE);
    const size_t late = lull_latency(l);

    voice(v, n, RATE, 0);
    for (size_t t = 0; t < n; t++)
        x[t] = v[t] + (float)(noise * dice_normal(&d));
    lull_process(l, x + skip, y, n - skip);
    const double out = si_sdr(v + skip, y + late, length);

    lull_free(l);
    free(y);
    free(x);
    free(v);
    return out;
}

static void a_voice_is_kept_where_the_stream_begins_in_a_word(void **state)
{
    (void)state;
    assert_true(begun_in_a_word(1e-4) > 9);             /* measured 12.2 */
    assert_true(begun_in_a_word(0.02) > 8);             /* measured 10.3 */
}

/* Seconds after which white noise that rose by 20 dB at second 4 is, and
 * stays, within 3 dB of its final suppression. */
static double seconds_to_forget_a_step(void)
{
    const size_t n = 10 * RATE, step = 4 * RATE, window = RATE / 10;
    float *const x = samples(n), *const y = samples(n);
    struct dice d = { 1 };
    lull *const l = fresh(RATE);
    const size_t late = lull_latency(l);
    size_t last = step;

    for (size_t t = 0; t < n; t++)
        x[t] = (float)((t < step ? 0.005 : 0.05) * dice_normal(&d));
    lull_process(l, x, y, n);
    const double final = energy(y + n - RATE, RATE) / RATE;

    for (size_t t = step + late; t + window <= n; t += window / 2)
        if (energy(y + t, window) / (double)window > 2 * final)
            last = t + window - late;
    lull_free(l);
    free(x);
    free(y);
    return (double)(last - step) / RATE;
}

static void noise_that_rises_by_20_db_is_gone_in_900_ms(void **state)
{
    (void)state;
    assert_true(seconds_to_forget_a_step() < 0.9);      /* measured .6 */
}

/* dB by which hiss is turned down in the half second after a 0.2 s bang. */
static double removed_after_a_bang(float bang)
{
    const size_t n = 5 * RATE, at = 3 * RATE;
    float *const x = samples(n), *const y = samples(n);
    struct dice d = { 6 };
    lull *const l = fresh(RATE);

    dice_noise(&d, x, n, 0.003);
    for (size_t t = at; t < at + RATE / 5; t++)
        x[t] += bang * (float)dice_normal(&d);
    lull_process(l, x, y, n);
    const size_t from = at + RATE / 2, late = lull_latency(l);
    const double removed =
        decibel(energy(x + from, RATE / 2), energy(y + from + late, RATE / 2));

    lull_free(l);
    free(y);
    free(x);
    return removed;
}

static void a_bang_does_not_let_the_noise_back_in(void **state)
{
    (void)state;
    assert_true(removed_after_a_bang(0) > 20);
    assert_true(removed_after_a_bang(0.3f) > 8);        /* measured 13 */
}

/* dB by which hiss is turned down when at most reduction_db is asked for. */
static double removed_at(float reduction_db)
{
    const size_t n = 4 * RATE;
    float *const x = samples(n), *const y = samples(n);
    struct dice d = { 6 };
    lull *const l = fresh(RATE);

    dice_noise(&d, x, n, 0.01);
    lull_set(l, LULL_REDUCTION_DB, reduction_db);
    lull_process(l, x, y, n);
    const double removed = decibel(energy(x + n - RATE, RATE), energy(y + n - RATE, RATE));

    lull_free(l);
    free(y);
    free(x);
    return removed;
}

static void as_much_is_removed_as_is_asked_for(void **state)
{
    (void)state;
    double last = 0;

    for (float db = 6; db <= 60; db += 9) {
        const double removed = removed_at(db);

        assert_true(removed <= (double)db + 0.5);
        assert_true(db > 24 || removed > 0.9 * (double)db);
        assert_true(removed > last + 2);
        last = removed;
    }
}

/* Hiss follows `n` odd samples `x`: finite throughout, and a second later the
 * hiss is down by 10 dB. */
static void recovers_from(const float *x, size_t n)
{
    const size_t more = 3 * RATE;
    float *const h = samples(more), *const y = samples(more > n ? more : n);
    struct dice d = { 9 };
    lull *const l = fresh(RATE);

    lull_process(l, x, y, n);
    assert_true(all_finite(y, n));
    dice_noise(&d, h, more, 0.05);
    lull_process(l, h, y, more);
    assert_true(all_finite(y, more));
    for (size_t t = RATE + 1000; t + RATE / 4 <= more; t += RATE / 4)
        assert_true(decibel(energy(h + t, RATE / 4), energy(y + t, RATE / 4)) > 10);
    lull_free(l);
    free(y);
    free(h);
}

static void is_sane_at_the_extremes(void **state)
{
    (void)state;
    const size_t n = 2 * RATE;
    float *const x = samples(n);
    struct dice d = { 2 };

    recovers_from(x, n);                                        /* silence */
    for (int kind = 0; kind < 8; kind++) {
        for (size_t t = 0; t < n; t++) {
            const float square = t / 40 % 2 ? 1.0f : -1.0f;

            x[t] = kind == 0   ? 0.7f                           /* DC */
                   : kind == 1 ? square
                   : kind == 2 ? (float)(dice_word(&d) % 99) * 1e-45f
                   : kind == 3 ? NAN
                   : kind == 4 ? square * INFINITY
                   : kind == 5 ? square * FLT_MAX
                   : kind == 6 ? (float)(t == 777)
                               : (t % 999 ? (float)(0.05 * dice_normal(&d)) : NAN);
        }
        recovers_from(x, n);
    }
    free(x);
}

static void a_sample_missing_from_the_first_vectors_costs_no_other(void **state)
{
    (void)state;
    const char *const filters[] = { "tonal", "vibration", "sensor", "eeg", "ecg", "seismic" };
    enum { FRAMES = 1000 };

    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
        for (size_t lost = 60; lost < 200; lost += 9) {
            const lull_config cfg = lull_preset(filters[i], 1000, 1);
            lull *const l = lull_new(&cfg, NULL);
            float *const x = samples(FRAMES);
            struct dice d = { 3 };

            dice_noise(&d, x, FRAMES, 0.05);
            for (size_t t = 0; t < FRAMES; t++)
                x[t] += (float)sin(0.3 * (double)t);
            x[lost] = NAN;
            lull_process(l, x, x, FRAMES);
            assert_true(all_finite(x, FRAMES));
            lull_free(l);
            free(x);
        }
}

static void an_hour_of_silence_then_a_voice(void **state)
{
    (void)state;
    const size_t hour = 3600, n = 3 * 8000;
    float *const none = samples(8000), *const v = samples(n), *const x = samples(n);
    float *const y = samples(n);
    struct dice d = { 1 };
    lull *const l = fresh(8000);
    const size_t late = lull_latency(l), from = 8000;

    for (size_t s = 0; s < hour; s++) {
        lull_process(l, none, y, 8000);
        for (size_t t = 0; t < 8000; t++)
            assert_true(y[t] == 0);
    }
    voice(v, n, 8000, 4000);
    for (size_t t = 0; t < n; t++)
        x[t] = v[t] + (float)(0.03 * dice_normal(&d));
    lull_process(l, x, y, n);
    assert_true(si_sdr(v + from - late, y + from, n - from) >
                si_sdr(v + from, x + from, n - from) + 3);
    lull_free(l);
    free(y);
    free(x);
    free(v);
    free(none);
}

static void a_frozen_model_stays(void **state)
{
    (void)state;
    const size_t n = 4 * RATE;
    float *const x = samples(n), *const y = samples(n);
    struct dice d = { 4 };
    lull *const l = fresh(RATE);

    dice_noise(&d, x, n, 0.001);
    lull_process(l, x, y, n);
    lull_set(l, LULL_FREEZE, 1);
    dice_noise(&d, x, n, 0.1);                                  /* 40 dB up: not its noise */
    lull_process(l, x, y, n);
    assert_true(decibel(energy(x + RATE, RATE), energy(y + RATE, RATE)) < 1);
    lull_set(l, LULL_FREEZE, 0);
    lull_process(l, x, y, n);
    assert_true(decibel(energy(x + n - RATE, RATE), energy(y + n - RATE, RATE)) > 10);
    lull_free(l);
    free(y);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hiss_goes_at_any_rate),
        cmocka_unit_test(a_voice_in_noise_comes_out_clearer),
        cmocka_unit_test(does_no_harm_to_a_clean_voice),
        cmocka_unit_test(a_channel_without_the_noise_stays),
        cmocka_unit_test(a_long_vowel_stays),
        cmocka_unit_test(a_clean_voice_out_of_silence_is_not_cut),
        cmocka_unit_test(a_voice_is_kept_where_the_stream_begins_in_a_word),
        cmocka_unit_test(noise_that_rises_by_20_db_is_gone_in_900_ms),
        cmocka_unit_test(a_bang_does_not_let_the_noise_back_in),
        cmocka_unit_test(as_much_is_removed_as_is_asked_for),
        cmocka_unit_test(is_sane_at_the_extremes),
        cmocka_unit_test(a_sample_missing_from_the_first_vectors_costs_no_other),
        cmocka_unit_test(an_hour_of_silence_then_a_voice),
        cmocka_unit_test(a_frozen_model_stays),
    };
    return cmocka_run_group_tests_name("denoise", tests, NULL, NULL);
}
