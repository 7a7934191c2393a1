/* SPDX-License-Identifier: MIT
 *
 * every.c - see every.h.
 */
#include "every.h"

#include "voice.h"

#include <math.h>
#include <stdlib.h>

const struct every every[EVERY] = {
    { "speech", 16000, 2, 32000 },  { "music", 16000, 2, 16000 },
    { "declick", 16000, 2, 16000 }, { "ecg", 250, 2, 3000 },
    { "eeg", 200, 6, 3000 },        { "array", 1000, 8, 3000 },
    { "vibration", 1000, 1, 4000 }, { "seismic", 100, 3, 3000 },
    { "tonal", 1000, 1, 4000 },     { "sensor", 1000, 2, 4000 },
    { "hum", 1000, 3, 5000 },
};

lull *every_open(const struct every *k)
{
    const lull_config cfg = lull_preset(k->filter, k->rate_hz, k->channels);
    lull_status why;
    lull *const l = lull_new(&cfg, &why);

    assert_int_equal(why, LULL_OK);
    return l;
}

float *every_signal(const struct every *k, uint64_t seed)
{
    const size_t n = k->frames;
    float *const x = malloc(n * k->channels * sizeof *x), *const v = malloc(n * sizeof *v);
    struct dice d = { seed };

    voice(v, n, k->rate_hz, n / 5);
    for (size_t t = 0; t < n; t++)
        for (unsigned c = 0; c < k->channels; c++) {
            const double s = (double)t / k->rate_hz, T = (double)t;
            const double tones = 0.2 * sin(0.11 * T + c) * sin(3 * s) + 0.1 * sin(0.37 * T);
            const double hum = 0.3 * sin(6.283185307179586 * 50.1 * s + 0.3 * c);
            const double noise = (t > n / 2 ? 0.5 : 0.02) * dice_normal(&d);
            const double click = dice_word(&d) % 1500 ? 0 : 3;
            const int silent = t < n / 40 || (t > n / 4 && t < n / 4 + n / 20);
            const int lost = dice_word(&d) % 700 == 0;

            const double all = (double)v[t] + tones + hum + noise + click + sin(0.3 * s);

            x[t * k->channels + c] =
                silent ? 0 : lost ? NAN : (float)(t > n - n / 5 ? 1e-3 * all : all);
        }
    free(v);
    return x;
}

lull *every_experienced(const struct every *k, uint64_t seed)
{
    float *const x = every_signal(k, seed);
    lull *const l = every_open(k);

    lull_process(l, x, x, k->frames / 2 + 13);
    free(x);
    return l;
}

struct saved every_save(const lull *l)
{
    struct saved s = { .size = lull_save(l, NULL, 0) };

    s.block = malloc(s.size + 1);
    s.bytes = s.block + 1;
    assert_int_equal(lull_save(l, s.bytes, s.size), s.size);
    return s;
}
