/* SPDX-License-Identifier: MIT
 *
 * test_subspace_shapes.c - filters for sensors at any rate, on any number of channels, and
 * such as nobody would write.
 */
#include "sensors.h"

#include <math.h>
#include <stdlib.h>

static void works_at_any_rate_and_refuses_the_rest(void **state)
{
    (void)state;
    const double rates[] = { 1 / 86400., 1, 100, 44100, 192000 };
    const double wrong[] = { 0, -1, 1e-10, 1e9, (double)NAN, (double)INFINITY };
    struct kind k;

    for_each_kind(k) {
        float *const x = noisy(1000, 1), *const y = floats(1000);
        lull_status why;

        for (size_t i = 0; i < 5; i++) {
            k.rate_hz = rates[i];
            lull *const l = kind_open(&k, 1);

            lull_process(l, x, y, rates[i] > 1000 ? 200 : 1000);
            assert_true(all_finite(y, 1000));
            lull_free(l);
        }
        for (size_t i = 0; i < 6; i++) {
            const lull_config cfg = lull_preset(k.name, wrong[i], 1);

            assert_null(lull_new(&cfg, &why));
            assert_int_equal(why, LULL_BAD_RATE);
        }
        lull_config cfg = lull_preset(k.name, 1000, 1);

        cfg.latency_ms = 1e9f;
        assert_null(lull_new(&cfg, &why));
        assert_int_equal(why, LULL_BAD_LATENCY);
        free(x);
        free(y);
    }
}

static void takes_any_number_of_channels(void **state)
{
    (void)state;
    const unsigned channels[] = { 1, 2, 17, 64, 65, 1024 };

    for (size_t i = 0; i < 6; i++) {
        const struct kind k = { "array", 1000, -1 };
        const unsigned c = channels[i];
        float *const x = waves(400, c), *const y = plus_noise(x, 400, c, 0.3);
        lull *const l = kind_open(&k, c);

        assert_at_least((double)lull_memory(l), 1000 * c);
        assert_at_most((double)lull_memory(l), 30000. * c + 500000);
        lull_process(l, y, y, 1);
        lull_process(l, y + c, y + c, 399);
        assert_true(all_finite(y, 400 * c));
        lull_free(l);
        free(x);
        free(y);
    }
}

static void odd_filters_work(void **state)
{
    (void)state;
    const char *const texts[] = {
        "engine = subspace\njoint = yes\nlags = 1\nshared = yes\n",
        "engine = subspace\nlags = 4096\n",
        "engine = subspace\nlags = 3\nrank = 256\n",
        "engine = subspace\nlags = 1\nrank = 1\n",
        "engine = subspace\nlags = 16\nstep = 1\n",
        "engine = subspace\nlags = 16\nstep = 0\npatience = 1\nwander = 0.01\nhum = auto\n",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (unsigned c = 1; c <= 3; c += 2) {
            const struct kind k = { texts[i], 1000, -1 };
            float *const x = noisy(700, c), *const y = kind_process(&k, x, 700, c);

            assert_true(all_finite(y, 700 * c));
            free(x);
            free(y);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(works_at_any_rate_and_refuses_the_rest),
        cmocka_unit_test(takes_any_number_of_channels),
        cmocka_unit_test(odd_filters_work),
    };

    return cmocka_run_group_tests_name("subspace shapes", tests, NULL, NULL);
}
