/* SPDX-License-Identifier: MIT
 *
 * test_merger.c - what is in a learned filter, and two of them as one.
 */
#include "filter/file.h"
#include "learn/blend.h"
#include "lessons.h"
#include "oracle.h"
#include "shrink/known.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is in a file */

/* Numbers, and for each group: vectors seen; of channels units, of parts shares and
 * powers outside. */
static void the_numbers_account_for_the_file(void **state)
{
    (void)state;
    static const char own[] = "engine = subspace\njoint = no\nlags = 8\n";
    static float x[3 * 1000];
    struct file f[3] = { heart, small };
    const size_t members[] = { 2, 2, 1 };

    beats(x, 1000, 3, 1, 3);
    f[2] = lesson_learn(own, RATE, 3, x, 1000);        /* three groups of one */
    for (size_t i = 0; i < 3; i++) {
        const lull_lesson what = lesson_read(f[i]);
        const size_t head = strlen((char *)f[i].at) + 1 + 8 + 20 + 4;
        const size_t more = 4 * (1 + members[i] + 2 * what.parts);

        assert_int_equal(what.groups, i < 2 ? 1 : 3);
        assert_true(what.numbers ==
                    (unsigned long long)what.groups * what.parts * (1 + what.rank) * what.dim);
        assert_int_equal(f[i].size, head + what.groups * more + 4 * what.numbers);
        assert_true(head + what.groups * more < 1500);
    }
    free(f[2].at);
}

static void a_file_tells_what_was_learned(void **state)
{
    (void)state;
    const lull_lesson what = lesson_read(heart);
    double sum = 0;

    assert_true(what.dim == 64 && what.parts > 1 && what.rank >= 2);
    assert_true(what.left == 0 && what.left_of_one == 0);
    for (size_t j = 0; j < LULL_LESSON_SPECTRUM; j++) {
        assert_true(what.energy[j] >= 0);
        assert_true((what.energy[j] > 0) == (j < what.rank));
        assert_true(j == 0 || what.energy[j] <= what.energy[j - 1]);
        sum += (double)what.energy[j];
    }
    assert_at_least(sum, 0.3);
    assert_at_most(sum, 1);
    assert_non_null(strstr((const char *)heart.at, "format = 1.0\n# from a test\n# ecg - "));
    assert_non_null(strstr((const char *)heart.at, "\nrate = 360\nchannels = 2\nbody = "));
}

static void nothing_else_is_read(void **state)
{
    (void)state;
    static const char text[] = "engine = subspace\n";
    unsigned char *const copy = malloc(small.size);
    lull_lesson what;

    memcpy(copy, small.at, small.size);
    assert_int_equal(lull_filter_read(text, sizeof text, &what), LULL_BAD_FILTER);
    assert_int_equal(lull_filter_read(copy, 0, &what), LULL_BAD_FILTER);
    assert_int_equal(lull_filter_read(copy, small.size - 1, &what), LULL_BAD_FILTER);
    for (size_t i = 0; i < small.size; i += 97) {
        copy[i] ^= 4;
        assert_int_equal(lull_filter_read(copy, small.size, &what), LULL_BAD_FILTER);
        assert_true(what.numbers == 0 && what.frames == 0);
        copy[i] ^= 4;
    }
    free(copy);
}

/* The file with another section of signals, or another text, and a right checksum. */
static struct file forge(struct file f, const char *text, const void *signal, size_t size)
{
    struct filter_file was;
    struct filter_fault unused;
    struct filter_section section = { "SIGN", signal, size };
    struct file forged;
    char *const own = malloc(f.size);

    assert_true(filter_file_open(f.at, f.size, &was, &unused));
    const size_t head = (size_t)(strstr(was.text, "body") - was.text);

    memcpy(own, was.text, head);
    own[head] = '\0';
    if (!signal)
        assert_true(filter_file_section(&was, "SIGN", (const unsigned char **)&section.bytes,
                                        &section.size));
    text = text ? text : own;
    forged.size = filter_file_write(text, &section, 1, NULL, 0);
    forged.at = malloc(forged.size);
    filter_file_write(text, &section, 1, forged.at, forged.size);
    free(own);
    return forged;
}

/* Well sealed, but no model. */
static void a_signal_that_is_none_is_refused_by_everyone(void **state)
{
    (void)state;
    struct filter_file file;
    struct filter_fault unused;
    const unsigned char *good;
    size_t size;

    assert_true(filter_file_open(small.at, small.size, &file, &unused));
    assert_true(filter_file_section(&file, "SIGN", &good, &size));
    enum { KINDS = 12 };
    for (int kind = 0; kind < KINDS; kind++) {
        unsigned char *const bad = calloc(size + 4, 1);
        size_t n = size;
        struct dice d = { 3 };
        const float nan = NAN, two = 2;

        memcpy(bad, good, size);
        if (kind == 1)
            n = 0;
        if (kind == 2)
            n--;
        if (kind == 3)
            n += 4;
        if (kind == 4)
            n = 20;
        if (kind == 5)
            memset(bad, 0, n);
        for (size_t i = 0; kind == 6 && i < n; i++)
            bad[i] = (unsigned char)(dice_word(&d) >> 32);
        if (kind >= 7 && kind < 12 - 2)         /* groups, channels, lags: of another shape */
            bad[4 * (kind - 7)]++;
        if (kind == 10)
            memcpy(bad + n - 4, &nan, 4);
        if (kind == 11)
            memcpy(bad + 20 + 4 + 2 * 4, &two, 4);      /* a share of 2 */
        const struct file f = forge(small, NULL, bad, n);
        const lull_config cfg = lull_preset_file(f.at, f.size, 0, 0);
        lull_lesson what;
        lull_status why = LULL_NO_MEMORY;
        char message[80];
        lull *const l = lull_new(&cfg, &why);

        assert_int_equal(why, kind ? LULL_BAD_FILTER : LULL_OK);
        assert_true((l != NULL) == !kind);
        assert_int_equal(lull_filter_check_file(f.at, f.size, message, sizeof message), why);
        assert_true(!*message == !kind);
        assert_int_equal(lull_filter_read(f.at, f.size, &what), why);
        const size_t made =
            lull_filter_merge(small.at, small.size, f.at, f.size, NULL, 0, &why);

        assert_int_equal(made != 0, !kind);
        assert_int_equal(why, kind ? LULL_BAD_FILTER : LULL_OK);
        lull_free(l);
        free(f.at);
        free(bad);
    }
}

/* ---- two as one */

enum { SENSORS = 16, WAYS = 4, SWEEP = 2400, SHARDS_MOST = 8 };

/* Sensors that move together in four slow ways, of equal strength, and noise. */
static float sweep[SWEEP * SENSORS];
static double ways[WAYS * SENSORS];
static const char ARRAY[] = "engine = subspace\njoint = yes\nlags = 1\n";

static void draw_sweep(void)
{
    struct dice d = { 21 };
    double z[WAYS] = { 0 };

    for (size_t i = 0; i < WAYS * SENSORS; i++)
        ways[i] = dice_normal(&d);
    oracle_orthonormal(ways, WAYS, SENSORS, 1);
    for (size_t t = 0; t < SWEEP; t++) {
        for (size_t j = 0; j < WAYS; j++)
            z[j] = 0.9 * z[j] + 2 * sqrt(1 - 0.81) * dice_normal(&d);
        for (size_t c = 0; c < SENSORS; c++) {
            double sum = 0.7 * dice_normal(&d);

            for (size_t j = 0; j < WAYS; j++)
                sum += z[j] * ways[j * SENSORS + c];
            sweep[t * SENSORS + c] = (float)sum;
        }
    }
}

/* The strongest four directions of what a filter knows, V[WAYS][SENSORS]. */
static void find_ways(struct file f, double *V)
{
    struct filter_file file;
    struct filter_fault unused;
    const unsigned char *at;
    struct known k;
    struct mixture_model m;
    struct blend b;
    size_t size;
    float power[WAYS], v[SENSORS * WAYS];

    assert_true(filter_file_open(f.at, f.size, &file, &unused));
    assert_true(filter_file_section(&file, "SIGN", &at, &size));
    assert_true(known_open(&k, at, size));
    struct arena a = { 0 };

    mixture_model_place(&m, &a, SENSORS, 1, k.parts, k.rank);
    blend_place(&b, &a, SENSORS, 1, k.parts, k.rank, 0);
    void *const memory = aligned_alloc(ARENA_ALIGN, a.used);

    a = (struct arena){ .block = memory };
    mixture_model_place(&m, &a, SENSORS, 1, k.parts, k.rank);
    blend_place(&b, &a, SENSORS, 1, k.parts, k.rank, 0);
    known_read(&k, 0, &m);
    blend_spectrum(&b, &m, WAYS, power, v);
    for (size_t i = 0; i < WAYS * SENSORS; i++)
        V[i] = (double)v[i % SENSORS * WAYS + i / SENSORS];
    free(memory);
}

/* |(I - VV')U|^2 of the true directions U. */
static double missed(const double *V, const double *U)
{
    double sum = WAYS;

    for (size_t i = 0; i < WAYS; i++)
        for (size_t j = 0; j < WAYS; j++)
            sum -= oracle_overlap(V + i * SENSORS, U + j * SENSORS, SENSORS, 1);
    return sum;
}

static struct file merge(struct file a, struct file b)
{
    lull_status why = LULL_NO_MEMORY;
    struct file f = { .size = lull_filter_merge(a.at, a.size, b.at, b.size, NULL, 0, &why) };

    assert_int_equal(why, LULL_OK);
    assert_true(f.size > 0);
    f.at = malloc(f.size);
    assert_int_equal(lull_filter_merge(a.at, a.size, b.at, b.size, f.at, f.size, &why), f.size);
    return f;
}

/* All of them into one, in that order; none is freed. */
static struct file merge_all(const struct file *part, size_t count, bool backwards)
{
    struct file all = part[backwards ? count - 1 : 0];

    for (size_t i = 1; i < count; i++) {
        const struct file more = merge(all, part[backwards ? count - 1 - i : i]);

        if (i > 1)
            free(all.at);
        all = more;
    }
    return all;
}

/* Measured: two, four and eight shards miss .934, .975 and .967 of what one pass does; the
 * means of their bases 135, 244 and 284 times as much; orders differ by 3e-7. */
static void shards_know_as_much_as_one_pass(void **state)
{
    (void)state;
    double V[WAYS * SENSORS], U[WAYS * SENSORS];

    draw_sweep();
    const struct file whole = lesson_learn(ARRAY, RATE, SENSORS, sweep, SWEEP);

    find_ways(whole, V);
    const double once = missed(V, ways);

    assert_at_least(once, 1e-4);                /* there is something to miss */
    assert_at_most(once, 0.1);
    for (size_t count = 2; count <= SHARDS_MOST; count *= 2) {
        const size_t frames = SWEEP / count;
        struct file part[SHARDS_MOST] = { 0 };
        double mean[WAYS * SENSORS] = { 0 };

        for (size_t i = 0; i < count; i++) {
            part[i] = lesson_learn(ARRAY, RATE, SENSORS, sweep + i * frames * SENSORS, frames);
            find_ways(part[i], V);
            for (size_t j = 0; j < WAYS * SENSORS; j++)
                mean[j] += V[j] / (double)count;
        }
        const struct file there = merge_all(part, count, false);
        const struct file back = merge_all(part, count, true);

        find_ways(there, V);
        find_ways(back, U);
        assert_at_most(missed(V, ways), 1.1 * once);
        assert_at_most(missed(U, ways), 1.1 * once);
        assert_at_most(missed(U, V), 0.05 * once);
        assert_true(lesson_read(there).frames == SWEEP);
        assert_at_least(missed(mean, ways), 10 * once);
        for (size_t i = 0; i < count; i++)
            free(part[i].at);
        free(there.at);
        free(back.at);
    }
    free(whole.at);
}

/* Halves of a heart's beats, each with parts of its own. */
static void one_that_was_merged_can_be_used_and_says_of_what(void **state)
{
    (void)state;
    enum { FRAMES = 3000 };
    static float x[2 * FRAMES];

    beats(x, FRAMES, 2, 2, 3);
    const struct file other = lesson_learn(SMALL, RATE, 2, x, FRAMES);
    const struct file both = merge(small, other);
    const lull_lesson a = lesson_read(small), b = lesson_read(other), c = lesson_read(both);

    assert_true(c.frames == a.frames + b.frames && c.dim == a.dim);
    assert_true(c.parts == (a.parts > b.parts ? a.parts : b.parts));
    assert_true(c.rank == (a.rank > b.rank ? a.rank : b.rank));
    assert_non_null(
        strstr((const char *)both.at, "format = 1.0\n# from a test\n# from a test\nengine"));
    lull_free(lesson_open(both, 2));
    free(other.at);
    free(both.at);
}

/* Nothing is written; the reason is told. */
static void refuses(struct file a, struct file b, lull_status reason)
{
    unsigned char untouched[64], buf[64];
    lull_status why = LULL_OK;

    memset(untouched, 0x5a, sizeof untouched);
    memcpy(buf, untouched, sizeof buf);
    assert_int_equal(lull_filter_merge(a.at, a.size, b.at, b.size, buf, sizeof buf, &why), 0);
    assert_int_equal(why, reason);
    assert_int_equal(lull_filter_merge(a.at, a.size, b.at, b.size, buf, sizeof buf, NULL), 0);
    assert_memory_equal(buf, untouched, sizeof buf);
}

static void only_filters_of_one_kind_become_one(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "format = 1.0\nengine = subspace\nlags = 8\nrate = 101\nchannels = 2\n",
        "format = 1.0\nengine = declick\nlags = 8\nrate = 100\nchannels = 2\n",
    };
    static const char apart[] = "engine = subspace\njoint = no\nlags = 8\n";
    static float x[3 * 500];
    enum { KINDS = 7 };

    beats(x, 500, 3, 1, 3);
    const struct file kind[KINDS] = {
        small,
        forge(small, texts[0], NULL, 0),
        forge(small, texts[1], NULL, 0),
        lesson_learn(SMALL, RATE, 3, x, 500),
        lesson_learn("engine = subspace\njoint = yes\nlags = 9\n", RATE, 2, x, 500),
        lesson_learn(apart, RATE, 2, x, 500),
        lesson_learn(apart, RATE, 3, x, 500),
    };

    for (size_t i = 0; i < KINDS; i++)
        for (size_t j = 0; j < KINDS; j++)
            if (i != j)
                refuses(kind[i], kind[j], LULL_WRONG_STATE);
    for (size_t i = 1; i < KINDS; i++)
        free(kind[i].at);
    for (size_t i = 0; i < small.size; i += 31) {
        small.at[i] ^= 1;
        refuses(small, heart, LULL_BAD_FILTER);
        refuses(heart, small, LULL_BAD_FILTER);
        small.at[i] ^= 1;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_numbers_account_for_the_file),
        cmocka_unit_test(a_file_tells_what_was_learned),
        cmocka_unit_test(nothing_else_is_read),
        cmocka_unit_test(a_signal_that_is_none_is_refused_by_everyone),
        cmocka_unit_test(shards_know_as_much_as_one_pass),
        cmocka_unit_test(one_that_was_merged_can_be_used_and_says_of_what),
        cmocka_unit_test(only_filters_of_one_kind_become_one),
    };

    return cmocka_run_group_tests_name("merger", tests, lesson_hearts, lesson_over);
}
