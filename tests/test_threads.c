/* SPDX-License-Identifier: MIT
 *
 * test_threads.c - what may be done from several threads at once gives what one
 * thread alone gets.  `make races` runs it where every race is seen.
 */
#include "app/through.h"
#include "check.h"
#include "lull.h"
#include "lull_tracker.h"
#include "voice.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#if __has_include(<ladspa.h>)
#include <ladspa.h>
#define HAVE_LADSPA 1
const LADSPA_Descriptor *ladspa_descriptor(unsigned long i);
#endif

enum { RATE = 16000, N = 1024, BLOCK = 32, BOTH = 2, DIM = 32, RANK = 4 };

static float sound[N];

static int begin(void **state)
{
    static float noise[N];
    struct dice d = { 7 };

    (void)state;
    voice(sound, N, RATE, 0);
    dice_noise(&d, noise, N, 0.02);
    for (size_t i = 0; i < N; i++)
        sound[i] += noise[i];
    return 0;
}

/* At the rate of a sensor if the filter knows that, else of speech. */
static lull *new_lull(const char *filter)
{
    lull_config cfg = lull_preset(filter, 500, 1);
    lull *const l = lull_new(&cfg, NULL);

    cfg = lull_preset(filter, RATE, 1);
    return l ? l : lull_new(&cfg, NULL);
}

/* A worker makes, uses and frees something of its own; what comes out is here. */
struct worker {
    const char *filter;
    _Atomic(lull *) shown;      /* to whoever reads and sets from outside */
    atomic_bool over;
    float out[N];
};

static void *denoise(void *user)
{
    struct worker *const w = user;
    lull *const l = new_lull(w->filter);

    atomic_store(&w->shown, l);
    for (size_t at = 0; l && at < N; at += BLOCK)
        lull_process(l, sound + at, w->out + at, BLOCK);
    atomic_store(&w->over, true);
    return l;
}

static void *track(void *user)
{
    struct worker *const w = user;
    const lull_tracker_config cfg = lull_tracker_defaults(DIM, RANK);
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);

    for (size_t at = 0; t && at < N; at += DIM)
        lull_tracker_update(t, sound + at, NULL, w->out + at);
    lull_tracker_free(t);
    return NULL;
}

#ifdef HAVE_LADSPA
static void *host(void *user)
{
    struct worker *const w = user;
    const LADSPA_Descriptor *const d = ladspa_descriptor(0);
    const LADSPA_Handle h = d->instantiate(d, RATE);

    d->activate(h);
    for (size_t at = 0; at < N; at += BLOCK) {
        d->connect_port(h, 0, sound + at);
        d->connect_port(h, 1, w->out + at);
        d->run(h, BLOCK);
    }
    d->cleanup(h);
    return NULL;
}
#endif

static struct worker workers[BOTH], alone;

/* The same work by one thread, then by two at once. */
static void same_in_two_threads(void *(*work)(void *), const char *filter)
{
    pthread_t thread[BOTH];

    memset(&alone, 0, sizeof alone);
    alone.filter = filter;
    lull_free(work(&alone));
    for (size_t i = 0; i < BOTH; i++) {
        memset(workers + i, 0, sizeof *workers);
        workers[i].filter = filter;
        assert_int_equal(pthread_create(thread + i, NULL, work, workers + i), 0);
    }
    for (size_t i = 0; i < BOTH; i++) {
        void *l;

        pthread_join(thread[i], &l);
        lull_free(l);
        assert_memory_equal(workers[i].out, alone.out, sizeof alone.out);
    }
}

static void two_denoisers_know_nothing_of_each_other(void **state)
{
    const char *name;

    (void)state;
    for (size_t i = 0; (name = lull_filter_name(i)); i++)
        same_in_two_threads(denoise, name);
}

static void two_trackers_know_nothing_of_each_other(void **state)
{
    (void)state;
    same_in_two_threads(track, NULL);
}

static void two_plugins_know_nothing_of_each_other(void **state)
{
    (void)state;
#ifdef HAVE_LADSPA
    same_in_two_threads(host, NULL);
#else
    skip();
#endif
}

static void a_denoiser_is_set_and_read_from_outside(void **state)
{
    static struct worker w;
    pthread_t thread;
    lull_readings r = { 0 };
    unsigned long long before = 0;
    void *l;

    (void)state;
    w.filter = "array";
    assert_int_equal(pthread_create(&thread, NULL, denoise, &w), 0);
    for (unsigned i = 0; !atomic_load(&w.over); i++) {
        lull *const shown = atomic_load(&w.shown);

        if (!shown)
            continue;
        for (int c = LULL_REDUCTION_DB; c <= LULL_RANK; c++)
            lull_set(shown, (lull_control)c, (float)(i % 7));
        lull_read(shown, &r);
        assert_true(r.frames >= before && r.frames <= N);
        before = r.frames;
    }
    pthread_join(thread, &l);
    assert_true(isfinite(energy(w.out, N)));
    lull_free(l);
}

static void *call_back(void *user)
{
    for (size_t at = 0; at + BLOCK <= N; at += BLOCK)
        through_process(user, sound + at, alone.out + at, BLOCK, at % 320 == 0);
    return NULL;
}

static void the_callback_is_looked_at_from_outside(void **state)
{
    static struct through t;
    static struct ring ring;
    float heard[BLOCK];
    pthread_t thread;

    (void)state;
    assert_true(through_open(&t, new_lull("speech"), RATE, 1) && ring_new(&ring, 4 * RATE));
    t.record = &ring;
    assert_int_equal(pthread_create(&thread, NULL, call_back, &t), 0);
    while (atomic_load(&t.frames) < N) {
        lull_readings r;

        atomic_store(&t.freeze, !atomic_load(&t.freeze));
        atomic_store(&t.renew, true);
        atomic_exchange(&t.in_peak, 0);
        lull_read(t.l, &r);
        ring_get(&ring, heard, BLOCK);
    }
    pthread_join(thread, NULL);
    assert_true(isfinite(energy(alone.out, N)));

    lull *const l = t.l;

    through_close(&t);
    ring_free(&ring);
    lull_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_denoisers_know_nothing_of_each_other),
        cmocka_unit_test(two_trackers_know_nothing_of_each_other),
        cmocka_unit_test(two_plugins_know_nothing_of_each_other),
        cmocka_unit_test(a_denoiser_is_set_and_read_from_outside),
        cmocka_unit_test(the_callback_is_looked_at_from_outside),
    };
    return cmocka_run_group_tests_name("threads", tests, begin, NULL);
}
