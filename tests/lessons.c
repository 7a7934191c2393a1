/* SPDX-License-Identifier: MIT
 *
 * lessons.c - see lessons.h.
 */
#include "lessons.h"

#include <stdlib.h>

const char SMALL[] = "engine = subspace\njoint = yes\nlags = 8\ncomplement = no\n"
                     "threshold = 2.3\nhold = 2\nreduction = 60\n";

struct file heart, small;

lull_learner *lesson_begin(const char *filter, double rate_hz, unsigned channels)
{
    const lull_config cfg = lull_preset(filter, rate_hz, channels);
    lull_status why = LULL_NO_MEMORY;
    lull_learner *const l = lull_learner_new(&cfg, NULL, &why);

    assert_int_equal(why, LULL_OK);
    assert_non_null(l);
    return l;
}

struct file lesson_save(lull_learner *l)
{
    struct file f = { .size = lull_learner_save(l, "from a test", NULL, 0) };

    f.at = malloc(f.size + !f.size);
    assert_int_equal(lull_learner_save(l, "from a test", f.at, f.size), f.size);
    return f;
}

struct file lesson_learn(const char *filter, double rate_hz, unsigned channels, const float *x,
                         size_t frames)
{
    lull_learner *const l = lesson_begin(filter, rate_hz, channels);

    lull_learner_add(l, x, frames);
    const struct file f = lesson_save(l);

    lull_learner_free(l);
    return f;
}

lull_lesson lesson_read(struct file f)
{
    lull_lesson what;

    assert_int_equal(lull_filter_read(f.at, f.size, &what), LULL_OK);
    return what;
}

lull *lesson_open(struct file f, unsigned adapt)
{
    lull_config cfg = lull_preset_file(f.at, f.size, 0, 0);
    lull_status why = LULL_NO_MEMORY;

    cfg.adapt = adapt;
    lull *const l = lull_new(&cfg, &why);

    assert_int_equal(why, LULL_OK);
    assert_non_null(l);
    return l;
}

int lesson_small(void **state)
{
    (void)state;
    enum { FRAMES = 20 * RATE };
    static float x[2 * FRAMES];

    beats(x, FRAMES, 2, 1, 11);
    small = lesson_learn(SMALL, RATE, 2, x, FRAMES);
    return 0;
}

int lesson_hearts(void **state)
{
    enum { FRAMES = 30 * HEART_RATE };
    static float x[2 * FRAMES];

    beats(x, FRAMES, 2, 1, 11);
    heart = lesson_learn("ecg", HEART_RATE, 2, x, FRAMES);
    return lesson_small(state);
}

int lesson_over(void **state)
{
    (void)state;
    free(heart.at);
    free(small.at);
    return 0;
}
