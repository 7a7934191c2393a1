/* SPDX-License-Identifier: MIT
 *
 * test_mixture_noise.c - the frozen base follows the noise, is kept, and stays finite.
 */
#include "mixed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct shape {
    size_t channels, lags, parts, rank;
} shapes[] = {
    { 2, 8, 5, 6 },     /* less than a row a call                 */
    { 1, 16, 16, 3 },   /* as many rows as calls                  */
    { 3, 5, 32, 7 },    /* four a call, and none to spare         */
    { 4, 16, 17, 48 },  /* a part takes more than three calls     */
    { 1, 2, 1, 1 },
};

enum { SHAPES = sizeof shapes / sizeof *shapes };

static void open_shape(struct mixed *s, const struct shape *p)
{
    static const float unit[CHANNELS_MOST] = { 1, 3, 0.1f, 20 };

    mixed_open(s, p->channels, p->lags, p->parts, p->rank);
    mixed_draw(&s->mixture.model, unit, 9);
}

static void set_levels(struct mixed *s, float first, float others)
{
    for (size_t c = 0; c < s->channels; c++)
        s->level[c] = c ? others : first;
}

/* What a part says of itself is true of its rows, and all is finite. */
static void check_parts(const struct mixture *m)
{
    const size_t n = m->n, r = m->model.rank;

    for (size_t k = 0; k < m->model.parts; k++) {
        const float *const mean = m->rows + k * (1 + r) * n, *const G = mean + n;
        double square = 0, trace = 0;

        for (size_t t = 0; t < n; t++)
            square += (double)mean[t] * (double)mean[t];
        for (size_t j = 0; j < r; j++) {
            double offset = 0;

            for (size_t t = 0; t < n; t++) {
                offset += (double)G[j * n + t] * (double)mean[t];
                trace += (double)G[j * n + t] * (double)G[j * n + t];
            }
            assert_at_most(fabs(offset - (double)m->offset[k * r + j]),
                           1e-4 * (1 + sqrt(square)));
        }
        assert_at_most(fabs(square - (double)m->square[k]), 1e-5 * square);
        assert_at_most(fabs(trace - (double)m->trace[k]), 1e-4 * (double)r);
        assert_at_most(trace, (double)r);       /* each row of C^-1 G at most 1 */
        assert_true(m->size[k] >= 1 && isfinite(m->size[k]) && isfinite(m->odds[k]));
    }
}

/* The same base, made anew for the noise of `s`. */
static void assert_as_fresh(const struct mixed *s, const struct shape *p)
{
    struct mixed fresh;
    const size_t K = p->parts, r = p->rank, n = p->channels * p->lags;

    open_shape(&fresh, p);
    memcpy(fresh.level, s->level, sizeof s->level);
    mixed_follow(&fresh, MIXTURE_CYCLE);
    assert_true(fresh.mixture.ready);
    assert_memory_equal(s->mixture.rows, fresh.mixture.rows, K * (1 + r) * n * sizeof(float));
    assert_memory_equal(s->mixture.offset, fresh.mixture.offset, K * r * sizeof(float));
    assert_memory_equal(s->mixture.square, fresh.mixture.square, K * sizeof(float));
    assert_memory_equal(s->mixture.size, fresh.mixture.size, K * sizeof(float));
    assert_memory_equal(s->mixture.odds, fresh.mixture.odds, K * sizeof(float));
    assert_memory_equal(s->mixture.trace, fresh.mixture.trace, K * sizeof(float));
    free(fresh.memory);
}

/* Whenever it changes: in the middle of a part, too. */
static void a_change_of_the_noise_is_followed_in_a_cycle(void **state)
{
    (void)state;
    for (size_t i = 0; i < SHAPES; i++)
        for (size_t at = 0; at < 5; at++) {
            struct mixed s;

            open_shape(&s, shapes + i);
            set_levels(&s, 0.5f, 2);
            mixed_follow(&s, MIXTURE_CYCLE + at);
            set_levels(&s, 9 * 0.5f, 2 / 4.0f);
            mixed_follow(&s, MIXTURE_CYCLE);
            assert_as_fresh(&s, shapes + i);
            free(s.memory);
        }
}

static void on_the_way_there_each_part_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < SHAPES; i++) {
        struct mixed s;
        float y[DIM_MOST], x_hat[DIM_MOST];
        struct dice d = { 3 };

        open_shape(&s, shapes + i);
        set_levels(&s, 0.5f, 2);
        mixed_follow(&s, MIXTURE_CYCLE);
        set_levels(&s, 9 * 0.5f, 2 / 4.0f);
        for (int call = 0; call < MIXTURE_CYCLE; call++) {
            mixed_follow(&s, 1);
            check_parts(&s.mixture);
            dice_noise(&d, y, s.mixture.n, 3);
            mixture_update(&s.mixture, y, NULL, x_hat);
            assert_true(isfinite(energy(x_hat, s.mixture.n)));
            assert_true(s.mixture.kept >= 0 && s.mixture.kept <= 1);
        }
        free(s.memory);
    }
}

static void a_channel_without_noise_takes_no_part(void **state)
{
    (void)state;
    struct mixed s;
    float y[16] = { 0 }, x_hat[16];
    double taken = 0;

    open_shape(&s, shapes);
    set_levels(&s, 1, 0);
    mixed_follow(&s, MIXTURE_CYCLE);
    check_parts(&s.mixture);
    for (size_t t = 0; t < 8; t++)
        y[t] = (float)t;
    mixture_update(&s.mixture, y, NULL, x_hat);
    for (size_t t = 0; t < 8; t++)
        taken += pow((double)(y[t] - x_hat[t]), 2);
    assert_at_least(taken, 3);          /* of the other channel's noise: it is 17.3 */
    assert_at_least(energy(x_hat, 8), 1);
    assert_true(energy(x_hat + 8, 8) == 0);
    free(s.memory);
}

static void halfway_through_a_part_it_can_be_kept_and_goes_on(void **state)
{
    (void)state;
    static unsigned char buf[200000];
    struct mixed a, b;
    float y[DIM_MOST], x[DIM_MOST], z[DIM_MOST];
    struct dice d = { 3 };

    open_shape(&a, shapes);
    open_shape(&b, shapes);
    set_levels(&a, 0.5f, 2);
    set_levels(&b, 0.5f, 2);
    mixed_follow(&a, MIXTURE_CYCLE + 3);
    struct store s = { .mode = STORE_WRITE, .out = buf, .size = sizeof buf };

    mixture_state(&a.mixture, &s);
    assert_false(s.bad);
    s = (struct store){ .mode = STORE_READ, .in = buf, .size = s.used };
    mixture_state(&b.mixture, &s);
    assert_false(s.bad);
    set_levels(&a, 3, 4);
    set_levels(&b, 3, 4);
    for (int i = 0; i < 100; i++) {
        dice_noise(&d, y, a.mixture.n, 2);
        mixed_follow(&a, 1);
        mixed_follow(&b, 1);
        mixture_update(&a.mixture, y, NULL, x);
        mixture_update(&b.mixture, y, NULL, z);
        assert_memory_equal(x, z, a.mixture.n * sizeof *x);
    }
    assert_true(a.mixture.kept > 0 && a.mixture.kept == b.mixture.kept);
    free(a.memory);
    free(b.memory);
}

/* What is in there can be kept. */
static void check_state(struct mixture *m)
{
    static unsigned char buf[200000];
    struct store s = { .mode = STORE_WRITE, .out = buf, .size = sizeof buf };

    mixture_state(m, &s);
    s = (struct store){ .mode = STORE_CHECK, .in = buf, .size = s.used };
    mixture_state(m, &s);
    assert_false(s.bad);
}

/* A base of 1 in noise of any level, and vectors as loud as they may come. */
static void whatever_the_levels_it_stays_finite(void **state)
{
    (void)state;
    static const float levels[] = { 1e-38f, 1e-30f, 1e-12f, 1, 1e12f, 1e28f, 3e38f };

    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        struct mixed s;
        float y[DIM_MOST], x_hat[DIM_MOST];

        open_shape(&s, shapes);
        set_levels(&s, levels[i], levels[i]);
        mixed_follow(&s, MIXTURE_CYCLE);
        check_state(&s.mixture);
        for (size_t t = 0; t < s.mixture.n; t++)
            y[t] = t % 2 ? 1e7f : -1e7f;
        mixture_update(&s.mixture, y, NULL, x_hat);
        if (!isfinite(energy(x_hat, s.mixture.n)) || !isfinite(s.mixture.kept))
            fail_msg("not finite in noise of power %g", (double)levels[i]);
        memset(y, 0, sizeof y);
        mixture_update(&s.mixture, y, NULL, x_hat);
        if (!isfinite(energy(x_hat, s.mixture.n)) || !isfinite(s.mixture.kept))
            fail_msg("not finite on silence in noise of power %g", (double)levels[i]);
        free(s.memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_of_the_noise_is_followed_in_a_cycle),
        cmocka_unit_test(on_the_way_there_each_part_is_sound),
        cmocka_unit_test(a_channel_without_noise_takes_no_part),
        cmocka_unit_test(halfway_through_a_part_it_can_be_kept_and_goes_on),
        cmocka_unit_test(whatever_the_levels_it_stays_finite),
    };

    return cmocka_run_group_tests_name("mixture noise", tests, NULL, NULL);
}
