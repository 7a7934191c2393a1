/* SPDX-License-Identifier: MIT
 *
 * speed.c - what the library costs, block by block.
 *
 *     speed                                    the table
 *     speed sound FILE RATE CHANNELS SECONDS   writes the sound it uses
 *
 * The sound, a voice in white noise, goes through in blocks of 10 ms, RUNS
 * times from the same start.  A block's time is the CPU time of the thread, the
 * least of all runs: what is slow by its nature is slow in every run, what was
 * disturbed by another program is not.  Mean and worst are over blocks.
 */
#define _POSIX_C_SOURCE 200809L

#include "check.h"
#include "lull.h"
#include "voice.h"

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RUNS = 7, SECONDS = 2, BLOCKS_A_SECOND = 100, BLOCKS = SECONDS * BLOCKS_A_SECOND };

static int complain(const char *what, const char *why)
{
    fprintf(stderr, "speed: %s: %s\n", what, why);
    return 1;
}

/* sound[frames][channels]: one voice everywhere, each channel with noise of
 * its own; NULL without memory. */
static float *make_sound(double rate_hz, size_t channels, size_t frames)
{
    float *const x = malloc(frames * channels * sizeof *x);
    float *const spoken = malloc(frames * sizeof *spoken);
    struct dice d = { 1 };

    if (x && spoken) {
        voice(spoken, frames, rate_hz, (size_t)(rate_hz / 2));
        dice_noise(&d, x, frames * channels, 0.02);
        for (size_t i = 0; i < frames * channels; i++)
            x[i] += spoken[i / channels];
    }
    free(spoken);
    return x;
}

static double now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

struct cost {
    double mean_us, worst_us; /* of a block */
};

/* in[BLOCKS][frames][channels] through l, over and over. */
static struct cost measure(lull *l, const float *in, float *out, size_t frames, size_t channels)
{
    double least[BLOCKS];
    struct cost cost = { 0, 0 };

    for (size_t b = 0; b < BLOCKS; b++)
        least[b] = HUGE_VAL;
    for (size_t run = 0; run < RUNS; run++) {
        lull_reset(l);
        for (size_t b = 0; b < BLOCKS; b++) {
            const double start = now_us();

            lull_process(l, in + b * frames * channels, out, frames);
            least[b] = fmin(least[b], now_us() - start);
        }
    }
    for (size_t b = 0; b < BLOCKS; b++) {
        cost.mean_us += least[b] / BLOCKS;
        cost.worst_us = fmax(cost.worst_us, least[b]);
    }
    return cost;
}

static int print_row(unsigned rate_hz, unsigned channels, float latency_ms)
{
    const size_t frames = rate_hz / BLOCKS_A_SECOND;
    lull_config cfg = lull_preset("speech", rate_hz, channels);
    lull_status why;

    cfg.latency_ms = latency_ms;

    lull *const l = lull_new(&cfg, &why);

    if (!l)
        return complain("lull_new", lull_strerror(why));

    float *const in = make_sound(rate_hz, channels, BLOCKS * frames);
    float *const out = malloc(frames * channels * sizeof *out);

    if (!in || !out)
        return complain("sound", "out of memory");

    const struct cost c = measure(l, in, out, frames, channels);

    printf("%6.0f %4u %8.0f  %8.0f %9.1f  %8.1f %8.1f %6.2f  %9.0f\n", rate_hz / 1e3, channels,
           (double)latency_ms, 1e6 / BLOCKS_A_SECOND / c.mean_us,
           1e3 * c.mean_us / (double)(frames * channels), c.mean_us, c.worst_us,
           c.worst_us / c.mean_us, (double)lull_memory(l) / 1024);
    fflush(stdout);
    free(in);
    free(out);
    lull_free(l);
    return 0;
}

static int print_table(void)
{
    static const unsigned RATES[] = { 8000, 16000, 48000 }, CHANNELS[] = { 1, 2, 8 };
    static const float LATENCIES[] = { 32, 16, 10 };

    printf("                                             10 ms block, us           \n"
           "   kHz   ch  latency   x real  ns/sample      mean    worst  ratio  memory kB\n");
    for (size_t l = 0; l < 3; l++)
        for (size_t r = 0; r < 3; r++)
            for (size_t c = 0; c < 3; c++)
                if (print_row(RATES[r], CHANNELS[c], LATENCIES[l]))
                    return 1;
    return 0;
}

static int write_sound(const char *path, int rate_hz, int channels, int seconds)
{
    SF_INFO info = { .samplerate = rate_hz,
                     .channels = channels,
                     .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16 };
    SNDFILE *const file = sf_open(path, SFM_WRITE, &info);

    if (!file)
        return complain(path, sf_strerror(NULL));

    const sf_count_t frames = (sf_count_t)rate_hz * seconds;
    float *const x = make_sound(rate_hz, (size_t)channels, (size_t)frames);

    if (!x)
        return complain(path, "out of memory");
    if (sf_writef_float(file, x, frames) != frames || sf_close(file))
        return complain(path, "cannot be written");
    free(x);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 1)
        return print_table();
    if (argc == 6 && !strcmp(argv[1], "sound"))
        return write_sound(argv[2], atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
    fputs("usage: speed [sound FILE RATE CHANNELS SECONDS]\n", stderr);
    return 64;
}
