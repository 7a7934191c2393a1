/* SPDX-License-Identifier: MIT
 *
 * test_files.c - tables and arrays: what goes in comes out again, and what is
 * wrong is told.
 */
#include "check.h"
#include "sink/sink.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static char directory[] = "/tmp/lull-files-XXXXXX";

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int remove_directory(void **state)
{
    (void)state;
    remove("in");
    remove("out");
    return chdir("/") || rmdir(directory);
}

static void put_file(const char *name, const void *bytes, size_t n)
{
    FILE *const file = fopen(name, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static size_t get_file(const char *name, void *bytes, size_t room)
{
    FILE *const file = fopen(name, "rb");

    assert_non_null(file);

    const size_t n = fread(bytes, 1, room, file);

    fclose(file);
    return n;
}

/* Copies in to out through a denoiser that does nothing, `late` frames late.
 * What the source gives is multiplied by `factor`. */
static bool copy(const struct sound *given, size_t late, float factor, struct fault *why)
{
    enum { ROOM = 1 << 16, MOST = 7 };      /* samples; frames at a time */
    static float queue[ROOM];
    struct source source;
    struct sink sink;
    size_t have = 0, n;

    if (!source_open(&source, "in", given, NULL, why))
        return false;
    if (!sink_open(&sink, "out", &source, false, why)) {
        source_close(&source);
        return false;
    }

    const unsigned channels = source.sound.channels;
    bool fine = true;

    while (fine && (n = source_read(&source, queue + have * channels, MOST, why))) {
        for (size_t i = 0; i < n * channels; i++)
            queue[have * channels + i] *= factor;
        have += n;
        assert_true((have + MOST) * channels < ROOM);
        if (have > late) {
            fine = sink_write(&sink, queue, have - late, why);
            memmove(queue, queue + (have - late) * channels, late * channels * sizeof *queue);
            have = late;
        }
    }
    fine = fine && !why->code && (!have || sink_write(&sink, queue, have, why)) &&
           sink_close(&sink, why);
    sink_discard(&sink);
    source_close(&source);
    return fine;
}

static const struct sound csv_at_250 = { .container = CONTAINER_CSV, .rate_hz = 250 };

static void assert_table_passes(const char *text)
{
    static char out[1 << 16];
    struct fault why = { 0 };

    put_file("in", text, strlen(text));
    for (size_t late = 0; late < 30; late = 2 * late + 1) {
        if (!copy(&csv_at_250, late, 1, &why))
            fail_msg("%s", why.text);

        const size_t n = get_file("out", out, sizeof out);

        if (n != strlen(text) || memcmp(out, text, n))
            fail_msg("\n%s\nbecame\n%.*s", text, (int)n, out);
    }
}

static void tables_of_all_kinds_pass_byte_for_byte(void **state)
{
    (void)state;
    assert_table_passes("1\n2\n3\n");
    assert_table_passes("1.5\r\n2.5\r\n");
    assert_table_passes("x\n0.25\n0.50");
    assert_table_passes("time,a,b\n0.00,1.5,2\n0.01,1.7,3\n0.02,1.1,4\n");
    assert_table_passes("t;x\n0,000;1,5\n0,004;1,7\n0,008;1,9\n");
    assert_table_passes(
        "\xef\xbb\xbf\"Zeit (ms)\";\"Kanal; eins\"\r\n0;\"1,25\"\r\n1;\"-0,25\"\r\n");
    assert_table_passes("# from a logger\n\nn\tx\n0\t-1.250\n# half time\n1\t2.000\n\n#end");
    assert_table_passes("  0.1   0.2 \n  0.3  -0.4 \n");
    assert_table_passes("a , b\n 1.0 , 2.0\n 3.0 ,4.0\n");
    assert_table_passes("2026-11-22T12:00:00.00Z,1.5\n2026-11-22T12:00:00.01Z,2.5\n");
    assert_table_passes("time,x\ns,mV\n0,1e-3\n1,2e-3\n2,1e-4\n");
    assert_table_passes("sep=;\nt;x\n0;1\n1;2\n2;4\n");
    assert_table_passes("pump,1.5,2.5\npump,1.7,2.7\n");
    assert_table_passes("1.5,2.5,\n1.7,2.7,\n");
    assert_table_passes("Logger 3000\nserial no 12\n\nt,x\n0.1,7\n0.2,8\n");
    assert_table_passes("\xef\xbb\xbf" "1.5,2\n1.7,3\n");
    assert_table_passes("\"a \"\"great\"\", big\",x\n1,1.5\n2,1.7\n");
    assert_table_passes(",0,1\n0,1.5,2.25\n1,3.5,4.25\n2,4.5,5.25\n");
    assert_table_passes("time,0,1\n0.0,1,2\n0.5,3,4\n1.0,4,5\n");
}

/* The first samples of a table, one after another. */
static struct source opened(const char *text, double rate_hz, struct fault *why)
{
    const struct sound given = { .container = CONTAINER_CSV, .rate_hz = rate_hz };
    struct source s;

    put_file("in", text, strlen(text));
    why->code = 0;
    source_open(&s, "in", &given, NULL, why);
    return s;
}

static void a_column_of_time_tells_the_rate_and_is_no_channel(void **state)
{
    (void)state;
    static const struct {
        double rate_hz;
        const char *text;
    } tables[] = {
        { 250, "time,x\n0,1\n0.004,5\n0.008,2\n" },
        { 250, "0,1\n0.004,5\n0.008,2\n" },
        { 1000, "Time [ms];x\n0;1\n1;5\n2;2\n" },
        { 100, "x,timestamp\n1,1700000000000\n2,1700000000010\n3,1700000000020\n" },
        { 2, "2026-11-22 12:59:59.5,1\n2026-11-22 13:00:00.0,2\n2026-11-22 13:00:00.5,2\n" },
        { 1,
          "utc,x\n2026-02-28T23:59:59Z,1\n2026-03-01T00:00:00Z,2\n2026-03-01T00:00:01Z,2\n" },
        { 0.1, "seconds,x\n0,1\n10,5\n20,2\n" },
        { 62.5, "t\tx\n0,000\t1\n0,016\t1\n0,032\t3\n" },
        { 250, "\"time \"\"here\"\", ms\",x\n0,1\n4,5\n8,2\n" },
        { 250, "\xef\xbb\xbf"
               "0,1\n0.004,5\n0.008,2\n" },
        { 500, "us,x\n0,1\n2000,5\n4000,2\n" },
    };
    struct fault why;

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct source s = opened(tables[i].text, 0, &why);

        if (why.code)
            fail_msg("%s", why.text);
        assert_int_equal(s.sound.channels, 1);
        assert_true(fabs(s.sound.rate_hz - tables[i].rate_hz) < 1e-9 * tables[i].rate_hz);
        source_close(&s);
    }
}

static void names_that_are_numbers_are_no_row(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned channels;
        float first;
    } tables[] = {
        { ",0,1\n0,1.5,2\n1,3,4\n2,4,5\n", 2, 1.5f },       /* pandas, with its index */
        { "0,1,2\n7,1,2\n6,3,4\n7,4,5\n", 3, 7 },           /* ... and without        */
        { "time,1,2\n0,1.5,2\n1,3,4\n2,4,5\n", 2, 1.5f },
        { "0,1\n7,1\n6,3\n7,4\n", 2, 0 },                   /* could be both: a row   */
    };
    struct fault why;

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct source s = opened(tables[i].text, 250, &why);
        float x[3];

        assert_int_equal(why.code, 0);
        assert_int_equal(s.sound.channels, tables[i].channels);
        assert_int_equal(source_read(&s, x, 1, &why), 1);
        assert_true(x[0] == tables[i].first);
        source_close(&s);
    }
}

static void rounded_times_and_gaps_do_not_move_the_rate(void **state)
{
    (void)state;
    char text[1 << 16], *p = text;
    struct fault why;

    p += sprintf(p, "time,x\n");
    for (int i = 0; i < 3000; i++)
        p += sprintf(p, "%.3f,%d\n", i / 360.0 + (i > 5 ? 2 : 0), i % 7);

    struct source s = opened(text, 0, &why);

    assert_int_equal(why.code, 0);
    assert_true(s.sound.rate_hz == 360);
    source_close(&s);
}

static void without_time_the_rate_is_asked_for(void **state)
{
    (void)state;
    static const char *const tables[] = {
        "1\n2\n4\n",
        "a,b\n1,2\n3,4\n2,9\n",
        "0,7\n1,9\n2,7\n3,1\n",
        "t,x\n0,1\n5,1\n6,2\n60,1\n",
        "pump,1\npump,2\npump,3\n",
    };
    struct fault why;

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        opened(tables[i], 0, &why);
        assert_int_equal(why.code, EX_USAGE);
        assert_non_null(strstr(why.text, "in: "));
        assert_non_null(strstr(why.text, "-r 250"));

        struct source s = opened(tables[i], 250, &why);

        assert_int_equal(why.code, 0);
        source_close(&s);
    }
}

static void what_is_missing_in_a_table_is_nan_and_is_filled(void **state)
{
    (void)state;
    const char text[] = "t,x,y\n0.0,1.50,7\n0.1,,NaN\n0.2,NA,5\n";
    struct fault why;
    struct source s = opened(text, 0, &why);
    float x[6];

    assert_int_equal(why.code, 0);
    assert_int_equal(s.sound.channels, 2);
    assert_int_equal(source_read(&s, x, 3, &why), 3);
    assert_true(x[0] == 1.5f && isnan(x[2]) && isnan(x[3]) && isnan(x[4]) && x[5] == 5);

    struct sink sink;
    char out[64] = "";

    source_close(&s);
    s = opened(text, 0, &why);
    assert_true(sink_open(&sink, "out", &s, false, &why));
    source_read(&s, x, 3, &why);
    x[2] = 0.125f;
    x[3] = -3;
    x[4] = 2;
    assert_true(sink_write(&sink, x, 3, &why) && sink_close(&sink, &why));
    source_close(&s);
    get_file("out", out, sizeof out - 1);
    assert_string_equal(out, "t,x,y\n0.0,1.50,7\n0.1,0.12,-3\n0.2,2.00,5\n");
}

static void errors_in_a_table_name_the_line_and_the_column(void **state)
{
    (void)state;
    static const struct {
        const char *text, *told;
    } tables[] = {
        { "a,b\n1,2\n3,x\n", "in: line 3, column 2: \"x\" is not a number" },
        { "a,b\n1,2\n\n#\n3,4,5\n", "in: line 5: more than 2 columns" },
        { "a,b\n1,2\n3\n", "in: line 3: 1 column, where 2 are expected" },
        { "a,b\n1,2\n3,\"4\n", "in: line 3, column 2: its quote is not closed" },
        { "1;2\n1.000,5;2\n", "in: line 2, column 1: \"1.000,5\"" },
        { "a,b\r1,2\r3,4\r", "in: line 1: a CR within it" },
        { "a\n1\n2\r3\n", "in: line 3: a CR within it" },
        { "a\n1\nb\x1b[2J\x01\n", "\"b\\x1b[2J\\x01\"" },
        { "a,b\nc,d\n", "nor a table" },
        { "time\nx,y\n", "nor a table" },
        { "time,x\n0,a\n", "in: line 2, column 2: \"a\"" },
        { "time,x\n0,a\n1,2\n", "in: line 2, column 2: \"a\"" },
        { "\xff\xfe" "1\n", "UTF-16" },
    };
    struct fault why;
    char long_line[200];

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        put_file("in", tables[i].text, strlen(tables[i].text));
        assert_false(copy(&csv_at_250, 0, 1, &why));
        assert_int_equal(why.code, EX_DATAERR);
        if (!strstr(why.text, tables[i].told))
            fail_msg("%s\ninstead of\n%s", why.text, tables[i].told);
    }
    snprintf(long_line, sizeof long_line, "1\n%0150d!\n", 0);
    put_file("in", long_line, strlen(long_line));
    assert_false(copy(&csv_at_250, 0, 1, &why));
    assert_non_null(strstr(why.text, "..."));
    assert_true(strlen(why.text) < 120);
}

static void an_error_thousands_of_rows_on_is_found(void **state)
{
    (void)state;
    char text[1 << 16], *p = text;
    struct fault why;

    for (int i = 0; i < 5000; i++)
        p += sprintf(p, "%d,%d\n", i * i % 7, i % 11);
    sprintf(p, "1,2\n1,oops\n");
    put_file("in", text, strlen(text));
    assert_false(copy(&csv_at_250, 100, 1, &why));
    assert_string_equal(why.text, "in: line 5002, column 2: \"oops\" is not a number");
}

/* ---- arrays */

/* An array as NumPy writes it. */
static size_t array(char *to, const char *dictionary, const void *data, size_t n)
{
    const size_t length = strlen(dictionary) + 1;

    memcpy(to, "\x93NUMPY\1", 8);
    to[8] = (char)(length & 0xff);
    to[9] = (char)(length >> 8);
    memcpy(to + 10, dictionary, length - 1);
    to[9 + length] = '\n';
    memcpy(to + 10 + length, data, n);
    return 10 + length + n;
}

static const struct sound at_250 = { .rate_hz = 250 };

static void arrays_of_all_kinds_keep_type_order_shape_and_samples(void **state)
{
    (void)state;
    static const char *const descr[] = {
        "<f4", ">f4", "<f8", ">f8", "<i2", ">i2", "<i4", ">i4"
    };
    static const char *const shapes[] = { "(24,)", "(24, 1)", "(8, 3)" };
    char dictionary[118], in[1024], out[1024];
    unsigned char data[24 * 8];
    struct fault why = { 0 };

    for (int d = 0; d < 8; d++)
        for (int s = 0; s < 3; s++)
            for (int fortran = 0; fortran <= (s == 2); fortran++) {
                const size_t width = (size_t)(descr[d][2] - '0');
                const int n = snprintf(dictionary, sizeof dictionary,
                                       "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }",
                                       descr[d], fortran ? "True" : "False", shapes[s]);

                memset(dictionary + n, ' ', sizeof dictionary - (size_t)n);
                dictionary[sizeof dictionary - 1] = '\0';
                /* numbers of few bits, in either byte order, all of them different */
                for (size_t i = 0; i < 24; i++) {
                    unsigned char *const at = data + i * width;
                    const bool big = *descr[d] == '>', real = descr[d][1] == 'f';

                    memset(at, 0, width);
                    at[big ? 0 : width - 1] = real ? 0x40 : 0;
                    at[big == real ? 1 : width - 2] = (unsigned char)(real ? 16 * (i % 8) : i);
                    unsigned char *const last = at + (big == real ? 2 % width : (width - 3) % width);

                    *last = (unsigned char)(*last | (real ? 8 * (i / 8) : 0));
                }

                const size_t bytes = array(in, dictionary, data, 24 * width);

                put_file("in", in, bytes);
                if (!copy(&at_250, 3, 1, &why))
                    fail_msg("%s", why.text);
                assert_int_equal(get_file("out", out, sizeof out), bytes);
                if (memcmp(in, out, bytes))
                    fail_msg("%s changes", dictionary);
            }
}

static void counts_are_read_as_they_are_and_rounded_and_clipped(void **state)
{
    (void)state;
    const int16_t data[] = { 500, -3, 32767, -32768 };
    char in[256], out[256];
    struct fault why = { 0 };
    struct source s;
    float x[4];

    put_file("in", in,
             array(in, "{'descr': '<i2', 'fortran_order': False, 'shape': (4,)}", data,
                   sizeof data));
    assert_true(source_open(&s, "in", &at_250, NULL, &why));
    assert_int_equal(source_read(&s, x, 4, &why), 4);
    assert_true(x[0] == 500 && x[1] == -3 && x[2] == 32767);
    source_close(&s);

    const int16_t want[] = { 625, -4, 32767, -32768 };      /* 1.25 times as much */

    assert_true(copy(&at_250, 0, 1.25f, &why));
    assert_int_equal(get_file("out", out, sizeof out), 128 + sizeof want);
    assert_memory_equal(out + 128, want, sizeof want);
}

static void a_header_that_lies_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *dictionary, *told;
    } headers[] = {
        { "", "damaged" },
        { "{", "damaged" },
        { "{}", "damaged" },
        { "{'descr': '<f4', 'fortran_order': False}", "damaged" },
        { "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (4,)}", "damaged" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (4}", "damaged" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (-4,)}", "damaged" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
          "damaged" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (4,)} x", "damaged" },
        { "{'descr': '<f4', 'what': 1, 'shape': (4,)}", "damaged" },
        { "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4,)}", "damaged" },
        { "{'descr': '<c8', 'fortran_order': False, 'shape': (4,)}", "array of '<c8'" },
        { "{'descr': '<i8', 'fortran_order': False, 'shape': (4,)}", "array of '<i8'" },
        { "{'descr': '|O', 'fortran_order': False, 'shape': (4,)}", "array of '|O'" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': ()}", "0 axes" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2, 1)}", "3 axes" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 0)}", "0 channels" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 100000)}", "x.T" },
        { "{'descr': '<f4', 'fortran_order': True, 'shape': (4, 2)}", "shorter" },
        { "{'descr': '<f4', 'fortran_order': True, 'shape': (70000000000000000, 2)}",
          "shorter" },
    };
    char in[1024];
    struct fault why;

    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        put_file("in", in, array(in, headers[i].dictionary, "0123456789abcdef", 16));
        assert_false(copy(&at_250, 0, 1, &why));
        assert_int_equal(why.code, EX_DATAERR);
        assert_non_null(strstr(why.text, "in: "));
        if (!strstr(why.text, headers[i].told))
            fail_msg("%s\ninstead of\n%s", why.text, headers[i].told);
    }
    put_file("in", in,
             array(in, "{'descr': '<f4', 'fortran_order': False, 'shape': (4,)}",
                   "0123456789abcdef", 16));
    assert_false(copy(NULL, 0, 1, &why));
    assert_int_equal(why.code, EX_USAGE);
    assert_true(copy(&at_250, 0, 1, &why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_of_all_kinds_pass_byte_for_byte),
        cmocka_unit_test(a_column_of_time_tells_the_rate_and_is_no_channel),
        cmocka_unit_test(names_that_are_numbers_are_no_row),
        cmocka_unit_test(rounded_times_and_gaps_do_not_move_the_rate),
        cmocka_unit_test(without_time_the_rate_is_asked_for),
        cmocka_unit_test(what_is_missing_in_a_table_is_nan_and_is_filled),
        cmocka_unit_test(errors_in_a_table_name_the_line_and_the_column),
        cmocka_unit_test(an_error_thousands_of_rows_on_is_found),
        cmocka_unit_test(arrays_of_all_kinds_keep_type_order_shape_and_samples),
        cmocka_unit_test(counts_are_read_as_they_are_and_rounded_and_clipped),
        cmocka_unit_test(a_header_that_lies_is_refused),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
