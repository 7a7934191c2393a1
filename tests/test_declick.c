/* SPDX-License-Identifier: MIT
 *
 * test_declick.c - clicks in sound made here: a chord of decaying partials with
 * sharp onsets, a voice, noise; and what becomes of all that is no click.
 */
#include "check.h"
#include "guard/click.h"
#include "lull.h"
#include "voice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 48000, N = 2 * RATE, CLICKS = 24, LONGEST = 30 };

static lull *fresh(double rate_hz, unsigned channels)
{
    const lull_config cfg = lull_preset("declick", rate_hz, channels);
    lull_status why;
    lull *const l = lull_new(&cfg, &why);

    assert_int_equal(why, LULL_OK);
    assert_non_null(l);
    return l;
}

/* The whole of x[frames][channels], latency removed, in blocks of that size. */
static void pass(lull *l, const float *x, float *y, size_t frames, unsigned channels,
                 size_t block)
{
    const size_t late = lull_latency(l), all = frames + late;
    float *const in = calloc(all * channels, sizeof *in);

    memcpy(in, x, frames * channels * sizeof *x);
    for (size_t t = 0; t < all; t += block)
        lull_process(l, in + t * channels, in + t * channels,
                     all - t < block ? all - t : block);
    memcpy(y, in + late * channels, frames * channels * sizeof *y);
    free(in);
}

static void declick(const float *x, float *y, size_t n)
{
    lull *const l = fresh(RATE, 1);

    pass(l, x, y, n, 1, 1000);
    lull_free(l);
}

/* Plucked chords, four a second, over a little hiss. */
static float *music(size_t n, double rate_hz)
{
    static const double chord[] = { 146.8, 185.0, 220.0, 293.7 };
    float *const x = malloc(n * sizeof *x);
    const size_t beat = (size_t)(rate_hz / 4);
    struct dice d = { 3 };

    for (size_t t = 0; t < n; t++) {
        const double s = (double)(t % beat) / rate_hz,
                     pitch = 1 + 0.125 * (double)(t / beat % 4);
        double v = 2e-4 * dice_normal(&d);

        for (size_t c = 0; c < 4; c++)
            for (int k = 1; k <= 8; k++)
                v += 0.06 / k * exp(-s * (3 + 2 * k)) * (1 - exp(-s * 2000)) *
                     sin(6.283185307 * chord[c] * pitch * k * s + (double)c);
        x[t] = (float)v;
    }
    return x;
}

struct scratch {
    size_t from, n;
};

/* Adds clicks of 1..30 samples: bursts that ring and decay, 0.1 to 0.9 high. */
static void scratch(float *x, size_t n, struct scratch *at)
{
    struct dice d = { 11 };

    for (size_t i = 0; i < CLICKS; i++) {
        const size_t length = 1 + (size_t)(dice_uniform(&d) * LONGEST);
        const double height = (0.1 + 0.8 * dice_uniform(&d)) * (i % 2 ? 1 : -1);
        const double turn = 0.3 + 2 * dice_uniform(&d);

        at[i] = (struct scratch){ (i + 1) * n / (CLICKS + 2) + (size_t)(dice_uniform(&d) * 900),
                                  length };
        for (size_t t = 0; t < length; t++)
            x[at[i].from + t] += (float)(height * exp(-3.0 * (double)t / (double)length) *
                                         cos(turn * (double)t));
    }
}

static void clicks_are_repaired_and_nothing_else_is_touched(void **state)
{
    (void)state;
    struct scratch at[CLICKS];
    float *const clean = music(N, RATE), *const x = malloc(N * sizeof *x),
                 *const y = malloc(N * sizeof *y);
    size_t touched = 0, t = 0;

    memcpy(x, clean, N * sizeof *x);
    scratch(x, N, at);
    declick(x, y, N);
    assert_at_least(decibel(distance2(x, clean, N), distance2(y, clean, N)), 25); /* 38.2 */
    for (size_t i = 0; i < CLICKS; i++) {
        assert_memory_equal(x + t, y + t, (at[i].from - 8 - t) * sizeof *x);
        touched += memcmp(x + at[i].from, y + at[i].from, at[i].n * sizeof *x) != 0;
        t = at[i].from + at[i].n + 8;
    }
    assert_memory_equal(x + t, y + t, (N - t) * sizeof *x);
    assert_int_equal(touched, CLICKS);
    free(clean);
    free(x);
    free(y);
}

/* Attacks, a voice's pulses, hiss, silence, a square wave at full scale, -0. */
static void what_has_no_clicks_comes_out_bit_for_bit(void **state)
{
    (void)state;
    float *const x = malloc(N * sizeof *x), *const y = malloc(N * sizeof *y);
    struct dice d = { 5 };
    float *const plucked = music(N, RATE);

    declick(plucked, y, N);
    assert_memory_equal(plucked, y, N * sizeof *y);
    voice(x, N, RATE, N / 6);
    for (size_t t = 0; t < N; t++)
        x[t] += (float)(5e-4 * dice_normal(&d));
    declick(x, y, N);
    assert_memory_equal(x, y, N * sizeof *y);
    dice_noise(&d, x, N, 0.2);
    for (size_t t = N / 2; t < N; t++) /* drums after hiss */
        x[t] *= 0.01f + 4 * expf(-(float)(t % 12000) / 600);
    declick(x, y, N);
    assert_memory_equal(x, y, N * sizeof *y);
    for (size_t t = 0; t < N; t++)
        x[t] = -0.0f;
    declick(x, y, N);
    assert_memory_equal(x, y, N * sizeof *y);
    free(plucked);
    free(x);
    free(y);
}

static void output_does_not_depend_on_block_size(void **state)
{
    (void)state;
    static const size_t blocks[] = { 1, 7, 64, 256, 333, 4096 };
    struct scratch at[CLICKS];
    float *const x = music(N, RATE), *const y = malloc(N * sizeof *y),
                 *const want = malloc(N * sizeof *want);

    scratch(x, N, at);
    declick(x, want, N);
    assert_memory_not_equal(x, want, N * sizeof *x);
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        lull *const l = fresh(RATE, 1);

        pass(l, x, y, N, 1, blocks[i]);
        assert_memory_equal(y, want, N * sizeof *y);
        lull_reset(l); /* and as good as new */
        pass(l, x, y, N, 1, blocks[i]);
        assert_memory_equal(y, want, N * sizeof *y);
        lull_free(l);
    }
    free(x);
    free(y);
    free(want);
}

/* On the right the same backwards, so that nothing is where it is on the left. */
static void a_channel_does_not_know_of_the_other(void **state)
{
    (void)state;
    struct scratch at[CLICKS];
    float *const left = music(N, RATE), *const right = malloc(N * sizeof *right);
    float *const both = malloc(2 * N * sizeof *both), *const out = malloc(2 * N * sizeof *out);
    float *const one = malloc(N * sizeof *one), *const other = malloc(N * sizeof *other);
    lull *const l = fresh(RATE, 2);

    scratch(left, N, at);
    for (size_t t = 0; t < N; t++)
        right[t] = left[N - 1 - t];
    for (size_t t = 0; t < N; t++) {
        both[2 * t] = left[t];
        both[2 * t + 1] = right[t];
    }
    pass(l, both, out, N, 2, 1000);
    declick(left, one, N);
    declick(right, other, N);
    for (size_t t = 0; t < N; t++) {
        assert_memory_equal(out + 2 * t, one + t, sizeof *out);
        assert_memory_equal(out + 2 * t + 1, other + t, sizeof *out);
    }
    lull_free(l);
    free(left);
    free(right);
    free(both);
    free(out);
    free(one);
    free(other);
}

static void what_is_no_number_is_filled_in_and_long_gaps_fade(void **state)
{
    (void)state;
    enum { SHORT = RATE / 2 + 4000, LONG = RATE + 5000, GAP = 20, HOLE = 9000 };
    float *const clean = music(N, RATE), *const x = malloc(N * sizeof *x),
                 *const y = malloc(N * sizeof *y);

    memcpy(x, clean, N * sizeof *x);
    for (size_t t = 0; t < GAP; t++)
        x[SHORT + t] = t % 3 ? NAN : t % 2 ? -INFINITY : 3e38f;
    for (size_t t = 0; t < HOLE; t++)
        x[LONG + t] = NAN;
    declick(x, y, N);
    assert_at_least(decibel(energy(clean + SHORT, GAP),
                            distance2(y + SHORT, clean + SHORT, GAP)),
                    20); /* 37.4 */
    for (size_t t = 0; t < HOLE; t++)
        assert_true(fabsf(y[LONG + t]) <= 0.5f);
    for (size_t t = 96; t < HOLE - 96; t++)
        assert_true(y[LONG + t] == 0);
    assert_at_least(decibel(energy(clean + LONG, 8), distance2(y + LONG, clean + LONG, 8)),
                    10); /* 24.4 */
    assert_memory_equal(x, y, SHORT * sizeof *x);
    assert_memory_equal(x + SHORT + GAP, y + SHORT + GAP, (LONG - SHORT - GAP) * sizeof *x);
    assert_memory_equal(x + LONG + HOLE, y + LONG + HOLE, (N - LONG - HOLE) * sizeof *x);
    free(clean);
    free(x);
    free(y);
}

/* However loud or soft, at whatever rate. */
static void scale_and_rate_do_not_matter(void **state)
{
    (void)state;
    static const double rates[] = { 8000, 11025, 16000, 44100, 96000, 192000 };
    struct scratch at[CLICKS];

    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        const size_t n = (size_t)rates[i];
        float *const clean = music(n, rates[i]), *const x = malloc(n * sizeof *x);
        float *const y = malloc(n * sizeof *y), *const z = malloc(n * sizeof *z);
        lull *l = fresh(rates[i], 1);

        memcpy(x, clean, n * sizeof *x);
        scratch(x, n, at);
        if (rates[i] < 20000) /* as long in time, not in samples */
            for (size_t k = 0; k < CLICKS; k++)
                for (size_t t = 8; t < LONGEST; t++)
                    x[at[k].from + t] = clean[at[k].from + t];
        pass(l, x, y, n, 1, 500);
        assert_at_least(decibel(distance2(x, clean, n), distance2(y, clean, n)),
                        6); /* 15.2 .. 58 */
        for (int octave = -20; octave <= 20; octave += 40) {
            for (size_t t = 0; t < n; t++)
                z[t] = ldexpf(x[t], octave);
            lull_reset(l);
            pass(l, z, z, n, 1, 500);
            for (size_t t = 0; t < n; t++)
                assert_true(fabsf(ldexpf(z[t], -octave) - y[t]) <= 1e-3f);
        }
        lull_free(l);
        free(clean);
        free(x);
        free(y);
        free(z);
    }
}

static void kept_and_removed_add_up_and_bypass_is_the_input(void **state)
{
    (void)state;
    struct scratch at[CLICKS];
    float *const x = music(N, RATE), *const kept = malloc(N * sizeof *kept),
                 *const gone = malloc(N * sizeof *gone);
    lull *l = fresh(RATE, 1);

    scratch(x, N, at);
    lull_set(l, LULL_MIX, 0.5f);
    pass(l, x, kept, N, 1, 1000);
    lull_reset(l);
    lull_set(l, LULL_RESIDUAL, 1);
    pass(l, x, gone, N, 1, 1000);
    assert_at_least(energy(gone, N), 0.1);
    for (size_t t = 512; t < N; t++)
        assert_true(fabsf(kept[t] + gone[t] - x[t]) <= 1e-6f);
    lull_reset(l);
    lull_set(l, LULL_BYPASS, 1);
    pass(l, x, kept, N, 1, 1000);
    assert_memory_equal(kept + 512, x + 512, (N - 512) * sizeof *x);
    lull_free(l);
    free(x);
    free(kept);
    free(gone);
}

/* The banded factor beside the same normal equations solved whole. */
static void a_gap_is_filled_as_least_squares_says(void **state)
{
    (void)state;
    enum { SPAN = 768, FROM = 300, GAP = 24 };
    float *const x = music(SPAN, 8000), y[SPAN];
    struct arena a = { 0 };
    struct predictor p;
    struct gap g;
    unsigned at[GAP];

    predictor_place(&p, &a, SPAN);
    gap_place(&g, &a, GAP);
    void *const block = aligned_alloc(ARENA_ALIGN, a.used);

    a = (struct arena){ .block = block };
    predictor_place(&p, &a, SPAN);
    gap_place(&g, &a, GAP);
    predictor_update(&p, x);
    predictor_refine(&p);
    for (size_t i = 0; i < GAP; i++)
        at[i] = (unsigned)(FROM + i + (i > GAP / 2 ? 7 : 0)); /* two gaps, 7 apart */
    memcpy(y, x, sizeof y);
    gap_fill(&g, &p.fine, y, at, GAP);

    /* No step along any missing sample makes the errors less. */
    for (size_t i = 0; i < GAP; i++) {
        double slope = 0, size = 0;

        for (size_t t = at[i]; t <= at[i] + PREDICTOR_FINE; t++) {
            double e = 0;

            for (size_t k = 0; k <= PREDICTOR_FINE; k++)
                e += p.fine.a[k] * (double)y[t - k];
            slope += e * p.fine.a[t - at[i]];
            size += fabs(e * p.fine.a[t - at[i]]);
        }
        assert_at_most(fabs(slope), 1e-3 * size + 1e-6);
    }
    for (size_t t = 0, i = 0; t < SPAN; t++) {
        if (i < GAP && t == at[i])
            i++;
        else
            assert_memory_equal(x + t, y + t, sizeof *x);
    }
    free(block);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clicks_are_repaired_and_nothing_else_is_touched),
        cmocka_unit_test(what_has_no_clicks_comes_out_bit_for_bit),
        cmocka_unit_test(output_does_not_depend_on_block_size),
        cmocka_unit_test(a_channel_does_not_know_of_the_other),
        cmocka_unit_test(what_is_no_number_is_filled_in_and_long_gaps_fade),
        cmocka_unit_test(scale_and_rate_do_not_matter),
        cmocka_unit_test(kept_and_removed_add_up_and_bypass_is_the_input),
        cmocka_unit_test(a_gap_is_filled_as_least_squares_says),
    };

    return cmocka_run_group_tests_name("declick", tests, NULL, NULL);
}
