/* SPDX-License-Identifier: MIT
 *
 * test_new.c - what lull_new() refuses, and what it does without memory.
 *
 * The linker sends the library's calls of the allocator here (--wrap).
 */
#include "check.h"
#include "lull.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void *__real_aligned_alloc(size_t align, size_t size);
void *__wrap_aligned_alloc(size_t align, size_t size);
void __real_free(void *p);
void __wrap_free(void *p);

static int calls, fail_at;      /* fails the fail_at-th call, from 1 */
static int living;

void *__wrap_aligned_alloc(size_t align, size_t size)
{
    if (++calls == fail_at)
        return NULL;
    living++;
    return __real_aligned_alloc(align, size);
}

void __wrap_free(void *p)
{
    living -= p != NULL;
    __real_free(p);
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    const lull_config cfg = lull_preset("speech", 48000, 2);
    lull_status why = LULL_OK;

    calls = fail_at = living = 0;
    lull *const l = lull_new(&cfg, &why);

    assert_non_null(l);
    const int needed = calls;

    lull_free(l);
    assert_int_equal(living, 0);
    assert_true(needed >= 1);
    for (int k = 1; k <= needed; k++) {
        calls = living = 0;
        fail_at = k;
        assert_null(lull_new(&cfg, &why));
        assert_int_equal(why, LULL_NO_MEMORY);
        assert_int_equal(living, 0);
    }
    fail_at = 0;
}

static void nothing_is_allocated_after_new(void **state)
{
    (void)state;
    const lull_config cfg = lull_preset("speech", 16000, 1);
    lull *const l = lull_new(&cfg, NULL);
    static float x[16000];
    lull_readings r;

    calls = 0;
    lull_process(l, x, x, 16000);
    lull_set(l, LULL_MIX, 0.5f);
    lull_read(l, &r);
    lull_flush(l, x, 16000);
    lull_reset(l);
    assert_int_equal(calls, 0);
    lull_free(l);
}

static lull_status refusal(lull_config cfg)
{
    lull_status why = LULL_OK;

    assert_null(lull_new(&cfg, &why));
    assert_null(lull_new(&cfg, NULL));
    return why;
}

static void bad_settings_are_refused_by_name(void **state)
{
    (void)state;
    const lull_config good = lull_preset("speech", 16000, 1);
    const double rates[] = { 0, -1, 7999, 192001, 1e9, (double)NAN, (double)INFINITY };
    lull_config c;

    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        c = good, c.rate_hz = rates[i];
        assert_int_equal(refusal(c), LULL_BAD_RATE);
    }
    c = good, c.channels = 0;
    assert_int_equal(refusal(c), LULL_BAD_CHANNELS);
    c = good, c.channels = LULL_MAX_CHANNELS + 1;
    assert_int_equal(refusal(c), LULL_BAD_CHANNELS);
    c = good, c.latency_ms = 20;
    assert_int_equal(refusal(c), LULL_BAD_LATENCY);
    c = good, c.latency_ms = NAN;
    assert_int_equal(refusal(c), LULL_BAD_LATENCY);
    c = good, c.reduction_db = -1;
    assert_int_equal(refusal(c), LULL_BAD_REDUCTION);
    c = good, c.reduction_db = NAN;
    assert_int_equal(refusal(c), LULL_BAD_REDUCTION);
    c = good, c.mix = 1.5f;
    assert_int_equal(refusal(c), LULL_BAD_MIX);
    assert_int_equal(refusal(lull_preset("no such filter", 16000, 1)), LULL_BAD_FILTER);
    assert_int_equal(refusal(lull_preset(NULL, 16000, 1)), LULL_BAD_FILTER);
    assert_int_equal(refusal((lull_config){ 0 }), LULL_BAD_FILTER);
}

static void good_settings_are_taken_at_any_rate(void **state)
{
    (void)state;
    const double rates[] = { 8000,  11025, 16000, 22050,  32000,
                             44100, 48000, 96000, 192000, 12345.6 };

    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        for (unsigned channels = 1; channels <= 9; channels += 4) {
            const lull_config cfg = lull_preset("speech", rates[i], channels);
            lull *const l = lull_new(&cfg, NULL);

            assert_non_null(l);
            assert_true(lull_memory(l) > 1000);
            lull_free(l);
        }
    lull_free(NULL);
}

static void one_voice_at_16_khz_fits_in_two_megabytes(void **state)
{
    (void)state;
    const lull_config cfg = lull_preset("speech", 16000, 1);
    lull *const l = lull_new(&cfg, NULL);

    assert_true(lull_memory(l) < 2000000);
    lull_free(l);
}

static void every_status_has_a_sentence(void **state)
{
    (void)state;
    for (int s = LULL_OK; s <= LULL_BAD_ADAPT; s++) {
        assert_true(strlen(lull_strerror((lull_status)s)) > 8);
        assert_string_not_equal(lull_strerror((lull_status)s), "unknown status");
        for (int other = LULL_OK; other < s; other++)
            assert_string_not_equal(lull_strerror((lull_status)s),
                                    lull_strerror((lull_status)other));
    }
    assert_string_equal(lull_strerror((lull_status)1000), "unknown status");
    assert_string_equal(lull_strerror((lull_status)-1), "unknown status");
}

static void controls_out_of_range_are_brought_back(void **state)
{
    (void)state;
    const lull_config cfg = lull_preset("speech", 16000, 1);
    lull *const l = lull_new(&cfg, NULL);
    static float x[16000], y[16000];
    struct dice d = { 5 };

    dice_noise(&d, x, 16000, 0.1);
    lull_set(l, LULL_MIX, -3);                                  /* 0: as it came */
    lull_set(l, LULL_MIX, NAN);                                 /* ignored       */
    lull_set(l, (lull_control)99, 1);                           /* ignored       */
    lull_set(l, LULL_REDUCTION_DB, 1e9f);
    lull_process(l, x, y, 16000);
    for (size_t t = 8000; t < 16000; t++)
        assert_true(y[t] == x[t - lull_latency(l)]);
    lull_free(l);
}

static void filters_can_be_listed_and_read_and_given_as_text(void **state)
{
    (void)state;
    size_t count = 0;

    for (const char *name; (name = lull_filter_name(count)); count++) {
        const char *const text = lull_filter_text(name);

        assert_non_null(text);
        assert_int_equal(lull_filter_check(text, NULL, 0), LULL_OK);
        assert_ptr_equal(lull_preset(name, 16000, 1).filter, name);
    }
    assert_true(count >= 1);
    assert_null(lull_filter_text("mix = 1"));

    const lull_config cfg = lull_preset("reduction = 7\nlatency = 16\n", 16000, 1);

    assert_true(cfg.reduction_db == 7 && cfg.latency_ms == 16);
    lull *const l = lull_new(&cfg, NULL);

    assert_non_null(l);
    lull_free(l);
}

static void a_text_that_is_no_filter_is_refused_by_line_and_word(void **state)
{
    (void)state;
    char message[80], small[6];
    const char *const text = "mix = 1\n\nlagz = 3\n";

    assert_int_equal(lull_filter_check(text, message, sizeof message), LULL_BAD_FILTER);
    assert_string_equal(message, "3: lagz: no such key");
    assert_int_equal(lull_filter_check(text, small, sizeof small), LULL_BAD_FILTER);
    assert_string_equal(small, "3: la");
    assert_int_equal(lull_filter_check("mix = 2", message, sizeof message), LULL_BAD_FILTER);
    assert_string_equal(message, "1: mix: must be 0 to 1");
    assert_int_equal(refusal(lull_preset(text, 16000, 1)), LULL_BAD_FILTER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failed_allocation_is_reported),
        cmocka_unit_test(nothing_is_allocated_after_new),
        cmocka_unit_test(bad_settings_are_refused_by_name),
        cmocka_unit_test(good_settings_are_taken_at_any_rate),
        cmocka_unit_test(one_voice_at_16_khz_fits_in_two_megabytes),
        cmocka_unit_test(every_status_has_a_sentence),
        cmocka_unit_test(controls_out_of_range_are_brought_back),
        cmocka_unit_test(filters_can_be_listed_and_read_and_given_as_text),
        cmocka_unit_test(a_text_that_is_no_filter_is_refused_by_line_and_word),
    };
    return cmocka_run_group_tests_name("new", tests, NULL, NULL);
}
