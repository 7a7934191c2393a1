/* SPDX-License-Identifier: MIT
 *
 * records.c - how much nearer to a clean record of sensors lull brings a noisy one.
 *
 *     records [-f FILTER] [-r RATE] [-c CHANNELS] [-n NOISY] CLEAN
 *
 * CLEAN is a table, an array or a sound file; with -c raw 32-bit floats.  Without -f
 * as `sensor`.  NOISY is the same record with the noise that it really has.  To CLEAN
 * noise is added, SEEDS times anew:
 *
 *     white      normal, in each channel so many dB below it; gain: the mean of channels
 *     unequal    in some channels of up to SPREAD times the amplitude; gain: of all energy
 *     bad        10 dB, and two channels with noise ten times as loud as all the others'
 *                signal, one from 3/8 of the record on; out: SNR of all energy, from 5 s later
 *     gaps       10 dB or none, and 5 s of a third of the channels missing;
 *                filled: SNR of what was put there
 *
 * The last three need CROWD channels, and as many seconds as they speak of.  What is
 * before a tenth of the record is not scored: there lull knows nothing yet.
 */
#include "check.h"
#include "lull.h"
#include "source/source.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { SEEDS = 3, CROWD = 8, BLOCK = 4096 };
static const double SNRS[] = { 0, 5, 10, 20 }, SPREAD = 16, LOUD = 10.8, SECONDS_LATER = 5;

struct record {
    const char *filter;
    double rate_hz;
    unsigned channels;
    size_t frames, warm; /* frames before `warm` are not scored */
    float *x;            /* [frames][channels] */
};

static _Noreturn void die(int code, const char *text)
{
    fprintf(stderr, "records: %s\n", text);
    exit(code);
}

static float *take(size_t numbers)
{
    float *const x = calloc(numbers ? numbers : 1, sizeof *x);

    if (!x)
        die(EX_OSERR, "out of memory");
    return x;
}

/* ---- reading */

/* The whole of a file; `given` is what was said about it. */
static void read_record(struct record *r, const char *path, const struct sound *given)
{
    struct source source = { 0 };
    struct fault why = { 0 };
    size_t room = 0, n;

    if (!source_open(&source, path, given, NULL, &why))
        die(why.code, why.text);
    r->channels = source.sound.channels;
    r->rate_hz = source.sound.rate_hz;
    do {
        if (r->frames + BLOCK > room)
            r->x = realloc(r->x, (room = 2 * room + BLOCK) * r->channels * sizeof *r->x);
        if (!r->x)
            die(EX_OSERR, "out of memory");
        n = source_read(&source, r->x + r->frames * r->channels, BLOCK, &why);
        r->frames += n;
    } while (n);
    if (why.code)
        die(why.code, why.text);
    source_close(&source);
    r->warm = r->frames / 10;
}

/* ---- scoring */

/* What lull makes of y, in step with it. */
static float *denoise(const struct record *r, const float *y)
{
    lull_status why;
    lull_config cfg = lull_preset(r->filter, r->rate_hz, r->channels);
    lull *const l = lull_new(&cfg, &why);

    if (!l)
        die(EX_USAGE, lull_strerror(why));

    const size_t late = lull_latency(l), ch = r->channels;
    float *const x = take((r->frames + late) * ch);

    lull_process(l, y, x, r->frames);
    for (size_t at = r->frames, n; (n = lull_flush(l, x + at * ch, late)) > 0;)
        at += n;
    memmove(x, x + late * ch, r->frames * ch * sizeof *x);
    lull_free(l);
    return x;
}

/* Of channel c, frames from..: power of the record, and of y's difference from it. */
static void power(const struct record *r, const float *y, unsigned c, size_t from,
                  double *signal, double *error)
{
    for (size_t t = from; t < r->frames; t++) {
        const double x = (double)r->x[t * r->channels + c],
                     e = x - (double)y[t * r->channels + c];

        *signal += x * x;
        *error += e * e;
    }
}

/* SNR in dB, the mean of the channels. */
static double mean_snr(const struct record *r, const float *y, size_t from)
{
    double sum = 0;

    for (unsigned c = 0; c < r->channels; c++) {
        double signal = 0, error = 0;

        power(r, y, c, from, &signal, &error);
        sum += decibel(signal, error) / r->channels;
    }
    return sum;
}

/* The same of all channels as one. */
static double whole_snr(const struct record *r, const float *y, size_t from)
{
    double signal = 0, error = 0;

    for (unsigned c = 0; c < r->channels; c++)
        power(r, y, c, from, &signal, &error);
    return decibel(signal, error);
}

typedef double snr_function(const struct record *r, const float *y, size_t from);

static double gain(const struct record *r, const float *y, snr_function *snr, size_t from)
{
    float *const z = denoise(r, y);
    const double g = snr(r, z, from) - snr(r, y, from);

    free(z);
    return g;
}

/* ---- noise */

static double deviation(const struct record *r, unsigned c)
{
    double sum = 0, squares = 0;

    for (size_t t = 0; t < r->frames; t++) {
        const double x = r->x[t * r->channels + c];

        sum += x;
        squares += x * x;
    }
    return sqrt(squares / (double)r->frames -
                sum * sum / ((double)r->frames * (double)r->frames));
}

static double loudness(const struct record *r)
{
    double sum = 0;

    for (unsigned c = 0; c < r->channels; c++)
        sum += deviation(r, c) * deviation(r, c) / r->channels;
    return sqrt(sum);
}

static void add_noise(const struct record *r, float *y, unsigned c, size_t from, double sigma,
                      struct dice *d)
{
    for (size_t t = from; t < r->frames; t++)
        y[t * r->channels + c] += (float)(sigma * dice_normal(d));
}

/* The record, and in channel c noise of weight[c] times what is snr dB below it. */
static float *noisy(const struct record *r, double snr, const double *weight, struct dice *d)
{
    float *const y = take(r->frames * r->channels);

    memcpy(y, r->x, r->frames * r->channels * sizeof *y);
    for (unsigned c = 0; c < r->channels; c++)
        add_noise(r, y, c, 0, (weight ? weight[c] : 1) * deviation(r, c) * pow(10, -snr / 20),
                  d);
    return y;
}

static void weigh(double *weight, unsigned channels, struct dice *d)
{
    double mean = 0;

    for (unsigned c = 0; c < channels; c++) {
        weight[c] = pow(SPREAD, dice_uniform(d));
        mean += weight[c] * weight[c] / channels;
    }
    for (unsigned c = 0; c < channels; c++)
        weight[c] /= sqrt(mean);
}

/* ---- cases; each gives a mean over seeds */

static double white(const struct record *r, double snr)
{
    double sum = 0;

    for (size_t seed = 1; seed <= SEEDS; seed++) {
        struct dice d = { seed };
        float *const y = noisy(r, snr, NULL, &d);

        sum += gain(r, y, mean_snr, r->warm) / SEEDS;
        free(y);
    }
    return sum;
}

static double unequal(const struct record *r, double snr)
{
    static double weight[LULL_MAX_CHANNELS];
    double sum = 0;

    for (size_t seed = 1; seed <= SEEDS; seed++) {
        struct dice d = { seed };

        weigh(weight, r->channels, &d);
        float *const y = noisy(r, snr, weight, &d);

        sum += gain(r, y, whole_snr, r->warm) / SEEDS;
        free(y);
    }
    return sum;
}

static double bad(const struct record *r)
{
    const size_t second = r->frames * 3 / 8,
                 from = second + (size_t)(SECONDS_LATER * r->rate_hz);
    const double sigma = LOUD * loudness(r);
    double sum = 0;

    for (size_t seed = 1; seed <= SEEDS; seed++) {
        struct dice d = { seed };
        float *const y = noisy(r, 10, NULL, &d);

        add_noise(r, y, r->channels / 4, 0, sigma, &d);
        add_noise(r, y, r->channels * 2 / 3, second, sigma, &d);

        float *const z = denoise(r, y);

        sum += whole_snr(r, z, from) / SEEDS;
        free(z);
        free(y);
    }
    return sum;
}

/* SNR of the samples that are missing in y, in z. */
static double filled_snr(const struct record *r, const float *y, const float *z)
{
    double signal = 0, error = 0;

    for (size_t i = 0; i < r->frames * r->channels; i++)
        if (isnan(y[i])) {
            const double x = (double)r->x[i], e = x - (double)z[i];

            signal += x * x;
            error += e * e;
        }
    return decibel(signal, error);
}

static double gaps(const struct record *r, double snr)
{
    const size_t gap = (size_t)(5 * r->rate_hz), first = r->frames / 5,
                 room = r->frames * 9 / 10 - gap - first;
    double sum = 0;

    for (size_t seed = 1; seed <= SEEDS; seed++) {
        struct dice d = { seed };
        float *const y = noisy(r, snr, NULL, &d);

        for (unsigned c = (unsigned)seed - 1; c < r->channels; c += 3) {
            const size_t at = first + (size_t)(dice_uniform(&d) * (double)room);

            for (size_t t = at; t < at + gap; t++)
                y[t * r->channels + c] = NAN;
        }

        float *const z = denoise(r, y);

        sum += filled_snr(r, y, z) / SEEDS;
        free(z);
        free(y);
    }
    return sum;
}

static void print_own(const struct record *r, const char *path, const struct sound *given)
{
    struct record n = { 0 };

    read_record(&n, path, given);
    if (n.frames != r->frames || n.channels != r->channels)
        die(EX_DATAERR, "the noisy record is not as long and wide as the clean one");
    printf("record filter=%s noise=own snr=%.1f gain=%.2f\n", r->filter,
           mean_snr(r, n.x, r->warm), gain(r, n.x, mean_snr, r->warm));
    free(n.x);
}

static void print_all(const struct record *r)
{
    for (size_t i = 0; i < sizeof SNRS / sizeof *SNRS; i++)
        printf("record filter=%s noise=white snr=%g gain=%.2f\n", r->filter, SNRS[i],
               white(r, SNRS[i]));
    if (r->channels < CROWD)
        return;
    for (size_t i = 0; i < sizeof SNRS / sizeof *SNRS; i += 2)
        printf("record filter=%s noise=unequal snr=%g gain=%.2f\n", r->filter, SNRS[i],
               unequal(r, SNRS[i]));
    if ((double)r->frames < 8 * SECONDS_LATER * r->rate_hz)
        return;
    printf("record filter=%s noise=bad out=%.2f\n", r->filter, bad(r));
    printf("record filter=%s noise=gaps snr=10 filled=%.2f\n", r->filter, gaps(r, 10));
    printf("record filter=%s noise=gaps snr=inf filled=%.2f\n", r->filter, gaps(r, INFINITY));
}

int main(int argc, char **argv)
{
    struct sound given = { .frames = FRAMES_UNKNOWN };
    struct record r = { .filter = "sensor" };
    const char *noisy_path = NULL;
    int i = 1;

    for (; i + 1 < argc && argv[i][0] == '-'; i += 2)
        if (!strcmp(argv[i], "-f"))
            r.filter = argv[i + 1];
        else if (!strcmp(argv[i], "-r"))
            given.rate_hz = strtod(argv[i + 1], NULL);
        else if (!strcmp(argv[i], "-c"))
            given.channels = (unsigned)strtoul(argv[i + 1], NULL, 10);
        else if (!strcmp(argv[i], "-n"))
            noisy_path = argv[i + 1];
        else
            break;
    if (i != argc - 1)
        die(EX_USAGE, "usage: records [-f FILTER] [-r RATE] [-c CHANNELS] [-n NOISY] CLEAN");
    if (given.channels) {
        given.container = CONTAINER_RAW;
        pcm_named("f32", &given.pcm);
    }
    read_record(&r, argv[i], &given);
    if (noisy_path)
        print_own(&r, noisy_path, &given);
    print_all(&r);
    free(r.x);
    return 0;
}
