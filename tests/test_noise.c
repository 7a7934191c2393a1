/* SPDX-License-Identifier: MIT
 *
 * test_noise.c - what follows the noise, and what tells it from speech.
 */
#include "check.h"
#include "noise/minimum.h"
#include "noise/onset.h"
#include "noise/presence.h"
#include "noise/stationary.h"
#include "noise/voicing.h"
#include "oracle.h"
#include "track/masked.h"

#include <math.h>
#include <stdlib.h>

enum { N = 257 };
static const double RATE = 16000, BIN_HZ = 31.25, FRAME_HZ = 125;

static void a_masked_step_solves_the_normal_equations(void **state)
{
    (void)state;
    struct arena a = fresh_arena();
    struct masked m;
    struct dice d = { 11 };
    float ones[N], P[N];
    double Nbar[N], U[2 * N], weight[N], p[N], h[2];

    masked_place(&m, &a, N, BIN_HZ, FRAME_HZ);
    masked_reset(&m);
    for (size_t f = 0; f < N; f++) {
        ones[f] = 1;
        P[f] = dice_power(&d, f % 3 ? 1.4 : 300);           /* a third is speech */
        Nbar[f] = 1;
        p[f] = (double)P[f];
        weight[f] = (double)m.weight[f];
        U[f] = (double)m.U[f];
        U[N + f] = (double)m.U[N + f];
    }
    const double q[] = { (double)m.q[0], (double)m.q[1] };

    masked_begin(&m, ones);
    masked_update(&m, P, 0.7f);
    oracle_masked_step(N, Nbar, U, weight, q, p, 0.7, h);
    assert_true(fabs((double)m.h[0] - h[0]) < 1e-5 && fabs((double)m.h[1] - h[1]) < 1e-5);
    assert_true(fabs(h[0]) > 0.02);                     /* there was something to solve */
    oracle_masked_step(N, Nbar, U, weight, q, p, 1e-6, h);
    assert_true(fabs((double)m.h[0] - h[0]) > 0.1); /* without the mask it is another answer */
}

/* Distance of the model from a noise that swells and fades by 6 dB, every second
 * frame a voice over half of the frequencies. */
static double lag_db(float prior)
{
    struct arena a = fresh_arena();
    struct masked m;
    struct dice d = { 5 };
    float P[N], truth[N];
    double sum = 0;

    masked_place(&m, &a, N, BIN_HZ, FRAME_HZ);
    masked_reset(&m);
    for (size_t f = 0; f < N; f++)
        truth[f] = 1;
    masked_begin(&m, truth);
    for (int t = 0; t < 1000; t++) {
        const double level = exp(0.7 * sin(t / 40.0));

        for (size_t f = 0; f < N; f++) {
            truth[f] = (float)level;
            P[f] = dice_power(&d, t % 2 && f % 32 < 16 ? 300 * level : level);
        }
        masked_update(&m, P, prior);
        sum += t < 100 ? 0 : apart_db(m.noise, truth, N) / 900;
    }
    return sum;
}

static void the_masked_model_follows_under_speech(void **state)
{
    (void)state;
    assert_true(lag_db(0.7f) < 2.5);                    /* measured 1.5 */
    assert_true(lag_db(1e-6f) > 5);                     /* unmasked it learns the voice */
}

static void the_step_grows_when_noise_moves(void **state)
{
    (void)state;
    struct arena a = fresh_arena();
    struct masked m;
    struct dice d = { 5 };
    float P[N];
    double rest = 0, move = 0;

    masked_place(&m, &a, N, BIN_HZ, FRAME_HZ);
    masked_reset(&m);
    for (size_t f = 0; f < N; f++)
        P[f] = 1;
    masked_begin(&m, P);
    for (int t = 0; t < 1200; t++) {
        const double level = t < 600 ? 1 : exp(sin(t / 3.0));

        for (size_t f = 0; f < N; f++)
            P[f] = dice_power(&d, level);
        masked_update(&m, P, 0.7f);
        assert_true(m.step > 0 && m.step <= 1);
        *(t < 600 ? &rest : &move) += t % 600 < 300 ? 0 : (double)m.step / 300;
    }
    assert_true(move > 1.3 * rest);                     /* measured .21 and .13 */
}

static void the_masked_model_is_freed_by_a_floor(void **state)
{
    (void)state;
    struct arena a = fresh_arena();
    struct masked m;
    struct dice d = { 5 };
    float P[N], truth[N], floor[N];

    masked_place(&m, &a, N, BIN_HZ, FRAME_HZ);
    masked_reset(&m);
    for (size_t f = 0; f < N; f++) {
        P[f] = 1;
        truth[f] = 1000;
        floor[f] = 500;
    }
    masked_begin(&m, P);
    for (int t = 0; t < 200; t++) {                     /* 30 dB up at once, for good */
        for (size_t f = 0; f < N; f++)
            P[f] = dice_power(&d, 1000);
        masked_update(&m, P, 0.9f);
        if (t == 100)
            masked_lift(&m, floor);
    }
    assert_true(apart_db(m.noise, truth, N) < 5);       /* measured 3.4 */
}

/* dB by which the two models rise in a second of harmonics, 40 dB above the noise,
 * that do not move. */
static void learned_from_a_long_vowel(double *masked_db, double *presence_db)
{
    struct arena a = fresh_arena();
    struct masked m;
    struct presence p;
    struct dice d = { 5 };
    float P[N], truth[N];

    masked_place(&m, &a, N, BIN_HZ, FRAME_HZ);
    masked_reset(&m);
    presence_place(&p, &a, N, FRAME_HZ);
    presence_reset(&p);
    for (size_t f = 0; f < N; f++)
        truth[f] = 1;
    masked_begin(&m, truth);
    presence_begin(&p, truth);
    for (int t = 0; t < 125; t++) {
        for (size_t f = 0; f < N; f++)
            P[f] = dice_power(&d, 1) + (f < 100 && f % 4 == 0 ? 10000 : 0);
        masked_update(&m, P, 0.9f);
        presence_update(&p, P);
    }
    *masked_db = decibel((double)m.noise[20], 1);
    *presence_db = decibel((double)p.noise[20], 1);
}

static void a_long_vowel_is_no_noise(void **state)
{
    (void)state;
    double masked_db, presence_db;

    learned_from_a_long_vowel(&masked_db, &presence_db);
    assert_true(masked_db < 3 && presence_db < 3);
}

static void presence_finds_noise_between_words(void **state)
{
    (void)state;
    struct arena a = fresh_arena();
    struct presence p;
    struct dice d = { 5 };
    float P[N], truth[N];

    presence_place(&p, &a, N, FRAME_HZ);
    presence_reset(&p);
    for (size_t f = 0; f < N; f++)
        truth[f] = P[f] = (float)(1 + f % 7);
    presence_begin(&p, P);
    for (int t = 0; t < 600; t++) {
        for (size_t f = 0; f < N; f++)
            P[f] = dice_power(&d, (double)truth[f] * (t / 40 % 2 ? 1000 : 1));
        presence_update(&p, P);
    }
    assert_true(apart_db(p.noise, truth, N) < 3);
    for (size_t f = 0; f < N; f++)                      /* louder for good: freed by a floor */
        truth[f] *= 50;
    presence_lift(&p, truth);
    for (size_t f = 0; f < N; f++)
        truth[f] *= 2;
    for (int t = 0; t < 60; t++) {
        for (size_t f = 0; f < N; f++)
            P[f] = dice_power(&d, (double)truth[f]);
        presence_update(&p, P);
    }
    assert_true(apart_db(p.noise, truth, N) < 3);
}

/* First guess at a noise of 4 whose frames are as full as the stream has got. */
static float first_guess(struct onset *o)
{
    float P[N], guess[N];

    for (size_t f = 0; f < N; f++)
        guess[f] = NAN;                                 /* what was there before is nothing */
    for (int t = 0; t < ONSET_FRAMES; t++) {
        for (size_t f = 0; f < N; f++)
            P[f] = 4 * o->coverage[t];
        assert_true(onset_update(o, P, guess));
    }
    assert_false(onset_update(o, P, guess));
    return guess[7];
}

static void the_first_guess_is_the_noise_and_far_less_after_silence(void **state)
{
    (void)state;
    struct arena arena = fresh_arena();
    struct onset o;
    float a[512], loud[N], low[N];

    for (size_t t = 0; t < 512; t++)
        a[t] = sinf(3.14159265f * ((float)t + 0.5f) / 512);
    for (size_t f = 0; f < N; f++) {
        loud[f] = 1;
        low[f] = 1e-4f;
    }
    onset_place(&o, &arena, N, BIN_HZ, FRAME_HZ);
    onset_calibrate(&o, a, 512, 128);
    onset_reset(&o);
    assert_true(o.coverage[0] < 0.2f && fabsf(o.coverage[3] - 1) < 1e-6f);
    assert_true(fabsf(first_guess(&o) - 0.7f * 4) < 1e-4f);
    assert_false(onset_lost(&o, low, loud));
    for (int t = 0; t < 40; t++)
        onset_lost(&o, low, loud);
    assert_true(onset_lost(&o, low, loud));             /* 0.25 s and more */
    assert_false(onset_lost(&o, loud, loud));
    onset_silence(&o);
    onset_again(&o);
    assert_true(first_guess(&o) < 0.05f * 4);
}

static void the_minimum_forgets_after_its_memory(void **state)
{
    (void)state;
    struct arena a = fresh_arena();
    struct minimum m;
    float P[N];

    minimum_place(&m, &a, N, FRAME_HZ, 1.5);
    minimum_reset(&m);
    for (int t = 0; t < 600; t++) {
        for (size_t f = 0; f < N; f++)
            P[f] = t < 200 ? 2 : 8;
        minimum_update(&m, P);
        if (t > 0 && t < 200 + 150)                     /* remembers for 1.2 s at least */
            assert_true(fabsf(m.least[7] - 1) < 1e-4f);
        if (t > 200 + 250)                              /* and not for 2 */
            assert_true(fabsf(m.least[7] - 4) < 0.1f);
    }
}

/* The stage that tells noise that rests, beside a model that has 1. */
struct judge {
    struct stationary s;
    struct bands bands;
    float P[N], known[N], pooled[64];
};

static void judge_open(struct judge *j)
{
    struct arena a = fresh_arena();

    bands_place(&j->bands, &a, N, BIN_HZ, 0.8325);
    stationary_place(&j->s, &a, &j->bands, FRAME_HZ);
    stationary_reset(&j->s);
    for (size_t f = 0; f < N; f++)
        j->known[f] = 1;
}

static void judge_hear(struct judge *j)
{
    bands_pool(&j->bands, j->P, j->pooled);
    stationary_update(&j->s, j->P, j->pooled, j->known);
}

/* Frames out of 200 in which powers are said to rest: of `noise`, where the model
 * has 1, and of a voice in the first `voiced` frequencies, 6 nepers up and down four
 * times a second.  If `held`, it is no noise, but harmonics. */
static int rests(double noise, size_t voiced, bool held)
{
    struct judge j;
    struct dice d = { 5 };
    int count = 0;

    judge_open(&j);
    for (int t = 0; t < 300; t++) {
        for (size_t f = 0; f < N; f++)
            j.P[f] = dice_power(&d, (held && f % 7 > 1 ? 1 : noise) +
                                        (f < voiced ? 100 * exp(3 * sin(t / 5.0)) : 0));
        judge_hear(&j);
        count += t >= 100 && j.s.floor[203] > 10;
        assert_true(j.s.floor[20] < 300);                 /* but not what swings */
    }
    return count;
}

static void noise_rests_and_speech_does_not(void **state)
{
    (void)state;
    assert_true(rests(100, 0, false) > 190);
    assert_true(rests(100, 32, false) > 150);           /* a voice below 1 kHz hides no noise */
    assert_int_equal(rests(1, N, false), 0);
    assert_int_equal(rests(100, 0, true), 0);           /* a vowel held */
}

static void a_noise_that_rose_is_known_whole_at_second_sight(void **state)
{
    (void)state;
    struct judge j;
    struct dice d = { 5 };
    double most = 0;

    judge_open(&j);
    for (int t = 0; t < 190; t++) {                     /* up by 20 dB at 100 */
        double floor = 0;

        for (size_t f = 0; f < N; f++)
            j.P[f] = dice_power(&d, t < 100 ? 1 : 100);
        judge_hear(&j);
        for (size_t f = 0; f < N; f++)
            floor += (double)j.s.floor[f] / N;
        most = floor > most ? floor : most;
    }
    assert_true(most > 70 && most < 100);
}

/* Frames that pass until noise of 20 dB, from frequency `first` up, is known. */
static int known_after(size_t first)
{
    struct judge j;
    struct dice d = { 8 };
    int t = 0;

    judge_open(&j);
    do {
        for (size_t f = 0; f < N; f++)
            j.P[f] = dice_power(&d, t >= 100 && f >= first ? 100 : 1);
        judge_hear(&j);
    } while (j.s.floor[203] < 10 && ++t < 300);
    return t - 100;
}

static void what_fills_all_bands_is_known_soon_and_a_hiss_later(void **state)
{
    (void)state;
    assert_true(known_after(0) < 46);                   /* .37 s */
    assert_true(known_after(40) > 54);                  /* an s is over before .43 s */
}

static void a_stream_that_begins_in_a_word_is_guessed_between_harmonics(void **state)
{
    (void)state;
    struct arena arena = fresh_arena();
    struct onset o;
    float a[512], P[N], guess[N];

    for (size_t t = 0; t < 512; t++)
        a[t] = sinf(3.14159265f * ((float)t + 0.5f) / 512);
    onset_place(&o, &arena, N, BIN_HZ, FRAME_HZ);
    onset_calibrate(&o, a, 512, 128);
    onset_reset(&o);
    for (size_t f = 0; f < N; f++)                      /* a slope with harmonics on it */
        P[f] = expf(-(float)f / 20) * (f < 128 && f % 7 < 3 ? 1000 : 1);
    for (int t = 0; t < ONSET_FRAMES; t++)
        onset_update(&o, P, guess);
    onset_voiced(&o, guess);
    for (size_t f = 7; f < N; f++) {
        const double rise = decibel((double)guess[f], exp(-(double)f / 20));

        assert_true(rise > -3 && rise < 3);
    }
}

/* Voicing of a spectrum with harmonics of `hz`, none if 0, in noise of 1, the share
 * of speech to be expected there, and whether it is a voice where no noise is known. */
static double voiced(double hz, float *prior, bool *alone)
{
    struct arena a = fresh_arena();
    struct fft t;
    struct voicing v;
    struct dice d = { 3 };
    float P[N], noise[N];

    fft_place(&t, &a, 2 * N - 2);
    voicing_place(&v, &a, N, RATE, FRAME_HZ);
    voicing_reset(&v);
    for (size_t f = 0; f < N; f++) {
        const double at = hz > 0 ? fmod((double)f * BIN_HZ / hz + 0.5, 1) - 0.5 : 0.5;

        noise[f] = 1;
        P[f] = dice_power(&d, 1) + (float)(1000 * exp(-40 * at * at) * (hz > 0));
    }
    *alone = voicing_alone(&v, &t, P);
    voicing_update(&v, &t, P, noise);
    fft_close(&t);
    *prior = voicing_prior(&v);
    return (double)v.value;
}

static void harmonics_are_heard_as_a_voice(void **state)
{
    (void)state;
    float with, without;
    bool low, high, none;

    assert_true(voiced(120, &with, &low) > 0.3 && voiced(220, &with, &high) > 0.3);
    assert_true(voiced(0, &without, &none) < 0.14);
    assert_true(low && high && !none);
    assert_true(with > 0.85f && with < 1 && without < 0.8f && without > 0.5f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_masked_step_solves_the_normal_equations),
        cmocka_unit_test(the_masked_model_follows_under_speech),
        cmocka_unit_test(the_step_grows_when_noise_moves),
        cmocka_unit_test(the_masked_model_is_freed_by_a_floor),
        cmocka_unit_test(a_long_vowel_is_no_noise),
        cmocka_unit_test(presence_finds_noise_between_words),
        cmocka_unit_test(the_first_guess_is_the_noise_and_far_less_after_silence),
        cmocka_unit_test(a_stream_that_begins_in_a_word_is_guessed_between_harmonics),
        cmocka_unit_test(the_minimum_forgets_after_its_memory),
        cmocka_unit_test(noise_rests_and_speech_does_not),
        cmocka_unit_test(a_noise_that_rose_is_known_whole_at_second_sight),
        cmocka_unit_test(what_fills_all_bands_is_known_soon_and_a_hiss_later),
        cmocka_unit_test(harmonics_are_heard_as_a_voice),
    };
    return cmocka_run_group_tests_name("noise", tests, NULL, NULL);
}
