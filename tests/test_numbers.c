/* SPDX-License-Identifier: MIT
 *
 * test_numbers.c - numbers in text are read as they are, and printed as their column is.
 */
#include "check.h"
#include "source/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum number read_text(const char *text, bool comma, double *x, struct look *look)
{
    return number_read(text, strlen(text), comma, x, look);
}

static void numbers_are_read_as_strtod_reads_them(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "0", "1", "-1", "+1", "0.1", ".5", "5.", "1e-3", "1E+05", "-2.5e-07", "123456789.125",
        "9007199254740993", "1e22", "1e23", "123456789012345678901234567890", "4.9e-324",
        "0.000000000000000000000000000001", "1.7976931348623157e308", "00012.50",
        "3.14159265358979323846264338327950288", "1e-400", "72057594037927945",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const double want = strtod(texts[i], NULL);
        struct look look;
        double x;

        assert_int_equal(read_text(texts[i], false, &x, &look), NUMBER);
        assert_true(fabs(x - want) <= 0x1p-52 * fabs(want));
    }
}

static void numbers_of_up_to_15_digits_are_the_nearest(void **state)
{
    (void)state;
    struct dice d = { 9 };

    for (int i = 0; i < 20000; i++) {
        char text[64];
        struct look look;
        double x;

        snprintf(text, sizeof text, "%.*e", (int)(dice_word(&d) % 15),
                 dice_normal(&d) * pow(10, (double)(dice_word(&d) % 20) - 10));
        assert_int_equal(read_text(text, false, &x, &look), NUMBER);
        assert_true(x == strtod(text, NULL));
    }
}

static void what_is_no_number_is_none(void **state)
{
    (void)state;
    static const char *const texts[] = { "a",    "1a",   "1e",    "1e+", "--1",   "1.2.3",
                                         "0x10", ".",    "+",     "-",   "1,5",   "1 2",
                                         "e5",   "nano", "1_000", "1;",  "NaN(1)" };
    struct look look;
    double x;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(read_text(texts[i], false, &x, &look), NUMBER_NOT);
    assert_int_equal(read_text("1.234,5", true, &x, &look), NUMBER_NOT);
    assert_int_equal(read_text("1,5", true, &x, &look), NUMBER);
    assert_true(x == 1.5);
}

static void what_is_missing_is_nan(void **state)
{
    (void)state;
    static const char *const texts[] = { "",     "nan",  "NaN", "NA",  "n/a",
                                         "null", "None", "inf", "-Inf" };
    struct look look;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double x = 0;

        assert_int_equal(read_text(texts[i], false, &x, &look), NUMBER_MISSING);
        assert_true(isnan(x));
    }
}

/* Learns from all of the texts, then prints x. */
static const char *printed(double x, const char *const *texts)
{
    static char to[NUMBER_ROOM + 1];
    struct style style = { 0 };

    for (; *texts; texts++) {
        struct look look;
        double was;

        assert_int_equal(read_text(*texts, true, &was, &look), NUMBER);
        style_learn(&style, was, look);
    }
    to[number_print(&style, x, to)] = '\0';
    return to;
}

#define AS(...) (const char *const[]){ __VA_ARGS__, NULL }

static void numbers_are_printed_as_their_column_is(void **state)
{
    (void)state;
    assert_string_equal(printed(0.12344, AS("0.0001", "2.0000")), "0.1234");
    assert_string_equal(printed(-1.99996, AS("0.0001")), "-2.0000");
    assert_string_equal(printed(-0.00001, AS("0.001")), "0.000");
    assert_string_equal(printed(503.5001, AS("512")), "504");
    assert_string_equal(printed(0.5, AS("1,25")), "0,50");
    assert_string_equal(printed(0.123456789, AS("0.5", "0.25")), "0.123457");
    assert_string_equal(printed(-488.37, AS("-488.37", "0.0050622")), "-488.37");
    assert_string_equal(printed(0.00506221, AS("-488.37", "0.0050622")), "0.00506221");
    assert_string_equal(printed(0.00012345, AS("1.00e-03")), "1.23e-04");
    assert_string_equal(printed(12345, AS("1.00E+3")), "1.23E+4");
    assert_string_equal(printed(9.999e-5, AS("1.0e-04")), "1.0e-04");
    assert_string_equal(printed(0, AS("0", "0")), "0");
    assert_string_equal(printed(0.25, AS("0")), "0.25");
    assert_string_equal(printed(1e20, AS("1.5")), "1.0e20");
    assert_string_equal(printed((double)NAN, AS("1.5")), "nan");
    assert_string_equal(printed(0.125, AS("0.1234567890123456789012")),
                        "0.1250000000000000000000");
}

static void what_was_read_is_printed_again(void **state)
{
    (void)state;
    static const char *const formats[] = { "%.3f", "%.6f", "%.0f", "%.2e",
                                           "%.6e", "%.5g", "%.9g" };
    struct dice d = { 4 };

    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
        struct style style = { 0 };

        for (int i = 0; i < 2000; i++) {
            char text[64], again[NUMBER_ROOM + 1];
            struct look look;
            double x;

            snprintf(text, sizeof text, formats[f], dice_normal(&d) * (i % 3 ? 1 : 300));
            assert_int_equal(read_text(text, false, &x, &look), NUMBER);
            style_learn(&style, x, look);
            again[number_print(&style, x, again)] = '\0';
            assert_true(strtod(again, NULL) == x);
            if (f < 5)
                assert_string_equal(again, text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_as_strtod_reads_them),
        cmocka_unit_test(numbers_of_up_to_15_digits_are_the_nearest),
        cmocka_unit_test(what_is_no_number_is_none),
        cmocka_unit_test(what_is_missing_is_nan),
        cmocka_unit_test(numbers_are_printed_as_their_column_is),
        cmocka_unit_test(what_was_read_is_printed_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
