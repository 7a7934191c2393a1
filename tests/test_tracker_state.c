/* SPDX-License-Identifier: MIT
 *
 * test_tracker_state.c - a tracker that is saved goes on as if nothing had
 * been, and nothing else can pass for one.
 */
#include "oracle.h"
#include "scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 24, KINDS = 8 };

/* Configurations that between them use every part. */
static lull_tracker_config kind(size_t i)
{
    lull_tracker_config c = lull_tracker_defaults(N, 4);

    switch (i) {
    case 1:
        c.rule = LULL_EXACT;
        c.step = 0.02f;
        break;
    case 2:
        c.rule = LULL_GRADIENT;
        break;
    case 3:
        c.rule = LULL_BLOCK;
        c.block = 7;
        break;
    case 4:
        c.auto_rank = 1;
        c.rank = 6;
        break;
    case 5:
        c.robust = 1;
        c.noise = LULL_LEVELS_ESTIMATED;
        break;
    case 6:
        c.complex_numbers = 1;
        c.auto_rank = 1;
        break;
    case 7:
        c.noise = LULL_AR1_ESTIMATED;
        c.hop = 2;
        break;
    }
    return c;
}

struct saved {
    unsigned char *bytes;
    size_t size;
};

static struct saved save(const lull_tracker *t)
{
    struct saved s = { NULL, lull_tracker_save(t, NULL, 0) };

    s.bytes = malloc(s.size);
    assert_int_equal(lull_tracker_save(t, s.bytes, s.size), s.size);
    return s;
}

static void a_saved_tracker_goes_on_bit_for_bit(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        const lull_tracker_config cfg = kind(i);
        struct scene s = scene_new(N, cfg.complex_numbers ? 2 : 1, 4, scene_strong, 3);
        lull_tracker *const a = lull_tracker_new(&cfg, NULL);
        lull_tracker *const b = lull_tracker_new(&cfg, NULL);
        float x[2 * N], y[2 * N];

        for (size_t f = 0; f < 333; f++) {
            scene_frame(&s);
            lull_tracker_update(a, s.y, NULL, x);
            if (f % 3) /* b has a past of its own */
                lull_tracker_update(b, s.y, NULL, y);
        }
        struct saved kept = save(a);

        assert_int_equal(lull_tracker_load(b, kept.bytes, kept.size), LULL_OK);
        for (size_t f = 0; f < 500; f++) {
            if (f == 100)
                scene_jump(&s, 4);
            scene_frame(&s);
            lull_tracker_update(a, s.y, NULL, x);
            lull_tracker_update(b, s.y, NULL, y);
            assert_memory_equal(x, y, s.n * sizeof *x);
        }
        struct saved end_a = save(a), end_b = save(b);

        assert_int_equal(end_a.size, kept.size);
        assert_memory_equal(end_a.bytes, end_b.bytes, end_a.size);
        free(kept.bytes);
        free(end_a.bytes);
        free(end_b.bytes);
        lull_tracker_free(a);
        lull_tracker_free(b);
        scene_free(&s);
    }
}

static void a_tracker_that_is_reset_is_saved_as_a_new_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        const lull_tracker_config cfg = kind(i);
        struct scene s = scene_new(N, cfg.complex_numbers ? 2 : 1, 4, scene_strong, 3);
        lull_tracker *const fresh = lull_tracker_new(&cfg, NULL);
        lull_tracker *const t = lull_tracker_new(&cfg, NULL);

        for (size_t f = 0; f < 333; f++) {
            scene_frame(&s);
            lull_tracker_update(t, s.y, NULL, NULL);
        }
        lull_tracker_reset(t);
        struct saved one = save(t), two = save(fresh);

        assert_memory_equal(one.bytes, two.bytes, two.size);
        free(one.bytes);
        free(two.bytes);
        lull_tracker_free(t);
        lull_tracker_free(fresh);
        scene_free(&s);
    }
}

/* Another tracker, which knows what t knew when it was freed. */
static lull_tracker *reborn(lull_tracker *t, const lull_tracker_config *cfg)
{
    struct saved kept = save(t);
    lull_tracker *const next = lull_tracker_new(cfg, NULL);

    lull_tracker_free(t);
    assert_int_equal(lull_tracker_load(next, kept.bytes, kept.size), LULL_OK);
    free(kept.bytes);
    return next;
}

static void a_hundred_interruptions_change_no_bit(void **state)
{
    (void)state;
    struct dice d = { 17 };

    for (size_t i = 0; i < KINDS; i++) {
        const lull_tracker_config cfg = kind(i);
        struct scene s = scene_new(N, cfg.complex_numbers ? 2 : 1, 4, scene_strong, 3);
        lull_tracker *const whole = lull_tracker_new(&cfg, NULL);
        lull_tracker *cut = lull_tracker_new(&cfg, NULL);
        float x[2 * N], y[2 * N];
        size_t cuts = 0;

        for (size_t f = 0; cuts < 100; f++) {
            if (f % 300 == 299)
                scene_jump(&s, 4);
            scene_frame(&s);
            s.y[f % N] = f % 5 ? s.y[f % N] : NAN;
            lull_tracker_update(whole, s.y, NULL, x);
            lull_tracker_update(cut, s.y, NULL, y);
            assert_memory_equal(x, y, s.n * sizeof *x);
            if (dice_uniform(&d) < 0.1) {
                cut = reborn(cut, &cfg);
                cuts++;
            }
        }
        lull_tracker_free(whole);
        lull_tracker_free(cut);
        scene_free(&s);
    }
}

static lull_tracker *experienced(const lull_tracker_config *cfg, uint64_t seed)
{
    struct scene s = scene_new(N, 1, 4, scene_strong, seed);
    lull_tracker *const t = lull_tracker_new(cfg, NULL);

    for (size_t f = 0; f < 200; f++) {
        scene_frame(&s);
        lull_tracker_update(t, s.y, NULL, NULL);
    }
    scene_free(&s);
    return t;
}

/* load() says `why`, and the tracker is what it was. */
static void refuses(lull_tracker *t, const struct saved *s, size_t size, lull_status why)
{
    struct saved before = save(t);

    assert_int_equal(lull_tracker_load(t, s->bytes, size), why);
    struct saved after = save(t);

    assert_memory_equal(before.bytes, after.bytes, before.size);
    free(before.bytes);
    free(after.bytes);
}

static void a_damaged_state_is_refused_whole(void **state)
{
    (void)state;
    const lull_tracker_config cfg = kind(0);
    lull_tracker *const t = experienced(&cfg, 1), *const other = experienced(&cfg, 2);
    struct saved s = save(other);

    for (size_t i = 0; i < s.size; i += 1 + i / 64) { /* any bit */
        s.bytes[i] ^= (unsigned char)(1u << i % 8);
        refuses(t, &s, s.size, LULL_BAD_STATE);
        s.bytes[i] ^= (unsigned char)(1u << i % 8);
    }
    for (size_t size = 0; size < s.size; size += 1 + size / 8) /* any length */
        refuses(t, &s, size, LULL_BAD_STATE);
    assert_int_equal(lull_tracker_load(t, s.bytes, s.size), LULL_OK);
    free(s.bytes);
    lull_tracker_free(t);
    lull_tracker_free(other);
}

/* Well sealed, but with a value no tracker would have written. */
static void a_forged_state_is_refused_whole(void **state)
{
    (void)state;
    const lull_tracker_config cfg = kind(4);
    lull_tracker *const t = experienced(&cfg, 1), *const other = experienced(&cfg, 2);
    struct saved s = save(other);
    const size_t head = 8 + 4 + 8 + 4 * 13;
    const unsigned char nan[4] = { 0, 0, 0xc0, 0x7f }, many[4] = { 0xff, 0xff, 0, 0 };
    unsigned char was[4];

    memcpy(was, s.bytes + head, 4); /* the rank */
    memcpy(s.bytes + head, many, 4);
    oracle_seal(s.bytes, s.size);
    refuses(t, &s, s.size, LULL_BAD_STATE);
    memcpy(s.bytes + head, was, 4);

    memcpy(was, s.bytes + head + 4, 4); /* an entry of U */
    memcpy(s.bytes + head + 4, nan, 4);
    oracle_seal(s.bytes, s.size);
    refuses(t, &s, s.size, LULL_BAD_STATE);
    memcpy(s.bytes + head + 4, was, 4);

    oracle_seal(s.bytes, s.size); /* and the yardstick says yes */
    assert_int_equal(lull_tracker_load(t, s.bytes, s.size), LULL_OK);
    free(s.bytes);
    lull_tracker_free(t);
    lull_tracker_free(other);
}

/* A complex number is polished as one: its imaginary part has no turn of its own. */
static void a_state_that_would_polish_half_a_number_is_refused(void **state)
{
    (void)state;
    const lull_tracker_config cfg = kind(6);
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);
    struct saved s = save(t);
    const size_t q = 2 * 4, U = 4 * 64; /* 2 N = 48 floats take two tiles of 32 */
    const size_t at = 8 + 4 + 8 + 4 * 13 + 4 + 4 * (U + 2 * q * q);

    s.bytes[at] = 2;
    oracle_seal(s.bytes, s.size);
    assert_int_equal(lull_tracker_load(t, s.bytes, s.size), LULL_OK);
    s.bytes[at] = 1;
    oracle_seal(s.bytes, s.size);
    refuses(t, &s, s.size, LULL_BAD_STATE);
    free(s.bytes);
    lull_tracker_free(t);
}

static void put(unsigned char *at, float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    for (size_t i = 0; i < 4; i++)
        at[i] = (unsigned char)(bits >> 8 * i);
}

/* Each in its own range, or they would be infinite a frame later. */
static void numbers_that_cannot_be_together_are_refused(void **state)
{
    (void)state;
    const size_t head = 8 + 4 + 8 + 4 * 13, guard = 4 + 4 * (32 * 4 + 2 * 4 * 8) + 4;
    const size_t D = guard + 4 + 4 + 4 * 7, E = D + 4 * 8 * 16;
    const struct {
        size_t kind, at;
        float x;
    } forged[] = {
        { 3, D + 4 * 8, -1 },               /* |e|^2 of the first that waits */
        { 3, D + 4 * 8, 1e6f },             /* ... is not that of e          */
        { 3, D + 4 * (16 + 8), 1e6f },      /* more than |e_1| |e_2|         */
        { 3, E, 1e20f },                    /* e, whose square no frame has  */
        { 5, guard + 4 * 4 + 4 * 4, 4e20f }, /* a level, of their mean        */
        { 0, guard + 4, 0 },                 /* mean energy of what was seen */
        { 0, guard + 4 * 4 + 4 * 3, 5e10f }, /* frames, counted one by one    */
    };

    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
        const lull_tracker_config cfg = kind(forged[i].kind);
        lull_tracker *const t = experienced(&cfg, 1), *const other = experienced(&cfg, 2);
        struct saved s = save(other);

        put(s.bytes + head + forged[i].at, forged[i].x);
        oracle_seal(s.bytes, s.size);
        refuses(t, &s, s.size, LULL_BAD_STATE);
        free(s.bytes);
        lull_tracker_free(t);
        lull_tracker_free(other);
    }
}

static float get(const unsigned char *at)
{
    uint32_t bits = 0;
    float x;

    for (size_t i = 0; i < 4; i++)
        bits |= (uint32_t)at[i] << 8 * i;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Each number may be possible, and all be no covariance: then blocks start from none. */
static void a_covariance_that_is_none_breaks_nothing(void **state)
{
    (void)state;
    const lull_tracker_config cfg = kind(3);
    const size_t C = 8 + 4 + 8 + 4 * 13 + 4 + 4 * 32 * 4;
    lull_tracker *const t = experienced(&cfg, 1);
    struct scene s = scene_new(N, 1, 4, scene_strong, 3);
    struct saved forged = save(t);
    float x[N];

    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++) {
            const float a = get(forged.bytes + C + 4 * 9 * i);
            const float b = get(forged.bytes + C + 4 * 9 * j);

            if (i != j)
                put(forged.bytes + C + 4 * (8 * i + j), -1.9f * sqrtf(a * b));
        }
    oracle_seal(forged.bytes, forged.size);
    assert_int_equal(lull_tracker_load(t, forged.bytes, forged.size), LULL_OK);
    for (size_t f = 0; f < 40; f++) {
        scene_frame(&s);
        lull_tracker_update(t, s.y, NULL, x);
        assert_true(isfinite((float)energy(x, N)));
    }
    free(forged.bytes);
    lull_tracker_free(t);
    scene_free(&s);
}

/* In a block the row of i y follows from that of y, and the products above the diagonal
 * from those below. */
static void what_follows_from_others_is_not_believed(void **state)
{
    (void)state;
    lull_tracker_config cfg = kind(3);

    cfg.complex_numbers = 1;
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);
    struct scene s = scene_new(N, 2, 4, scene_strong, 3);
    const size_t wide = 8 + 16, head = 8 + 4 + 8 + 4 * 13;
    const size_t D = head + 4 + 4 * (64 * 4 + 2 * 8 * 8) + 4 + 4 + 4 + 4 * 7;

    for (size_t f = 0; f < 4; f++) {
        scene_frame(&s);
        lull_tracker_update(t, s.y, NULL, NULL);
    }
    struct saved was = save(t), forged = save(t);

    put(forged.bytes + D + 4 * (wide + 1), 3);       /* i p of the first   */
    put(forged.bytes + D + 4 * (8 + 2 * 2), 1e-3f);  /* of it and the third */
    oracle_seal(forged.bytes, forged.size);
    assert_int_equal(lull_tracker_load(t, forged.bytes, forged.size), LULL_OK);
    struct saved now = save(t);

    assert_memory_equal(now.bytes, was.bytes, was.size);
    free(was.bytes);
    free(forged.bytes);
    free(now.bytes);
    lull_tracker_free(t);
    scene_free(&s);
}

static void random_forgeries_never_break_the_tracker(void **state)
{
    (void)state;
    struct dice d = { 77 };

    for (size_t i = 0; i < KINDS; i++) {
        const lull_tracker_config cfg = kind(i);
        struct scene s = scene_new(N, cfg.complex_numbers ? 2 : 1, 4, scene_strong, 3);
        lull_tracker *const t = lull_tracker_new(&cfg, NULL);

        for (int round = 0; round < 60; round++) {
            struct saved kept = save(t);
            const size_t head = 8 + 4 + 8 + 4 * 13;

            for (int k = 0; k < 3; k++)
                kept.bytes[head + dice_word(&d) % (kept.size - head - 4)] =
                    (unsigned char)dice_word(&d);
            oracle_seal(kept.bytes, kept.size);
            lull_tracker_load(t, kept.bytes, kept.size);
            for (int f = 0; f < 20; f++) {
                float x[2 * N];

                scene_frame(&s);
                lull_tracker_update(t, s.y, NULL, x); /* sanitizers watch */
            }
            lull_tracker_reset(t);
            free(kept.bytes);
        }
        lull_tracker_free(t);
        scene_free(&s);
    }
}

static void a_state_of_another_configuration_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++)
        for (size_t j = 0; j < KINDS; j++) {
            const lull_tracker_config one = kind(i), two = kind(j);
            lull_tracker *const a = lull_tracker_new(&one, NULL);
            lull_tracker *const b = lull_tracker_new(&two, NULL);
            struct saved s = save(a);

            refuses(b, &s, i == j ? 0 : s.size, i == j ? LULL_BAD_STATE : LULL_WRONG_STATE);
            free(s.bytes);
            lull_tracker_free(a);
            lull_tracker_free(b);
        }
}

/* After a burst in a block of one frame C is beyond what float can invert. */
static void a_state_after_a_burst_is_one(void **state)
{
    (void)state;
    lull_tracker_config cfg = lull_tracker_defaults(48, 40);
    struct dice d = { 9 };
    float y[48];

    cfg.rule = LULL_BLOCK;
    cfg.block = 1;
    cfg.step = 1;
    lull_tracker *const a = lull_tracker_new(&cfg, NULL);
    lull_tracker *const b = lull_tracker_new(&cfg, NULL);

    for (size_t f = 0; f < 80; f++) {
        dice_noise(&d, y, 48, f == 40 ? 1000 : 1);
        lull_tracker_update(a, y, NULL, NULL);
        const struct saved s = save(a);

        assert_int_equal(lull_tracker_load(b, s.bytes, s.size), LULL_OK);
        free(s.bytes);
    }
    lull_tracker_free(a);
    lull_tracker_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_saved_tracker_goes_on_bit_for_bit),
        cmocka_unit_test(a_tracker_that_is_reset_is_saved_as_a_new_one),
        cmocka_unit_test(a_hundred_interruptions_change_no_bit),
        cmocka_unit_test(a_state_after_a_burst_is_one),
        cmocka_unit_test(a_damaged_state_is_refused_whole),
        cmocka_unit_test(a_forged_state_is_refused_whole),
        cmocka_unit_test(a_state_that_would_polish_half_a_number_is_refused),
        cmocka_unit_test(numbers_that_cannot_be_together_are_refused),
        cmocka_unit_test(what_follows_from_others_is_not_believed),
        cmocka_unit_test(a_covariance_that_is_none_breaks_nothing),
        cmocka_unit_test(random_forgeries_never_break_the_tracker),
        cmocka_unit_test(a_state_of_another_configuration_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
