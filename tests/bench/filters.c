/* SPDX-License-Identifier: MIT
 *
 * filters.c - what a frame costs, filter by filter, then the engine of the sensors by
 * itself: four figures with a bar each, growth with channels and rank, and peers where
 * they are installed.
 *
 *     filters [quick | rows]              quick: without growth and peers; rows: the
 *                                         filters alone
 *
 * The signal, five tones mixed into the channels with noise of their own (a voice for
 * the filters of sound), goes through in blocks of 10 ms or one frame, RUNS times from
 * the same start.  A block's time is the least of all runs: what is slow by its nature
 * is slow in every run, what was disturbed by another program is not.  The first half
 * warms up; mean and worst are over the blocks of the second.
 */
#define _XOPEN_SOURCE 700

#include "check.h"
#include "lull.h"
#include "voice.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RUNS = 11, TONES = 5 };
static const double MEAN_MOST = 5, WORST_MOST = 25;     /* % of the time that there is */

static int complain(const char *what, const char *why)
{
    fprintf(stderr, "filters: %s: %s\n", what, why);
    return 1;
}

/* A case: a filter, by name or text, on so many frames. */
struct trial {
    const char *filter;
    double rate_hz;
    unsigned channels;
    size_t frames;
};

struct cost {
    double us, worst_us;                /* of a frame: mean, and of the worst block */
    double kB;
    unsigned rank;                      /* in use at the end */
};

static void mix_tones(float *x, size_t frames, size_t channels, struct dice *d)
{
    double weight[TONES];

    for (size_t c = 0; c < channels; c++) {
        for (size_t k = 0; k < TONES; k++)
            weight[k] = dice_normal(d);
        for (size_t t = 0; t < frames; t++)
            for (size_t k = 0; k < TONES; k++)
                x[t * channels + c] +=
                    (float)(weight[k] * sin(0.021 * (double)((2 * k + 1) * t)));
    }
}

static void mix_voice(float *x, size_t frames, size_t channels, double rate_hz)
{
    float *const spoken = malloc(frames * sizeof *spoken);

    if (!spoken)
        exit(complain("signal", "out of memory"));
    voice(spoken, frames, rate_hz, (size_t)(rate_hz / 4));
    for (size_t i = 0; i < frames * channels; i++)
        x[i] += 10 * spoken[i / channels];
    free(spoken);
}

/* x[frames][channels] */
static float *make_signal(const struct trial *c)
{
    float *const x = malloc(c->frames * c->channels * sizeof *x);
    struct dice d = { 1 };

    if (!x)
        exit(complain("signal", "out of memory"));
    dice_noise(&d, x, c->frames * c->channels, 0.5);
    if (c->rate_hz < 8000 || strchr(c->filter, '='))
        mix_tones(x, c->frames, c->channels, &d);
    else
        mix_voice(x, c->frames, c->channels, c->rate_hz);
    return x;
}

static double now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

/* least[blocks], the least time of each block of so many frames. */
static void time_blocks(lull *l, const struct trial *c, const float *x, size_t block,
                        double *least)
{
    const size_t blocks = c->frames / block;
    float *const out = malloc(block * c->channels * sizeof *out);

    if (!out)
        exit(complain("signal", "out of memory"));
    for (size_t b = 0; b < blocks; b++)
        least[b] = HUGE_VAL;
    for (size_t run = 0; run < RUNS; run++) {
        lull_reset(l);
        for (size_t b = 0; b < blocks; b++) {
            const double start = now_us();

            lull_process(l, x + b * block * c->channels, out, block);
            least[b] = fmin(least[b], now_us() - start);
        }
    }
    free(out);
}

static struct cost measure(const struct trial *c)
{
    const size_t ten_ms = (size_t)(c->rate_hz / 100), block = ten_ms > 1 ? ten_ms : 1;
    const size_t blocks = c->frames / block, from = blocks / 2;
    const lull_config cfg = lull_preset(c->filter, c->rate_hz, c->channels);
    lull_status why;
    lull *const l = lull_new(&cfg, &why);

    if (!l)
        exit(complain(c->filter, lull_strerror(why)));

    float *const x = make_signal(c);
    double *const least = malloc(blocks * sizeof *least);
    struct cost cost = { .kB = (double)lull_memory(l) / 1024 };
    lull_readings r;

    if (!least)
        exit(complain("times", "out of memory"));
    time_blocks(l, c, x, block, least);
    for (size_t b = from; b < blocks; b++) {
        cost.us += least[b] / (double)((blocks - from) * block);
        cost.worst_us = fmax(cost.worst_us, least[b] / (double)block);
    }
    lull_read(l, &r);
    cost.rank = r.rank;
    lull_free(l);
    free(least);
    free(x);
    return cost;
}

static void print_filters(void)
{
    static const struct trial all[] = {
        { "speech", 48000, 1, 96000 },   { "speech", 16000, 1, 32000 },
        { "music", 44100, 2, 88200 },    { "declick", 44100, 2, 88200 },
        { "hum", 48000, 1, 48000 },      { "ecg", 250, 2, 4000 },
        { "ecg", 1000, 12, 4000 },       { "eeg", 256, 32, 4000 },
        { "eeg", 1000, 64, 2000 },       { "seismic", 100, 3, 4000 },
        { "vibration", 25600, 1, 12800 }, { "vibration", 25600, 3, 6400 },
        { "tonal", 8000, 1, 8000 },      { "sensor", 100, 6, 4000 },
        { "array", 1000, 16, 4000 },     { "array", 1000, 256, 2000 },
    };

    printf("                                                            %% of 10 ms\n"
           "filter          Hz    ch   us/frame  ns/sample     x real    mean   worst        kB\n");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const struct trial *const c = all + i;
        const struct cost cost = measure(c);

        const double mean = 1e-4 * c->rate_hz * cost.us;
        const double worst = 1e-4 * c->rate_hz * cost.worst_us;

        printf("%-10s %7.0f  %4u  %9.2f  %9.1f  %9.0f  %6.2f  %6.2f  %8.0f%s\n", c->filter,
               c->rate_hz, c->channels, cost.us, 1e3 * cost.us / c->channels,
               1e6 / c->rate_hz / cost.us, mean, worst, cost.kB,
               mean > MEAN_MOST || worst > WORST_MOST ? "  OVER" : "");
        fflush(stdout);
    }
}

/* A joint subspace over channels and lags; one channel comes in blocks of 160 frames,
 * several frame by frame. */
static struct cost measure_engine(unsigned channels, unsigned lags, unsigned rank)
{
    const size_t n = (size_t)channels * lags, frames = 8000000 / (n * rank + 500) + 400;
    const double rate_hz = channels > 1 ? 100 : 16000;
    char text[128];

    snprintf(text, sizeof text, "engine = subspace\njoint = yes\nlags = %u\nrank = %u\n", lags,
             rank);
    return measure(&(struct trial){ text, rate_hz, channels, frames });
}

static void print_figures(void)
{
    static const struct {
        unsigned channels, lags, rank;
        double bar_us;
    } all[] = { { 1, 32, 16, 1.2 }, { 1, 128, 32, 8 }, { 32, 4, 48, 40 }, { 4096, 1, 16, 1000 } };

    printf("\nchannels  lags  rank   us/frame    at most  worst/mean  frames/s\n");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const struct cost c = measure_engine(all[i].channels, all[i].lags, all[i].rank);

        printf("%8u  %4u  %4u  %9.2f  %9.1f  %10.2f  %8.0f%s\n", all[i].channels, all[i].lags,
               all[i].rank, c.us, all[i].bar_us, c.worst_us / c.us, 1e6 / c.us,
               c.us > all[i].bar_us ? "  MISSED" : "");
        fflush(stdout);
    }
}

/* ps per n r: a constant where the cost is O(n r). */
static void print_growth(void)
{
    static const unsigned channels[] = { 4, 16, 64, 256, 1024, 4096 };

    printf("\nchannels  rank   us/frame   ps/(n r)\n");
    for (size_t i = 0; i < 6; i++) {
        const unsigned n = channels[i], r = n > 16 ? 16 : n - 1;
        const double us = measure_engine(n, 1, r).us;

        printf("%8u  %4u  %9.2f  %9.0f\n", n, r, us, 1e6 * us / (n * r));
    }
    for (unsigned r = 4; r <= 64; r *= 2) {
        const double us = measure_engine(256, 1, r).us;

        printf("%8u  %4u  %9.2f  %9.0f\n", 256u, r, us, 1e6 * us / (256 * r));
    }
    fflush(stdout);
}

/* Python's, in this same run: whichever of the two has what it takes. */
static void print_peers(void)
{
    FILE *const lines = popen("for m in sklearn numpy; do "
                              "for p in python3 /usr/bin/python3; do "
                              "$p -c \"import $m\" 2>/dev/null && "
                              "exec $p tests/bench/peers/vectors.py; done; done; "
                              "echo python with numpy and scikit-learn: not installed",
                              "r");
    char line[256], name[64];
    unsigned n, r;
    double us;

    printf("\npeer                      channels  rank   us/frame    to lull\n");
    while (lines && fgets(line, sizeof line, lines)) {
        if (sscanf(line, "%63s %u %u %lf", name, &n, &r, &us) == 4)
            printf("%-24s  %8u  %4u  %9.1f  %9.1f\n", name, n, r, us,
                   us / measure_engine(n, 1, r).us);
        else
            printf("skipped: %s", line);
    }
    if (lines)
        pclose(lines);
}

int main(int argc, char **argv)
{
    print_filters();
    if (argc > 1 && !strcmp(argv[1], "rows"))
        return 0;
    print_figures();
    if (argc > 1 && !strcmp(argv[1], "quick"))
        return 0;
    print_growth();
    print_peers();
    return 0;
}
