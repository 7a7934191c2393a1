/* SPDX-License-Identifier: MIT
 *
 * test_blend.c - two learned models become one, and nothing of either is lost.
 */
#include "check.h"
#include "learn/blend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { C = 2, L = 4, N = C * L };

static void draw_model(struct mixture_model *m, float seen, struct dice *d)
{
    double all = 0;

    m->seen = seen;
    for (size_t c = 0; c < C; c++)
        m->unit[c] = 0.5f + (float)dice_uniform(d);
    for (size_t k = 0; k < m->parts; k++)
        all += (double)(m->share[k] = 0.1f + (float)dice_uniform(d));
    for (size_t k = 0; k < m->parts; k++) {
        m->share[k] /= (float)all;
        m->rest[k] = 0;
    }
    dice_noise(d, m->mean, m->parts * N, 1);
    dice_noise(d, m->F, m->parts * m->rank * N, 1);
}

static void *open_model(struct mixture_model *m, size_t parts, size_t rank)
{
    struct arena a = { 0 };
    void *memory;

    mixture_model_place(m, &a, C, L, parts, rank);
    memory = aligned_alloc(ARENA_ALIGN, a.used);
    a = (struct arena){ .block = memory };
    mixture_model_place(m, &a, C, L, parts, rank);
    return memory;
}

static void *open_blend(struct blend *b, size_t parts, size_t rank, size_t more)
{
    struct arena a = { 0 };
    void *memory;

    blend_place(b, &a, C, L, parts, rank, more);
    memory = aligned_alloc(ARENA_ALIGN, a.used);
    a = (struct arena){ .block = memory };
    blend_place(b, &a, C, L, parts, rank, more);
    return memory;
}

/* The mean and the second moments of all, times weight, are added. */
static void add_moments(const struct mixture_model *m, double weight, double *mean, double *S)
{
    for (size_t k = 0; k < m->parts; k++) {
        const double share = weight * (double)m->share[k];
        const float *const mk = m->mean + k * N, *const F = m->F + k * m->rank * N;

        for (size_t i = 0; i < N; i++) {
            const double unit = (double)m->unit[i / L];

            mean[i] += share * (double)mk[i];
            S[i * N + i] += share * (double)m->rest[k] * unit * unit;
            for (size_t j = 0; j < N; j++) {
                S[i * N + j] += share * (double)mk[i] * (double)mk[j];
                for (size_t r = 0; r < m->rank; r++)
                    S[i * N + j] += share * (double)F[r * N + i] * (double)F[r * N + j];
            }
        }
    }
}

/* Whatever the number of parts, if only the rank is enough. */
static void the_moments_of_both_stay(void **state)
{
    (void)state;
    struct dice d = { 4 };
    struct mixture_model x, y, both;
    struct blend b;
    void *const of_x = open_model(&x, 2, 1), *const of_y = open_model(&y, 3, 1);
    void *const of_b = open_blend(&b, 5, N - 1, 0);

    for (size_t parts = 5; parts >= 3; parts--) {       /* at most 2 + 3 directions */
        double mean[N] = { 0 }, S[N * N] = { 0 }, mean_both[N] = { 0 }, S_both[N * N] = { 0 };
        void *const of_both = open_model(&both, parts, N - 1);

        draw_model(&x, 100, &d);
        draw_model(&y, 300, &d);
        blend_models(&b, &x, &y, &both);
        add_moments(&x, 0.25, mean, S);
        add_moments(&y, 0.75, mean, S);
        add_moments(&both, 1, mean_both, S_both);
        for (size_t i = 0; i < N; i++)
            assert_at_most(fabs(mean[i] - mean_both[i]), 1e-5);
        for (size_t i = 0; i < N * N; i++)
            assert_at_most(fabs(S[i] - S_both[i]), 1e-4);
        assert_true(both.seen == 400);
        free(of_both);
    }
    free(of_x);
    free(of_y);
    free(of_b);
}

static void the_nearest_parts_become_one(void **state)
{
    (void)state;
    static const float at[] = { 0, 10, 20 };
    struct dice d = { 4 };
    struct mixture_model x, y, both;
    struct blend b;
    void *const of_x = open_model(&x, 3, 1), *const of_y = open_model(&y, 3, 1);
    void *const of_both = open_model(&both, 3, 2), *const of_b = open_blend(&b, 6, 2, 0);

    draw_model(&x, 100, &d);
    draw_model(&y, 100, &d);
    for (size_t i = 0; i < 3 * N; i++) {
        x.mean[i] = at[i / N] + 0.1f;
        y.mean[i] = at[2 - i / N] - 0.1f;       /* in another order */
    }
    for (size_t k = 0; k < 3; k++)
        x.share[k] = y.share[k] = 1.0f / 3;
    blend_models(&b, &x, &y, &both);
    for (size_t k = 0; k < 3; k++) {
        const float m = both.mean[k * N];

        assert_at_most(fabs((double)m / 10 - round((double)m / 10)), 0.01);
        assert_at_most(fabs((double)both.share[k] - 1.0 / 3), 1e-5);
        for (size_t l = 0; l < k; l++)
            assert_at_least(fabs((double)(m - both.mean[l * N])), 5);
    }
    free(of_x);
    free(of_y);
    free(of_both);
    free(of_b);
}

static void the_strongest_directions_of_all_are_those_of_the_moments(void **state)
{
    (void)state;
    enum { K = 4 };
    struct dice d = { 9 };
    struct mixture_model m;
    struct blend b;
    void *const of_m = open_model(&m, 3, K), *const of_b = open_blend(&b, 3, K, 0);
    double unused[N] = { 0 }, S[N * N] = { 0 }, trace = 0;
    float power[K], V[N * K];

    draw_model(&m, 100, &d);
    blend_spectrum(&b, &m, K, power, V);
    add_moments(&m, 1, unused, S);
    for (size_t i = 0; i < N; i++)
        trace += S[i * N + i];
    for (size_t j = 0; j < K; j++) {
        trace -= (double)power[j];
        assert_true(!j || power[j] <= power[j - 1]);
        for (size_t i = 0; i < N; i++) {                /* S v = power v */
            double sum = 0;

            for (size_t l = 0; l < N; l++)
                sum += S[i * N + l] * (double)V[l * K + j];
            assert_at_most(fabs(sum - (double)power[j] * (double)V[i * K + j]),
                           1e-3 * (double)power[0]);
        }
    }
    assert_at_least(trace, 0);
    assert_at_most(trace, (N - K) * (double)power[K - 1]);      /* the strongest, not any */
    free(of_m);
    free(of_b);
}

static void what_an_adapter_found_comes_to_each_part(void **state)
{
    (void)state;
    struct dice d = { 9 };
    struct mixture_model m;
    struct blend b;
    void *const of_m = open_model(&m, 2, 4), *const of_b = open_blend(&b, 2, 4, 2);
    double mean[N] = { 0 }, S[N * N] = { 0 }, after[N * N] = { 0 };
    float D[2 * N];

    draw_model(&m, 100, &d);
    for (size_t k = 0; k < 2; k++)
        memset(m.F + (4 * k + 2) * N, 0, 2 * N * sizeof *m.F);  /* room for two */
    dice_noise(&d, D, 2 * N, 1);
    add_moments(&m, 1, mean, S);
    blend_directions(&b, &m, D, 2);
    add_moments(&m, 1, mean, after);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++)
            assert_at_most(fabs(S[i * N + j] + (double)(D[i] * D[j] + D[N + i] * D[N + j]) -
                                after[i * N + j]), 1e-4);
    free(of_m);
    free(of_b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_moments_of_both_stay),
        cmocka_unit_test(the_nearest_parts_become_one),
        cmocka_unit_test(the_strongest_directions_of_all_are_those_of_the_moments),
        cmocka_unit_test(what_an_adapter_found_comes_to_each_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
