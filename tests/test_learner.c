/* SPDX-License-Identifier: MIT
 *
 * test_learner.c - what lull_learn.h promises of learning: a recording in, a filter out,
 * however it comes; and when there is no memory.
 *
 * The linker sends all calls of the allocator here (--wrap).
 */
#include "lessons.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* ---- the allocator */

void *__real_aligned_alloc(size_t align, size_t size);
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void __real_free(void *p);
void *__wrap_aligned_alloc(size_t align, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void __wrap_free(void *p);

static int calls, fail_at;      /* fails the fail_at-th call, from 1 */
static int living;

static bool fails(void)
{
    if (++calls == fail_at)
        return true;
    living++;
    return false;
}

void *__wrap_aligned_alloc(size_t align, size_t size)
{
    return fails() ? NULL : __real_aligned_alloc(align, size);
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void __wrap_free(void *p)
{
    living -= p != NULL;
    __real_free(p);
}

/* From now on the k-th call fails; 0: none. */
static void let_fail(int k)
{
    calls = living = 0;
    fail_at = k;
}

/* ---- how it is learned */

static void learning_takes_no_memory_however_long_it_lasts(void **state)
{
    (void)state;
    static float x[2 * 3000];
    lull_learner *const l = lesson_begin(SMALL, RATE, 2);
    lull_lesson what;

    beats(x, 3000, 2, 1, 3);
    let_fail(1);
    for (int i = 0; i < 20; i++)        /* more vectors than are kept */
        lull_learner_add(l, x, 3000);
    lull_learner_cut(l);
    lull_learner_read(l, &what);
    assert_int_equal(calls, 0);
    let_fail(0);
    assert_true(what.frames == 60000 && what.groups == 1 && what.dim == 16);
    lull_learner_free(l);
}

static void however_it_is_cut_into_calls_the_same_is_learned(void **state)
{
    (void)state;
    enum { FRAMES = 1500 };
    static float x[2 * FRAMES];
    struct dice d = { 3 };
    lull_learner *const l = lesson_begin(SMALL, RATE, 2);

    beats(x, FRAMES, 2, 1, 3);
    for (size_t done = 0, n; done < FRAMES; done += n) {
        n = dice_word(&d) % 90;
        n = n < FRAMES - done ? n : FRAMES - done;
        lull_learner_add(l, x + 2 * done, n);
    }
    const struct file a = lesson_save(l), b = lesson_learn(SMALL, RATE, 2, x, FRAMES);

    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.at, b.at, a.size);
    free(a.at);
    free(b.at);
    lull_learner_free(l);
}

/* Vectors of 8 frames: as many as fit between the gaps and the cuts, and in a filter
 * with a delay it is no other. */
static void vectors_go_neither_across_gaps_nor_cuts(void **state)
{
    (void)state;
    enum { FRAMES = 1000, GAP = 300, CUT = 700 };
    static const char slow[] = "engine = subspace\njoint = yes\nlags = 8\nwander = 0.3\n";
    static float x[2 * FRAMES];
    lull_learner *const l = lesson_begin(SMALL, RATE, 2);
    lull_learner *const late = lesson_begin(slow, RATE, 2);
    const lull_config cfg =
        lull_preset("engine = subspace\njoint = yes\nlags = 8\nwander = 0.3\ndenoise = no\n",
                    RATE, 2);
    lull *const front = lull_new(&cfg, NULL);
    const size_t delay = lull_latency(front);

    beats(x, FRAMES, 2, 1, 3);
    for (size_t i = 0; i < 10; i++)
        x[2 * (GAP + i) + i % 2] = i % 3 ? NAN : -INFINITY;
    lull_learner_add(l, x, CUT);
    lull_learner_cut(l);
    lull_learner_add(l, x + 2 * CUT, FRAMES - CUT);
    lull_learner_add(late, x, CUT);
    lull_learner_cut(late);
    lull_learner_add(late, x + 2 * CUT, FRAMES - CUT);
    const struct file a = lesson_save(l), b = lesson_save(late);

    assert_true(lesson_read(a).frames == GAP - 7 + CUT - GAP - 10 - 7 + FRAMES - CUT - 7);
    assert_true(delay > 0);
    assert_true(lesson_read(b).frames == lesson_read(a).frames - 2 * delay);
    free(a.at);
    free(b.at);
    lull_free(front);
    lull_learner_free(l);
    lull_learner_free(late);
}

static void what_is_added_after_saving_is_learned_too(void **state)
{
    (void)state;
    enum { FRAMES = 1000 };
    static float x[2 * FRAMES];
    lull_learner *const l = lesson_begin(SMALL, RATE, 2);

    beats(x, FRAMES, 2, 1, 3);
    lull_learner_add(l, x, FRAMES / 2);
    const struct file first = lesson_save(l);

    lull_learner_add(l, x + FRAMES, FRAMES / 2);
    const struct file second = lesson_save(l), whole = lesson_learn(SMALL, RATE, 2, x, FRAMES);

    assert_true(lesson_read(first).frames == FRAMES / 2 - 7);
    assert_int_equal(second.size, whole.size);
    assert_memory_equal(second.at, whole.at, whole.size);
    free(first.at);
    free(second.at);
    free(whole.at);
    lull_learner_free(l);
}

static void too_little_is_not_learned_from(void **state)
{
    (void)state;
    static float x[2 * 100];
    char buf[16] = "untouched";
    lull_learner *const l = lesson_begin(SMALL, RATE, 2);

    beats(x, 100, 2, 1, 3);
    assert_int_equal(lull_learner_save(l, "nothing", buf, sizeof buf), 0);
    lull_learner_add(l, x, 14);         /* seven vectors of eight frames */
    assert_int_equal(lull_learner_save(l, "a little", buf, sizeof buf), 0);
    assert_string_equal(buf, "untouched");
    lull_learner_add(l, x + 2 * 14, 1);
    assert_true(lull_learner_save(l, "enough", buf, sizeof buf) > sizeof buf);
    assert_string_equal(buf, "untouched");
    lull_learner_free(l);
}

static void a_learner_is_refused_like_a_denoiser(void **state)
{
    (void)state;
    static const struct {
        const char *filter;
        double rate_hz;
        unsigned channels;
        lull_status why;
    } refused[] = {
        { "ecg", 1e-10, 2, LULL_BAD_RATE },
        { "ecg", (double)NAN, 2, LULL_BAD_RATE },
        { "ecg", 360, 0, LULL_BAD_CHANNELS },
        { "ecg", 360, LULL_MAX_CHANNELS + 1, LULL_BAD_CHANNELS },
        { "no such filter", 360, 2, LULL_BAD_FILTER },
        { NULL, 360, 2, LULL_BAD_FILTER },
        { "declick", 48000, 2, LULL_BAD_FILTER },
        { "hum", 48000, 2, LULL_BAD_FILTER },
    };

    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        lull_config cfg =
            lull_preset(refused[i].filter, refused[i].rate_hz, refused[i].channels);
        lull_status why = LULL_OK;

        assert_null(lull_learner_new(&cfg, NULL, &why));
        assert_int_equal(why, refused[i].why);
        assert_null(lull_learner_new(&cfg, NULL, NULL));
    }
    const lull_config learned = lull_preset_file(small.at, small.size, 0, 0);
    lull_status why = LULL_OK;

    assert_null(lull_learner_new(&learned, NULL, &why));
    assert_int_equal(why, LULL_BAD_FILTER);
    lull_learner_free(NULL);
}

static void a_budget_is_kept(void **state)
{
    (void)state;
    enum { FRAMES = 1500 };
    static float x[2 * FRAMES];
    static const lull_budget budgets[] = {
        { 0, 0 }, { 4000, 0 }, { 1000, 0 }, { 0, 0.1 }, { 4000, 0.1 }
    };
    unsigned long long numbers[5];

    beats(x, FRAMES, 2, 1, 3);
    for (size_t i = 0; i < 5; i++) {
        const lull_config cfg = lull_preset(SMALL, RATE, 2);
        lull_learner *const l = lull_learner_new(&cfg, budgets + i, NULL);

        lull_learner_add(l, x, FRAMES);
        const struct file f = lesson_save(l);

        numbers[i] = lesson_read(f).numbers;
        free(f.at);
        lull_learner_free(l);
    }
    assert_true(4 * numbers[0] > 4000);
    assert_true(4 * numbers[1] <= 4000 && 4 * numbers[1] > 1000);
    assert_true(4 * numbers[2] <= 1000 && numbers[2] > 0);
    assert_true(numbers[3] <= 300 && numbers[3] > 100);  /* .1 us, 3000 numbers in one */
    assert_true(numbers[4] == numbers[3]);               /* the lesser of two holds    */
}

static void the_learner_says_how_well(void **state)
{
    (void)state;
    enum { FRAMES = 1500 };
    static float x[2 * FRAMES];
    lull_learner *const l = lesson_begin(SMALL, RATE, 2);
    lull_lesson what;

    beats(x, FRAMES, 2, 1, 3);
    lull_learner_add(l, x, FRAMES);
    const struct file f = lesson_save(l);

    lull_learner_read(l, &what);
    assert_true(what.frames == FRAMES);
    assert_true(what.parts == lesson_read(f).parts && what.rank == lesson_read(f).rank);
    assert_true(what.left > 0 && what.left <= what.left_of_one && what.left_of_one < 1);
    free(f.at);
    lull_learner_free(l);
}

/* ---- no memory */

/* An adapter to `small`; to be freed. */
static struct file lend(void)
{
    lull *const l = lesson_open(small, 4);
    struct file f = { .size = lull_adapter_save(l, NULL, 0) };

    f.at = malloc(f.size);
    assert_int_equal(lull_adapter_save(l, f.at, f.size), f.size);
    lull_free(l);
    return f;
}

/* Each of them fails once. */
static int calls_to_merge(struct file a, struct file b)
{
    lull_status why;

    let_fail(0);
    assert_true(lull_filter_merge(a.at, a.size, b.at, b.size, NULL, 0, &why) > 0);
    assert_int_equal(living, 0);
    const int needed = calls;

    for (int k = 1; k <= needed; k++) {
        let_fail(k);
        assert_int_equal(lull_filter_merge(a.at, a.size, b.at, b.size, NULL, 0, &why), 0);
        assert_int_equal(why, LULL_NO_MEMORY);
        assert_int_equal(living, 0);
    }
    let_fail(0);
    return needed;
}

static void every_failed_allocation_is_told_and_leaks_nothing(void **state)
{
    (void)state;
    static float x[2 * 300];
    const lull_config cfg = lull_preset(SMALL, RATE, 2);
    lull_status why;
    lull_lesson what;

    beats(x, 300, 2, 1, 3);
    let_fail(0);
    lull_learner *l = lull_learner_new(&cfg, NULL, &why);
    const int for_new = calls;

    lull_learner_add(l, x, 300);
    let_fail(0);
    const size_t size = lull_learner_save(l, "x", NULL, 0);
    const int for_save = calls;

    lull_learner_free(l);
    assert_true(for_new >= 4 && for_save >= 4 && size > 0);
    for (int k = 1; k <= for_new; k++) {
        let_fail(k);
        assert_null(lull_learner_new(&cfg, NULL, &why));
        assert_int_equal(why, LULL_NO_MEMORY);
        assert_int_equal(living, 0);
    }
    for (int k = 1; k <= for_save; k++) {
        let_fail(0);
        l = lull_learner_new(&cfg, NULL, &why);
        lull_learner_add(l, x, 300);
        fail_at = calls + k;
        assert_int_equal(lull_learner_save(l, "x", NULL, 0), 0);
        assert_int_equal(lull_learner_save(l, "x", NULL, 0), size);     /* another time */
        lull_learner_free(l);
        assert_int_equal(living, 0);
    }
    let_fail(0);
    assert_int_equal(lull_filter_read(small.at, small.size, &what), LULL_OK);
    for (int k = 1, needed = calls; k <= needed; k++) {
        let_fail(k);
        assert_int_equal(lull_filter_read(small.at, small.size, &what), LULL_NO_MEMORY);
        assert_int_equal(living, 0);
    }
    let_fail(0);
    const struct file adapter = lend();

    assert_true(calls_to_merge(small, small) >= 6);
    assert_true(calls_to_merge(small, adapter) >= 5);
    free(adapter.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learning_takes_no_memory_however_long_it_lasts),
        cmocka_unit_test(however_it_is_cut_into_calls_the_same_is_learned),
        cmocka_unit_test(vectors_go_neither_across_gaps_nor_cuts),
        cmocka_unit_test(what_is_added_after_saving_is_learned_too),
        cmocka_unit_test(too_little_is_not_learned_from),
        cmocka_unit_test(a_learner_is_refused_like_a_denoiser),
        cmocka_unit_test(a_budget_is_kept),
        cmocka_unit_test(the_learner_says_how_well),
        cmocka_unit_test(every_failed_allocation_is_told_and_leaks_nothing),
    };

    return cmocka_run_group_tests_name("learner", tests, lesson_small, lesson_over);
}
