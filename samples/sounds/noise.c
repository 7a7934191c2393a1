/* SPDX-License-Identifier: MIT
 *
 * noise.c - adds synthetic noise to a clean voice.
 *
 *     noise fan|street|hum SEED SNR_DB CLEAN.wav NOISY.wav
 *
 * Noises are sums of white noise under simple filters and slow gains, tones
 * and decaying rings, all from one seed: the same file every time.  SNR is the
 * mean power of the voice while it speaks over that of the noise.
 */
#include <math.h>
#include <sndfile.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double TAU = 6.283185307179586;

static uint64_t dice;

/* -1 <= x < 1, white. */
static double white(void)
{
    dice ^= dice >> 12;
    dice ^= dice << 25;
    dice ^= dice >> 27;
    return (double)(int64_t)(dice * 0x2545F4914F6CDD1DULL) / 9223372036854775808.0;
}

/* One pole: all below `hz` passes, 6 dB an octave above it. */
static double low(double *state, double x, double hz, double rate)
{
    return *state += (1 - exp(-TAU * hz / rate)) * (x - *state);
}

/* A hump of height 1 about `at`, `width` seconds to either side. */
static double pass(double t, double at, double width)
{
    return exp(-(t - at) * (t - at) / (2 * width * width));
}

/* Air: dark noise with a slow breath, blades at 94 Hz that drift, and a motor. */
static void fan(double *x, size_t n, double rate)
{
    double dark = 0, darker = 0, blade = 0;

    for (size_t i = 0; i < n; i++) {
        const double t = (double)i / rate, w = white();
        const double breath = 1 + 0.2 * sin(TAU * 0.4 * t) + 0.1 * sin(TAU * 1.7 * t);

        blade += TAU * (94 + 0.8 * sin(TAU * 0.13 * t)) / rate;
        low(&dark, w, 900, rate);
        low(&darker, dark, 900, rate);
        x[i] = breath * (1.2 * darker + 0.10 * dark + 0.022 * w) +
               0.030 * (sin(blade) + 0.6 * sin(2 * blade) + 0.4 * sin(3 * blade)) +
               0.020 * sin(TAU * 100 * t);
    }
}

/* Something small and hard falls over. */
static void clatter(double *x, size_t n, double rate, double at, double loud)
{
    static const double HZ[] = { 1130, 1870, 2640, 3510, 5090 };

    for (size_t i = (size_t)(at * rate); i < n; i++) {
        const double t = (double)i / rate - at;

        for (size_t k = 0; k < sizeof HZ / sizeof *HZ; k++)
            x[i] += loud * exp(-t * (30 + 12 * (double)k)) * sin(TAU * HZ[k] * t);
    }
}

/* A far hum of traffic, three cars that pass, a few clatters. */
static void street(double *x, size_t n, double rate)
{
    static const double CAR[][3] = { { 1.3, 0.55, 1.0 }, { 3.9, 0.8, 0.8 }, { 6.6, 0.5, 1.2 } };
    double far = 0, engine = 0, rumble = 0, tyre = 0;

    for (size_t i = 0; i < n; i++) {
        const double t = (double)i / rate, w = white(), v = white();
        double near = 0;

        for (size_t k = 0; k < 3; k++)
            near += CAR[k][2] * pass(t, CAR[k][0], CAR[k][1]);
        low(&far, w, 350, rate);
        low(&engine, v, 120, rate);
        low(&rumble, engine, 120, rate);
        low(&tyre, v, 1400, rate);
        x[i] = 0.6 * far + 0.02 * w + near * (5 * rumble + 0.9 * (tyre - engine));
    }
    clatter(x, n, rate, 2.42, 0.40);
    clatter(x, n, rate, 2.51, 0.20);
    clatter(x, n, rate, 5.17, 0.35);
    clatter(x, n, rate, 5.36, 0.50);
}

/* Mains at 50 Hz with its odd harmonics, the same in every channel. */
static void mains(double *x, size_t n, double rate)
{
    double phase = 0;

    for (size_t i = 0; i < n; i++) {
        phase += TAU * (50 + 0.02 * sin(TAU * 0.2 * (double)i / rate)) / rate;
        x[i] = 0.6 * sin(2 * phase);
        for (int k = 1; k < 32; k += 2)
            x[i] += pow(k, -0.7) * sin(k * phase + k * k);
    }
}

/* Noise of one channel; the tone of a hum is common, its hiss is not. */
static int make_noise(const char *kind, double *x, size_t n, double rate)
{
    if (!strcmp(kind, "fan")) {
        fan(x, n, rate);
    } else if (!strcmp(kind, "street")) {
        street(x, n, rate);
    } else if (!strcmp(kind, "hum")) {
        mains(x, n, rate);
        for (size_t i = 0; i < n; i++)
            x[i] += 0.6 * white();
    } else {
        return 0;
    }
    return 1;
}

/* Mean power of x[frames][channels] over the 20 ms pieces within 30 dB of the
 * loudest. */
static double active_power(const double *x, size_t frames, size_t channels, double rate)
{
    const size_t span = (size_t)(0.02 * rate) * channels, pieces = frames * channels / span;
    double most = 0, sum = 0, count = 0;

    for (int second = 0; second < 2; second++)
        for (size_t p = 0; p < pieces; p++) {
            double power = 0;

            for (size_t i = 0; i < span; i++)
                power += x[p * span + i] * x[p * span + i] / (double)span;
            if (!second)
                most = fmax(most, power);
            else if (power > 1e-3 * most)
                sum += power, count++;
        }
    return sum / count;
}

static double power(const double *x, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i] / (double)n;
    return sum;
}

static int complain(const char *what, const char *why)
{
    fprintf(stderr, "noise: %s: %s\n", what, why);
    return 1;
}

int main(int argc, char **argv)
{
    SF_INFO info = { 0 };

    if (argc != 6)
        return complain("usage", "noise fan|street|hum SEED SNR_DB CLEAN.wav NOISY.wav");

    SNDFILE *const in = sf_open(argv[4], SFM_READ, &info);

    if (!in)
        return complain(argv[4], sf_strerror(NULL));

    const size_t n = (size_t)info.frames, channels = (size_t)info.channels;
    const double rate = info.samplerate;
    double *const voice = calloc(n * channels, sizeof *voice);
    double *const noise = calloc(n * channels, sizeof *noise);
    double *const one = calloc(n, sizeof *one);

    if (!voice || !noise || !one)
        return complain(argv[4], "out of memory");
    if (sf_readf_double(in, voice, info.frames) != info.frames)
        return complain(argv[4], "shorter than it says");
    sf_close(in);

    dice = strtoull(argv[2], NULL, 10) * 0x9E3779B97F4A7C15ULL + 1;
    for (size_t c = 0; c < channels; c++) {
        if (!make_noise(argv[1], one, n, rate))
            return complain(argv[1], "no such noise");
        for (size_t i = 0; i < n; i++)
            noise[i * channels + c] = one[i];
    }

    const double ratio = pow(10, strtod(argv[3], NULL) / 10);
    const double gain =
        sqrt(active_power(voice, n, channels, rate) / (ratio * power(noise, n * channels)));

    for (size_t i = 0; i < n * channels; i++)
        voice[i] += gain * noise[i];

    SNDFILE *const out = sf_open(argv[5], SFM_WRITE, &info);

    if (!out)
        return complain(argv[5], sf_strerror(NULL));
    sf_command(out, SFC_SET_CLIPPING, NULL, SF_TRUE);
    if (sf_writef_double(out, voice, (sf_count_t)n) != (sf_count_t)n || sf_close(out))
        return complain(argv[5], "cannot be written");
    free(voice);
    free(noise);
    free(one);
    return 0;
}
