/* SPDX-License-Identifier: MIT
 *
 * test_acquaint.c - a noise heard alone, learned and written down.
 */
#include "engine/listener.h"
#include "room.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 16000, MOST = 1 << 15 };

static void a_noise_is_learned_by_its_shape_and_by_how_far_it_strays(void **state)
{
    (void)state;
    struct learned_noise l;

    learn_room(&l, (struct room){ .tilt = 4, .level = 0.5, .upper = 1, .dice = { 3 } },
                20000);

    /* 6.4 kHz is 4 * 4800 / 8000 = 2.4 nepers below 1.6 kHz */
    assert_at_most(fabs((double)(l.m.shape[51] - l.m.shape[205]) - 2.4), 0.5); /* 0.12 */

    double below = 0, above = 0;

    for (size_t b = 0; b < l.m.bands / 2; b++)
        below += (double)l.m.stray[b] / (double)(l.m.bands / 2);
    for (size_t b = l.m.bands - 6; b < l.m.bands - 1; b++)
        above += (double)l.m.stray[b] / 5;
    assert_at_least(above, 0.4);                        /* 0.53 of a variance of 1 */
    assert_at_most(below, 0.25);                        /* 0.06: chance */
    drop_model(&l);
}

static void level_teaches_nothing(void **state)
{
    (void)state;
    struct learned_noise quiet, loud;
    struct acquaint q;
    float P[ROOM_BINS];

    place_learner(&q);
    place_model(&quiet, q.n);
    place_model(&loud, q.n);
    for (int pass = 0; pass < 2; pass++) {
        struct room s = { .tilt = 3, .upper = 0.5, .dice = { 7 } };

        acquaint_reset(&q);
        for (size_t k = 0; k < 500; k++) {
            if (k % 100 == 0)
                acquaint_cut(&q); /* another recording, as loud as it is */
            const float gain = pass ? powf(10, (float)(k / 100) * 2 - 3) : 1;

            room_frame(&s, P, ROOM_BINS, ROOM_BIN_HZ);
            for (size_t f = 0; f < ROOM_BINS; f++)
                P[f] *= gain;
            acquaint_update(&q, P);
        }
        assert_true(acquaint_model(&q, pass ? &loud.m : &quiet.m));
    }
    for (size_t f = 0; f < quiet.m.n; f++)
        assert_at_most(fabsf(quiet.m.shape[f] - loud.m.shape[f]), 1e-5);        /* 2e-7 */
    for (size_t b = 0; b < quiet.m.bands; b++)
        assert_at_most(fabsf(quiet.m.stray[b] - loud.m.stray[b]), 1e-5);        /* 2e-8 */
    drop_model(&quiet);
    drop_model(&loud);
}

/* The same two recordings, heard by one learner, and by one each. */
static void parts_learned_apart_merge_into_what_one_pass_learns(void **state)
{
    (void)state;
    struct learned_noise whole, a, b;
    struct room first = { .tilt = 5, .upper = 0.3, .dice = { 1 } };
    struct room second = { .tilt = 1, .upper = 0.6, .dice = { 2 } };
    struct acquaint q;

    place_learner(&q);
    place_model(&whole, q.n);
    hear(&q, &first, 900);
    acquaint_cut(&q);
    hear(&q, &second, 300);
    assert_true(acquaint_model(&q, &whole.m));
    first = (struct room){ .tilt = 5, .upper = 0.3, .dice = { 1 } };
    second = (struct room){ .tilt = 1, .upper = 0.6, .dice = { 2 } };
    learn_room(&a, first, 900);
    learn_room(&b, second, 300);

    const float average = (a.m.stray[30] + b.m.stray[30]) / 2;

    familiar_model_merge(&a.m, &b.m);
    assert_true(a.m.frames == whole.m.frames);
    for (size_t f = 0; f < a.m.n; f++)
        assert_at_most(fabsf(a.m.shape[f] - whole.m.shape[f]), 1e-5);           /* 5e-7 */
    for (size_t i = 0; i < a.m.bands; i++) {
        assert_at_most(fabsf(a.m.mean[i] - whole.m.mean[i]), 1e-5);             /* 1e-7 */
        assert_at_most(fabsf(a.m.stray[i] - whole.m.stray[i]), 1e-5);           /* 1e-7 */
    }
    assert_at_least(fabsf(average - whole.m.stray[30]), 0.05);  /* 0.12: averages will not do */
    drop_model(&whole);
    drop_model(&a);
    drop_model(&b);
}

static void half_a_second_is_the_least_to_learn_from(void **state)
{
    (void)state;
    struct learned_noise l;
    struct acquaint q;
    struct room s = { .tilt = 1, .dice = { 9 } };

    place_learner(&q);
    place_model(&l, q.n);
    hear(&q, &s, 20 + 61);
    assert_false(acquaint_model(&q, &l.m));
    hear(&q, &s, 1);
    assert_true(acquaint_model(&q, &l.m));
    drop_model(&l);
}

static void listen_all(struct listener *l, const float *x, size_t frames, size_t block)
{
    listener_reset(l);
    for (size_t t = 0; t < frames; t += block)
        listener_add(l, x + t * l->channels, frames - t < block ? frames - t : block);
}

static void a_recording_teaches_the_same_however_it_is_cut(void **state)
{
    (void)state;
    static float x[2 * RATE];
    struct learned_noise whole, pieces;
    struct listener l;
    struct arena a = fresh_arena();
    struct dice d = { 4 };

    dice_noise(&d, x, 2 * RATE, 0.1);
    x[777] = NAN;
    memset(x + RATE, 0, 4000 * sizeof *x);              /* a gap of silence */
    listener_place(&l, &a, RATE, 2);
    assert_true(listener_ready(&l) && a.used <= FRESH);
    place_model(&whole, l.acquaint.n);
    place_model(&pieces, l.acquaint.n);
    listen_all(&l, x, RATE, RATE);
    assert_true(acquaint_model(&l.acquaint, &whole.m));
    listen_all(&l, x, RATE, 61);
    assert_true(acquaint_model(&l.acquaint, &pieces.m));
    assert_true(whole.m.frames == pieces.m.frames);
    assert_memory_equal(whole.m.shape, pieces.m.shape, whole.m.n * sizeof(float));
    assert_memory_equal(whole.m.stray, pieces.m.stray, whole.m.bands * sizeof(float));

    /* 122 frames, of which 12 are silent, and 20 after each beginning */
    assert_true(whole.m.frames == 122 - 12 - 2 * 20);
    listener_close(&l);
    drop_model(&whole);
    drop_model(&pieces);
}

/* ---- as bytes */

static void a_model_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct learned_noise l, back;
    unsigned char bytes[MOST];
    size_t n;

    learn_room(&l, (struct room){ .tilt = 2, .upper = 1, .dice = { 8 } }, 200);

    const size_t size = familiar_write(&l.m, bytes, sizeof bytes);

    assert_int_equal(size, 4 + 8 + 4 * (l.m.n + 2 * l.m.bands));
    assert_true(familiar_open(bytes, size, &n));
    assert_int_equal(n, l.m.n);
    place_model(&back, n);
    familiar_read(&back.m, bytes, size);
    assert_true(back.m.frames == l.m.frames);
    assert_memory_equal(back.m.shape, l.m.shape, n * sizeof(float));
    assert_memory_equal(back.m.mean, l.m.mean, l.m.bands * sizeof(float));
    assert_memory_equal(back.m.stray, l.m.stray, l.m.bands * sizeof(float));
    drop_model(&l);
    drop_model(&back);
}

static void what_is_no_model_is_not_opened(void **state)
{
    (void)state;
    struct learned_noise l;
    unsigned char bytes[MOST];
    size_t n;

    learn_room(&l, (struct room){ .tilt = 2, .dice = { 8 } }, 200);

    const size_t size = familiar_write(&l.m, bytes, sizeof bytes);

    for (size_t part = 0; part < size; part++)
        assert_false(familiar_open(bytes, part, &n));
    assert_false(familiar_open(bytes, size + 1, &n));
    bytes[0] ^= 1;                                      /* one frequency more or less */
    assert_false(familiar_open(bytes, size, &n));
    bytes[0] ^= 1;
    bytes[3] = 0x7f;                                    /* two thousand million */
    assert_false(familiar_open(bytes, size, &n));
    bytes[3] = 0;
    memset(bytes + 4 + 8 + 40, 0xff, 4);                /* not a number */
    assert_false(familiar_open(bytes, size, &n));
    drop_model(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_noise_is_learned_by_its_shape_and_by_how_far_it_strays),
        cmocka_unit_test(level_teaches_nothing),
        cmocka_unit_test(parts_learned_apart_merge_into_what_one_pass_learns),
        cmocka_unit_test(half_a_second_is_the_least_to_learn_from),
        cmocka_unit_test(a_recording_teaches_the_same_however_it_is_cut),
        cmocka_unit_test(a_model_is_read_as_it_was_written),
        cmocka_unit_test(what_is_no_model_is_not_opened),
    };

    return cmocka_run_group_tests_name("acquaint", tests, NULL, NULL);
}
