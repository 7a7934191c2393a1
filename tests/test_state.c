/* SPDX-License-Identifier: MIT
 *
 * test_state.c - a denoiser that is saved goes on as if nothing had been, and
 * nothing else can pass for one.
 */
#include "check.h"
#include "lull.h"
#include "oracle.h"
#include "voice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CUTS = 20, SIGNALS = 5, MOST = 400, HEAD = 8 + 4 + 8 };

/* Every filter there is, at a rate and for channels of its kind. */
static const struct kind {
    const char *filter;
    double rate_hz;
    unsigned channels;
    size_t frames;
} kinds[] = {
    { "speech", 16000, 2, 32000 },  { "music", 16000, 2, 16000 },
    { "declick", 16000, 2, 16000 }, { "ecg", 250, 2, 3000 },
    { "eeg", 200, 6, 3000 },        { "array", 1000, 8, 3000 },
    { "vibration", 1000, 1, 4000 }, { "seismic", 100, 3, 3000 },
    { "tonal", 1000, 1, 4000 },     { "sensor", 1000, 2, 4000 },
    { "hum", 1000, 3, 5000 },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static lull *fresh(const struct kind *k)
{
    const lull_config cfg = lull_preset(k->filter, k->rate_hz, k->channels);
    lull_status why;
    lull *const l = lull_new(&cfg, &why);

    assert_int_equal(why, LULL_OK);
    return l;
}

/* Something of all that there is: tones that beat, a voice, hum, a baseline that
 * wanders, noise that steps up, clicks, samples that are none, and silence; near
 * the end another input, 60 dB below. */
static float *signal_for(const struct kind *k, uint64_t seed)
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

struct saved {
    unsigned char *bytes, *block;
    size_t size;
};

/* At an odd address: nothing may be assumed of it. */
static struct saved save(const lull *l)
{
    struct saved s = { .size = lull_save(l, NULL, 0) };

    s.block = malloc(s.size + 1);
    s.bytes = s.block + 1;
    assert_int_equal(lull_save(l, s.bytes, s.size), s.size);
    return s;
}

static void same_state(const lull *a, const lull *b)
{
    struct saved one = save(a), two = save(b);

    assert_int_equal(one.size, two.size);
    assert_memory_equal(one.bytes, two.bytes, one.size);
    free(one.block);
    free(two.block);
}

/* Settings change now and then, so that a cut may fall on a ramp. */
static void turn_knobs(lull *l, size_t cut)
{
    lull_set(l, LULL_MIX, cut % 4 == 1 ? 0.3f : 1);
    lull_set(l, LULL_RESIDUAL, cut % 4 == 2);
    lull_set(l, LULL_FREEZE, cut % 4 == 3);
    lull_set(l, LULL_RANK, cut % 4 == 2 ? 3 : LULL_MAX_RANK);
}

/* b takes over where a was, and goes on with x[n] as a did, to `want`; that is
 * longer than it takes until there is news to read. */
static void takes_over(lull *b, const struct saved *s, const lull *a, const float *x,
                       const float *want, size_t n, const struct kind *k, size_t cut)
{
    lull_readings here, there;
    float *const y = malloc(n * k->channels * sizeof *y);

    turn_knobs(b, cut);
    assert_int_equal(lull_load(b, s->bytes, s->size), LULL_OK);
    for (size_t t = 0, step = 1; t < n; t += step, step = step % 7 + 1) {
        if (step > n - t)
            step = n - t;
        lull_process(b, x + t * k->channels, y + t * k->channels, step);
    }
    assert_memory_equal(y, want, n * k->channels * sizeof *y);
    same_state(a, b);
    lull_read(a, &here);
    lull_read(b, &there);
    assert_memory_equal(&here, &there, sizeof here);
    free(y);
}

static void goes_on(const struct kind *k, uint64_t seed)
{
    const size_t M = k->channels;
    float *const x = signal_for(k, seed), *const other = signal_for(k, seed + 1);
    float *const y = malloc(k->frames * M * sizeof *y), *const z = malloc(k->frames * M * sizeof *z);
    lull *const a = fresh(k), *const c = fresh(k);
    const size_t size = lull_save(a, NULL, 0), part = k->frames / CUTS;
    struct dice d = { seed };
    size_t at = 0;

    for (size_t cut = 0; cut < CUTS; cut++) {
        const size_t to = cut * part + dice_word(&d) % (part / 2);
        const size_t n = part / 2 - 1 < MOST ? part / 2 - 1 : MOST;

        turn_knobs(a, cut);
        lull_process(a, x + at * M, y + at * M, to - at);

        struct saved s = save(a);
        lull *const b = fresh(k);

        assert_int_equal(s.size, size);
        lull_process(a, x + to * M, y + to * M, n);
        lull_process(c, other + cut * part * M, z, part - cut); /* c has a past of its own */
        takes_over(b, &s, a, x + to * M, y + to * M, n, k, cut);
        takes_over(c, &s, a, x + to * M, y + to * M, n, k, cut);
        at = to + n;
        free(s.block);
        lull_free(b);
    }
    lull_free(a);
    lull_free(c);
    free(x);
    free(other);
    free(y);
    free(z);
}

static void every_filter_goes_on_bit_for_bit_from_where_it_was_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++)
        for (size_t signal = 0; signal < SIGNALS; signal++)
            goes_on(kinds + i, 11 + i + 100 * signal);
}

static void no_filter_is_left_out(void **state)
{
    (void)state;
    for (size_t i = 0, k; lull_filter_name(i); i++) {
        for (k = 0; k < KINDS && strcmp(kinds[k].filter, lull_filter_name(i)); k++)
            ;
        assert_true(k < KINDS);
    }
}

/* A step that is found by itself, and a baseline that has no time. */
static void a_filter_of_ones_own_goes_on_as_well(void **state)
{
    (void)state;
    const struct kind own = { "engine = subspace\nlags = 12\nwindow = 0\nlatency = 0\n"
                              "wander = 0.5\npatience = 20\nhum = auto\n",
                              500, 2, 4000 };

    goes_on(&own, 5);
}

/* After so long without a surprise that most vectors come through one filter. */
static void a_settled_filter_goes_on_as_well(void **state)
{
    (void)state;
    enum { LONG = 8000, MORE = 600 };
    const struct kind k = { "tonal", 8000, 1, LONG };
    float *const x = malloc((LONG + 3 * MORE) * sizeof *x), y[MORE];
    struct dice d = { 8 };
    lull *const a = fresh(&k);

    dice_noise(&d, x, LONG + 3 * MORE, 0.1);
    for (size_t t = 0; t < LONG + 3 * MORE; t++)
        x[t] += (float)sin(0.3 * (double)t);
    lull_process(a, x, x, LONG);
    for (const float *from = x + LONG; from < x + LONG + 3 * MORE; from += MORE) {
        struct saved s = save(a);
        lull *const b = fresh(&k);

        lull_process(a, from, y, MORE);
        takes_over(b, &s, a, from, y, MORE, &k, 0);
        free(s.block);
        lull_free(b);
    }
    lull_free(a);
    free(x);
}

/* So long that what is seen of it, in frames squared, is beyond 32 bits. */
static void a_baseline_of_many_frames_goes_on_as_well(void **state)
{
    (void)state;
    enum { LONG = 150000, MORE = 100 };
    const struct kind slow = { "engine = subspace\ndenoise = no\nwander = 10\n", 7000, 1, 0 };
    float *const x = malloc((LONG + MORE) * sizeof *x), y[MORE], z[MORE];
    lull *const a = fresh(&slow), *const b = fresh(&slow);

    for (size_t t = 0; t < LONG + MORE; t++)
        x[t] = 1 + sinf(0.01f * (float)(t % 10000));
    for (size_t t = 0; t < LONG; t += MORE)
        lull_process(a, x + t, y, MORE);
    struct saved s = save(a);

    assert_int_equal(lull_load(b, s.bytes, s.size), LULL_OK);
    lull_process(a, x + LONG, y, MORE);
    lull_process(b, x + LONG, z, MORE);
    assert_memory_equal(y, z, sizeof y);
    free(s.block);
    lull_free(a);
    lull_free(b);
    free(x);
}

/* Channels whose noise has jumped are forgotten in some frames: cuts fall among them. */
static void what_is_being_forgotten_goes_on_as_well(void **state)
{
    (void)state;
    enum { ALL = 24, MANY = 8, JUMP = 2000, LONG = 2400, MORE = 5 };
    const struct kind k = { "engine = subspace\njoint = yes\nlags = 4\nrank = 24\nstep = 0.0005\n",
                            1000, ALL, LONG };
    float *const x = malloc(LONG * ALL * sizeof *x), y[MORE * ALL], z[MORE * ALL];
    struct dice d = { 9 };
    lull *const a = fresh(&k);

    for (size_t t = 0; t < LONG; t++)
        for (size_t c = 0; c < ALL; c++) {
            const double level = t > JUMP && c < MANY ? 50 : 0.5;
            const int lost = t > JUMP / 2 && t < JUMP / 2 + 20 && c == ALL - 1;

            x[t * ALL + c] = lost ? NAN : (float)(sin(0.05 * (double)t) + level * dice_normal(&d));
        }
    lull_process(a, x, x, JUMP);
    for (const float *from = x + JUMP * ALL; from < x + LONG * ALL; from += MORE * ALL) {
        struct saved s = save(a);
        lull *const b = fresh(&k);

        assert_int_equal(lull_load(b, s.bytes, s.size), LULL_OK);
        lull_process(a, from, y, MORE);
        lull_process(b, from, z, MORE);
        assert_memory_equal(y, z, sizeof y);
        same_state(a, b);
        free(s.block);
        lull_free(b);
    }
    lull_free(a);
    free(x);
}

static void the_tail_goes_on_as_well(void **state)
{
    (void)state;
    const struct kind *const k = kinds;
    float *const x = signal_for(k, 3), y[2 * 100], z[2 * 100];
    lull *const a = fresh(k), *const b = fresh(k);
    size_t n;

    lull_process(a, x, x, 5000);
    assert_int_equal(lull_flush(a, y, 100), 100);
    struct saved s = save(a);

    assert_int_equal(lull_load(b, s.bytes, s.size), LULL_OK);
    do {
        n = lull_flush(a, y, 100);
        assert_int_equal(lull_flush(b, z, 100), n);
        assert_memory_equal(y, z, n * k->channels * sizeof *y);
    } while (n);
    free(s.block);
    lull_free(a);
    lull_free(b);
    free(x);
}

/* The loudest there can be overflows nothing that is kept. */
static void a_state_of_extremes_is_one(void **state)
{
    (void)state;
    const float sizes[] = { 3e38f, 1e-38f, 0 };

    for (size_t i = 0; i < KINDS; i++)
        for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
            const struct kind *const k = kinds + i;
            float *const x = malloc(2000 * k->channels * sizeof *x);
            struct dice d = { 9 };
            lull *const l = fresh(k);

            for (size_t t = 0; t < 2000 * k->channels; t++)
                x[t] = dice_word(&d) % 2 ? sizes[j] : -sizes[j];
            lull_process(l, x, x, 2000);
            struct saved s = save(l);

            assert_int_equal(lull_load(l, s.bytes, s.size), LULL_OK);
            free(s.block);
            lull_free(l);
            free(x);
        }
}

static lull *experienced(const struct kind *k, uint64_t seed)
{
    float *const x = signal_for(k, seed);
    lull *const l = fresh(k);

    lull_process(l, x, x, k->frames / 2 + 13);
    free(x);
    return l;
}

/* load() says `why`, and the denoiser is what it was. */
static void refuses(lull *l, const struct saved *before, const unsigned char *bytes,
                    size_t size, lull_status why)
{
    assert_int_equal(lull_load(l, bytes, size), why);
    struct saved after = save(l);

    assert_memory_equal(before->bytes, after.bytes, before->size);
    free(after.block);
}

static void a_damaged_state_is_refused_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        lull *const l = experienced(kinds + i, 1), *const other = experienced(kinds + i, 2);
        struct saved before = save(l), s = save(other);

        for (size_t at = 0; at < s.size; at += 1 + at / 6) { /* any bit */
            s.bytes[at] ^= (unsigned char)(1u << at % 8);
            refuses(l, &before, s.bytes, s.size, LULL_BAD_STATE);
            s.bytes[at] ^= (unsigned char)(1u << at % 8);
        }
        for (size_t size = 0; size < s.size; size += 1 + size / 3) /* any length */
            refuses(l, &before, s.bytes, size, LULL_BAD_STATE);
        refuses(l, &before, s.bytes, s.size - 1, LULL_BAD_STATE);
        assert_int_equal(lull_load(l, s.bytes, s.size), LULL_OK);
        free(s.block);
        free(before.block);
        lull_free(l);
        lull_free(other);
    }
}

/* Well sealed, but with values that no denoiser would have written. */
static void random_forgeries_never_break_the_denoiser(void **state)
{
    (void)state;
    struct dice d = { 77 };

    for (size_t i = 0; i < KINDS; i++) {
        const struct kind *const k = kinds + i;
        float *const x = signal_for(k, 4), *const y = malloc(2000 * k->channels * sizeof *y);
        lull *const l = experienced(k, 1), *const own = fresh(k);
        struct saved s = save(l), kept = save(l);

        for (int round = 0; round < 20; round++) {
            memcpy(s.bytes, kept.bytes, s.size);
            for (int j = 0; j < 8; j++) /* all over, and in front, where the counts are */
                s.bytes[HEAD + dice_word(&d) % (j % 2 ? s.size - HEAD - 4 : 400)] =
                    (unsigned char)dice_word(&d);
            oracle_seal(s.bytes, s.size);
            lull_load(own, s.bytes, s.size);
            lull_process(own, x, y, round % 10 ? 150 : 2000); /* sanitizers watch */
        }
        assert_int_equal(lull_load(own, kept.bytes, kept.size), LULL_OK);
        free(s.block);
        free(kept.block);
        lull_free(l);
        lull_free(own);
        free(x);
        free(y);
    }
}

static void a_forged_count_is_refused_whole(void **state)
{
    (void)state;
    lull *const l = experienced(kinds, 1);
    struct saved before = save(l), s = save(l);
    const size_t shape = 4 + 8 + 4 + 4 + 4 * 14, tail = HEAD + shape, hop = tail + 4 + 8;

    oracle_seal(s.bytes, s.size); /* the yardstick says yes */
    assert_int_equal(lull_load(l, s.bytes, s.size), LULL_OK);
    s.bytes[hop + 3] = 0x7f; /* where in the hop the next sample goes */
    oracle_seal(s.bytes, s.size);
    refuses(l, &before, s.bytes, s.size, LULL_BAD_STATE);
    free(s.block);
    free(before.block);
    lull_free(l);
}

static void a_state_of_another_configuration_is_refused(void **state)
{
    (void)state;
    struct kind others[KINDS + 3];
    lull_config late = lull_preset("speech", 16000, 2), same = late;

    memcpy(others, kinds, sizeof kinds);
    others[KINDS] = (struct kind){ "speech", 16001, 2, 4000 };
    others[KINDS + 1] = (struct kind){ "speech", 16000, 1, 4000 };
    others[KINDS + 2] = (struct kind){ "engine = subspace\nlags = 63\nstep = 0.0005\ncaution = 0.6\n",
                                       1000, 2, 4000 };
    for (size_t i = 0; i < KINDS; i++) {
        lull *const l = experienced(kinds + i, 1);
        struct saved before = save(l);

        for (size_t j = 0; j < KINDS + 3; j++) {
            lull *const other = fresh(others + j);
            struct saved s = save(other);

            if (i != j)
                refuses(l, &before, s.bytes, s.size, LULL_WRONG_STATE);
            free(s.block);
            lull_free(other);
        }
        free(before.block);
        lull_free(l);
    }
    late.latency_ms = 16;
    same.latency_ms = -1;
    same.reduction_db = 3;
    lull *const a = lull_new(&late, NULL), *const b = lull_new(&same, NULL), *const l = fresh(kinds);
    struct saved before = save(l), s = save(a), t = save(b);

    refuses(l, &before, s.bytes, s.size, LULL_WRONG_STATE);
    assert_int_equal(lull_load(l, t.bytes, t.size), LULL_OK); /* only settings differ */
    free(before.block);
    free(s.block);
    free(t.block);
    lull_free(a);
    lull_free(b);
    lull_free(l);
}

static void a_buffer_too_small_is_not_touched(void **state)
{
    (void)state;
    lull *const l = fresh(kinds + 9);
    const size_t size = lull_save(l, NULL, 0);
    unsigned char *const b = malloc(size), *const untouched = malloc(size);

    memset(b, 0x5a, size);
    memset(untouched, 0x5a, size);
    assert_int_equal(lull_save(l, b, size - 1), size);
    assert_memory_equal(b, untouched, size);
    free(b);
    free(untouched);
    lull_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_filter_is_left_out),
        cmocka_unit_test(every_filter_goes_on_bit_for_bit_from_where_it_was_cut),
        cmocka_unit_test(a_filter_of_ones_own_goes_on_as_well),
        cmocka_unit_test(a_settled_filter_goes_on_as_well),
        cmocka_unit_test(a_baseline_of_many_frames_goes_on_as_well),
        cmocka_unit_test(what_is_being_forgotten_goes_on_as_well),
        cmocka_unit_test(the_tail_goes_on_as_well),
        cmocka_unit_test(a_state_of_extremes_is_one),
        cmocka_unit_test(a_damaged_state_is_refused_whole),
        cmocka_unit_test(a_forged_count_is_refused_whole),
        cmocka_unit_test(random_forgeries_never_break_the_denoiser),
        cmocka_unit_test(a_state_of_another_configuration_is_refused),
        cmocka_unit_test(a_buffer_too_small_is_not_touched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
