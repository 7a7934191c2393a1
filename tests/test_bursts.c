/* SPDX-License-Identifier: MIT
 *
 * test_bursts.c - keys, claps and bangs go, once there were some; consonants stay.
 */
#include "check.h"
#include "lull.h"
#include "voice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 16000, WORD = 12 * RATE / 10, PAUSE = 8 * RATE / 10, ROW = 12 };
enum { CLOSED = RATE / 25 };      /* from a consonant to its vowel */

/* A stream of words, each after a pause, with bursts in it. */
struct talk {
    size_t n;
    float *x, *y;       /* [n] in and out */
    struct dice dice;
};

static struct talk talk_of(size_t words)
{
    struct talk t = { .n = words * (WORD + PAUSE), .dice = { 5 } };

    t.x = calloc(t.n, sizeof *t.x);
    t.y = calloc(t.n, sizeof *t.y);
    assert_non_null(t.x);
    assert_non_null(t.y);
    dice_noise(&t.dice, t.x, t.n, 1e-4);
    for (size_t i = 0; i < words; i++) {
        float *const word = calloc(WORD, sizeof *word);

        assert_non_null(word);
        voice(word, WORD, RATE, 0);
        for (size_t k = 0; k < WORD; k++)
            t.x[i * (WORD + PAUSE) + PAUSE + k] += word[k];
        free(word);
    }
    return t;
}

static void talk_free(struct talk *t)
{
    free(t->x);
    free(t->y);
}

/* Noise that begins at once and falls by e in so many seconds. */
static void strike(struct talk *t, size_t at, double loud, double fall_s)
{
    const size_t length = (size_t)(5 * fall_s * RATE);
    float *const b = calloc(length, sizeof *b);

    assert_non_null(b);
    dice_noise(&t->dice, b, length, loud);
    for (size_t k = 0; k < length && at + k < t->n; k++)
        t->x[at + k] += b[k] * (float)exp(-(double)k / (fall_s * RATE));
    free(b);
}

static void listen(struct talk *t)
{
    const lull_config cfg = lull_preset("speech", RATE, 1);
    lull *const l = lull_new(&cfg, NULL);

    assert_non_null(l);
    const size_t late = lull_latency(l);
    float *const out = calloc(t->n + late, sizeof *out);

    assert_non_null(out);
    lull_process(l, t->x, out, t->n);
    lull_flush(l, out + t->n, late);
    memcpy(t->y, out + late, t->n * sizeof *out);
    free(out);
    lull_free(l);
}

/* dB by which the samples from `at` on went down. */
static double removed(const struct talk *t, size_t at, size_t length)
{
    return decibel(energy(t->x + at, length), energy(t->y + at, length));
}

/* Bursts in every pause, a word between: by how many dB the first, and the mean after it. */
static void row(double loud, double fall_s, double *first, double *later)
{
    const size_t length = (size_t)(3 * fall_s * RATE);
    struct talk t = talk_of(ROW);

    for (size_t i = 0; i < ROW; i++)
        strike(&t, i * (WORD + PAUSE) + PAUSE / 2, loud, fall_s);
    listen(&t);
    *first = removed(&t, PAUSE / 2, length);
    *later = 0;
    for (size_t i = ROW / 2; i < ROW; i++)
        *later += removed(&t, i * (WORD + PAUSE) + PAUSE / 2, length) / (ROW - ROW / 2);
    talk_free(&t);
}

/* Sounds without a pitch that last, as of somebody who whispers. */
static void what_lasts_is_no_burst(void **state)
{
    (void)state;
    double first, later;

    row(0.2, 0.3, &first, &later);
    assert_at_most(fabs(later - first), 1);
}

static void keys_claps_and_bangs_go_once_there_were_some(void **state)
{
    (void)state;
    static const double fall_s[] = { 0.004, 0.02, 0.06 };

    for (size_t i = 0; i < 3; i++) {
        double first, later;

        row(0.2, fall_s[i], &first, &later);
        assert_at_most(fabs(first), 1);         /* measured 0.04 */
        assert_at_least(later, 15);             /* measured 23.7 */
    }
}

/* Between them there is nothing at all, as behind a gate. */
static void keys_go_in_digital_silence(void **state)
{
    (void)state;
    const size_t length = RATE / 80;
    struct talk t = talk_of(ROW);
    double later = 0;

    memset(t.x, 0, t.n * sizeof *t.x);
    for (size_t i = 0; i < ROW; i++)
        strike(&t, i * (WORD + PAUSE) + PAUSE / 2, 0.2, 0.004);
    listen(&t);
    for (size_t i = ROW / 2; i < ROW; i++)
        later += removed(&t, i * (WORD + PAUSE) + PAUSE / 2, length) / (ROW - ROW / 2);
    assert_at_least(later, 15);
    talk_free(&t);
}

/* Mean attenuation in dB of the consonants that words of the second half begin with. */
static double consonants_removed(struct talk *t)
{
    double mean = 0;

    listen(t);
    for (size_t i = ROW / 2; i < ROW; i++) {
        const size_t at = i * (WORD + PAUSE) + PAUSE - CLOSED;

        mean += removed(t, at, CLOSED / 2) / (ROW - ROW / 2);
    }
    return mean;
}

static void a_consonant_before_a_vowel_is_no_burst(void **state)
{
    (void)state;
    struct talk t = talk_of(ROW);

    for (size_t i = 0; i < ROW; i++)
        strike(&t, i * (WORD + PAUSE) + PAUSE - CLOSED, 0.05, 0.01);
    assert_at_most(fabs(consonants_removed(&t)), 1);    /* measured 0.13 */
    talk_free(&t);
}

static void a_voice_among_keys_stays(void **state)
{
    (void)state;
    struct talk t = talk_of(ROW);

    for (size_t i = 0; i < ROW; i++)
        strike(&t, i * (WORD + PAUSE) + PAUSE / 4, 0.2, 0.004);
    listen(&t);
    for (size_t i = 0; i < ROW; i++) {
        const double lost = removed(&t, i * (WORD + PAUSE) + PAUSE, WORD);

        assert_at_most(fabs(lost), 0.1);                /* measured 0.0003 */
    }
    talk_free(&t);
}

static void keys_of_long_ago_are_forgotten(void **state)
{
    (void)state;
    enum { LONG = 60 };
    const size_t last = (LONG - 1) * (WORD + PAUSE) + PAUSE / 2;
    struct talk t = talk_of(LONG);

    for (size_t i = 0; i < ROW; i++)
        strike(&t, i * (WORD + PAUSE) + PAUSE / 2, 0.2, 0.004);
    strike(&t, last, 0.2, 0.004);
    listen(&t);
    assert_at_most(removed(&t, last, RATE / 80), 2);    /* measured 0 */
    talk_free(&t);
}

static void a_frozen_filter_meets_no_bursts(void **state)
{
    (void)state;
    struct talk t = talk_of(ROW);
    const lull_config cfg = lull_preset("speech", RATE, 1);
    lull *const l = lull_new(&cfg, NULL);

    assert_non_null(l);
    for (size_t i = 0; i < ROW; i++)
        strike(&t, i * (WORD + PAUSE) + PAUSE / 2, 0.2, 0.004);
    lull_process(l, t.x, t.y, PAUSE / 4);
    lull_set(l, LULL_FREEZE, 1);
    lull_process(l, t.x + PAUSE / 4, t.y + PAUSE / 4, t.n - PAUSE / 4);

    const size_t at = (ROW - 1) * (WORD + PAUSE) + PAUSE / 2, late = lull_latency(l);

    assert_at_most(decibel(energy(t.x + at, RATE / 80), energy(t.y + at + late, RATE / 80)), 2);
    lull_free(l);
    talk_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_claps_and_bangs_go_once_there_were_some),
        cmocka_unit_test(keys_go_in_digital_silence),
        cmocka_unit_test(what_lasts_is_no_burst),
        cmocka_unit_test(a_consonant_before_a_vowel_is_no_burst),
        cmocka_unit_test(a_voice_among_keys_stays),
        cmocka_unit_test(keys_of_long_ago_are_forgotten),
        cmocka_unit_test(a_frozen_filter_meets_no_bursts),
    };

    return cmocka_run_group_tests_name("bursts", tests, NULL, NULL);
}
