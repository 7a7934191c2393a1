/* SPDX-License-Identifier: MIT
 *
 * test_live.c - the parts of `lull live` that need no device: what is done when
 * there is not enough time, what is seen from outside, what happens to a block.
 */
#include "app/governor.h"
#include "app/learnt.h"
#include "app/progress.h"
#include "app/ring.h"
#include "app/through.h"
#include "check.h"
#include "device/device.h"
#include "plugin/choice.h"
#include "voice.h"
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { RATE = 16000, FRAMES = 4 * RATE };

/* Seconds of blocks of 10 ms that each take `load` of their time. */
static enum relief feed(struct governor *g, float load, float seconds)
{
    enum relief relief = g->relief;

    for (int i = 0; i < (int)(100 * seconds); i++)
        relief = governor_update(g, 0.01f * load, 0.01f);
    return relief;
}

static void one_late_block_is_no_alarm(void **state)
{
    struct governor g;

    (void)state;
    governor_reset(&g, false);
    feed(&g, 0.1f, 2);
    assert_int_equal(governor_update(&g, 0.05f, 0.01f), RELIEF_NONE);
    assert_int_equal(feed(&g, 0.1f, 2), RELIEF_NONE);
}

static void overload_freezes_then_lowers_the_rank_then_passes_then_recovers(void **state)
{
    struct governor g;

    (void)state;
    governor_reset(&g, true);
    assert_int_equal(feed(&g, 0.1f, 2), RELIEF_NONE);
    assert_int_equal(feed(&g, 1.2f, 0.2f), RELIEF_FREEZE);
    assert_int_equal(feed(&g, 1.2f, 0.6f), RELIEF_RANK);
    assert_int_equal(feed(&g, 0.6f, 60), RELIEF_RANK);          /* enough: stays */
    assert_int_equal(feed(&g, 1.2f, 0.2f), RELIEF_PASS);
    assert_int_equal(feed(&g, 0.1f, 1.5f), RELIEF_PASS);        /* patience */
    assert_int_equal(feed(&g, 0.1f, 1.5f), RELIEF_RANK);
    assert_int_equal(feed(&g, 0.1f, 2), RELIEF_FREEZE);
    assert_int_equal(feed(&g, 0.1f, 3), RELIEF_NONE);
}

static void without_directions_overload_freezes_then_passes_then_recovers(void **state)
{
    struct governor g;

    (void)state;
    governor_reset(&g, false);
    assert_int_equal(feed(&g, 0.1f, 2), RELIEF_NONE);
    assert_int_equal(feed(&g, 1.2f, 0.2f), RELIEF_FREEZE);
    assert_int_equal(feed(&g, 1.2f, 0.6f), RELIEF_PASS);
    assert_int_equal(feed(&g, 0.1f, 1.5f), RELIEF_PASS);        /* patience */
    assert_int_equal(feed(&g, 0.1f, 1.5f), RELIEF_FREEZE);
    assert_int_equal(feed(&g, 0.1f, 3), RELIEF_NONE);
}

static void a_load_between_the_thresholds_changes_nothing(void **state)
{
    struct governor g;

    (void)state;
    governor_reset(&g, false);
    feed(&g, 1.2f, 0.2f);
    assert_int_equal(feed(&g, 0.6f, 60), RELIEF_FREEZE);
}

/* Never enough time for all of it: one try in ever longer whiles. */
static void too_early_a_recovery_makes_patient(void **state)
{
    struct governor g;
    int changes = 0;
    enum relief before = RELIEF_NONE;

    (void)state;
    governor_reset(&g, false);
    for (int i = 0; i < 100 * 300; i++) {
        const enum relief now =
            governor_update(&g, before == RELIEF_NONE ? 0.012f : 0.002f, 0.01f);

        changes += now != before;
        before = now;
    }
    assert_true(changes >= 5 && changes <= 25);
}

static void *put_numbers(void *user)
{
    for (size_t i = 0; i < 100000;) {
        const float x[2] = { (float)i, (float)i + 1 };

        i += ring_put(user, x, 2) ? 2 : 0;
    }
    return NULL;
}

static void a_ring_keeps_order_between_threads(void **state)
{
    struct ring r;
    pthread_t writer;
    float x[7];

    (void)state;
    assert_true(ring_new(&r, 100));
    assert_int_equal(r.size, 128);
    assert_int_equal(pthread_create(&writer, NULL, put_numbers, &r), 0);
    for (size_t got = 0; got < 100000;) {
        const size_t n = ring_get(&r, x, 7);

        for (size_t i = 0; i < n; i++)
            assert_float_equal(x[i], (float)(got + i), 0);
        got += n;
    }
    pthread_join(writer, NULL);
    ring_free(&r);
}

static struct through *through_of(const char *filter)
{
    static struct through t;
    const lull_config cfg = lull_preset(filter, RATE, 1);

    assert_true(through_open(&t, lull_new(&cfg, NULL), RATE, 1));
    return &t;
}

static struct through *new_through(float *sound)
{
    voice(sound, FRAMES, RATE, 0);
    return through_of("speech");
}

static void free_through(struct through *t)
{
    lull *l = t->l;

    through_close(t);
    lull_free(l);
}

static float sound[FRAMES], heard[FRAMES], wanted[FRAMES];

static void a_block_is_what_lull_makes_of_it(void **state)
{
    struct through *t = new_through(sound);
    const lull_config cfg = lull_preset("speech", RATE, 1);
    lull *l = lull_new(&cfg, NULL);

    (void)state;
    lull_process(l, sound, wanted, FRAMES);
    for (size_t at = 0, n; at < FRAMES; at += n) {
        n = 1 + at % 700 < FRAMES - at ? 1 + at % 700 : FRAMES - at;
        assert_true(through_process(t, sound + at, heard + at, n, false));
    }
    assert_memory_equal(heard, wanted, sizeof heard);
    assert_true(atomic_load(&t->frames) == FRAMES);
    lull_free(l);
    free_through(t);
}

static void it_ends_after_its_frames(void **state)
{
    struct through *t = new_through(sound);

    (void)state;
    t->left = 1000;
    for (size_t i = 0; i < FRAMES; i++)
        heard[i] = 1;
    assert_true(through_process(t, sound, heard, 600, false));
    assert_false(through_process(t, sound, heard + 600, 600, false));
    for (size_t i = 1000; i < 1200; i++)
        assert_float_equal(heard[i], 0, 0);
    assert_true(atomic_load(&t->frames) == 1000);
    free_through(t);
}

/* A device loses sound while it finds its feet: that is no xrun of ours. */
static void losses_count_once_a_device_has_settled(void **state)
{
    struct through *t = new_through(sound);

    (void)state;
    for (size_t at = 0; at < RATE; at += 160)
        through_process(t, sound + at, heard + at, 160,
                        at == 1600 || at == 12800 || at == 14400);
    assert_int_equal(atomic_load(&t->lost), 2);
    through_begin(t);                   /* it is another, or begins again */
    through_process(t, sound, heard, 160, true);
    assert_int_equal(atomic_load(&t->lost), 2);
    free_through(t);
}

/* Some let it wait for two seconds after the first block: begun anew, they would again. */
static void stalls_count_once_a_device_has_settled(void **state)
{
    struct through *t = new_through(sound);

    (void)state;
    for (size_t at = 0; at < RATE; at += 160) {
        if (at == 160 || at == 12800)
            atomic_store(&t->last_s, seconds_now() - 2);
        through_process(t, sound + at, heard + at, 160, false);
        assert_int_equal(atomic_load(&t->stalls), at >= 12800);
    }
    free_through(t);
}

/* The largest step of a second of a slow sine, which has none above .02. */
static float largest_step(struct through *t, enum relief (*relief)(size_t block))
{
    float before = 0, most = 0;

    for (size_t i = 0; i < FRAMES; i++)
        sound[i] = 0.4f * sinf((float)i * 0.05f);
    lull_set(t->l, LULL_BYPASS, 1);
    for (size_t at = 0; at + 160 <= FRAMES; at += 160) {
        t->governor.relief = relief(at / 160);
        t->governor.since_s = 0;
        t->governor.patience_s = 60;
        through_process(t, sound + at, heard + at, 160, false);
    }
    for (size_t i = RATE / 2; i < FRAMES - 160; before = heard[i++])
        most = fmaxf(most, i > RATE / 2 ? fabsf(heard[i] - before) : 0);
    return most;
}

static enum relief in_the_middle(size_t block)
{
    return block > 100 && block < 200 ? RELIEF_PASS : RELIEF_NONE;
}

static enum relief to_and_fro(size_t block)
{
    return block / 7 % 2 ? RELIEF_PASS : RELIEF_NONE;
}

static void stepping_aside_and_back_does_not_click(void **state)
{
    (void)state;
    struct through *t = new_through(sound);

    assert_true(largest_step(t, in_the_middle) < 0.022f);
    free_through(t);
    t = new_through(sound);
    assert_true(largest_step(t, to_and_fro) < 0.022f);
    free_through(t);
}

static enum relief fewer(size_t block)
{
    return block > 150 && block < 300 ? RELIEF_RANK : RELIEF_NONE;
}

static void with_fewer_directions_it_does_not_click(void **state)
{
    struct through *t = through_of("vibration");
    struct dice d = { 3 };
    unsigned all = 0, few = 0;
    float before = 0, most = 0;
    lull_readings r;

    (void)state;
    dice_noise(&d, sound, FRAMES, 0.02);
    for (size_t i = 0; i < FRAMES; i++)
        sound[i] += 0.4f * sinf((float)i * 0.05f);
    for (size_t at = 0; at + 160 <= FRAMES; at += 160) {
        t->governor.relief = fewer(at / 160);
        t->governor.since_s = 0;
        t->governor.patience_s = 60;
        through_process(t, sound + at, heard + at, 160, false);
        lull_read(t->l, &r);
        all = at / 160 == 150 ? r.rank : all;
        few = at / 160 == 299 ? r.rank : few;
    }
    assert_true(all > t->most_rank / 4 && few <= t->most_rank / 4 && few > 0);
    for (size_t i = RATE / 2; i < FRAMES - 160; before = heard[i++])
        most = fmaxf(most, i > RATE / 2 ? fabsf(heard[i] - before) : 0);
    assert_at_most(most, 0.05);         /* measured .025; of the sine .02, of the input .12 */
    free_through(t);
}

/* Half of it goes through t, in blocks of 10 ms. */
static void listen(struct through *t)
{
    for (size_t at = 0; at < FRAMES / 2; at += 160)
        through_process(t, sound + at, heard + at, 160, false);
}

static float noise_known(const struct through *t)
{
    lull_readings r;

    lull_read(t->l, &r);
    return r.noise_db;
}

static void what_was_learnt_is_there_the_next_time(void **state)
{
    const char *const path = "build/learnt";
    struct through *t = new_through(sound);
    struct learnt k;
    struct fault why;
    struct dice d = { 3 };
    float known, fresh;

    (void)state;
    dice_noise(&d, sound, FRAMES, 0.02);
    remove(path);
    assert_true(learnt_open(&k, path, t, &why));
    fresh = noise_known(t);
    assert_false(learnt_write(&k, t, &why));            /* nobody has asked */
    listen(t);
    known = noise_known(t);
    assert_true(known > fresh + 20);
    assert_true(learnt_ask(&k, t));
    assert_false(learnt_write(&k, t, &why));            /* no block has passed */
    through_process(t, sound, heard, 160, false);
    assert_true(learnt_write(&k, t, &why) && !why.code);
    assert_false(learnt_write(&k, t, &why));            /* once */
    free_through(t);

    t = new_through(wanted);
    assert_true(learnt_open(&k, path, t, &why));
    /* and in the silence nothing is forgotten */
    assert_float_equal(noise_known(t), known, 0.5f);
    through_process(t, sound, heard, 160, false);
    for (size_t i = 0; i < t->latency; i++)             /* what was on its way is not heard */
        assert_float_equal(heard[i], 0, 1e-3f);        /* measured .0003; else .003 */
    assert_true(learnt_close(&k, t, &why));
    free_through(t);
    remove(path);
}

static enum relief renewed(size_t block)
{
    (void)block;
    return RELIEF_NONE;
}

static void learning_anew_does_not_click(void **state)
{
    struct through *t = new_through(sound);

    (void)state;
    atomic_store(&t->renew, true);
    assert_true(largest_step(t, renewed) < 0.022f);
    assert_false(atomic_load(&t->renew));
    free_through(t);
}

/* These numbers are in people's configurations. */
static void a_filters_number_stays_what_it_is(void **state)
{
    static const char *const names[] = { "speech", "array", "declick",  "ecg",
                                         "eeg",    "hum",   "music",    "seismic",
                                         "sensor", "tonal", "vibration" };
    const char *name;

    (void)state;
    for (int i = 0; i < (int)(sizeof names / sizeof *names); i++)
        assert_string_equal(choice_name(i), names[i]);
    for (size_t i = 0; (name = lull_filter_name(i)); i++)
        if (choice_number(name) < 0)
            fail_msg("%s has no number in choice.h", name);
    assert_null(choice_name(CHOICES));
    assert_int_equal(choice_number("my.filter"), CHOICE_FILE);
}

static const struct devices some = {
    .count = 4,
    .in = 0,
    .out = 2,
    .at = {
        { .name = "USB Mic: Audio (hw:1,0)", .api = "ALSA", .ins = 1 },
        { .name = "USB Headset 2", .api = "ALSA", .ins = 1, .outs = 2 },
        { .name = "default", .api = "ALSA", .ins = 2, .outs = 2 },
        { .name = "system", .api = "JACK", .ins = 2, .outs = 2 },
    },
};

static int found(const char *words, bool input)
{
    struct fault why;

    return devices_find(&some, words, input, &why);
}

static void devices_are_found_by_number_or_words(void **state)
{
    (void)state;
    assert_int_equal(found(NULL, true), 0);
    assert_int_equal(found(NULL, false), 2);
    assert_int_equal(found("3", true), 3);
    assert_int_equal(found("4", true), -1);
    assert_int_equal(found("0", false), -1);            /* a microphone only */
    assert_int_equal(found("mic", true), 0);
    assert_int_equal(found("MIC usb", true), 0);
    assert_int_equal(found("usb", true), -1);           /* two of them       */
    assert_int_equal(found("usb", false), 1);
    assert_int_equal(found("headset 2", true), 1);      /* words, no number  */
    assert_int_equal(found("jack", true), 3);
    assert_int_equal(found("Default", true), 2);
    assert_int_equal(found("nonsense", true), -1);
    assert_int_equal(found("99999999999999999999", true), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_late_block_is_no_alarm),
        cmocka_unit_test(overload_freezes_then_lowers_the_rank_then_passes_then_recovers),
        cmocka_unit_test(without_directions_overload_freezes_then_passes_then_recovers),
        cmocka_unit_test(a_load_between_the_thresholds_changes_nothing),
        cmocka_unit_test(too_early_a_recovery_makes_patient),
        cmocka_unit_test(a_ring_keeps_order_between_threads),
        cmocka_unit_test(a_block_is_what_lull_makes_of_it),
        cmocka_unit_test(it_ends_after_its_frames),
        cmocka_unit_test(losses_count_once_a_device_has_settled),
        cmocka_unit_test(stalls_count_once_a_device_has_settled),
        cmocka_unit_test(stepping_aside_and_back_does_not_click),
        cmocka_unit_test(with_fewer_directions_it_does_not_click),
        cmocka_unit_test(what_was_learnt_is_there_the_next_time),
        cmocka_unit_test(learning_anew_does_not_click),
        cmocka_unit_test(a_filters_number_stays_what_it_is),
        cmocka_unit_test(devices_are_found_by_number_or_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
