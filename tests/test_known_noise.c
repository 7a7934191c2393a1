/* SPDX-License-Identifier: MIT
 *
 * test_known_noise.c - a voice in a noise that was learned, by the faces of the library.
 */
#include "check.h"
#include "filter/file.h"
#include "lessons.h"
#include "lull.h"
#include "measures/measures.h"
#include "voice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HZ = 16000 };

/* Noise that is dark, or bright, as the pole says. */
static void room_noise(struct dice *d, float *x, size_t n, double pole)
{
    double brown = 0;

    for (size_t t = 0; t < n; t++) {
        brown = pole * brown + dice_normal(d);
        x[t] = (float)(0.02 * sqrt(1 - pole * pole) * brown + 0.0005 * dice_normal(d));
    }
}

/* What is learned from eight seconds of that noise. */
static struct file learn_room(double pole)
{
    enum { N = 8 * HZ };
    static float x[N];
    struct dice d = { 77 };

    room_noise(&d, x, N, pole);
    return lesson_learn("speech", HZ, 1, x, N);
}

enum { LONG = 6 * HZ };

/* SI-SDR of a voice in the noise of pole .9, denoised by l, which is freed. */
static double denoised_db(lull *l)
{
    static float clean[LONG], x[LONG + 4096];
    static double c[LONG], e[LONG];
    struct dice d = { 99 };
    const size_t late = lull_latency(l);

    memset(x, 0, sizeof x);
    room_noise(&d, x, LONG, 0.9);
    voice(clean, LONG, HZ, HZ);
    for (size_t t = 0; t < LONG; t++)
        x[t] += 0.3f * clean[t];
    lull_process(l, x, x, LONG + late);
    for (size_t t = 0; t < LONG; t++) {
        c[t] = (double)clean[t];
        e[t] = (double)x[t + late];
    }
    lull_free(l);
    return si_sdr(c, e, LONG);
}

static void speech_comes_cleaner_out_of_a_noise_that_is_known(void **state)
{
    (void)state;
    const struct file right = learn_room(0.9), wrong_one = learn_room(-0.9);
    const lull_config blind_cfg = lull_preset("speech", HZ, 1);
    const double blind = denoised_db(lull_new(&blind_cfg, NULL));
    const double known = denoised_db(lesson_open(right, 0));
    const double mistaken = denoised_db(lesson_open(wrong_one, 0));

    assert_at_least(known, blind + 0.1);                /* 0.29 */
    assert_at_least(mistaken, blind - 0.05);            /* 0.00 */
    free(right.at);
    free(wrong_one.at);
}

static void a_stream_in_a_known_noise_goes_on_from_its_state(void **state)
{
    (void)state;
    static float x[LONG], whole[LONG], parts[LONG];
    const struct file file = learn_room(0.9);
    struct dice d = { 31 };

    room_noise(&d, x, LONG, 0.9);
    lull *const a = lesson_open(file, 0);
    lull *b = lesson_open(file, 0);

    lull_process(a, x, whole, LONG);
    for (size_t t = 0, n; t < LONG; t += n) {
        const size_t bytes = lull_save(b, NULL, 0);
        void *const kept = malloc(bytes);

        assert_non_null(kept);
        lull_save(b, kept, bytes);
        lull_free(b);
        b = lesson_open(file, 0);
        assert_int_equal(lull_load(b, kept, bytes), LULL_OK);
        free(kept);
        n = 1 + dice_word(&d) % 5000;
        n = n < LONG - t ? n : LONG - t;
        lull_process(b, x + t, parts + t, n);
    }
    assert_memory_equal(whole, parts, sizeof whole);
    lull_free(a);
    lull_free(b);
    free(file.at);
}

/* Well sealed, but what was learned is damaged. */
static void a_filter_whose_noise_is_none_is_refused(void **state)
{
    (void)state;
    unsigned char file[4096];
    const struct filter_section s = { "NOIS", "murmur", 6 };
    const size_t size =
        filter_file_write("format = 1.0\nengine = spectral\nlatency = 32\n"
                          "reduction = 24\nmix = 1\nrate = 16000\nchannels = 1\n",
                          &s, 1, file, sizeof file);
    lull_config cfg = lull_preset_file(file, size, HZ, 1);
    lull_status why;

    assert_null(lull_new(&cfg, &why));
    assert_int_equal(why, LULL_BAD_FILTER);
    assert_int_equal(lull_filter_check_file(file, size, NULL, 0), LULL_BAD_FILTER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speech_comes_cleaner_out_of_a_noise_that_is_known),
        cmocka_unit_test(a_stream_in_a_known_noise_goes_on_from_its_state),
        cmocka_unit_test(a_filter_whose_noise_is_none_is_refused),
    };

    return cmocka_run_group_tests_name("known noise", tests, NULL, NULL);
}
