/* SPDX-License-Identifier: MIT
 *
 * test_offset.c - what a signal stands on, in the filters for sensors.
 */
#include "sensors.h"

#include <math.h>
#include <stdlib.h>

static const double PI = 3.14159265358979323846;
enum { N = 3000 };              /* frames */

static void no_offset_is_left(void **state)
{
    (void)state;
    const struct kind k = { "ecg", 360, -1 };
    float *const x = floats(N);
    double mean = 0;

    for (size_t t = 0; t < N; t++)
        x[t] = 1000 + (float)sin(0.3 * (double)t);
    float *const y = kind_process(&k, x, N, 1);

    for (size_t t = N / 2; t < N; t++)
        mean += (double)y[t] / (N - N / 2);
    assert_at_most(fabs(mean), 0.05);       /* 60 dB less would be 1 */
    free(x);
    free(y);
}

/* A sine on an offset of 1000 ends as it went on. */
static void an_offset_is_no_step_at_the_end(void **state)
{
    enum { LENGTH = 6000, END = 100 };
    static float x[LENGTH], y[LENGTH + 4096];
    const char *const filters[] = { "ecg", "tonal", "sensor" };

    (void)state;
    for (size_t f = 0; f < sizeof filters / sizeof *filters; f++) {
        const lull_config cfg = lull_preset(filters[f], 360, 1);
        lull *const l = lull_new(&cfg, NULL);
        const size_t late = lull_latency(l);

        for (size_t i = 0; i < LENGTH; i++)
            x[i] = (float)(1000 + sin(2 * PI * 9 * (double)i / 360) +
                           0.001 * (double)(i * 7919 % 101));
        lull_process(l, x, y, LENGTH);
        assert_int_equal(lull_flush(l, y + LENGTH, 4096), late);
        for (size_t i = LENGTH - END; i < LENGTH; i++) {
            const float kept = f ? 1000 : 0;        /* ecg takes it for a baseline */

            assert_true(fabsf(y[i + late] - kept) < 3);
        }
        lull_free(l);
    }
}

/* Of two waves in noise as much goes beside an offset of ten thousand times their size, from
 * the first frame on. */
static void an_offset_hides_no_noise(void **state)
{
    enum { M = 4, LONG = 6000 };
    const char *const filters[] = { "array", "eeg", "tonal", "sensor", "vibration" };

    (void)state;
    for (size_t f = 0; f < sizeof filters / sizeof *filters; f++) {
        const struct kind k = { filters[f], kind_rate(filters[f]), -1 };
        float *const x = waves(LONG, M), *const y = plus_noise(x, LONG, M, 0.3);
        const double gain = kind_gain_db(&k, x, y, LONG, M, LONG / 2);

        for (size_t i = 0; i < LONG * M; i++) {
            x[i] += 8192;
            y[i] += 8192;
        }
        assert_at_least(gain, 4);
        assert_at_most(fabs(kind_gain_db(&k, x, y, LONG, M, LONG / 2) - gain), 0.2);
        free(x);
        free(y);
    }
}

static void an_offset_that_jumps_is_set_aside_again(void **state)
{
    enum { M = 4, LONG = 9000, WHEN = 3000, AGAIN = 6000 };
    const struct kind k = { "eeg", kind_rate("eeg"), -1 };
    float *const x = waves(LONG, M), *const y = plus_noise(x, LONG, M, 0.3);
    const double gain = kind_gain_db(&k, x, y, LONG, M, AGAIN);

    (void)state;
    for (size_t i = WHEN * M; i < LONG * M; i++) {
        x[i] += 64;
        y[i] += 64;
    }
    assert_at_least(kind_gain_db(&k, x, y, LONG, M, AGAIN), gain - 2.5); /* 10.1 of 11.9; 7.6 */
    free(x);
    free(y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_offset_is_left),
        cmocka_unit_test(an_offset_is_no_step_at_the_end),
        cmocka_unit_test(an_offset_hides_no_noise),
        cmocka_unit_test(an_offset_that_jumps_is_set_aside_again),
    };

    return cmocka_run_group_tests_name("offset", tests, NULL, NULL);
}
