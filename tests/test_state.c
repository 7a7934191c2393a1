/* SPDX-License-Identifier: MIT
 *
 * test_state.c - a denoiser that is saved goes on as if nothing had been, and no other, nor a
 * damaged one, can pass for it.  Those that are forged: test_forged.c.
 */
#include "every.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CUTS = 20, SIGNALS = 3, MOST = 400 };

static void same_state(const lull *a, const lull *b)
{
    struct saved one = every_save(a), two = every_save(b);

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
                       const float *want, size_t n, const struct every *k, size_t cut)
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

static void goes_on(const struct every *k, uint64_t seed)
{
    const size_t M = k->channels;
    float *const x = every_signal(k, seed), *const other = every_signal(k, seed + 1);
    float *const y = malloc(k->frames * M * sizeof *y);
    float *const z = malloc(k->frames * M * sizeof *z);
    lull *const a = every_open(k), *const c = every_open(k);
    const size_t size = lull_save(a, NULL, 0), part = k->frames / CUTS;
    struct dice d = { seed };
    size_t at = 0;

    for (size_t cut = 0; cut < CUTS; cut++) {
        const size_t to = cut * part + dice_word(&d) % (part / 2);
        const size_t n = part / 2 - 1 < MOST ? part / 2 - 1 : MOST;

        turn_knobs(a, cut);
        lull_process(a, x + at * M, y + at * M, to - at);

        struct saved s = every_save(a);
        lull *const b = every_open(k);

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
    for (size_t i = 0; i < EVERY; i++)
        for (size_t signal = 0; signal < SIGNALS; signal++)
            goes_on(every + i, 11 + i + 100 * signal);
}

static void no_filter_is_left_out(void **state)
{
    (void)state;
    for (size_t i = 0, k; lull_filter_name(i); i++) {
        for (k = 0; k < EVERY && strcmp(every[k].filter, lull_filter_name(i)); k++)
            ;
        assert_true(k < EVERY);
    }
}

/* A step that is found by itself, and a baseline that has no time. */
static void a_filter_of_ones_own_goes_on_as_well(void **state)
{
    (void)state;
    const struct every own = { "engine = subspace\nlags = 12\nwindow = 0\nlatency = 0\n"
                              "wander = 0.5\npatience = 20\nhum = auto\n",
                              500, 2, 4000 };

    goes_on(&own, 5);
}

/* After so long without a surprise that most vectors come through one filter. */
static void a_settled_filter_goes_on_as_well(void **state)
{
    (void)state;
    enum { LONG = 8000, MORE = 600 };
    const struct every k = { "tonal", 8000, 1, LONG };
    float *const x = malloc((LONG + 3 * MORE) * sizeof *x), y[MORE];
    struct dice d = { 8 };
    lull *const a = every_open(&k);

    dice_noise(&d, x, LONG + 3 * MORE, 0.1);
    for (size_t t = 0; t < LONG + 3 * MORE; t++)
        x[t] += (float)sin(0.3 * (double)t);
    lull_process(a, x, x, LONG);
    for (const float *from = x + LONG; from < x + LONG + 3 * MORE; from += MORE) {
        struct saved s = every_save(a);
        lull *const b = every_open(&k);

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
    const struct every slow = { "engine = subspace\ndenoise = no\nwander = 10\n", 7000, 1, 0 };
    float *const x = malloc((LONG + MORE) * sizeof *x), y[MORE], z[MORE];
    lull *const a = every_open(&slow), *const b = every_open(&slow);

    for (size_t t = 0; t < LONG + MORE; t++)
        x[t] = 1 + sinf(0.01f * (float)(t % 10000));
    for (size_t t = 0; t < LONG; t += MORE)
        lull_process(a, x + t, y, MORE);
    struct saved s = every_save(a);

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
    const struct every k = {
        "engine = subspace\njoint = yes\nlags = 4\nrank = 24\nstep = 0.0005\n", 1000, ALL, LONG
    };
    float *const x = malloc(LONG * ALL * sizeof *x), y[MORE * ALL], z[MORE * ALL];
    struct dice d = { 9 };
    lull *const a = every_open(&k);

    for (size_t t = 0; t < LONG; t++)
        for (size_t c = 0; c < ALL; c++) {
            const double level = t > JUMP && c < MANY ? 50 : 0.5;
            const int lost = t > JUMP / 2 && t < JUMP / 2 + 20 && c == ALL - 1;

            x[t * ALL + c] =
                lost ? NAN : (float)(sin(0.05 * (double)t) + level * dice_normal(&d));
        }
    lull_process(a, x, x, JUMP);
    for (const float *from = x + JUMP * ALL; from < x + LONG * ALL; from += MORE * ALL) {
        struct saved s = every_save(a);
        lull *const b = every_open(&k);

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
    const struct every *const k = every;
    float *const x = every_signal(k, 3), y[2 * 100], z[2 * 100];
    lull *const a = every_open(k), *const b = every_open(k);
    size_t n;

    lull_process(a, x, x, 5000);
    assert_int_equal(lull_flush(a, y, 100), 100);
    struct saved s = every_save(a);

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

    for (size_t i = 0; i < EVERY; i++)
        for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
            const struct every *const k = every + i;
            float *const x = malloc(2000 * k->channels * sizeof *x);
            struct dice d = { 9 };
            lull *const l = every_open(k);

            for (size_t t = 0; t < 2000 * k->channels; t++)
                x[t] = dice_word(&d) % 2 ? sizes[j] : -sizes[j];
            lull_process(l, x, x, 2000);
            struct saved s = every_save(l);

            assert_int_equal(lull_load(l, s.bytes, s.size), LULL_OK);
            free(s.block);
            lull_free(l);
            free(x);
        }
}

/* What it saves, every few frames of x[frames], it takes back. */
static void takes_back(const struct every *k, const float *x, size_t frames)
{
    lull *const l = every_open(k);
    float *const y = malloc(frames * k->channels * sizeof *y);

    for (size_t t = 0; t + 50 <= frames; t += 50) {
        lull_process(l, x + t * k->channels, y, 50);
        struct saved s = every_save(l);

        if (lull_load(l, s.bytes, s.size) != LULL_OK)
            fail_msg("%s: refused at %zu", k->filter, t + 50);
        free(s.block);
    }
    free(y);
    lull_free(l);
}

static void a_shock_in_a_whisper_is_no_damage(void **state)
{
    (void)state;
    enum { N = 3000 };

    for (size_t i = 0; i < EVERY; i++) {
        const struct every *const k = every + i;
        float *const x = malloc(N * k->channels * sizeof *x);
        struct dice d = { 11 };

        for (size_t t = 0; t < N * k->channels; t++)
            x[t] = (float)(1e-6 * dice_normal(&d));
        for (unsigned c = 0; c < k->channels; c++)
            x[(N / 2 + 7) * k->channels + c] = 3e38f;
        takes_back(k, x, N);
        free(x);
    }
}

/* From -5e12 to the loudest the step itself is rounded up: what it ends at is louder. */
static void a_step_to_the_loudest_is_no_damage(void **state)
{
    (void)state;
    for (size_t i = 0; i < EVERY; i++) {
        const struct every *const k = every + i;
        float *const x = malloc(100 * k->channels * sizeof *x);

        for (size_t t = 0; t < 100 * k->channels; t++)
            x[t] = t / k->channels < 49 ? -2472104 * 0x1p21f : 3e38f;
        takes_back(k, x, 100);
        free(x);
    }
}

static void the_loudest_in_the_longest_windows_is_no_damage(void **state)
{
    (void)state;
    const struct every wide[] = { { "speech", 192000, 1, 12000 }, { "music", 192000, 1, 12000 },
                                  { "declick", 192000, 1, 12000 } };

    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        float *const x = malloc(wide[i].frames * sizeof *x);
        lull *const l = every_open(wide + i);

        for (size_t t = 0; t < wide[i].frames; t++)
            x[t] = 3e38f;
        lull_process(l, x, x, wide[i].frames);
        struct saved s = every_save(l);

        assert_int_equal(lull_load(l, s.bytes, s.size), LULL_OK);
        free(s.block);
        lull_free(l);
        free(x);
    }
}

/* load() says `why`, and the denoiser is what it was. */
static void refuses(lull *l, const struct saved *before, const unsigned char *bytes,
                    size_t size, lull_status why)
{
    assert_int_equal(lull_load(l, bytes, size), why);
    struct saved after = every_save(l);

    assert_memory_equal(before->bytes, after.bytes, before->size);
    free(after.block);
}

static void a_damaged_state_is_refused_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < EVERY; i++) {
        lull *const l = every_experienced(every + i, 1);
        lull *const other = every_experienced(every + i, 2);
        struct saved before = every_save(l), s = every_save(other);

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

static void a_state_of_another_configuration_is_refused(void **state)
{
    (void)state;
    struct every others[EVERY + 3];
    lull_config late = lull_preset("speech", 16000, 2), same = late;

    memcpy(others, every, sizeof every);
    others[EVERY] = (struct every){ "speech", 16001, 2, 4000 };
    others[EVERY + 1] = (struct every){ "speech", 16000, 1, 4000 };
    others[EVERY + 2] =
        (struct every){ "engine = subspace\nlags = 63\nstep = 0.0005\ncaution = 0.6\n", 1000, 2,
                        4000 };
    for (size_t i = 0; i < EVERY; i++) {
        lull *const l = every_experienced(every + i, 1);
        struct saved before = every_save(l);

        for (size_t j = 0; j < EVERY + 3; j++) {
            lull *const other = every_open(others + j);
            struct saved s = every_save(other);

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
    lull *const a = lull_new(&late, NULL), *const b = lull_new(&same, NULL);
    lull *const l = every_open(every);
    struct saved before = every_save(l), s = every_save(a), t = every_save(b);

    refuses(l, &before, s.bytes, s.size, LULL_WRONG_STATE);
    assert_int_equal(lull_load(l, t.bytes, t.size), LULL_OK); /* only settings differ */
    free(before.block);
    free(s.block);
    free(t.block);
    lull_free(a);
    lull_free(b);
    lull_free(l);
}

static void a_denoiser_that_is_reset_is_saved_as_a_new_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < EVERY; i++) {
        lull *const fresh = every_open(every + i), *const l = every_experienced(every + i, 1);

        lull_reset(l);
        same_state(l, fresh);
        lull_free(l);
        lull_free(fresh);
    }
}

static void a_buffer_too_small_is_not_touched(void **state)
{
    (void)state;
    lull *const l = every_open(every + 9);
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
        cmocka_unit_test(a_shock_in_a_whisper_is_no_damage),
        cmocka_unit_test(a_step_to_the_loudest_is_no_damage),
        cmocka_unit_test(the_loudest_in_the_longest_windows_is_no_damage),
        cmocka_unit_test(a_damaged_state_is_refused_whole),
        cmocka_unit_test(a_state_of_another_configuration_is_refused),
        cmocka_unit_test(a_denoiser_that_is_reset_is_saved_as_a_new_one),
        cmocka_unit_test(a_buffer_too_small_is_not_touched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
