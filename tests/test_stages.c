/* SPDX-License-Identifier: MIT
 *
 * test_stages.c - framing and rebuilding, guard, gain, filter texts.
 */
#include "check.h"
#include "filter/filter.h"
#include "frame/frame.h"
#include "guard/guard.h"
#include "oracle.h"
#include "rebuild/overlap.h"
#include "shrink/lsa.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 6144 };

static void products_of_the_windows_add_to_one(void **state)
{
    (void)state;
    const struct {
        double rate, window, hop;
        size_t tail;
    } cases[] = { { 16000, 32, 8, 4 }, { 16000, 32, 8, 2 }, { 16000, 30, 5, 2 },
                  { 44100, 32, 8, 4 }, { 11025, 30, 5, 2 }, { 192000, 32, 8, 4 } };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static float a[MOST], s[MOST];
        const struct frame_plan p =
            frame_plan(cases[i].rate, cases[i].window, cases[i].hop, cases[i].tail);

        assert_true(p.span <= MOST && p.span % p.hop == 0);
        frame_windows(&p, a, s);
        for (size_t t = 0; t < p.hop; t++) {
            double sum = 0;

            for (size_t k = t; k < p.span; k += p.hop)
                sum += (double)a[k] * (double)s[k];
            assert_true(fabs(sum - 1) < 1e-6);                  /* measured 1e-7 */
        }
        for (size_t t = 0; t < p.span - p.tail; t++)
            assert_true(s[t] == 0);
    }
}

static void plans_keep_the_latency_they_are_asked_for(void **state)
{
    (void)state;
    for (double rate = 8000; rate <= 192000; rate *= 1.0937) {
        const struct frame_plan p = frame_plan(rate, 30, 5, 2);
        const double ms = 1e3 * (double)p.tail / rate;

        assert_true(ms > 9 && ms < 11);
    }
    assert_int_equal(frame_plan(48000, 30, 5, 2).tail, 480);    /* 10 ms exactly */
    assert_int_equal(frame_plan(16000, 32, 8, 4).span, 512);
}

static void frames_added_back_are_the_stream(void **state)
{
    (void)state;
    const struct frame_plan p = frame_plan(16000, 32, 8, 2);
    static float memory[1 << 14], a[512], s[512], x[16 * 128];
    struct arena arena = { .block = (unsigned char *)memory };
    struct frame f;
    struct overlap o;
    struct dice d = { 1 };

    frame_windows(&p, a, s);
    frame_place(&f, &arena, &p);
    overlap_place(&o, &arena, p.tail, p.hop);
    dice_noise(&d, x, 16 * 128, 1);
    for (size_t k = 0; k < 16; k++) {
        float y[512];

        memcpy(f.x + p.span - p.hop, x + k * p.hop, p.hop * sizeof *x);
        for (size_t t = 0; t < p.span; t++)
            y[t] = f.x[t] * a[t];
        const float *const out =
            overlap_update(&o, y + p.span - p.tail, s + p.span - p.tail);

        for (size_t t = 0; k > 0 && t < p.hop; t++)
            assert_true(fabsf(out[t] - x[(k - 1) * p.hop + t]) < 1e-5f);
        frame_update(&f);
    }
}

static void guard_lets_numbers_in_and_nothing_else(void **state)
{
    (void)state;
    const float in[] = { 1, NAN, -2, INFINITY, -INFINITY, 3e38f, 1e-45f, -3e38f };
    const float want[] = { 1, 0, -2, 0, 0, GUARD_LOUDEST, 1e-45f, -GUARD_LOUDEST };
    float out[8];

    assert_int_equal(guard_copy(out, in, 1, 8), 3);
    assert_memory_equal(out, want, sizeof want);
    assert_int_equal(guard_copy(out, in, 2, 4), 1);             /* every second: -INF */
    assert_true(out[1] == -2 && out[2] == 0);
}

static void log_spectral_gain_agrees_with_its_integral(void **state)
{
    (void)state;
    static float memory[1 << 12];
    struct arena arena = { .block = (unsigned char *)memory };
    struct lsa l;
    double worst = 0;

    lsa_place(&l, &arena);
    for (double xi = 1e-3; xi < 1e3; xi *= 1.7)
        for (double gamma = 1e-2; gamma < 60; gamma *= 1.3) {
            const double want = oracle_lsa(xi, gamma);
            float x = (float)xi, got = (float)gamma;

            lsa_update(&l, 1, &x, &got);
            worst = fmax(worst, fabs((double)got / want - 1));
            assert_true(fabs(xi / (1 + xi) / want - 1) > 1e-9 || gamma * xi / (1 + xi) > 10);
        }
    assert_true(worst < 1e-3);                                  /* measured 1.2e-4 */
    assert_true(fabs(0.5 / oracle_lsa(1, 1) - 1) > 0.1);        /* the Wiener gain is not it */
}

static void log_spectral_gain_survives_the_ends(void **state)
{
    (void)state;
    static float memory[1 << 12];
    struct arena arena = { .block = (unsigned char *)memory };
    struct lsa l;

    lsa_place(&l, &arena);
    const float ends[] = { 0, 1e-30f, 1, 1e6f, 1e30f };

    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 5; k++) {
            float xi = ends[i], g = ends[k];

            lsa_update(&l, 1, &xi, &g);
            assert_true(isfinite(g) && g >= 0);
        }
}

static void filter_texts_are_understood_or_refused_by_line(void **state)
{
    (void)state;
    struct recipe f;
    struct filter_fault why;

    assert_true(filter_parse("# a comment\n\n latency=16 # ms\r\nreduction = 12.5", &f, &why));
    assert_true(f.latency_ms == 16 && f.reduction_db == 12.5f && f.mix == 1);
    assert_true(filter_parse("engine = spectral\n", &f, &why));

    const char *const wrong[] = { "latency\n",        "latency = 1x\n",      "latency = \n",
                                  "latencyy = 16\n",  "latency = 0,5\n",     "= 4\n",
                                  "engine = magic\n", "engine = spectralx\n" };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[64] = "mix = 1\n";

        strcat(text, wrong[i]);
        assert_false(filter_parse(text, &f, &why));
        assert_int_equal(why.line, 2);
    }
}

static void every_built_in_filter_is_understood(void **state)
{
    (void)state;
    struct recipe f;
    struct filter_fault why;
    int count = 0;

    for (const struct filter_text *t = filter_builtin; t->name; t++, count++)
        assert_true(filter_parse(t->text, &f, &why));
    assert_true(count >= 1);
    assert_non_null(filter_find("speech"));
    assert_null(filter_find("speec"));
    assert_null(filter_find(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_of_the_windows_add_to_one),
        cmocka_unit_test(plans_keep_the_latency_they_are_asked_for),
        cmocka_unit_test(frames_added_back_are_the_stream),
        cmocka_unit_test(guard_lets_numbers_in_and_nothing_else),
        cmocka_unit_test(log_spectral_gain_agrees_with_its_integral),
        cmocka_unit_test(log_spectral_gain_survives_the_ends),
        cmocka_unit_test(filter_texts_are_understood_or_refused_by_line),
        cmocka_unit_test(every_built_in_filter_is_understood),
    };
    return cmocka_run_group_tests_name("stages", tests, NULL, NULL);
}
