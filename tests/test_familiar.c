/* SPDX-License-Identifier: MIT
 *
 * test_familiar.c - a noise heard alone, learned, written down, and known again, stage by
 * stage.
 */
#include "check.h"
#include "engine/listener.h"
#include "noise/acquaint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BINS = 257, RATE = 16000, MOST = 1 << 15 };
static const double BIN_HZ = 31.25, FRAME_HZ = 125;

static float memory[1 << 17], more_memory[1 << 17];

static struct arena fresh_arena(float *block)
{
    memset(block, 0, sizeof memory);
    return (struct arena){ .block = (unsigned char *)block };
}

/* A noise for frames: its mean log power falls by `tilt` nepers over the spectrum, its
 * level wanders by `level`, the half above 4 kHz by `upper` beside. */
struct scene {
    double tilt, level, upper;
    double low, high;           /* where they have wandered to */
    struct dice dice;
};

static double wander(struct dice *d, double x, double sigma)
{
    return 0.97 * x + sqrt(1 - 0.97 * 0.97) * sigma * dice_normal(d);
}

static double scene_mean(const struct scene *s, double hz)
{
    return exp(-s->tilt * hz / 8000 + s->low + (hz > 4000 ? s->high : 0));
}

static void scene_frame(struct scene *s, float *P, size_t bins, double bin_hz)
{
    s->low = wander(&s->dice, s->low, s->level);
    s->high = wander(&s->dice, s->high, s->upper);
    for (size_t f = 0; f < bins; f++)
        P[f] = (float)(-log(1 - dice_uniform(&s->dice)) * scene_mean(s, (double)f * bin_hz));
}

static void hear(struct acquaint *q, struct scene *s, size_t frames)
{
    float P[BINS];

    for (size_t k = 0; k < frames; k++) {
        scene_frame(s, P, q->bins, BIN_HZ);
        acquaint_update(q, P);
    }
}

static void place_learner(struct acquaint *q, float *block)
{
    struct arena a = fresh_arena(block);

    acquaint_place(q, &a, BINS, BIN_HZ, FRAME_HZ);
    acquaint_reset(q);
}

/* Arrays for any model here. */
struct learned_noise {
    struct familiar_model m;
    float numbers[2048];
};

static void place_model(struct learned_noise *l, size_t n)
{
    struct arena a = { .block = aligned_alloc(ARENA_ALIGN, sizeof l->numbers) };

    assert_non_null(a.block);
    familiar_model_place(&l->m, &a, n);
    assert_true(a.used <= sizeof l->numbers);
}

static void drop_model(struct learned_noise *l)
{
    free(l->m.shape);           /* the first of the block */
}

static void learn_scene(struct learned_noise *l, struct scene s, size_t frames)
{
    struct acquaint q;

    place_learner(&q, memory);
    place_model(l, q.n);
    hear(&q, &s, frames);
    assert_true(acquaint_model(&q, &l->m));
}

/* ---- learning */

static void a_noise_is_learned_by_its_shape_and_by_how_far_it_strays(void **state)
{
    (void)state;
    struct learned_noise l;

    learn_scene(&l, (struct scene){ .tilt = 4, .level = 0.5, .upper = 1, .dice = { 3 } },
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
    float P[BINS];

    place_learner(&q, memory);
    place_model(&quiet, q.n);
    place_model(&loud, q.n);
    for (int pass = 0; pass < 2; pass++) {
        struct scene s = { .tilt = 3, .upper = 0.5, .dice = { 7 } };

        acquaint_reset(&q);
        for (size_t k = 0; k < 500; k++) {
            if (k % 100 == 0)
                acquaint_cut(&q); /* another recording, as loud as it is */
            const float gain = pass ? powf(10, (float)(k / 100) * 2 - 3) : 1;

            scene_frame(&s, P, BINS, BIN_HZ);
            for (size_t f = 0; f < BINS; f++)
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
    struct scene first = { .tilt = 5, .upper = 0.3, .dice = { 1 } };
    struct scene second = { .tilt = 1, .upper = 0.6, .dice = { 2 } };
    struct acquaint q;

    place_learner(&q, memory);
    place_model(&whole, q.n);
    hear(&q, &first, 900);
    acquaint_cut(&q);
    hear(&q, &second, 300);
    assert_true(acquaint_model(&q, &whole.m));
    first = (struct scene){ .tilt = 5, .upper = 0.3, .dice = { 1 } };
    second = (struct scene){ .tilt = 1, .upper = 0.6, .dice = { 2 } };
    learn_scene(&a, first, 900);
    learn_scene(&b, second, 300);

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
    struct scene s = { .tilt = 1, .dice = { 9 } };

    place_learner(&q, memory);
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
    struct arena a = fresh_arena(memory);
    struct dice d = { 4 };

    dice_noise(&d, x, 2 * RATE, 0.1);
    x[777] = NAN;
    memset(x + RATE, 0, 4000 * sizeof *x);              /* a gap of silence */
    listener_place(&l, &a, RATE, 2);
    assert_true(listener_ready(&l) && a.used <= sizeof memory);
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

    learn_scene(&l, (struct scene){ .tilt = 2, .upper = 1, .dice = { 8 } }, 200);

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

    learn_scene(&l, (struct scene){ .tilt = 2, .dice = { 8 } }, 200);

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

/* ---- in use */

/* N[f] as a tracker would have it: the truth, and an error that changes from frame to
 * frame and from band to band. */
static void guess(struct dice *d, const struct scene *s, float *N, double sigma)
{
    double error = 0;

    for (size_t f = 0; f < BINS; f++) {
        if (f % 6 == 0)
            error = sigma * dice_normal(d);
        N[f] = (float)(scene_mean(s, (double)f * BIN_HZ) * exp(error));
    }
}

/* Root mean square of log N/truth, less its mean: what is wrong with the shape. */
static double wrong(const struct scene *s, const float *N, size_t from, size_t to)
{
    double sum = 0, square = 0;
    const double n = (double)(to - from);

    for (size_t f = from; f < to; f++) {
        const double e = log((double)N[f] / scene_mean(s, (double)f * BIN_HZ));

        sum += e;
        square += e * e;
    }
    return sqrt(fmax(square / n - sum * sum / n / n, 0));
}

struct known_noise {
    struct learned_noise l;
    struct bands bands;
    struct familiar f;
    float silent[64];           /* belief: nobody speaks */
};

static void know(struct known_noise *k, struct scene s)
{
    learn_scene(&k->l, s, 2000);

    struct arena a = fresh_arena(more_memory);

    memset(k->silent, 0, sizeof k->silent);
    bands_place(&k->bands, &a, BINS, BIN_HZ, FAMILIAR_SPACING);
    familiar_place(&k->f, &a, &k->bands, BIN_HZ, FRAME_HZ, &k->l.m);
    familiar_reset(&k->f);
}

static void a_familiar_noise_is_estimated_better(void **state)
{
    (void)state;
    struct known_noise k;
    struct scene s = { .tilt = 4, .dice = { 12 } };
    struct dice d = { 13 };
    float N[BINS];
    double before = 0, after = 0;

    know(&k, s);
    for (size_t t = 0; t < 500; t++) {
        guess(&d, &s, N, 0.5);
        before += wrong(&s, N, 8, 240) / 500;
        familiar_update(&k.f, k.silent, N);
        after += wrong(&s, N, 8, 240) / 500;
    }
    assert_at_most(after, 0.25 * before);               /* 0.06 */
    assert_at_least(k.f.fit, 0.9);                      /* 1.00 */
    drop_model(&k.l);
}

static void another_noise_is_found_out(void **state)
{
    (void)state;
    struct known_noise k;
    struct scene s = { .tilt = -1, .dice = { 12 } };
    struct dice d = { 13 };
    float N[BINS], blind[BINS];
    double moved = 0;

    know(&k, (struct scene){ .tilt = 4, .dice = { 12 } });
    for (size_t t = 0; t < 100; t++) {
        guess(&d, &s, N, 0.5);
        memcpy(blind, N, sizeof N);
        familiar_update(&k.f, k.silent, N);
        for (size_t f = 0; f < BINS && t > 10; f++)
            moved = fmax(moved, fabs(log((double)(N[f] / blind[f]))));
    }
    assert_at_most(moved, 0.1);                         /* 0.0005 nepers */
    assert_at_most(k.f.fit, 0.01);                      /* 0.0001 */
    drop_model(&k.l);
}

/* A voice lifts the estimate where it is, but there nobody looks. */
static void speech_does_not_make_a_noise_strange(void **state)
{
    (void)state;
    struct known_noise k;
    struct scene s = { .tilt = 2, .dice = { 12 } };
    struct dice d = { 13 };
    float N[BINS], belief[64] = { 0 };

    know(&k, s);
    for (size_t b = 8; b < 20; b++)
        belief[b] = 0.95f;
    for (size_t t = 0; t < 300; t++) {
        guess(&d, &s, N, 0.3);
        for (size_t f = k.bands.edge[8]; f < k.bands.edge[20]; f++)
            N[f] *= 8;
        familiar_update(&k.f, belief, N);
    }
    assert_at_least(k.f.fit, 0.8);                      /* 0.98 */
    for (size_t t = 0; t < 300; t++) {
        guess(&d, &s, N, 0.3);
        for (size_t f = k.bands.edge[8]; f < k.bands.edge[20]; f++)
            N[f] *= 8;
        familiar_update(&k.f, k.silent, N);
    }
    assert_at_most(k.f.fit, 0.5);                       /* 0.006: the same, if nobody speaks */
    drop_model(&k.l);
}

static void where_a_noise_strays_the_estimate_is_free_to(void **state)
{
    (void)state;
    struct known_noise k;
    struct scene s = { .tilt = 2, .upper = 1.5, .dice = { 12 } };
    struct dice d = { 13 };
    float N[BINS], blind[BINS];

    know(&k, s);
    guess(&d, &s, N, 0.2);
    memcpy(blind, N, sizeof N);
    familiar_update(&k.f, k.silent, N);

    double below = 0, above = 0;

    for (size_t f = 0; f < BINS; f++)
        *(f < 128 ? &below : &above) += fabs(log((double)(N[f] / blind[f]))) / 128;
    assert_at_most(above, 0.6 * below);                 /* 0.30 */
    drop_model(&k.l);
}

static void above_what_was_learned_all_stays_as_it_is(void **state)
{
    (void)state;
    enum { WIDE = 769 };
    struct known_noise k;
    struct dice d = { 3 };
    float N[WIDE], blind[WIDE];

    know(&k, (struct scene){ .tilt = 2, .dice = { 12 } });

    struct arena a = fresh_arena(more_memory);

    bands_place(&k.bands, &a, WIDE, BIN_HZ, FAMILIAR_SPACING);
    familiar_place(&k.f, &a, &k.bands, BIN_HZ, FRAME_HZ, &k.l.m);
    familiar_reset(&k.f);
    for (size_t f = 0; f < WIDE; f++)
        N[f] = blind[f] = (float)exp(dice_normal(&d));
    familiar_update(&k.f, k.silent, N);
    for (size_t f = 258; f < WIDE; f++)
        assert_true(N[f] == blind[f]);
    assert_at_least(fabsf(N[100] - blind[100]), 1e-3);
    drop_model(&k.l);
}

/* The window of 30 ms, and rates whose frames are no whole number of model steps. */
static void a_model_serves_any_spacing_of_frequencies(void **state)
{
    (void)state;
    static const double spacing[] = { 33.333, 30.625, 20 };
    struct known_noise k;

    know(&k, (struct scene){ .tilt = 4, .dice = { 12 } });
    for (size_t i = 0; i < sizeof spacing / sizeof *spacing; i++) {
        struct arena a = fresh_arena(more_memory);
        const size_t n = (size_t)(8000 / spacing[i]) + 1;

        bands_place(&k.bands, &a, n, spacing[i], FAMILIAR_SPACING);
        familiar_place(&k.f, &a, &k.bands, spacing[i], FRAME_HZ, &k.l.m);
        for (size_t f = 10; f < n - 10; f++) {
            const double at = (double)f * spacing[i];
            const float x = k.f.shape[f] - k.f.shape[f - 1];

            assert_at_most(fabs((double)x + 4 * spacing[i] / 8000), 0.4);       /* 0.07 */
            assert_at_most(fabs((double)(k.f.shape[f] -
                                         k.l.m.shape[(size_t)(at / BIN_HZ + 0.5)])),
                           0.4); /* 0.04 */
        }
    }
    drop_model(&k.l);
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
        cmocka_unit_test(a_familiar_noise_is_estimated_better),
        cmocka_unit_test(another_noise_is_found_out),
        cmocka_unit_test(speech_does_not_make_a_noise_strange),
        cmocka_unit_test(where_a_noise_strays_the_estimate_is_free_to),
        cmocka_unit_test(above_what_was_learned_all_stays_as_it_is),
        cmocka_unit_test(a_model_serves_any_spacing_of_frequencies),
    };

    return cmocka_run_group_tests_name("familiar", tests, NULL, NULL);
}
