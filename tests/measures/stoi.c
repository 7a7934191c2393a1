/* SPDX-License-Identifier: MIT
 *
 * stoi.c - short-time objective intelligibility, plain [THHJ11] and extended
 * [JT16].
 *
 * Both signals go to 10 kHz and lose the frames in which the clean one is more
 * than 40 dB below its loudest.  What is left becomes the magnitudes X[t][j]
 * of one-third octave bands j from 150 Hz.  In every run of 30 frames (384 ms)
 *
 *   STOI   correlates each band of the clean signal with the same band of the
 *          other, scaled to equal energy and clipped at -15 dB SDR;
 *   ESTOI  takes mean and length from every band over time, then from every
 *          frame over bands, and correlates the two pictures as a whole.
 *
 * The mean over runs is the figure.
 */
#include "measures/measures.h"

#include "base/fft.h"

#include <math.h>
#include <stdlib.h>

enum { RATE = 10000, FRAME = 256, HOP = FRAME / 2, SPECTRUM = 512, BANDS = 15, RUN = 30 };

static const double KEEP_DB = 40;              /* quieter frames carry no speech         */
static const double CLIP = 6.6234132519034912; /* 1 + 10^(15/20): SDR of -15 dB   */
static const double TINY = 1e-15;              /* keeps a silent band from dividing 0 by 0 */

static double window(size_t i)
{
    return 0.5 - 0.5 * cos(2 * acos(-1) * (double)(i + 1) / (FRAME + 1));
}

static size_t frames_of(size_t n)
{
    return n < FRAME ? 0 : (n - FRAME) / HOP + 1;
}

static double frame_db(const double *x)
{
    double sum = 0;

    for (size_t i = 0; i < FRAME; i++)
        sum += window(i) * x[i] * window(i) * x[i];
    return 20 * log10(sqrt(sum) + TINY);
}

/* Of both signals the frames where the clean one speaks, overlapped and added
 * one after the other; returns the new length. */
static size_t drop_silence(const double *clean, const double *got, size_t n, double *c,
                           double *e)
{
    const size_t frames = frames_of(n);
    double loudest = -HUGE_VAL;
    size_t kept = 0;

    for (size_t t = 0; t < frames; t++)
        loudest = fmax(loudest, frame_db(clean + t * HOP));
    for (size_t t = 0; t < frames; t++) {
        if (!(frame_db(clean + t * HOP) > loudest - KEEP_DB))
            continue;
        for (size_t i = 0; i < FRAME; i++) {
            c[kept * HOP + i] += window(i) * clean[t * HOP + i];
            e[kept * HOP + i] += window(i) * got[t * HOP + i];
        }
        kept++;
    }
    return kept ? (kept - 1) * HOP + FRAME : 0;
}

/* The bin nearest to the edge that lies k thirds of an octave above 150 Hz,
 * less half a band. */
static size_t edge(double k)
{
    return (size_t)lrint(150 * exp2((k - 0.5) / 3) * SPECTRUM / RATE);
}

/* The magnitudes X[frames][BANDS] of x[n]. */
static double *bands_of(const double *x, size_t n, struct fft *fft)
{
    const size_t frames = frames_of(n);
    double *const X = measure_take(frames * BANDS);

    for (size_t i = 0; i < SPECTRUM; i++)
        fft->time[i] = 0;
    for (size_t t = 0; t < frames; t++) {
        for (size_t i = 0; i < FRAME; i++)
            fft->time[i] = (float)(window(i) * x[t * HOP + i]);
        fft_forward(fft);
        for (size_t j = 0; j < BANDS; j++) {
            double power = 0;

            for (size_t f = edge((double)j); f < edge((double)j + 1); f++) {
                const double re = (double)fft->freq[f][0], im = (double)fft->freq[f][1];
                power += re * re + im * im;
            }
            X[t * BANDS + j] = sqrt(power);
        }
    }
    return X;
}

/* Takes mean and length from n values that lie `step` apart. */
static void unit(double *x, size_t n, size_t step)
{
    double mean = 0, norm = 0;

    for (size_t i = 0; i < n; i++)
        mean += x[i * step] / (double)n;
    for (size_t i = 0; i < n; i++) {
        x[i * step] -= mean;
        norm += x[i * step] * x[i * step];
    }
    for (size_t i = 0; i < n; i++)
        x[i * step] /= sqrt(norm) + TINY;
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Correlation of one band of a run, C[RUN] clean and E[RUN], which are spent. */
static double band_correlation(double *C, double *E)
{
    const double scale = sqrt(dot(C, C, RUN)) / (sqrt(dot(E, E, RUN)) + TINY);

    for (size_t t = 0; t < RUN; t++)
        E[t] = fmin(scale * E[t], CLIP * C[t]);
    unit(C, RUN, 1);
    unit(E, RUN, 1);
    return dot(C, E, RUN);
}

/* Correlation of two runs C[BANDS][RUN] and E[BANDS][RUN], which are spent. */
static double picture_correlation(double *C, double *E)
{
    double *const both[] = { C, E };

    for (size_t s = 0; s < 2; s++) {
        for (size_t j = 0; j < BANDS; j++)
            unit(both[s] + j * RUN, RUN, 1);
        for (size_t t = 0; t < RUN; t++)
            unit(both[s] + t, BANDS, RUN);
    }
    return dot(C, E, BANDS * RUN) / RUN;
}

/* run[BANDS][RUN] from X[RUN][BANDS]. */
static void turn(const double *X, double *run)
{
    for (size_t t = 0; t < RUN; t++)
        for (size_t j = 0; j < BANDS; j++)
            run[j * RUN + t] = X[t * BANDS + j];
}

static struct stoi mean_over_runs(const double *C, const double *E, size_t frames)
{
    double c[BANDS * RUN], e[BANDS * RUN];
    struct stoi sum = { 0, 0 };

    if (frames < RUN)
        return (struct stoi){ nan(""), nan("") };

    const size_t runs = frames - RUN + 1;

    for (size_t m = 0; m < runs; m++) {
        turn(C + m * BANDS, c);
        turn(E + m * BANDS, e);
        sum.estoi += picture_correlation(c, e) / (double)runs;
        turn(C + m * BANDS, c);
        turn(E + m * BANDS, e);
        for (size_t j = 0; j < BANDS; j++)
            sum.stoi += band_correlation(c + j * RUN, e + j * RUN) / (double)(BANDS * runs);
    }
    return sum;
}

static void *open_fft(struct fft *fft)
{
    struct arena a = { 0 };

    fft_place(fft, &a, SPECTRUM);

    unsigned char *const block = aligned_alloc(ARENA_ALIGN, a.used);

    a = (struct arena){ .block = block };
    if (block)
        fft_place(fft, &a, SPECTRUM);
    return block;
}

struct stoi stoi(const double *clean, const double *got, size_t n, double rate_hz)
{
    size_t m, same;
    double *const clean10 = resample(clean, n, (unsigned)rate_hz, RATE, &m);
    double *const got10 = resample(got, n, (unsigned)rate_hz, RATE, &same);
    double *const c = measure_take(m), *const e = measure_take(m);
    const size_t left = drop_silence(clean10, got10, m, c, e);
    struct stoi figure = { nan(""), nan("") };
    struct fft fft;
    void *const block = open_fft(&fft);

    if (block && fft_ready(&fft)) {
        double *const C = bands_of(c, left, &fft), *const E = bands_of(e, left, &fft);

        figure = mean_over_runs(C, E, frames_of(left));
        free(C);
        free(E);
        fft_close(&fft);
    }
    free(block);
    free(clean10);
    free(got10);
    free(c);
    free(e);
    return figure;
}
