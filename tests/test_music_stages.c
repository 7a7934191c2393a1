/* SPDX-License-Identifier: MIT
 *
 * test_music_stages.c - the floor under music, and what frames of one frequency share.
 */
#include "base/fft.h"
#include "check.h"
#include "chord.h"
#include "noise/hiss.h"
#include "track/lapped.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double PI = 3.14159265358979323846;
static const double complex J = (double complex)I;

enum { RATE = 48000 };

/* Frames of a signal through an stft of 1024 every 256, hiss and power only. */
static void learn_hiss(struct hiss *h, const float *x, size_t n, struct fft *t)
{
    static float P[513];

    for (size_t at = 0; at + 1024 <= n; at += 256) {
        for (size_t i = 0; i < 1024; i++)
            t->time[i] = x[at + i] * (float)sin(PI * ((double)i + 0.5) / 1024);
        fft_forward(t);
        for (size_t f = 0; f < 513; f++)
            P[f] = t->freq[f][0] * t->freq[f][0] + t->freq[f][1] * t->freq[f][1] + 1e-30f;
        hiss_update(h, P);
    }
}

enum { HISS_RATE = 32000, HISS_N = 6 * HISS_RATE };

/* dB by which the floor learned from x is above that of white noise of sigma. */
static void floor_of(const float *x, double sigma, double *db)
{
    static float memory[1 << 15];
    static const double white = 512;            /* sum of the window's squares */
    struct arena a = { .block = (unsigned char *)memory };
    struct fft t;
    struct hiss h;

    fft_place(&t, &a, 1024);
    hiss_place(&h, &a, 513, HISS_RATE / 1024.0, HISS_RATE / 256.0);
    assert_true(a.used <= sizeof memory);
    hiss_reset(&h);
    learn_hiss(&h, x, HISS_N, &t);
    for (size_t f = 0; f < 513; f++)
        db[f] = decibel((double)h.noise[f], white * sigma * sigma);
    fft_close(&t);
}

static void a_floor_is_found_under_a_held_chord(void **state)
{
    (void)state;
    static float x[HISS_N], none[HISS_N];
    double db[513];

    for (int held = 0; held < 2; held++) {
        if (held)
            chord(x, HISS_N, HISS_RATE);
        float *const y = add_hiss(held ? x : none, HISS_N, 0.002, 6);

        floor_of(y, 0.002, db);
        for (size_t f = 2; f < 510; f++) {
            assert_at_least(db[f], -5);                 /* measured -2.7 .. .5 */
            assert_at_most(db[f], 2);
        }
        free(y);
    }
}

static void what_fades_is_no_floor(void **state)
{
    (void)state;
    static float x[HISS_N];
    struct dice d = { 12 };
    double db[513];
    double last = 0;

    for (size_t t = 0; t < HISS_N; t++) {               /* a brush on a drum, low-passed */
        const double phase = fmod((double)t, HISS_RATE / 2.0) / (HISS_RATE / 2.0);

        last = 0.95 * last + 0.05 * dice_normal(&d) * 0.05 * exp(-3 * phase);
        x[t] = (float)last;
    }
    float *const y = add_hiss(x, HISS_N, 0.0005, 6);

    floor_of(y, 0.0005, db);
    assert_at_most(db[2], 9.5);                         /* measured 8.0; 13.2 if believed */
    assert_at_most(db[22], 6.5);                        /* 5.6; 7.7 */
    for (size_t f = 2; f < 510; f++)
        assert_at_least(db[f], -3);                     /* -0.1 */
    free(y);
}

static void a_floor_follows_hiss_that_is_cut_off(void **state)
{
    (void)state;
    enum { REACH = 128 };
    static float x[HISS_N], none[HISS_N + 2 * REACH];
    float *const y = add_hiss(none, HISS_N + 2 * REACH, 0.002, 6), tap[2 * REACH + 1];
    double db[513];

    for (int k = -REACH; k <= REACH; k++) {             /* a brick wall at 6 kHz */
        const double window = 0.5 + 0.5 * cos(PI * k / (REACH + 1));

        tap[k + REACH] = (float)(window * (k ? sin(PI * 0.375 * k) / (PI * k) : 0.375));
    }
    for (size_t t = 0; t < HISS_N; t++) {
        x[t] = 0;
        for (size_t k = 0; k <= 2 * REACH; k++)
            x[t] += tap[k] * y[t + k];
    }
    floor_of(x, 0.002, db);
    for (size_t f = 2; f < 145; f++)
        assert_at_least(db[f], -5);                     /* measured -2.8 */
    assert_at_most(db[300], -30);
    free(y);
}

/* One frequency in the plainest form: whiten, average, e = C^2 (C^2 + k^2)^-1 z
 * by elimination; gives the mean of what each frame is estimated to be. */
static void plain(const struct lapped *l, size_t f, size_t frames, const double complex *X,
                  double N, double complex *E)
{
    enum { K = LAPPED };
    double complex C[K][K] = { { 0 } };

    memset(E, 0, frames * sizeof *E);
    for (size_t t = 0; t < frames; t++) {
        const double keep = fmin((double)l->keep, (double)t / ((double)t + 1));
        double complex z[K] = { 0 }, A[K][K + 1], e[K] = { 0 };
        double level = 0;

        for (size_t i = 0; i < K; i++)
            for (size_t j = 0; j <= i && j <= t; j++)
                z[i] += (double)l->white[i][j] * X[t - j] * cpow(-J, (double)(f * (t - j) % 4));
        for (size_t i = 0; i < K; i++)
            for (size_t j = 0; j < K; j++)
                C[i][j] = keep * C[i][j] + (1 - keep) * z[i] * conj(z[j]);
        for (size_t i = 0; i < K; i++)
            level += creal(C[i][i]);
        const double k = 5 * fmax(N, 1e-5 * level);

        for (size_t i = 0; i < K; i++) {                /* (C^2 + k^2) v = z */
            for (size_t j = 0; j < K; j++) {
                A[i][j] = i == j ? k * k : 0;
                for (size_t m = 0; m < K; m++)
                    A[i][j] += C[i][m] * C[m][j];
            }
            A[i][K] = z[i];
        }
        for (size_t p = 0; p < K; p++)
            for (size_t i = 0; i < K; i++)
                if (i != p) {
                    const double complex by = A[i][p] / A[p][p];

                    for (size_t j = p; j <= K; j++)
                        A[i][j] -= by * A[p][j];
                }
        for (size_t i = 0; i < K; i++)
            e[i] = z[i] - k * k * A[i][K] / A[i][i];
        for (size_t i = 0; i < K && i <= t; i++)
            for (size_t j = 0; j <= i; j++)
                E[t - i] +=
                    (double)l->colour[i][j] * e[j] * cpow(J, (double)(f * (t - i) % 4)) / K;
    }
}

static void subspaces_equal_those_found_the_slow_way(void **state)
{
    (void)state;
    enum { BINS = 7, FRAMES = 60 };
    static float memory[1 << 14], window[64];
    static double complex X[BINS][FRAMES], E[FRAMES];
    struct arena a = { .block = (unsigned char *)memory };
    struct dice d = { 8 };
    struct lapped l;
    float N[BINS], x[BINS][2], got[FRAMES][BINS][2], unused[BINS][2];

    lapped_place(&l, &a, BINS, 1, 125);
    assert_true(a.used <= sizeof memory);
    for (size_t t = 0; t < 64; t++)
        window[t] = (float)sin(PI * ((double)t + 0.5) / 64);
    lapped_calibrate(&l, window, 64, 16);
    lapped_reset(&l);
    for (size_t f = 0; f < BINS; f++)
        N[f] = 0.01f * (float)pow(10, (double)f);
    for (size_t t = 0; t < FRAMES; t++) {
        for (size_t f = 0; f < BINS; f++) {
            X[f][t] = 3 * cexp(J * (double)t) + dice_normal(&d) + J * dice_normal(&d);
            x[f][0] = (float)creal(X[f][t]);
            x[f][1] = (float)cimag(X[f][t]);
        }
        lapped_push(&l, 0, (const float(*)[2])x);
        lapped_update(&l, N);
        lapped_pull(&l, 0, unused, got[t]);
        lapped_advance(&l);
    }
    for (size_t f = 0; f < BINS; f++) {
        plain(&l, f, FRAMES, X[f], (double)N[f], E);
        for (size_t t = 0; t + LAPPED <= FRAMES; t++) {
            const float *const g = got[t + LAPPED - 1][f];

            assert_at_most(cabs((double)g[0] + J * (double)g[1] - E[t]), 2e-5); /* 1.6e-6 */
        }
    }
}

static void noise_shares_nothing_and_a_tone_everything(void **state)
{
    (void)state;
    enum { N = 20000, BINS = 33 };
    static float memory[1 << 16], window[64], x[N];
    double kept[2] = { 0 }, came[2] = { 0 };

    for (size_t t = 0; t < 64; t++)
        window[t] = (float)sin(PI * ((double)t + 0.5) / 64);
    for (int tone = 0; tone < 2; tone++) {
        struct arena a = { .block = (unsigned char *)memory };
        struct dice d = { 8 };
        struct lapped l;
        struct fft fft;
        float noise[BINS], X[BINS][2], E[BINS][2];

        memset(memory, 0, sizeof memory);
        fft_place(&fft, &a, 64);
        lapped_place(&l, &a, BINS, 1, 125);
        assert_true(a.used <= sizeof memory);
        lapped_calibrate(&l, window, 64, 16);
        lapped_reset(&l);
        for (size_t f = 0; f < BINS; f++)
            noise[f] = 32;
        dice_noise(&d, x, N, 1);
        for (size_t t = 0; tone && t < N; t++)
            x[t] += 8 * (float)sin(0.81 * (double)t);
        for (size_t at = 0; at + 64 <= N; at += 16) {
            for (size_t t = 0; t < 64; t++)
                fft.time[t] = x[at + t] * window[t];
            fft_forward(&fft);
            lapped_push(&l, 0, (const float(*)[2])fft.freq);
            lapped_update(&l, noise);
            lapped_pull(&l, 0, X, E);
            lapped_advance(&l);
            for (size_t f = tone ? 8 : 4; f < (tone ? 9 : BINS - 4); f++) {
                kept[tone] += (double)(E[f][0] * E[f][0] + E[f][1] * E[f][1]);
                came[tone] += (double)(X[f][0] * X[f][0] + X[f][1] * X[f][1]);
            }
        }
        fft_close(&fft);
    }
    assert_at_most(decibel(kept[0], came[0]), -18);             /* measured -21.0 */
    assert_at_least(decibel(kept[1], came[1]), -0.2);           /* measured -.003 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_floor_is_found_under_a_held_chord),
        cmocka_unit_test(what_fades_is_no_floor),
        cmocka_unit_test(a_floor_follows_hiss_that_is_cut_off),
        cmocka_unit_test(subspaces_equal_those_found_the_slow_way),
        cmocka_unit_test(noise_shares_nothing_and_a_tone_everything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
