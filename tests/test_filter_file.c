/* SPDX-License-Identifier: MIT
 *
 * test_filter_file.c - learned filters: what was written is read, and nothing else
 * can pass for one.
 */
#include "check.h"
#include "filter/file.h"
#include "lull.h"
#include "oracle.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 4096 };

static const char HEAD[] = "format = 1.0\n# learned from heart.csv\nengine = declick\n"
                           "rate = 360\nchannels = 2\n";

struct bytes {
    unsigned char at[MOST + 1]; /* used from 1 on: nothing may be assumed of alignment */
    size_t size;
};

static void write(struct bytes *b, const char *text, const struct filter_section *s,
                  size_t count)
{
    b->size = filter_file_write(text, s, count, b->at + 1, MOST);
    assert_true(b->size <= MOST);
}

static void write_usual(struct bytes *b)
{
    const struct filter_section s[] = { { "NOIS", "murmur", 6 },
                                        { "SIGN", "thump, thump", 12 } };

    write(b, HEAD, s, 2);
}

/* A file of any text and any body, well sealed. */
static void forge(struct bytes *b, const char *text, const char *body, size_t n)
{
    const size_t m = strlen(text) + 1;

    memcpy(b->at + 1, text, m);
    memcpy(b->at + 1 + m, body, n);
    b->size = m + n + 4;
    oracle_seal(b->at + 1, b->size);
}

static bool opens(const struct bytes *b, struct filter_file *f, struct filter_fault *why)
{
    return filter_file_open(b->at + 1, b->size, f, why);
}

static void refuses(const struct bytes *b, const char *reason)
{
    struct filter_file f;
    struct filter_fault why = { .reason = "" };

    assert_false(opens(b, &f, &why));
    if (*reason && !strstr(why.reason, reason))
        fail_msg("refused with \"%s\", not \"%s\"", why.reason, reason);
    assert_true(*why.reason);
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    struct bytes b;
    struct filter_file f;
    struct filter_fault why;
    const unsigned char *at;
    size_t size;

    write_usual(&b);
    assert_true(opens(&b, &f, &why));
    assert_true(f.head.rate_hz == 360 && f.head.channels == 2);
    assert_string_equal(f.recipe.engine, "declick");
    assert_memory_equal(f.text, HEAD, sizeof HEAD - 1);
    assert_true(filter_file_section(&f, "SIGN", &at, &size));
    assert_int_equal(size, 12);
    assert_memory_equal(at, "thump, thump", 12);
    assert_true(filter_file_section(&f, "NOIS", &at, &size));
    assert_memory_equal(at, "murmur", size);
    assert_false(filter_file_section(&f, "ELSE", &at, &size));
    write(&b, HEAD, NULL, 0);
    assert_true(opens(&b, &f, &why));
}

static void every_flipped_bit_is_refused_with_a_reason(void **state)
{
    (void)state;
    struct bytes b;

    write_usual(&b);
    for (size_t i = 0; i < 8 * b.size; i++) {
        b.at[1 + i / 8] ^= (unsigned char)(1u << i % 8);
        refuses(&b, "");
        b.at[1 + i / 8] ^= (unsigned char)(1u << i % 8);
    }
}

static void every_part_of_it_and_anything_more_is_refused(void **state)
{
    (void)state;
    struct bytes b;

    write_usual(&b);
    const size_t size = b.size;

    for (b.size = 0; b.size < size; b.size++)
        refuses(&b, b.size > sizeof HEAD + 20 ? "checksum" : "");
    for (b.size = size + 1; b.size < size + 9; b.size++) {
        b.at[b.size] = 0;
        refuses(&b, "checksum");
    }
}

#define BODY "format = 1.0\nrate = 9\nchannels = 1\nbody = "

static void a_forged_body_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *body;
        size_t n;
        const char *reason;
    } forged[] = {
        { BODY "9\n", "NOIS\1\0\0\0x", 9, NULL },       /* the yardstick says yes */
        { BODY "9\n", "NOIS\2\0\0\0x", 9, "beyond the end" },
        { BODY "9\n", "NOIS\0\0\0\0x", 9, "beyond the end" },
        { BODY "8\n", "NOIS\377\377\377\377", 8, "beyond the end" },
        { BODY "8\n", "NOIS\370\377\377\377", 8, "beyond the end" },
        { BODY "7\n", "NOIS\0\0\0", 7, "beyond the end" },
        { BODY "1\n", "N", 1, "beyond the end" },
        { BODY "16\n", "NOIS\0\0\0\0NOIS\0\0\0\0", 16, "twice" },
        { BODY "8\n", "NICE\0\0\0\0", 8, "none that this version knows" },
        { BODY "8\n", "NOIS\1\0\0\0x", 9, "as many bytes" },
        { BODY "10\n", "NOIS\1\0\0\0x", 9, "as many bytes" },
        { BODY "999999999999999\n", "NOIS\1\0\0\0x", 9, "as many bytes" },
        { BODY "99999999999999999999999\n", "NOIS\1\0\0\0x", 9, "a number of bytes" },
        { "format = 1.0\nchannels = 2\nbody = 8\n", "SIGN\0\0\0\0", 8, "at what rate" },
        { "format = 1.0\nrate = 100\nbody = 8\n", "SIGN\0\0\0\0", 8, "how many channels" },
    };

    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
        struct bytes b;
        struct filter_file f;
        struct filter_fault why;

        forge(&b, forged[i].text, forged[i].body, forged[i].n);
        if (forged[i].reason)
            refuses(&b, forged[i].reason);
        else
            assert_true(opens(&b, &f, &why));
    }
}

static void a_forged_text_is_refused(void **state)
{
    (void)state;
    static const char *const forged[][2] = {
        { "", "is missing" },
        { "rate = 9\nformat = 1.0\nbody = 0\n", "first key must be format" },
        { "format = 1.0\nformat = 1.0\nbody = 0\n", "told already" },
        { "format = 1.0\n", "is missing" },
        { "format = 1.0\nbody = 0\nrate = 9\n", "last key must be body" },
        { "format = 1.0\nbody = 0.5\n", "a number of bytes" },
        { "format = 1.0\nbody = -1\n", "a number of bytes" },
        { "format = 1.0\nrate = 0\nbody = 0\n", "above 0" },
        { "format = 1.0\nrate = -3\nbody = 0\n", "above 0" },
        { "format = 1.0\nchannels = 1.5\nbody = 0\n", "1 to 4096" },
        { "format = 1.0\nchannels = 5000\nbody = 0\n", "1 to 4096" },
        { "format = 1.0\nlagz = 3\nbody = 0\n", "no such key" },
        { "format = 1.0\nlags\nbody = 0\n", "key = value" },
        { "format = 1.0\nengine = steam\nbody = 0\n", "no such engine" },
        { "format = 1\nbody = 0\n", "as 1.0" },
        { "format = 1.\nbody = 0\n", "as 1.0" },
        { "format = .0\nbody = 0\n", "as 1.0" },
        { "format = 1.0.1\nbody = 0\n", "as 1.0" },
        { "format =", "as 1.0" },
        { "format = 0.9\nbody = 0\n", "1.0" },
    };

    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
        struct bytes b;

        forge(&b, forged[i][0], "", 0);
        refuses(&b, forged[i][1]);
    }
}

static void a_newer_minor_version_is_read_and_a_newer_major_is_named(void **state)
{
    (void)state;
    struct bytes b;
    struct filter_file f;
    struct filter_fault why;
    const unsigned char *at;
    size_t size;

    forge(&b, "format = 1.12\nmood = fine\nrate = 9\nchannels = 1\nbody = 18\n",
          "NICE\1\0\0\0xNOIS\1\0\0\0y", 18);
    assert_true(opens(&b, &f, &why));
    assert_true(filter_file_section(&f, "NOIS", &at, &size) && size == 1 && *at == 'y');
    forge(&b, "format = 1.1\nlags = many\nbody = 0\n", "", 0);
    refuses(&b, "1 to 4096 frames"); /* what is known is still checked */
    forge(&b, "format = 2.0\nbody: none at all", "", 0);
    b.size -= 3; /* and sealed in another way */
    refuses(&b, "newer lull");
}

/* A million sections of nothing take no time. */
static void a_body_of_nothing_but_sections_is_refused_soon(void **state)
{
    (void)state;
    enum { SECTIONS = 1 << 20 };
    const char text[] = "format = 1.1\nbody = 8388608\n";
    const size_t size = sizeof text + 8 * (size_t)SECTIONS + 4;
    unsigned char *const b = calloc(size, 1);
    struct filter_file f;
    struct filter_fault why;

    memcpy(b, text, sizeof text);
    for (size_t i = 0; i < SECTIONS; i++)
        for (size_t j = 0; j < 4; j++)
            b[sizeof text + 8 * i + j] = (unsigned char)('A' + (i >> 5 * j) % 32);
    oracle_seal(b, size);
    assert_false(filter_file_open(b, size, &f, &why));
    assert_string_equal(why.reason, "has too many sections");
    free(b);
}

static void random_forgeries_are_understood_or_refused(void **state)
{
    (void)state;
    struct bytes usual, b;
    struct dice d = { 5 };
    struct filter_file f;
    struct filter_fault why;
    const unsigned char *at;
    size_t size, understood = 0;

    write_usual(&usual);
    for (int round = 0; round < 20000; round++) {
        b = usual;
        for (int i = 0; i < 1 + round % 3; i++)
            b.at[1 + dice_word(&d) % b.size] = (unsigned char)dice_word(&d);
        b.size -= dice_word(&d) % 4 ? 0 : dice_word(&d) % 20;
        oracle_seal(b.at + 1, b.size);
        if (!opens(&b, &f, &why))
            continue;
        understood++;
        if (filter_file_section(&f, "SIGN", &at, &size))
            assert_true(at + size <= b.at + 1 + b.size - 4);
    }
    assert_true(understood > 100); /* most in remarks */
}

static void a_remark_is_one_line_whatever_is_in_it(void **state)
{
    (void)state;
    char text[64];

    assert_int_equal(filter_remark("a\nrank = 2\r\t\x7f\x1b[2J \xc3\xa4", text, sizeof text),
                     24);
    assert_string_equal(text, "# a?rank = 2????[2J \xc3\xa4\n");
}

static void a_buffer_too_small_is_not_touched(void **state)
{
    (void)state;
    const struct filter_section s = { "NOIS", "x", 1 };
    char buf[MOST], untouched[MOST];
    const size_t size = filter_file_write(HEAD, &s, 1, NULL, 0);

    memset(buf, 0x5a, MOST);
    memcpy(untouched, buf, MOST);
    assert_int_equal(filter_file_write(HEAD, &s, 1, buf, size - 1), size);
    assert_int_equal(filter_remark("abc", buf, 6), 7);
    assert_memory_equal(buf, untouched, MOST);
}

/* ---- by way of lull.h */

static const char ANY[] =
    "format = 1.0\nengine = declick\nreduction = 7\nrate = 16000\nchannels = 2\n";

static void a_file_has_its_own_settings_and_its_own_reasons(void **state)
{
    (void)state;
    char message[80];
    struct bytes b;

    write(&b, ANY, NULL, 0);
    const lull_config cfg = lull_preset_file(b.at + 1, b.size, 0, 0);

    assert_true(cfg.reduction_db == 7 && cfg.rate_hz == 16000 && cfg.channels == 2);
    assert_int_equal(lull_filter_check_file(b.at + 1, b.size, message, sizeof message),
                     LULL_OK);
    assert_string_equal(message, "");
    assert_int_equal(lull_filter_check_file(b.at + 1, b.size - 1, message, sizeof message),
                     LULL_BAD_FILTER);
    assert_string_equal(message, "is damaged, cut short or edited: its checksum is wrong");
    forge(&b, "format = 1.0\nlagz = 3\nbody = 0\n", "", 0);
    lull_filter_check_file(b.at + 1, b.size, message, sizeof message);
    assert_string_equal(message, "2: lagz: no such key");
    assert_int_equal(lull_filter_check(HEAD, message, sizeof message), LULL_BAD_FILTER);
    assert_non_null(strstr(message, "only the beginning"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(every_flipped_bit_is_refused_with_a_reason),
        cmocka_unit_test(every_part_of_it_and_anything_more_is_refused),
        cmocka_unit_test(a_forged_body_is_refused),
        cmocka_unit_test(a_forged_text_is_refused),
        cmocka_unit_test(a_newer_minor_version_is_read_and_a_newer_major_is_named),
        cmocka_unit_test(a_body_of_nothing_but_sections_is_refused_soon),
        cmocka_unit_test(random_forgeries_are_understood_or_refused),
        cmocka_unit_test(a_remark_is_one_line_whatever_is_in_it),
        cmocka_unit_test(a_buffer_too_small_is_not_touched),
        cmocka_unit_test(a_file_has_its_own_settings_and_its_own_reasons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
