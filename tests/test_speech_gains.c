/* SPDX-License-Identifier: MIT
 *
 * test_speech_gains.c - what of a frame is kept: the cepstrum's calm, the bands' belief.
 */
#include "check.h"
#include "shrink/cepstrum.h"
#include "shrink/evidence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 257 };
static const double RATE = 16000, BIN_HZ = 31.25, FRAME_HZ = 125;

static void cepstral_smoothing_keeps_the_envelope_and_calms_the_rest(void **state)
{
    (void)state;
    struct arena a = fresh_arena();
    struct fft t;
    struct cepstrum c;
    struct dice d = { 3 };
    float S[N], truth[N];
    double before = 0, after = 0;

    fft_place(&t, &a, 2 * N - 2);
    cepstrum_place(&c, &a, N, RATE, FRAME_HZ);
    cepstrum_reset(&c);
    for (size_t f = 0; f < N; f++)
        truth[f] = (float)exp(3 * cos(3 * (double)f / N));
    for (int k = 0; k < 300; k++) {
        for (size_t f = 0; f < N; f++)
            S[f] = dice_power(&d, (double)truth[f]) + 1e-3f;
        before += apart_db(S, truth, N) / 300;
        cepstrum_update(&c, &t, S);
        for (size_t f = 0; f < N; f++)
            S[f] *= 1.78f;              /* exp(Euler's gamma): the log of the mean */
        after += apart_db(S, truth, N) / 300;
    }
    assert_true(before > 4 && after < 2);
    memcpy(S, truth, sizeof S);         /* a flat spectrum in, the same out */
    cepstrum_reset(&c);
    cepstrum_update(&c, &t, S);
    assert_true(apart_db(S, truth, N) < 1e-3);
    fft_close(&t);
}

static void cepstral_smoothing_lets_a_pitch_through_at_once(void **state)
{
    (void)state;
    struct arena a = fresh_arena();
    struct fft t;
    struct cepstrum c;
    float S[N];

    fft_place(&t, &a, 2 * N - 2);
    cepstrum_place(&c, &a, N, RATE, FRAME_HZ);
    cepstrum_reset(&c);
    for (int k = 0; k < 50; k++) {
        for (size_t f = 0; f < N; f++)
            S[f] = 1;
        cepstrum_update(&c, &t, S);
    }
    for (size_t f = 0; f < N; f++)                      /* 160 Hz: 100 samples */
        S[f] = expf(2 * cosf(6.2831853f * 100 * (float)f / 512));
    cepstrum_update(&c, &t, S);

    assert_true(fabs(log((double)S[128])) > 0.9);       /* measured 1.1 of 2 */
    fft_close(&t);
}

/* Mean belief in a frame of noise with `speech` times its power added below 4 kHz. */
static double belief(double speech)
{
    struct arena a = fresh_arena();
    struct evidence e;
    struct dice d = { 3 };
    struct bands bands;
    float P[N], noise[N], G[N], pooled[64];
    double sum = 0;

    bands_place(&bands, &a, N, BIN_HZ, 0.8325);
    evidence_place(&e, &a, &bands, FRAME_HZ);
    evidence_reset(&e);
    for (int t = 0; t < 100; t++) {
        for (size_t f = 0; f < N; f++) {
            const double level = 1 + (t >= 50 && f < 128 ? speech : 0);

            noise[f] = 1;
            P[f] = dice_power(&d, level);
            G[f] = level > 2 ? 1 : 0.1f;
        }
        bands_pool(&bands, P, pooled);
        evidence_update(&e, &(struct evidence_frame){
            .pooled_power = pooled, .power = P, .noise = noise, .gain = G,
            .voiced = speech > 0 && t >= 50 ? 0.4f : 0.05f,
            .voiced_lately = speech > 0 && t >= 50 ? 0.4f : 0.05f,
        });
        for (size_t f = 10; t >= 60 && f < 100; f++)
            sum += (double)e.spread[f] / (90 * 40);
    }
    return sum;
}

static void evidence_believes_what_stands_out(void **state)
{
    (void)state;
    assert_true(belief(0) < 0.35);
    assert_true(belief(100) > 0.9);
    assert_true(belief(10) > belief(0) && belief(10) < belief(100));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cepstral_smoothing_keeps_the_envelope_and_calms_the_rest),
        cmocka_unit_test(cepstral_smoothing_lets_a_pitch_through_at_once),
        cmocka_unit_test(evidence_believes_what_stands_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
