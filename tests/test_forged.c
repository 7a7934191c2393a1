/* SPDX-License-Identifier: MIT
 *
 * test_forged.c - states that no denoiser has written, though they are well sealed: they are
 * refused, or what comes of them is finite, and never beyond the memory there is.
 *
 * All that saves names each number, and the range it may have, to base/store.h.  Here the
 * names are taken down while a state is written (the linker's --wrap): so each number can be
 * forged to the ends of its range, also those that are yet to come.
 */
#include "every.h"
#include "oracle.h"

#include "base/store.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 8 + 4 + 8, FIELDS = 1000, FRAMES = 100, SOUND_FRAMES = 600 };

/* Numbers in a row in a state: where, how many of so many bytes, from what to what. */
struct field {
    size_t at, count, bytes;
    bool whole;
    double least, most;
};

static struct field field[FIELDS];
static size_t fields;
static bool listens;

static void note(const struct store *s, size_t count, size_t bytes, bool whole, double least,
                 double most)
{
    if (!listens || s->mode != STORE_WRITE || !count || !(most > least))
        return;
    assert_true(fields < FIELDS);
    field[fields++] = (struct field){ s->used, count, bytes, whole, least, most };
}

void __real_store_floats(struct store *s, float *x, size_t count, float least, float most);
void __real_store_finite(struct store *s, float *x, size_t count);
void __real_store_samples(struct store *s, float *x, size_t count, float times);
void __real_store_powers(struct store *s, float *x, size_t count);
double __real_store_double(struct store *s, double *x, double least, double most);
uint32_t __real_store_u32(struct store *s, uint32_t *x, uint32_t least, uint32_t most);
size_t __real_store_size(struct store *s, size_t *x, size_t least, size_t most);
void __real_store_bytes(struct store *s, unsigned char *x, size_t count, unsigned char most);
void __wrap_store_floats(struct store *s, float *x, size_t count, float least, float most);
void __wrap_store_finite(struct store *s, float *x, size_t count);
void __wrap_store_samples(struct store *s, float *x, size_t count, float times);
void __wrap_store_powers(struct store *s, float *x, size_t count);
double __wrap_store_double(struct store *s, double *x, double least, double most);
uint32_t __wrap_store_u32(struct store *s, uint32_t *x, uint32_t least, uint32_t most);
size_t __wrap_store_size(struct store *s, size_t *x, size_t least, size_t most);
void __wrap_store_bytes(struct store *s, unsigned char *x, size_t count, unsigned char most);

void __wrap_store_floats(struct store *s, float *x, size_t count, float least, float most)
{
    note(s, count, 4, false, (double)least, (double)most);
    __real_store_floats(s, x, count, least, most);
}

void __wrap_store_finite(struct store *s, float *x, size_t count)
{
    note(s, count, 4, false, (double)-FLT_MAX, (double)FLT_MAX);
    __real_store_finite(s, x, count);
}

void __wrap_store_samples(struct store *s, float *x, size_t count, float times)
{
    const float most = times * STORE_LOUDEST;

    note(s, count, 4, false, (double)-most, (double)most);
    __real_store_samples(s, x, count, times);
}

void __wrap_store_powers(struct store *s, float *x, size_t count)
{
    note(s, count, 4, false, 0, (double)STORE_STRONGEST);
    __real_store_powers(s, x, count);
}

double __wrap_store_double(struct store *s, double *x, double least, double most)
{
    note(s, 1, 8, false, least, most);
    return __real_store_double(s, x, least, most);
}

uint32_t __wrap_store_u32(struct store *s, uint32_t *x, uint32_t least, uint32_t most)
{
    note(s, 1, 4, true, least, most);
    return __real_store_u32(s, x, least, most);
}

size_t __wrap_store_size(struct store *s, size_t *x, size_t least, size_t most)
{
    note(s, 1, 4, true, (double)least, (double)most);
    return __real_store_size(s, x, least, most);
}

void __wrap_store_bytes(struct store *s, unsigned char *x, size_t count, unsigned char most)
{
    note(s, count, 1, true, 0, most);
    __real_store_bytes(s, x, count, most);
}

/* Number i of a field becomes x, in the bytes of a state. */
static void put(unsigned char *state, const struct field *f, size_t i, double x)
{
    const float single = (float)x;
    uint64_t bits = 0;
    uint32_t few;

    if (f->whole) {
        bits = (uint64_t)x;
    } else if (f->bytes == 8) {
        memcpy(&bits, &x, sizeof bits);
    } else {
        memcpy(&few, &single, sizeof few);
        bits = few;
    }
    for (size_t k = 0; k < f->bytes; k++)
        state[f->at + i * f->bytes + k] = (unsigned char)(bits >> 8 * k);
}

/* A few of its numbers, or all, become one that is at an end of the range, or 0; or all are
 * either, at random. */
static void forge(unsigned char *state, const struct field *f, int how, struct dice *d)
{
    const double zero = f->least > 0 || f->most < 0 ? f->least : 0;
    const double ends[] = { f->least, f->most, zero };
    const size_t from = how / 3 == 1 ? dice_word(d) % f->count : 0;

    for (size_t i = from; i < (how / 3 == 1 ? from + 1 : f->count); i++)
        put(state, f, i, ends[how / 3 == 2 ? dice_word(d) % 3 : (unsigned)how % 3]);
}

static void stays_finite(lull *l, const float *x, float *y, size_t frames,
                         const struct every *k)
{
    lull_process(l, x, y, frames); /* sanitizers watch */
    for (size_t t = 0; t < frames * k->channels; t++)
        if (!isfinite(y[t]))
            fail_msg("%s: sample %zu is none", k->filter, t);
}

static struct saved listen(const lull *l)
{
    fields = 0;
    listens = true;
    const struct saved s = every_save(l);

    listens = false;
    return s;
}

static void numbers_at_the_ends_of_their_ranges_leave_what_comes_finite(void **state)
{
    (void)state;
    struct dice d = { 5 };

    for (size_t i = 0; i < EVERY; i++) {
        const struct every *const k = every + i;
        const size_t frames = k->rate_hz > 1000 ? SOUND_FRAMES : FRAMES;
        float *const x = every_signal(k, 4);
        float *const y = malloc(frames * k->channels * sizeof *y);
        const float *const there = x + (k->frames - k->frames / 4) * k->channels;
        lull *const l = every_experienced(k, 1), *const own = every_open(k);
        const struct saved kept = listen(l), s = every_save(l);
        size_t taken = 0;

        for (size_t f = 0; f < fields; f++) {
            memcpy(s.bytes, kept.bytes, s.size);
            forge(s.bytes, field + f, (int)(dice_word(&d) % 7), &d);
            oracle_seal(s.bytes, s.size);
            if (lull_load(own, s.bytes, s.size) != LULL_OK)
                continue;
            taken++;
            stays_finite(own, there, y, frames, k);
        }
        assert_true(taken > fields / 4); /* else nothing was forged but what is refused */
        free(s.block);
        free(kept.block);
        lull_free(l);
        lull_free(own);
        free(x);
        free(y);
    }
}

/* Well sealed, but with values that no denoiser would have written. */
static void random_forgeries_never_break_the_denoiser(void **state)
{
    (void)state;
    struct dice d = { 77 };

    for (size_t i = 0; i < EVERY; i++) {
        const struct every *const k = every + i;
        float *const x = every_signal(k, 4), *const y = malloc(2000 * k->channels * sizeof *y);
        lull *const l = every_experienced(k, 1), *const own = every_open(k);
        struct saved s = every_save(l), kept = every_save(l);

        for (int round = 0; round < 20; round++) {
            memcpy(s.bytes, kept.bytes, s.size);
            for (int j = 0; j < 8; j++) /* all over, and in front, where the counts are */
                s.bytes[HEAD + dice_word(&d) % (j % 2 ? s.size - HEAD - 4 : 400)] =
                    (unsigned char)dice_word(&d);
            oracle_seal(s.bytes, s.size);
            lull_load(own, s.bytes, s.size);
            stays_finite(own, x, y, round % 10 ? 150 : 2000, k);
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
    lull *const l = every_experienced(every, 1);
    struct saved before = every_save(l), s = every_save(l);
    const size_t shape = 4 + 8 + 4 + 4 + 4 * 14, tail = HEAD + shape, hop = tail + 4 + 8;

    oracle_seal(s.bytes, s.size); /* the yardstick says yes */
    assert_int_equal(lull_load(l, s.bytes, s.size), LULL_OK);
    s.bytes[hop + 3] = 0x7f; /* where in the hop the next sample goes */
    oracle_seal(s.bytes, s.size);
    assert_int_equal(lull_load(l, s.bytes, s.size), LULL_BAD_STATE);
    struct saved after = every_save(l);

    assert_memory_equal(before.bytes, after.bytes, before.size);
    free(after.block);
    free(s.block);
    free(before.block);
    lull_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_at_the_ends_of_their_ranges_leave_what_comes_finite),
        cmocka_unit_test(a_forged_count_is_refused_whole),
        cmocka_unit_test(random_forgeries_never_break_the_denoiser),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
