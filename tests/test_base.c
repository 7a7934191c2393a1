/* SPDX-License-Identifier: MIT
 *
 * test_base.c - arena, transform and mailbox.
 */
#include "base/ear.h"
#include "base/fastmath.h"
#include "base/fft.h"
#include "base/mailbox.h"
#include "base/sum.h"
#include "check.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void arena_measures_what_it_lays_out(void **state)
{
    (void)state;
    struct arena dry = { 0 };

    assert_null(arena_floats(&dry, 3));
    assert_null(arena_take(&dry, 5, 7));
    assert_int_equal(dry.used, 2 * ARENA_ALIGN);

    struct arena wet = { .block = aligned_alloc(ARENA_ALIGN, dry.used) };

    memset(wet.block, 0xff, dry.used);
    float *const x = arena_floats(&wet, 3);
    unsigned char *const y = arena_take(&wet, 5, 7);

    assert_int_equal(wet.used, dry.used);
    assert_int_equal((uintptr_t)y % ARENA_ALIGN, 0);
    assert_true((unsigned char *)x + ARENA_ALIGN == y);
    for (int i = 0; i < 35; i++)
        assert_int_equal(y[i], 0);
    free(wet.block);
}

static void arena_that_overflows_says_so(void **state)
{
    (void)state;
    struct arena a = { 0 };

    arena_take(&a, SIZE_MAX / 2, 4);
    assert_true(a.used == SIZE_MAX);
    arena_take(&a, 1, 1);
    assert_true(a.used == SIZE_MAX);
}

/* The plain sum, in double. */
static double worst_bin(const float *time, float (*freq)[2], size_t n)
{
    double worst = 0;

    for (size_t f = 0; f <= n / 2; f++) {
        double re = 0, im = 0;

        for (size_t t = 0; t < n; t++) {
            const double phase = -6.283185307179586 * (double)(f * t % n) / (double)n;

            re += (double)time[t] * cos(phase);
            im += (double)time[t] * sin(phase);
        }
        worst = fmax(worst, hypot(re - (double)freq[f][0], im - (double)freq[f][1]));
    }
    return worst / sqrt((double)n);
}

static struct arena arena_for_fft(size_t n, struct fft *t)
{
    struct arena a = { 0 };

    fft_place(t, &a, n);
    a = (struct arena){ .block = aligned_alloc(ARENA_ALIGN, a.used) };
    fft_place(t, &a, n);
    assert_true(fft_ready(t));
    return a;
}

static void transform_equals_the_plain_sum_and_inverts(void **state)
{
    (void)state;
    const size_t lengths[] = { 8, 60, 256, 480, 512, 720 };

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const size_t n = lengths[i];
        struct dice d = { n };
        struct fft t;
        struct arena a = arena_for_fft(n, &t);
        float x[720];

        dice_noise(&d, x, n, 1);
        memcpy(t.time, x, n * sizeof *x);
        fft_forward(&t);
        assert_true(worst_bin(x, t.freq, n) < 2e-6);            /* measured 2e-7 */
        assert_memory_equal(t.time, x, n * sizeof *x);

        t.freq[1][0] += 1e-3f * sqrtf((float)n);                /* a wrong bin is seen */
        assert_true(worst_bin(x, t.freq, n) > 5e-4);
        t.freq[1][0] -= 1e-3f * sqrtf((float)n);

        fft_inverse(&t);
        for (size_t k = 0; k < n; k++)
            assert_true(fabsf(t.time[k] / (float)n - x[k]) < 5e-6f);
        fft_close(&t);
        free(a.block);
    }
}

static void good_lengths_are_near_even_and_smooth(void **state)
{
    (void)state;
    assert_int_equal(fft_good_length(128, 2), 128);
    assert_int_equal(fft_good_length(384, 2), 384);
    assert_int_equal(fft_good_length(352, 2), 360);             /* 8 ms at 44.1 kHz */
    for (size_t n = 16; n < 3000; n++) {
        size_t m = fft_good_length(n, 2);

        assert_true(m % 2 == 0 && fabs((double)m - (double)n) <= 0.15 * (double)n + 2);
        while (m % 2 == 0)
            m /= 2;
        while (m % 3 == 0)
            m /= 3;
        while (m % 5 == 0)
            m /= 5;
        assert_int_equal(m, 1);
    }
}

static void fast_log_and_exp_agree_with_the_library(void **state)
{
    (void)state;
    double worst_log = 0, worst_exp = 0;

    for (float x = 1.3e-38f; x < 3e38f; x *= 1.01f) {
        const double want = log((double)x);

        worst_log = fmax(worst_log, fabs((double)fast_log(x) - want) / fmax(1, fabs(want)));
    }
    for (float x = -87; x < 88; x += 0.0137f) {
        const double want = exp((double)x);

        worst_exp = fmax(worst_exp, fabs((double)fast_exp(x) / want - 1));
    }
    assert_true(worst_log < 3e-7);                              /* measured 1e-7 */
    assert_true(worst_exp < 5e-7);                              /* measured 2e-7 */
    assert_true(fast_exp(-1e30f) > 0 && fast_exp(88) < INFINITY);
    assert_true(fast_exp(0) == 1 && fast_log(1) == 0);
}

static void bands_are_even_to_the_ear_and_lose_nothing(void **state)
{
    (void)state;
    static float memory[1 << 14], x[3073], pooled[128], back[3073];
    const double rates[] = { 8000, 16000, 48000, 192000 };
    const size_t lengths[] = { 129, 257, 769, 3073 };

    for (size_t i = 0; i < 4; i++) {
        struct arena a = { .block = (unsigned char *)memory };
        struct bands b;
        struct dice d = { 1 };
        const size_t n = lengths[i];

        bands_place(&b, &a, n, rates[i] / 2 / (double)(n - 1), 0.83);
        assert_true(a.used <= sizeof memory && b.count > 20 && b.count < 80);
        dice_noise(&d, x, n, 1);
        bands_pool(&b, x, pooled);
        double have = 0, want = 0;

        for (size_t f = 0; f < n; f++)
            want += (double)x[f];
        for (size_t k = 0; k < b.count; k++)
            have += (double)pooled[k];
        assert_true(fabs(have - want) < 1e-3);
        for (size_t k = 1; k < b.count; k++)
            assert_true(b.centre[k] > b.centre[k - 1]);
        assert_true(fabs(ear_hz(ear_place(rates[i] / 2)) - rates[i] / 2) < 1e-6 * rates[i]);

        for (size_t k = 0; k < b.count; k++)
            pooled[k] = 3;
        bands_peak(&b, x, back);
        for (size_t k = 0, f = 0; k < b.count; k++)
            for (; f < b.border[k]; f++)
                assert_true(back[k] >= x[f] && (b.share[f] < 0.5f) == (f >= b.edge[k]));
        bands_spread(&b, pooled, back);
        for (size_t f = 0; f < n; f++)
            assert_true(fabsf(back[f] - 3) < 1e-6f && b.share[f] >= 0 && b.share[f] <= 1);
    }
}

static void sums_agree_with_plain_ones(void **state)
{
    (void)state;
    float x[100], y[100];
    struct dice d = { 1 };

    dice_noise(&d, x, 100, 1);
    dice_noise(&d, y, 100, 1);
    for (size_t n = 0; n <= 100; n++) {
        double total = 0, product = 0;
        float most = -9;

        for (size_t i = 0; i < n; i++) {
            total += (double)x[i];
            product += (double)x[i] * (double)y[i];
            most = fmaxf(most, x[i]);
        }
        assert_true(fabs((double)sum(x, n) - total) < 1e-5);            /* measured 1e-6 */
        assert_true(fabs((double)sum_product(x, y, n) - product) < 1e-5);
        assert_true(greatest(x, n, -9) == most);
    }
}

static void *write_mailbox(void *at)
{
    struct mailbox *const m = at;
    uint32_t value[90];

    for (uint32_t k = 1; k <= 1000000; k++) {
        for (size_t i = 0; i < 90; i++)
            value[i] = k;
        mailbox_put(m, value, sizeof value);
    }
    return NULL;
}

static void mailbox_never_gives_half_a_value(void **state)
{
    (void)state;
    static struct mailbox m;
    pthread_t writer;
    uint32_t value[90], last = 0;

    assert_int_equal(pthread_create(&writer, NULL, write_mailbox, &m), 0);
    while (last < 1000000) {
        mailbox_get(&m, value, sizeof value);
        for (size_t i = 1; i < 90; i++)
            assert_int_equal(value[i], value[0]);
        assert_true(value[0] >= last);
        last = value[0];
    }
    pthread_join(writer, NULL);
}

/* Of the tests' own. */
static void what_is_not_finite_is_seen_wherever_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        float x[4] = { 1, -3e38f, 0, 1e-40f };

        assert_true(all_finite(x, 4));
        x[i] = i % 2 ? NAN : -INFINITY;
        assert_false(all_finite(x, 4));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_finite_is_seen_wherever_it_is),
        cmocka_unit_test(arena_measures_what_it_lays_out),
        cmocka_unit_test(arena_that_overflows_says_so),
        cmocka_unit_test(transform_equals_the_plain_sum_and_inverts),
        cmocka_unit_test(good_lengths_are_near_even_and_smooth),
        cmocka_unit_test(fast_log_and_exp_agree_with_the_library),
        cmocka_unit_test(sums_agree_with_plain_ones),
        cmocka_unit_test(bands_are_even_to_the_ear_and_lose_nothing),
        cmocka_unit_test(mailbox_never_gives_half_a_value),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
