/* SPDX-License-Identifier: MIT
 *
 * sensors.h - the filters for sensors one after the other, and signals for them.
 */
#ifndef LULL_TESTS_SENSORS_H
#define LULL_TESTS_SENSORS_H

#include "check.h"
#include "lull.h"

#include <stdbool.h>

/* A filter at a rate that it is made for. */
struct kind {
    const char *name;
    double rate_hz;
    float latency_ms;           /* < 0: its own */
};

double kind_rate(const char *name);

/* The filters of the subspace engine, one after the other. */
bool kind_next(struct kind *k, size_t *at);
#define for_each_kind(k) for (size_t at_ = 0; kind_next(&(k), &at_);)

bool kind_is(const struct kind *k, const char *name);
lull *kind_open(const struct kind *k, unsigned channels);
size_t kind_latency(const struct kind *k, unsigned channels);

/* Signals [n][channels], to be freed: zeros; two waves of another size and phase in each
 * channel, of rank 4; x in white noise; the waves in it. */
float *floats(size_t n);
float *waves(size_t n, unsigned channels);
float *plus_noise(const float *x, size_t n, unsigned channels, double sigma);
float *noisy(size_t n, unsigned channels);

/* What a new one makes of x, to be freed. */
float *kind_process(const struct kind *k, const float *x, size_t n, unsigned channels);

/* By how many dB the filter brings y, x and noise, nearer to x, in frames from..n - 1. */
double kind_gain_db(const struct kind *k, const float *x, const float *y, size_t n,
                    unsigned channels, size_t from);

/* Energy of y, `latency` later, less x, in frames from..n - 1; in one channel c. */
double error_energy(const float *x, const float *y, size_t n, unsigned channels, size_t latency,
                    size_t from);
double error_energy_in(const float *x, const float *y, size_t n, unsigned channels, unsigned c,
                       size_t latency, size_t from);

#endif
