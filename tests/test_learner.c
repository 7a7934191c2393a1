/* SPDX-License-Identifier: MIT
 *
 * test_learner.c - what lull_learn.h promises: a recording in, a filter out, that
 * knows what it was learned from; two of them as one; all that can go wrong.
 *
 * The linker sends all calls of the allocator here (--wrap).
 */
#include "beats.h"
#include "filter/file.h"
#include "learn/blend.h"
#include "lull_learn.h"
#include "oracle.h"
#include "shrink/known.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- the allocator */

void *__real_aligned_alloc(size_t align, size_t size);
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void __real_free(void *p);
void *__wrap_aligned_alloc(size_t align, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void __wrap_free(void *p);

static int calls, fail_at;      /* fails the fail_at-th call, from 1 */
static int living;

static bool fails(void)
{
    if (++calls == fail_at)
        return true;
    living++;
    return false;
}

void *__wrap_aligned_alloc(size_t align, size_t size)
{
    return fails() ? NULL : __real_aligned_alloc(align, size);
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void __wrap_free(void *p)
{
    living -= p != NULL;
    __real_free(p);
}

/* From now on the k-th call fails; 0: none. */
static void let_fail(int k)
{
    calls = living = 0;
    fail_at = k;
}

/* ---- filters */

struct file {
    unsigned char *at;
    size_t size;
};

/* Small, and quick to learn. */
static const char SMALL[] = "engine = subspace\njoint = yes\nlags = 8\ncomplement = no\n"
                            "threshold = 2.3\nhold = 2\nreduction = 60\n";
enum { RATE = 100 };

static struct file save(lull_learner *l)
{
    struct file f = { .size = lull_learner_save(l, "from a test", NULL, 0) };

    f.at = malloc(f.size + !f.size);
    assert_int_equal(lull_learner_save(l, "from a test", f.at, f.size), f.size);
    return f;
}

static lull_learner *open_learner(const char *filter, double rate_hz, unsigned channels)
{
    const lull_config cfg = lull_preset(filter, rate_hz, channels);
    lull_status why = LULL_NO_MEMORY;
    lull_learner *const l = lull_learner_new(&cfg, NULL, &why);

    assert_int_equal(why, LULL_OK);
    assert_non_null(l);
    return l;
}

static struct file learn(const char *filter, double rate_hz, unsigned channels, const float *x,
                         size_t frames)
{
    lull_learner *const l = open_learner(filter, rate_hz, channels);

    lull_learner_add(l, x, frames);
    const struct file f = save(l);

    lull_learner_free(l);
    return f;
}

/* A denoiser with it, whatever it was learned at. */
static lull *open_with(struct file f, unsigned adapt)
{
    lull_config cfg = lull_preset_file(f.at, f.size, 0, 0);
    lull_status why = LULL_NO_MEMORY;

    cfg.adapt = adapt;
    lull *const l = lull_new(&cfg, &why);

    assert_int_equal(why, LULL_OK);
    assert_non_null(l);
    return l;
}

static lull_lesson read(struct file f)
{
    lull_lesson what;

    assert_int_equal(lull_filter_read(f.at, f.size, &what), LULL_OK);
    return what;
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

/* ---- what is known before all */

enum { HEART_RATE = 360, HEART_FRAMES = 30 * HEART_RATE, HEART = 2 * HEART_FRAMES };

static struct file heart;       /* by ecg from 30 s of one kind of heart */
static struct file small;       /* by SMALL from 20 s of it              */

static int learn_hearts(void **state)
{
    (void)state;
    static float x[HEART];

    beats(x, HEART_FRAMES, 2, 1, 11);
    heart = learn("ecg", HEART_RATE, 2, x, HEART_FRAMES);
    beats(x, 20 * RATE, 2, 1, 11);
    small = learn(SMALL, RATE, 2, x, 20 * RATE);
    return 0;
}

static int forget_hearts(void **state)
{
    (void)state;
    free(heart.at);
    free(small.at);
    return 0;
}

/* ---- what it is good for */

enum { HEARD = 16 * HEART_RATE };

/* Signal to what is wrong in dB after the first ten seconds; l is done for then. */
static double clean(lull *l, const float *x, const float *y, size_t frames)
{
    static float out[2 * (HEARD + 4096)];
    const size_t late = lull_latency(l), from = 2 * 10 * HEART_RATE, n = 2 * frames;
    double wrong = 0;

    assert_true(late <= 4096);
    lull_process(l, y, out, frames);
    lull_flush(l, out + n, late);
    for (size_t i = from; i < n; i++)
        wrong += pow((double)(out[i + 2 * late] - x[i]), 2);
    lull_free(l);
    return decibel(energy(x + from, n - from), wrong);
}

/* What beats of that kind in noise gain over the unlearned filter by one that knows the
 * first kind, alone and with an adapter. */
static void gain_on(unsigned kind, double noise_db, double *alone, double *adapted)
{
    static float x[2 * HEARD], y[2 * HEARD];
    struct dice d = { 5 };
    const lull_config cfg = lull_preset("ecg", HEART_RATE, 2);

    beats(x, HEARD, 2, kind, 77);
    dice_noise(&d, y, 2 * HEARD, pow(10, noise_db / 20));
    for (size_t i = 0; i < 2 * HEARD; i++)
        y[i] += x[i];
    const double plain = clean(lull_new(&cfg, NULL), x, y, HEARD);

    *alone = clean(open_with(heart, 0), x, y, HEARD) - plain;
    *adapted = clean(open_with(heart, 16), x, y, HEARD) - plain;
}

/* Measured: 12.9 and 12.7 dB where noise is as strong as the beats, 12.4 and 12.2 where
 * it is 5 dB weaker. */
static void a_heart_that_is_known_comes_out_cleaner(void **state)
{
    (void)state;
    for (int noise_db = -5; noise_db <= 0; noise_db += 5) {
        double alone, adapted;

        gain_on(1, noise_db, &alone, &adapted);
        assert_at_least(alone, 6);
        assert_at_least(adapted, 6);
    }
}

/* Measured: -1.6 and -1.7 dB, where without the adapter it is -10.8 and -14.7. */
static void another_heart_is_saved_by_the_adapter(void **state)
{
    (void)state;
    for (int noise_db = -5; noise_db <= 0; noise_db += 5) {
        double alone, adapted;

        gain_on(2, noise_db, &alone, &adapted);
        assert_at_least(adapted, -3);
        assert_at_least(adapted - alone, 6);
    }
}

/* ---- how it is learned */

static void learning_takes_no_memory_however_long_it_lasts(void **state)
{
    (void)state;
    static float x[2 * 3000];
    lull_learner *const l = open_learner(SMALL, RATE, 2);
    lull_lesson what;

    beats(x, 3000, 2, 1, 3);
    let_fail(1);
    for (int i = 0; i < 20; i++)        /* more vectors than are kept */
        lull_learner_add(l, x, 3000);
    lull_learner_cut(l);
    lull_learner_read(l, &what);
    assert_int_equal(calls, 0);
    let_fail(0);
    assert_true(what.frames == 60000 && what.groups == 1 && what.dim == 16);
    lull_learner_free(l);
}

static void however_it_is_cut_into_calls_the_same_is_learned(void **state)
{
    (void)state;
    enum { FRAMES = 1500 };
    static float x[2 * FRAMES];
    struct dice d = { 3 };
    lull_learner *const l = open_learner(SMALL, RATE, 2);

    beats(x, FRAMES, 2, 1, 3);
    for (size_t done = 0, n; done < FRAMES; done += n) {
        n = dice_word(&d) % 90;
        n = n < FRAMES - done ? n : FRAMES - done;
        lull_learner_add(l, x + 2 * done, n);
    }
    const struct file a = save(l), b = learn(SMALL, RATE, 2, x, FRAMES);

    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.at, b.at, a.size);
    free(a.at);
    free(b.at);
    lull_learner_free(l);
}

/* Vectors of 8 frames: as many as fit between the gaps and the cuts, and in a filter
 * with a delay it is no other. */
static void vectors_go_neither_across_gaps_nor_cuts(void **state)
{
    (void)state;
    enum { FRAMES = 1000, GAP = 300, CUT = 700 };
    static const char slow[] = "engine = subspace\njoint = yes\nlags = 8\nwander = 0.3\n";
    static float x[2 * FRAMES];
    lull_learner *const l = open_learner(SMALL, RATE, 2), *const late = open_learner(slow, RATE, 2);
    const lull_config cfg = lull_preset("engine = subspace\njoint = yes\nlags = 8\nwander = 0.3\n"
                                        "denoise = no\n", RATE, 2);
    lull *const front = lull_new(&cfg, NULL);
    const size_t delay = lull_latency(front);

    beats(x, FRAMES, 2, 1, 3);
    for (size_t i = 0; i < 10; i++)
        x[2 * (GAP + i) + i % 2] = i % 3 ? NAN : -INFINITY;
    lull_learner_add(l, x, CUT);
    lull_learner_cut(l);
    lull_learner_add(l, x + 2 * CUT, FRAMES - CUT);
    lull_learner_add(late, x, CUT);
    lull_learner_cut(late);
    lull_learner_add(late, x + 2 * CUT, FRAMES - CUT);
    const struct file a = save(l), b = save(late);

    assert_true(read(a).frames == GAP - 7 + CUT - GAP - 10 - 7 + FRAMES - CUT - 7);
    assert_true(delay > 0);
    assert_true(read(b).frames == read(a).frames - 2 * delay);
    free(a.at);
    free(b.at);
    lull_free(front);
    lull_learner_free(l);
    lull_learner_free(late);
}

static void what_is_added_after_saving_is_learned_too(void **state)
{
    (void)state;
    enum { FRAMES = 1000 };
    static float x[2 * FRAMES];
    lull_learner *const l = open_learner(SMALL, RATE, 2);

    beats(x, FRAMES, 2, 1, 3);
    lull_learner_add(l, x, FRAMES / 2);
    const struct file first = save(l);

    lull_learner_add(l, x + FRAMES, FRAMES / 2);
    const struct file second = save(l), whole = learn(SMALL, RATE, 2, x, FRAMES);

    assert_true(read(first).frames == FRAMES / 2 - 7);
    assert_int_equal(second.size, whole.size);
    assert_memory_equal(second.at, whole.at, whole.size);
    free(first.at);
    free(second.at);
    free(whole.at);
    lull_learner_free(l);
}

static void too_little_is_not_learned_from(void **state)
{
    (void)state;
    static float x[2 * 100];
    char buf[16] = "untouched";
    lull_learner *const l = open_learner(SMALL, RATE, 2);

    beats(x, 100, 2, 1, 3);
    assert_int_equal(lull_learner_save(l, "nothing", buf, sizeof buf), 0);
    lull_learner_add(l, x, 14);         /* seven vectors of eight frames */
    assert_int_equal(lull_learner_save(l, "a little", buf, sizeof buf), 0);
    assert_string_equal(buf, "untouched");
    lull_learner_add(l, x + 2 * 14, 1);
    assert_true(lull_learner_save(l, "enough", buf, sizeof buf) > sizeof buf);
    assert_string_equal(buf, "untouched");
    lull_learner_free(l);
}

static void a_learner_is_refused_like_a_denoiser(void **state)
{
    (void)state;
    static const struct {
        const char *filter;
        double rate_hz;
        unsigned channels;
        lull_status why;
    } refused[] = {
        { "ecg", 1e-4, 2, LULL_BAD_RATE },
        { "ecg", NAN, 2, LULL_BAD_RATE },
        { "ecg", 360, 0, LULL_BAD_CHANNELS },
        { "ecg", 360, LULL_MAX_CHANNELS + 1, LULL_BAD_CHANNELS },
        { "no such filter", 360, 2, LULL_BAD_FILTER },
        { NULL, 360, 2, LULL_BAD_FILTER },
        { "declick", 48000, 2, LULL_BAD_FILTER },
    };

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        lull_config cfg = lull_preset(refused[i].filter, refused[i].rate_hz, refused[i].channels);
        lull_status why = LULL_OK;

        assert_null(lull_learner_new(&cfg, NULL, &why));
        assert_int_equal(why, refused[i].why);
        assert_null(lull_learner_new(&cfg, NULL, NULL));
    }
    const lull_config learned = lull_preset_file(small.at, small.size, 0, 0);
    lull_status why = LULL_OK;

    assert_null(lull_learner_new(&learned, NULL, &why));
    assert_int_equal(why, LULL_BAD_FILTER);
    lull_learner_free(NULL);
}

static void a_budget_is_kept(void **state)
{
    (void)state;
    enum { FRAMES = 1500 };
    static float x[2 * FRAMES];
    static const lull_budget budgets[] = { { 0, 0 }, { 4000, 0 }, { 1000, 0 }, { 0, 0.1 }, { 4000, 0.1 } };
    unsigned long long numbers[5];

    beats(x, FRAMES, 2, 1, 3);
    for (size_t i = 0; i < 5; i++) {
        const lull_config cfg = lull_preset(SMALL, RATE, 2);
        lull_learner *const l = lull_learner_new(&cfg, budgets + i, NULL);

        lull_learner_add(l, x, FRAMES);
        const struct file f = save(l);

        numbers[i] = read(f).numbers;
        free(f.at);
        lull_learner_free(l);
    }
    assert_true(4 * numbers[0] > 4000);
    assert_true(4 * numbers[1] <= 4000 && 4 * numbers[1] > 1000);
    assert_true(4 * numbers[2] <= 1000 && numbers[2] > 0);
    assert_true(numbers[3] <= 300 && numbers[3] > 100);  /* .1 us, 3000 numbers in one */
    assert_true(numbers[4] == numbers[3]);               /* the lesser of two holds    */
}

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
    f[2] = learn(own, RATE, 3, x, 1000);        /* three groups of one */
    for (size_t i = 0; i < 3; i++) {
        const lull_lesson what = read(f[i]);
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
    const lull_lesson what = read(heart);
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

static void the_learner_says_how_well(void **state)
{
    (void)state;
    enum { FRAMES = 1500 };
    static float x[2 * FRAMES];
    lull_learner *const l = open_learner(SMALL, RATE, 2);
    lull_lesson what;

    beats(x, FRAMES, 2, 1, 3);
    lull_learner_add(l, x, FRAMES);
    const struct file f = save(l);

    lull_learner_read(l, &what);
    assert_true(what.frames == FRAMES);
    assert_true(what.parts == read(f).parts && what.rank == read(f).rank);
    assert_true(what.left > 0 && what.left <= what.left_of_one && what.left_of_one < 1);
    free(f.at);
    lull_learner_free(l);
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
        lull *const l = lull_new(&cfg, &why);

        assert_int_equal(why, kind ? LULL_BAD_FILTER : LULL_OK);
        assert_true((l != NULL) == !kind);
        assert_int_equal(lull_filter_read(f.at, f.size, &what), why);
        assert_int_equal(lull_filter_merge(small.at, small.size, f.at, f.size, NULL, 0, &why) != 0,
                         !kind);
        assert_int_equal(why, kind ? LULL_BAD_FILTER : LULL_OK);
        lull_free(l);
        free(f.at);
        free(bad);
    }
}

/* ---- what it is for */

static lull_status refusal(lull_config cfg)
{
    lull_status why = LULL_OK;

    assert_null(lull_new(&cfg, &why));
    return why;
}

static void what_was_learned_is_for_its_rate_and_channels(void **state)
{
    (void)state;
    lull_config c = lull_preset_file(small.at, small.size, 0, 0);

    assert_true(c.rate_hz == RATE && c.channels == 2);
    c.rate_hz = 100.1;
    assert_int_equal(refusal(c), LULL_BAD_RATE);
    c.rate_hz = NAN;
    assert_int_equal(refusal(c), LULL_BAD_RATE);
    c.rate_hz = RATE, c.channels = 3;
    assert_int_equal(refusal(c), LULL_BAD_CHANNELS);
    c.channels = 1;
    assert_int_equal(refusal(c), LULL_BAD_CHANNELS);
    c.channels = 2, c.adapt = LULL_MAX_ADAPT + 1;
    assert_int_equal(refusal(c), LULL_BAD_RANK);
    c.adapt = LULL_MAX_ADAPT;           /* more than there are numbers in a vector */
    lull *const l = lull_new(&c, NULL);

    assert_non_null(l);
    lull_free(l);
}

static void nothing_adapts_that_has_not_learned(void **state)
{
    (void)state;
    static const char *const names[] = { "ecg", "declick", "speech", "music" };

    for (size_t i = 0; i < 4; i++) {
        lull_config c = lull_preset(names[i], 48000, 1);

        c.adapt = 4;
        assert_int_equal(refusal(c), LULL_BAD_FILTER);
        c.adapt = LULL_MAX_ADAPT + 1;
        assert_int_equal(refusal(c), LULL_BAD_RANK);
    }
}

static void a_rate_of_any_digits_is_the_one_it_was_learned_at(void **state)
{
    (void)state;
    static const double rates[] = { 0.001, 0.0012345678, 1.0 / 3, 29.97002997, 360.123456789, 1e8 };
    static float x[2 * 200];

    beats(x, 200, 2, 1, 3);
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        const struct file f = learn(SMALL, rates[i], 2, x, 200);
        lull_config cfg = lull_preset_file(f.at, f.size, rates[i], 0);
        lull_status why;
        lull *const l = lull_new(&cfg, &why);

        assert_int_equal(why, LULL_OK);
        lull_free(l);
        free(f.at);
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
    const struct file whole = learn(ARRAY, RATE, SENSORS, sweep, SWEEP);

    find_ways(whole, V);
    const double once = missed(V, ways);

    assert_at_least(once, 1e-4);                /* there is something to miss */
    assert_at_most(once, 0.1);
    for (size_t count = 2; count <= SHARDS_MOST; count *= 2) {
        const size_t frames = SWEEP / count;
        struct file part[SHARDS_MOST];
        double mean[WAYS * SENSORS] = { 0 };

        for (size_t i = 0; i < count; i++) {
            part[i] = learn(ARRAY, RATE, SENSORS, sweep + i * frames * SENSORS, frames);
            find_ways(part[i], V);
            for (size_t j = 0; j < WAYS * SENSORS; j++)
                mean[j] += V[j] / (double)count;
        }
        const struct file there = merge_all(part, count, false), back = merge_all(part, count, true);

        find_ways(there, V);
        find_ways(back, U);
        assert_at_most(missed(V, ways), 1.1 * once);
        assert_at_most(missed(U, ways), 1.1 * once);
        assert_at_most(missed(U, V), 0.05 * once);
        assert_true(read(there).frames == SWEEP);
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
    const struct file other = learn(SMALL, RATE, 2, x, FRAMES), both = merge(small, other);
    const lull_lesson a = read(small), b = read(other), c = read(both);

    assert_true(c.frames == a.frames + b.frames && c.dim == a.dim);
    assert_true(c.parts == (a.parts > b.parts ? a.parts : b.parts));
    assert_true(c.rank == (a.rank > b.rank ? a.rank : b.rank));
    assert_non_null(strstr((const char *)both.at, "format = 1.0\n# from a test\n# from a test\nengine"));
    lull_free(open_with(both, 2));
    free(other.at);
    free(both.at);
}

static void only_filters_of_one_kind_become_one(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "format = 1.0\nengine = subspace\nlags = 8\nrate = 101\nchannels = 2\n",
        "format = 1.0\nengine = declick\nlags = 8\nrate = 100\nchannels = 2\n",
    };
    static float x[3 * 500];
    struct file other[5];
    unsigned char untouched[64], buf[64];
    lull_status why;

    memset(buf, 0x5a, sizeof buf);
    memcpy(untouched, buf, sizeof buf);
    beats(x, 500, 3, 1, 3);
    other[0] = forge(small, texts[0], NULL, 0);
    other[1] = forge(small, texts[1], NULL, 0);
    other[2] = learn(SMALL, RATE, 3, x, 500);
    other[3] = learn("engine = subspace\njoint = yes\nlags = 9\n", RATE, 2, x, 500);
    other[4] = learn("engine = subspace\njoint = no\nlags = 8\n", RATE, 2, x, 500);
    for (size_t i = 0; i < 5; i++) {
        const struct file f = other[i];

        why = LULL_OK;
        assert_int_equal(lull_filter_merge(small.at, small.size, f.at, f.size, buf, sizeof buf, &why), 0);
        assert_int_equal(why, LULL_WRONG_STATE);
        assert_int_equal(lull_filter_merge(f.at, f.size, small.at, small.size, buf, sizeof buf, NULL), 0);
        free(f.at);
    }
    for (size_t i = 0; i < small.size; i += 31) {
        why = LULL_OK;
        small.at[i] ^= 1;
        assert_int_equal(lull_filter_merge(small.at, small.size, heart.at, heart.size, buf, sizeof buf, &why), 0);
        assert_int_equal(why, LULL_BAD_FILTER);
        assert_int_equal(lull_filter_merge(heart.at, heart.size, small.at, small.size, buf, sizeof buf, &why), 0);
        assert_int_equal(why, LULL_BAD_FILTER);
        small.at[i] ^= 1;
    }
    assert_memory_equal(buf, untouched, sizeof buf);
}

/* ---- in the stream */

enum { STREAM = 6000 };

static void draw_stream(float *y, unsigned kind)
{
    struct dice d = { 12 };

    beats(y, STREAM, 2, kind, 5);
    for (size_t i = 0; i < 2 * STREAM; i++)
        y[i] += 0.5f * (float)dice_normal(&d);
    for (size_t i = 0; i < 40; i++)
        y[dice_word(&d) % (2 * STREAM)] = NAN;
}

static void assert_same_bits(const float *a, const float *b, size_t n)
{
    assert_memory_equal(a, b, n * sizeof *a);
}

static void it_goes_on_from_any_cut_bit_for_bit(void **state)
{
    (void)state;
    static float y[2 * STREAM], whole[2 * STREAM], out[2 * STREAM];
    lull *const l = open_with(small, 4), *const a = open_with(small, 4);
    const size_t size = lull_save(l, NULL, 0);
    unsigned char *const saved = malloc(size);
    struct dice d = { 9 };

    draw_stream(y, 2);
    lull_process(l, y, whole, STREAM);
    for (size_t cut = 0, round = 0; round < 20; round++) {
        const size_t n = 1 + dice_word(&d) % 270, next = 400;
        lull *const b = open_with(small, 4);

        lull_process(a, y + 2 * cut, out, n);
        assert_same_bits(out, whole + 2 * cut, 2 * n);  /* however it is cut into calls */
        cut += n;
        assert_int_equal(lull_save(a, saved, size), size);
        assert_int_equal(lull_load(b, saved, size), LULL_OK);
        lull_process(b, y + 2 * cut, out, next);
        assert_same_bits(out, whole + 2 * cut, 2 * next);
        lull_free(b);
    }
    lull_reset(a);                              /* is as new */
    lull_process(a, y, out, STREAM);
    assert_same_bits(out, whole, 2 * STREAM);
    assert_true(energy(out + STREAM, STREAM) > 0);
    free(saved);
    lull_free(l);
    lull_free(a);
}

static void the_tail_comes_out_at_the_end(void **state)
{
    (void)state;
    static float y[2 * (STREAM + 64)], whole[2 * (STREAM + 64)], out[2 * 64];
    lull *const l = open_with(small, 4), *const a = open_with(small, 4);
    const size_t late = lull_latency(l);

    assert_true(late > 2 && late < 64);
    draw_stream(y, 1);
    for (size_t i = 2 * STREAM - 2; i < 2 * (STREAM + 64); i++)     /* it ends and stays */
        y[i] = i < 2 * STREAM ? 0.25f : y[i - 2];
    lull_process(l, y, whole, STREAM + late);
    lull_process(a, y, y, STREAM);              /* in place */
    assert_int_equal(lull_flush(a, out, 2), 2);
    assert_int_equal(lull_flush(a, out + 4, 64), late - 2);
    assert_int_equal(lull_flush(a, out, 64), 0);
    assert_same_bits(out, whole + 2 * STREAM, 2 * late);
    lull_free(l);
    lull_free(a);
}

static void a_state_is_for_what_was_learned_and_its_adapter(void **state)
{
    (void)state;
    static float x[2 * STREAM];
    lull *const l = open_with(small, 4);
    const size_t size = lull_save(l, NULL, 0);
    unsigned char *const saved = malloc(size);
    const lull_config unlearned = lull_preset(SMALL, RATE, 2);

    beats(x, STREAM, 2, 2, 3);
    const struct file other = learn(SMALL, RATE, 2, x, 2000);   /* 2000 frames, as small */
    lull *const wrong[] = { open_with(small, 5), open_with(small, 0), open_with(other, 4),
                            lull_new(&unlearned, NULL) };

    lull_process(l, x, x, STREAM);
    lull_save(l, saved, size);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(lull_load(wrong[i], saved, size), LULL_WRONG_STATE);
        lull_free(wrong[i]);
    }
    assert_int_equal(lull_load(l, saved, size), LULL_OK);

    /* One direction that adapts, and one that only could: as many bytes. */
    lull *const one = open_with(small, 1), *const none = open_with(small, 0);

    assert_int_equal(lull_save(one, saved, size), lull_save(none, NULL, 0));
    assert_int_equal(lull_load(none, saved, lull_save(one, NULL, 0)), LULL_WRONG_STATE);
    lull_free(one);
    lull_free(none);
    free(saved);
    free(other.at);
    lull_free(l);
}

static void the_file_may_go_once_there_is_a_denoiser(void **state)
{
    (void)state;
    static float y[2 * STREAM], whole[2 * STREAM], out[2 * STREAM];
    struct file copy = { malloc(small.size), small.size };

    memcpy(copy.at, small.at, small.size);
    lull *const a = open_with(small, 4), *const b = open_with(copy, 4);

    memset(copy.at, 0xff, copy.size);
    free(copy.at);
    draw_stream(y, 1);
    lull_process(a, y, whole, STREAM);
    lull_process(b, y, out, STREAM);
    assert_same_bits(out, whole, 2 * STREAM);
    lull_free(a);
    lull_free(b);
}

/* ---- no memory */

static void every_failed_allocation_is_told_and_leaks_nothing(void **state)
{
    (void)state;
    static float x[2 * 300];
    const lull_config cfg = lull_preset(SMALL, RATE, 2);
    lull_status why;
    lull_lesson what;

    beats(x, 300, 2, 1, 3);
    let_fail(0);
    lull_learner *l = lull_learner_new(&cfg, NULL, &why);
    const int for_new = calls;

    lull_learner_add(l, x, 300);
    let_fail(0);
    const size_t size = lull_learner_save(l, "x", NULL, 0);
    const int for_save = calls;

    lull_learner_free(l);
    assert_true(for_new >= 4 && for_save >= 4 && size > 0);
    for (int k = 1; k <= for_new; k++) {
        let_fail(k);
        assert_null(lull_learner_new(&cfg, NULL, &why));
        assert_int_equal(why, LULL_NO_MEMORY);
        assert_int_equal(living, 0);
    }
    for (int k = 1; k <= for_save; k++) {
        let_fail(0);
        l = lull_learner_new(&cfg, NULL, &why);
        lull_learner_add(l, x, 300);
        fail_at = calls + k;
        assert_int_equal(lull_learner_save(l, "x", NULL, 0), 0);
        assert_int_equal(lull_learner_save(l, "x", NULL, 0), size);     /* another time */
        lull_learner_free(l);
        assert_int_equal(living, 0);
    }
    let_fail(0);
    assert_int_equal(lull_filter_read(small.at, small.size, &what), LULL_OK);
    for (int k = 1, needed = calls; k <= needed; k++) {
        let_fail(k);
        assert_int_equal(lull_filter_read(small.at, small.size, &what), LULL_NO_MEMORY);
        assert_int_equal(living, 0);
    }
    let_fail(0);
    assert_true(lull_filter_merge(small.at, small.size, small.at, small.size, NULL, 0, &why) > 0);
    assert_true(calls >= 6);
    assert_int_equal(living, 0);
    for (int k = 1, needed = calls; k <= needed; k++) {
        let_fail(k);
        assert_int_equal(lull_filter_merge(small.at, small.size, small.at, small.size, NULL, 0, &why), 0);
        assert_int_equal(why, LULL_NO_MEMORY);
        assert_int_equal(living, 0);
    }
    let_fail(0);
}

/* ---- extremes */

enum { EXTREME = 400 };

static const struct extreme {
    const char *name;
    float size, offset;
} extremes[] = {
    { "silence", 0, 0 },       { "nothing but NaN", NAN, 0 }, { "1e18", 1e18f, 0 },
    { "1e38", 1e38f, 0 },      { "1e13", 1e13f, 0 },          { "1e-6", 1e-6f, 0 },
    { "1e-18", 1e-18f, 0 },    { "denormal", 1e-41f, 0 },     { "an offset", 1, 1e6f },
    { "constant", 0, 3 },
};

enum { EXTREMES = sizeof extremes / sizeof *extremes };

/* Beats of that size in noise, the second channel without a beat. */
static void draw_extreme(float *x, const struct extreme *e, bool one_constant)
{
    struct dice d = { 31 };

    beats(x, EXTREME, 2, 1, 3);
    for (size_t i = 0; i < 2 * EXTREME; i++) {
        x[i] = e->size * (x[i] + 0.3f * (float)dice_normal(&d)) + e->offset;
        if (one_constant && i % 2)
            x[i] = 1;
    }
}

static void assert_finite_through(lull *l, const float *x, const char *filter, const char *input)
{
    static float out[2 * EXTREME];
    const size_t size = lull_save(l, NULL, 0);
    unsigned char *const saved = malloc(size);

    lull_process(l, x, out, EXTREME);
    for (size_t i = 0; i < 2 * EXTREME; i++)
        if (!isfinite(out[i]))
            fail_msg("%s through what learned %s: not finite at %zu", input, filter, i);
    lull_save(l, saved, size);
    if (lull_load(l, saved, size) != LULL_OK)
        fail_msg("%s through what learned %s: the state cannot be loaded", input, filter);
    free(saved);
    lull_free(l);
}

static void whatever_is_heard_is_learned_or_nothing_is(void **state)
{
    (void)state;
    static float x[2 * EXTREME], y[2 * EXTREME];

    for (size_t i = 0; i < 2 * EXTREMES; i++) {
        const struct extreme *const e = extremes + i / 2;
        lull_learner *const l = open_learner(SMALL, RATE, 2);
        char about[64] = "";

        strcat(strcpy(about, e->name), i % 2 ? " beside a constant" : "");
        draw_extreme(x, e, i % 2);
        lull_learner_add(l, x, EXTREME);
        const struct file f = save(l);

        lull_learner_free(l);
        if (isnan(e->size))
            assert_int_equal(f.size, 0);
        if (!f.size) {
            free(f.at);
            continue;
        }
        const lull_config cfg = lull_preset_file(f.at, f.size, 0, 0);
        lull *const ready = lull_new(&cfg, NULL);

        if (!ready)
            fail_msg("%s makes a file that is none", about);
        lull_free(ready);
        for (size_t j = 0; j < EXTREMES; j++) {
            draw_extreme(y, extremes + j, false);
            assert_finite_through(open_with(f, j % 2 ? 4 : 0), y, about, extremes[j].name);
        }
        free(f.at);
    }
}

static void any_level_goes_through_what_was_learned(void **state)
{
    (void)state;
    static float x[2 * EXTREME];

    for (size_t i = 0; i < 4 * EXTREMES; i++) {
        draw_extreme(x, extremes + i / 4, i & 1);
        assert_finite_through(open_with(small, i & 2 ? 4 : 0), x, "beats", extremes[i / 4].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_heart_that_is_known_comes_out_cleaner),
        cmocka_unit_test(another_heart_is_saved_by_the_adapter),
        cmocka_unit_test(learning_takes_no_memory_however_long_it_lasts),
        cmocka_unit_test(however_it_is_cut_into_calls_the_same_is_learned),
        cmocka_unit_test(vectors_go_neither_across_gaps_nor_cuts),
        cmocka_unit_test(what_is_added_after_saving_is_learned_too),
        cmocka_unit_test(too_little_is_not_learned_from),
        cmocka_unit_test(a_learner_is_refused_like_a_denoiser),
        cmocka_unit_test(a_budget_is_kept),
        cmocka_unit_test(the_numbers_account_for_the_file),
        cmocka_unit_test(a_file_tells_what_was_learned),
        cmocka_unit_test(the_learner_says_how_well),
        cmocka_unit_test(nothing_else_is_read),
        cmocka_unit_test(a_signal_that_is_none_is_refused_by_everyone),
        cmocka_unit_test(what_was_learned_is_for_its_rate_and_channels),
        cmocka_unit_test(nothing_adapts_that_has_not_learned),
        cmocka_unit_test(a_rate_of_any_digits_is_the_one_it_was_learned_at),
        cmocka_unit_test(shards_know_as_much_as_one_pass),
        cmocka_unit_test(one_that_was_merged_can_be_used_and_says_of_what),
        cmocka_unit_test(only_filters_of_one_kind_become_one),
        cmocka_unit_test(it_goes_on_from_any_cut_bit_for_bit),
        cmocka_unit_test(the_tail_comes_out_at_the_end),
        cmocka_unit_test(a_state_is_for_what_was_learned_and_its_adapter),
        cmocka_unit_test(the_file_may_go_once_there_is_a_denoiser),
        cmocka_unit_test(every_failed_allocation_is_told_and_leaks_nothing),
        cmocka_unit_test(whatever_is_heard_is_learned_or_nothing_is),
        cmocka_unit_test(any_level_goes_through_what_was_learned),
    };

    return cmocka_run_group_tests_name("learner", tests, learn_hearts, forget_hearts);
}
