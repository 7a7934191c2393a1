/* SPDX-License-Identifier: MIT
 *
 * sensors.c - see sensors.h.
 */
#include "sensors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double kind_rate(const char *name)
{
    const struct {
        const char *name;
        double rate_hz;
    } rates[] = { { "ecg", 360 },     { "eeg", 256 },       { "vibration", 12000 },
                  { "seismic", 100 }, { "tonal", 8000 }, { "hum", 2000 } };

    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        if (!strcmp(name, rates[i].name))
            return rates[i].rate_hz;
    return 1000;
}

bool kind_next(struct kind *k, size_t *at)
{
    const char *name;

    while ((name = lull_filter_name((*at)++)))
        if (strstr(lull_filter_text(name), "= subspace")) {
            *k = (struct kind){ name, kind_rate(name), -1 };
            return true;
        }
    return false;
}

bool kind_is(const struct kind *k, const char *name)
{
    return !strcmp(k->name, name);
}

lull *kind_open(const struct kind *k, unsigned channels)
{
    lull_config cfg = lull_preset(k->name, k->rate_hz, channels);
    lull_status why;

    if (k->latency_ms >= 0)
        cfg.latency_ms = k->latency_ms;
    lull *const l = lull_new(&cfg, &why);

    if (!l)
        fail_msg("%s: %s", k->name, lull_strerror(why));
    return l;
}

size_t kind_latency(const struct kind *k, unsigned channels)
{
    lull *const l = kind_open(k, channels);
    const size_t latency = lull_latency(l);

    lull_free(l);
    return latency;
}

float *floats(size_t n)
{
    float *const x = calloc(n, sizeof *x);

    assert_non_null(x);
    return x;
}

float *waves(size_t n, unsigned channels)
{
    float *const x = floats(n * channels);

    for (size_t t = 0; t < n; t++)
        for (unsigned c = 0; c < channels; c++)
            x[t * channels + c] = (float)(cos(0.23 * (double)t + c) / (1 + 0.5 * c) +
                                          0.7 * cos(0.71 * (double)t - 2. * c));
    return x;
}

float *plus_noise(const float *x, size_t n, unsigned channels, double sigma)
{
    float *const y = floats(n * channels);
    struct dice d = { 5 };

    for (size_t i = 0; i < n * channels; i++)
        y[i] = x[i] + (float)(sigma * dice_normal(&d));
    return y;
}

float *noisy(size_t n, unsigned channels)
{
    float *const x = waves(n, channels), *const y = plus_noise(x, n, channels, 0.3);

    free(x);
    return y;
}

float *kind_process(const struct kind *k, const float *x, size_t n, unsigned channels)
{
    float *const y = floats(n * channels);
    lull *const l = kind_open(k, channels);

    lull_process(l, x, y, n);
    lull_free(l);
    return y;
}

double error_energy_in(const float *x, const float *y, size_t n, unsigned channels, unsigned c,
                       size_t latency, size_t from)
{
    double sum = 0;

    for (size_t t = from; t + latency < n; t++)
        sum += pow((double)y[(t + latency) * channels + c] - (double)x[t * channels + c], 2);
    return sum;
}

double error_energy(const float *x, const float *y, size_t n, unsigned channels, size_t latency,
                    size_t from)
{
    double sum = 0;

    for (unsigned c = 0; c < channels; c++)
        sum += error_energy_in(x, y, n, channels, c, latency, from);
    return sum;
}

double kind_gain_db(const struct kind *k, const float *x, const float *y, size_t n,
                    unsigned channels, size_t from)
{
    float *const out = kind_process(k, y, n, channels);
    const size_t latency = kind_latency(k, channels);
    const double gain = decibel(error_energy(x, y, n - latency, channels, 0, from),
                                error_energy(x, out, n, channels, latency, from));

    free(out);
    return gain;
}
