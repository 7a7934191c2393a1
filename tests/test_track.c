/* SPDX-License-Identifier: MIT
 *
 * test_track.c - the parts of the tracker, against plain code.
 */
#include "lull_tracker.h"
#include "oracle.h"
#include "scene.h"

#include "track/cov.h"
#include "track/dense.h"
#include "track/fold.h"
#include "track/missing.h"
#include "track/robust.h"
#include "track/step.h"
#include "track/track.h"

#include <complex.h>
#undef I
#include <math.h>
#include <stdlib.h>
#include <string.h>

static float *noise(struct dice *d, size_t n)
{
    float *const x = aligned_alloc(64, (n * sizeof *x + 63) / 64 * 64);

    dice_noise(d, x, n, 1);
    return x;
}

enum { DIRECTIONS = 13, ROWS = 139 }; /* neither a whole number of registers, nor of tiles */

struct bench {
    struct basis U;
    float *y, *p, *h, *d;
};

static struct bench bench(size_t parts, struct dice *dice)
{
    struct bench b = { .U = { .n = ROWS * parts, .cap = DIRECTIONS + 2, .r = DIRECTIONS } };

    b.U.parts = parts;
    b.U.tiles = (b.U.n + TILE - 1) / TILE;
    b.U.U = noise(dice, basis_floats(&b.U));
    b.y = noise(dice, basis_padded(&b.U));
    b.p = noise(dice, 2 * DIRECTIONS);
    b.h = noise(dice, 2 * DIRECTIONS);
    b.d = noise(dice, 2 * DIRECTIONS);
    for (size_t i = b.U.n; i < basis_padded(&b.U); i++) {
        b.y[i] = 0;
        for (size_t j = 0; j < b.U.cap; j++)
            b.U.U[(i / TILE * b.U.cap + j) * TILE + i % TILE] = 0;
    }
    return b;
}

static void bench_free(struct bench *b)
{
    free(b->U.U);
    free(b->y);
    free(b->p);
    free(b->h);
    free(b->d);
}

/* Number i of direction j, or of a vector, as a complex one. */
static double _Complex entry(const struct basis *U, size_t i, size_t j)
{
    const size_t at = i * U->parts;
    const float *u = U->U + (at / TILE * U->cap + j) * TILE + at % TILE;

    return (double)u[0] + (U->parts == 2 ? (double)u[1] : 0) * (double _Complex)_Complex_I;
}

static double _Complex number(const float *x, size_t i, size_t parts)
{
    return (double)x[i * parts] +
           (parts == 2 ? (double)x[i * parts + 1] : 0) * (double _Complex)_Complex_I;
}

static double apart(double _Complex a, double _Complex b)
{
    const double re = creal(a) - creal(b), im = cimag(a) - cimag(b);

    return sqrt(re * re + im * im);
}

/* Largest difference between a kernel and its definition. */
static double kernel_error(const struct kernel *k, size_t parts)
{
    struct dice dice = { 5 };
    struct bench b = bench(parts, &dice);
    const size_t padded = basis_padded(&b.U);
    float *const e = noise(&dice, padded), *const x = noise(&dice, padded);
    float *const moved = noise(&dice, basis_floats(&b.U)), p[2 * DIRECTIONS];
    const struct sweep s = { .y = b.y,
                             .p = b.p,
                             .h = b.h,
                             .d = b.d,
                             .x_e = 0.4f,
                             .x_h = -0.3f,
                             .v_e = 0.2f,
                             .v_p = -0.5f,
                             .v_h = 0.9f,
                             .e = e,
                             .x_hat = x };
    struct basis after = b.U;
    double worst = 0;

    k->gather(&b.U, b.y, p);
    k->sweep(&b.U, &s, moved);
    after.U = moved;
    for (size_t j = 0; j < DIRECTIONS; j++) {
        double _Complex sum = 0;

        for (size_t i = 0; i < ROWS; i++)
            sum += conj(entry(&b.U, i, j)) * number(b.y, i, parts);
        worst = fmax(worst, apart(sum, number(p, j, parts)));
    }
    for (size_t i = 0; i < ROWS; i++) {
        double _Complex up = 0, uh = 0;

        for (size_t j = 0; j < DIRECTIONS; j++) {
            up += entry(&b.U, i, j) * number(b.p, j, parts);
            uh += entry(&b.U, i, j) * number(b.h, j, parts);
        }
        const double _Complex rest = number(b.y, i, parts) - up;
        const double _Complex v = 0.2 * rest - 0.5 * up + 0.9 * uh;

        worst = fmax(worst, apart(rest, number(e, i, parts)));
        worst = fmax(worst, apart(0.4 * rest + up - 0.3 * uh, number(x, i, parts)));
        for (size_t j = 0; j < DIRECTIONS; j++)
            worst = fmax(worst, apart(entry(&b.U, i, j) + v * conj(number(b.d, j, parts)),
                                      entry(&after, i, j)));
    }
    float *const still = noise(&dice, padded);
    struct sweep look = s;

    look.x_hat = still;
    look.e = NULL;
    k->sweep(&b.U, &look, NULL);
    for (size_t i = 0; i < b.U.n; i++)
        worst = fmax(worst, fabs((double)still[i] - (double)x[i]));
    free(still);
    k->combine(&b.U, b.p, x);
    for (size_t i = 0; i < ROWS; i++)
        worst = fmax(worst,
                     apart(number(b.y, i, parts) - number(e, i, parts), number(x, i, parts)));
    look.x_hat = NULL;
    k->sweep(&b.U, &look, b.U.U); /* in place */
    for (size_t i = 0; i < ROWS * DIRECTIONS; i++)
        worst = fmax(worst,
                     apart(entry(&b.U, i % ROWS, i / ROWS), entry(&after, i % ROWS, i / ROWS)));
    free(e);
    free(x);
    free(moved);
    bench_free(&b);
    return worst;
}

/* Largest difference between turning U along w on the way and turning it before. */
static double late_error(const struct kernel *k, float further)
{
    struct dice dice = { 6 };
    struct bench b = bench(1, &dice);
    const size_t padded = basis_padded(&b.U), floats = basis_floats(&b.U);
    float *const w = noise(&dice, padded), *const c = noise(&dice, 2 * DIRECTIONS);
    float *const got = noise(&dice, 3 * padded), *const moved = noise(&dice, floats);
    float *const want = noise(&dice, 3 * padded);
    struct sweep s = { .y = b.y, .p = b.p, .h = b.h, .d = b.d, .x_e = 0.4f, .x_h = -0.3f,
                       .v_e = 0.2f, .v_p = -0.5f, .v_h = 0.9f };
    double worst = 0;

    s.w = w, s.c = c, s.e = got, s.x_hat = got + padded, s.v = got + 2 * padded;
    for (size_t j = 0; j < DIRECTIONS; j++) {
        s.w_p += c[j] * b.p[j];
        s.w_h += c[j] * b.h[j];
    }
    k->sweep(&b.U, &s, moved);
    for (size_t i = 0; i < b.U.n; i++)
        for (size_t j = 0; j < DIRECTIONS; j++)
            b.U.U[(i / TILE * b.U.cap + j) * TILE + i % TILE] += further * w[i] * c[j];
    s.w = NULL, s.e = want, s.x_hat = want + padded, s.v = want + 2 * padded;
    k->sweep(&b.U, &s, b.U.U);
    for (size_t i = 0; i < b.U.n; i++) {
        for (size_t m = i; m < 3 * padded; m += padded)
            worst = fmax(worst, apart((double)got[m], (double)want[m]));
        for (size_t j = 0; j < DIRECTIONS; j++) {
            const size_t at = (i / TILE * b.U.cap + j) * TILE + i % TILE;

            worst = fmax(worst, apart((double)moved[at], (double)b.U.U[at]));
        }
    }
    free(w), free(c), free(got), free(moved), free(want);
    bench_free(&b);
    return worst;
}

static void every_kernel_does_what_kernel_h_says(void **state)
{
    (void)state;
    const struct kernel *const all[] = { kernel_c(), kernel_avx2(), kernel_avx512(),
                                         kernel_neon() };

    for (size_t i = 0; i < 4; i++)
        for (size_t parts = 1; all[i] && parts <= 2; parts++)
            assert_at_most(kernel_error(all[i] + parts - 1, parts), 1e-4); /* 5e-6 */
    for (size_t i = 0; i < 4; i++)
        if (all[i])
            assert_at_most(late_error(all[i], 1), 1e-4); /* 7e-6 */
    assert_at_least(late_error(kernel_c(), 0), 1); /* another turn */
    assert_at_least(kernel_error(kernel_c(), 2), 1); /* real ones on complex numbers */
}

static void blend_is_symmetric_to_the_last_bit(void **state)
{
    (void)state;
    const struct kernel *const all[] = { kernel_c(), kernel_avx2(), kernel_avx512(),
                                         kernel_neon() };
    struct dice d = { 3 };

    for (size_t i = 0; i < 4; i++) {
        float X[21 * 24] = { 0 }, y[24];

        for (int t = 0; all[i] && t < 100; t++) {
            float *const x = noise(&d, 24);

            all[i]->blend(X, 21, 24, 0.97f, t % 3 ? 0.8f : -0.7f, x);
            all[i]->apply(X, 21, 24, x, y);
            for (size_t j = 0; j < 21; j++) {
                double sum = 0;

                for (size_t k = 0; k < 21; k++) {
                    assert_true(X[j * 24 + k] == X[k * 24 + j]);
                    sum += (double)X[k * 24 + j] * (double)x[k];
                }
                assert_at_most(fabs(sum - (double)y[j]), 1e-3);
            }
            free(x);
        }
    }
}

/* Of vectors that are no whole number of registers, then padded with zeros. */
static void frames_are_taken_and_vectors_nudged(void **state)
{
    (void)state;
    const struct kernel *const all[] = { kernel_c(), kernel_avx2(), kernel_avx512(),
                                         kernel_neon() };
    enum { N = 117, PADDED = 128 };
    static const float c[] = { 0.3f, 0 };
    struct dice d = { 6 };
    float *const y = noise(&d, N), *const was = noise(&d, PADDED);

    for (size_t k = 0; k < 4; k++) {
        float to[PADDED] = { 0 }, w[PADDED], q[2];
        double y2 = 0, wy = 0, w2 = 0;

        if (!all[k])
            continue;
        memcpy(w, was, sizeof w);
        const double taken = (double)all[k]->take(y, N, to);

        all[k]->inner(w, to, PADDED, q);
        const double moved = (double)all[k]->nudge(w, to, PADDED, 0.9f, c);

        for (size_t i = 0; i < PADDED; i++) {
            const double here = i < N ? (double)y[i] : 0, x = (double)was[i];
            const double next = 0.9 * x + 0.3 * here;

            assert_true((double)to[i] == here);
            assert_at_most(fabs(next - (double)w[i]), 1e-6); /* 2e-7 */
            y2 += here * here;
            wy += x * here;
            w2 += next * next;
        }
        assert_at_most(fabs(taken - y2), 1e-3 * y2 / N);
        assert_at_most(fabs((double)q[0] - wy), 1e-3 * y2 / N);
        assert_at_most(fabs(moved - w2), 1e-3 * w2 / N);
    }
    free(y);
    free(was);
}

static void products_are_products(void **state)
{
    (void)state;
    const struct kernel *const all[] = { kernel_c(), kernel_avx2(), kernel_avx512(),
                                         kernel_neon() };
    enum { MANY = 11, INNER = 13, LDA = 15, LD = 24, LDZ = 26 }; /* all kinds of remainder */
    struct dice d = { 4 };
    float *const A = noise(&d, MANY * LDA), *const B = noise(&d, INNER * LD);
    float *const Z = noise(&d, MANY * LDZ);
    const struct product m = { A, B, Z, MANY, INNER, LD, LDA, LDZ };

    for (size_t c = 0; c < 4; c++) {
        if (!all[c])
            continue;
        memset(Z, 0, MANY * LDZ * sizeof *Z);
        all[c]->multiply(&m);
        for (size_t i = 0; i < MANY; i++)
            for (size_t j = 0; j < LDZ; j++) {
                double sum = -(double)Z[i * LDZ + j];

                for (size_t k = 0; k < INNER && j < LD; k++)
                    sum += (double)A[i * LDA + k] * (double)B[k * LD + j];
                assert_at_most(fabs(sum), 1e-5); /* 3e-7; and nothing beyond ld */
            }
    }
    free(A);
    free(B);
    free(Z);
}

/* S = A'A for a random A of `rank` rows; largest |Y'S Y - I|, and whether Y is
 * upper triangular and, if complex, a complex matrix. */
static double root_error(size_t parts, size_t rank, bool *shaped)
{
    enum { Q = 12, LD = 16 };
    struct dice d = { 8 };
    float S[Q * LD] = { 0 }, was[Q * LD], Y[Q * LD], x[LD], *const A = noise(&d, rank * Q);
    const struct dense m = { kernel_choose(parts, SIZE_MAX, false), Q, LD, parts, x };
    double worst = 0;

    for (size_t t = 0; t < rank; t++)
        for (size_t i = 0; i < Q; i++)
            for (size_t j = 0; j < Q; j++) {
                const float *const a = A + t * Q;
                const bool odd_i = i % 2, odd_j = j % 2;

                S[i * LD + j] += a[i] * a[j];
                if (parts == 2) /* and of i times the row */
                    S[i * LD + j] +=
                        (odd_i ? a[i - 1] : -a[i + 1]) * (odd_j ? a[j - 1] : -a[j + 1]);
            }
    memcpy(was, S, sizeof S);
    dense_root(&m, S, Y);
    *shaped = true;
    for (size_t i = 0; i < Q; i++)
        for (size_t j = 0; j < Q; j++) {
            double sum = i == j ? -1 : 0;

            for (size_t k = 0; k < Q; k++)
                for (size_t l = 0; l < Q; l++)
                    sum +=
                        (double)Y[k * LD + i] * (double)was[k * LD + l] * (double)Y[l * LD + j];
            worst = fmax(worst, fabs(sum));
            *shaped = *shaped && isfinite(Y[i * LD + j]) && (j >= i || Y[i * LD + j] == 0.0f);
            if (parts == 2 && i % 2 == 0 && j % 2 == 0)
                *shaped = *shaped && Y[i * LD + j] == Y[(i + 1) * LD + j + 1] &&
                          Y[i * LD + j + 1] == -Y[(i + 1) * LD + j];
        }
    free(A);
    return worst;
}

static void a_root_of_the_inverse_is_one(void **state)
{
    (void)state;
    for (size_t parts = 1; parts <= 2; parts++) {
        bool shaped;

        assert_at_most(root_error(parts, 40, &shaped), 1e-5); /* 2e-7 */
        assert_true(shaped);
        assert_at_least(root_error(parts, 3, &shaped), 0.1); /* there is none ... */
        assert_true(shaped);                                 /* ... but all stays finite */
    }
}

/* Largest |P C - I|. */
static double inverse_error(const struct cov *c)
{
    double worst = 0;

    for (size_t i = 0; i < c->q; i++)
        for (size_t j = 0; j < c->q; j++) {
            double sum = i == j ? -1 : 0;

            for (size_t k = 0; k < c->q; k++)
                sum += (double)c->P[i * c->ld + k] * (double)c->C[k * c->ld + j];
            worst = fmax(worst, fabs(sum));
        }
    return worst;
}

/* After so many frames; then P is spoilt by a factor and polished so often. */
static double inverse_after(size_t parts, float mu, size_t frames, float spoilt, size_t polish)
{
    static _Alignas(64) unsigned char memory[1 << 16];
    struct arena a = { .block = memory };
    struct cov c = { 0 };
    struct dice d = { 9 };
    float p[24] = { 0 }, h[24];

    cov_place(&c, &a, 8, parts);
    c.kernel = kernel_choose(parts, SIZE_MAX, false);
    cov_reset(&c, 8, 1);
    for (size_t f = 0; f < frames; f++) {
        for (size_t i = 0; i < c.q; i++)
            p[i] = (float)(dice_normal(&d) * pow(0.9, (double)(i / parts)));
        const float ph = cov_solve(&c, p, h);

        cov_update(&c, mu, p, h, ph);
        cov_polish(&c, mu);
    }
    for (size_t i = 0; i < c.q * c.ld; i++)
        c.P[i] *= spoilt;
    for (size_t f = 0; f < polish; f++)
        cov_polish(&c, 0.1f);
    return inverse_error(&c);
}

static void the_inverse_stays_the_inverse(void **state)
{
    (void)state;
    for (size_t parts = 1; parts <= 2; parts++) {
        assert_at_most(inverse_after(parts, 0.01f, 100000, 1, 0), 2e-5); /* 2e-6 */
        assert_at_most(inverse_after(parts, 0.1f, 100000, 1, 0), 2e-5);  /* 3e-6 */
    }
}

static void polishing_finds_the_inverse(void **state)
{
    (void)state;
    for (size_t parts = 1; parts <= 2; parts++) {
        assert_at_least(inverse_after(parts, 0.01f, 1000, 3, 0), 1.9);
        assert_at_most(inverse_after(parts, 0.01f, 1000, 3, 200), 1e-3);
        assert_at_most(inverse_after(parts, 0.01f, 1000, 0.1f, 200), 1e-3);
    }
}

static void a_spoilt_inverse_is_replaced_but_not_by_a_look(void **state)
{
    (void)state;
    static _Alignas(64) unsigned char memory[1 << 14];
    struct arena a = { .block = memory };
    struct cov c = { 0 };
    const float p[8] = { 1, -2, 3, -4, 5, -6, 7, -8 };
    float h[8];

    cov_place(&c, &a, 8, 1);
    c.kernel = kernel_choose(1, SIZE_MAX, false);
    cov_reset(&c, 8, 2);
    assert_at_most(fabsf(cov_look(&c, p, h) - 102), 1e-3); /* 204/2 */
    c.P[3] = NAN;
    assert_true(cov_look(&c, p, h) == -1 && isnan(c.P[3]));
    assert_at_most(fabsf(cov_solve(&c, p, h) - 102), 1e-3);
    c.P[0] = -1e9f;
    assert_true(cov_look(&c, p, h) == -1 && c.P[0] == -1e9f);
    assert_at_most(fabsf(cov_solve(&c, p, h) - 102), 1e-3);
}

/* Twelve directions of sixteen numbers, four of them unknown: what is known says next to
 * nothing of some, and here a spoilt P does not hold them back. */
static void nothing_is_guessed_beyond_reason(void **state)
{
    (void)state;
    enum { DIM = 16, RANK = 12, UNKNOWN = 4, PADDED = 64 };
    static _Alignas(64) unsigned char memory[1 << 16];
    const float power = 2, outside[DIM] = { 0 };
    const struct missing_noise noise = { 1, (float)DIM / (DIM - UNKNOWN), 1, outside };
    struct arena a = { .block = memory };
    struct basis U = { 0 };
    struct missing m;
    struct cov c = { 0 };
    struct dice d = { 17 };
    float y[PADDED] = { 0 }, known[PADDED] = { 0 }, p[RANK + 4];
    double most = 0;

    basis_place(&U, &a, DIM, RANK, 1);
    basis_reset(&U, RANK);
    for (size_t j = 0; j + 1 < RANK; j++) {
        const float s = 0.6f;

        basis_turn_pair(&U, j, j + 1, 0.8f, &s);
    }
    cov_place(&c, &a, RANK, 1);
    c.kernel = kernel_choose(1, SIZE_MAX, false);
    cov_reset(&c, RANK, power);
    memset(c.P, 0, c.q * c.ld * sizeof *c.P);
    missing_place(&m, &a, basis_padded(&U), c.ld);
    for (size_t i = 0; i < DIM - UNKNOWN; i++) {
        y[i] = (float)(1000 * dice_normal(&d));
        known[i] = 1;
    }
    missing_guess(&m, &c, &U, y, known, &noise, p);
    for (size_t j = 0; j < RANK; j++)
        most = fmax(most, fabs((double)p[j]));
    assert_at_least(most, 1);
    assert_at_most(most, 4.01 * sqrt((double)power));
}

static void a_dropped_direction_leaves_the_inverse_of_the_rest(void **state)
{
    (void)state;
    for (size_t parts = 1; parts <= 2; parts++) {
        static _Alignas(64) unsigned char memory[1 << 16];
        struct arena a = { .block = memory };
        struct cov c = { 0 };
        struct dice d = { 9 };
        float p[24] = { 0 }, h[24], s[2];

        cov_place(&c, &a, 8, parts);
        c.kernel = kernel_choose(parts, SIZE_MAX, false);
        cov_reset(&c, 7, 1);
        for (size_t f = 0; f < 1000; f++) {
            for (size_t i = 0; i < c.q; i++)
                p[i] = (float)dice_normal(&d);
            cov_update(&c, 0.02f, p, h, cov_solve(&c, p, h));
            cov_polish(&c, 0.02f);
        }
        const float cosine = cov_angle(&c, 1, 4, s);

        cov_turn_pair(&c, 1, 4, cosine, s);
        assert_at_most(fabsf(c.C[parts * c.ld + 4 * parts]), 1e-5);
        cov_drop_last(&c);
        assert_at_most(inverse_error(&c), 1e-4);
        cov_grow(&c, 3);
        assert_at_most(inverse_error(&c), 1e-4);
    }
}

static void rows_turn_with_their_covariance(void **state)
{
    (void)state;
    for (size_t parts = 1; parts <= 2; parts++) {
        static _Alignas(64) unsigned char memory[1 << 14];
        struct arena a = { .block = memory };
        struct dice d = { 7 };
        struct cov c;
        float *const rows = noise(&d, 2 * 24), s[2], again[24 * 24] = { 0 };

        memset(memory, 0, sizeof memory);
        cov_place(&c, &a, 6, parts);
        c.kernel = kernel_choose(parts, SIZE_MAX, false);
        cov_reset(&c, 6, 1);
        for (size_t t = 0; t < 2; t++) {
            memset(rows + t * 24 + c.q, 0, (24 - c.q) * sizeof *rows);
            cov_blend(&c, c.C, 1.0f, 1.0f, rows + t * 24);
        }
        c.turns = rows;
        c.tall = 2;
        c.wide = 24;
        const float cosine = cov_angle(&c, 1, 4, s);

        cov_turn_pair(&c, 1, 4, cosine, s);
        for (size_t i = 0; i < c.q; i++)
            again[i * (c.ld + 1)] = 1;
        for (size_t t = 0; t < 2; t++)
            cov_blend(&c, again, 1.0f, 1.0f, rows + t * 24);
        for (size_t i = 0; i < c.q * c.ld; i++)
            assert_at_most(fabsf(again[i] - c.C[i]), 1e-5); /* 1e-6 */
        free(rows);
    }
}

/* Largest |U'U - I| after so many frames, from directions bent by 1 %. */
static double bent(size_t parts, size_t frames)
{
    static _Alignas(64) unsigned char memory[1 << 16];
    struct arena a = { .block = memory };
    struct basis U;
    struct orth o;
    struct dice d = { 6 };
    const struct kernel *k = kernel_choose(parts, SIZE_MAX, false);
    double worst = 0;
    float u[128], p[16];

    basis_place(&U, &a, 64 * parts, 8, parts);
    orth_place(&o, &a, &U);
    basis_reset(&U, 8);
    orth_reset(&o);
    for (size_t j = 0; j < 8; j++) {
        basis_get(&U, j, u);
        for (size_t i = 0; i < U.n; i++)
            u[i] += (float)(0.001 * dice_normal(&d));
        basis_set(&U, j, u);
    }
    for (size_t f = 0; f < frames; f++)
        orth_update(&o, k, &U);
    for (size_t j = 0; j < 8; j++) {
        memset(u, 0, sizeof u);
        basis_get(&U, j, u);
        k->gather(&U, u, p);
        p[j * parts] -= 1;
        for (size_t i = 0; i < 8 * parts; i++)
            worst = fmax(worst, fabs((double)p[i]));
    }
    return worst;
}

static void directions_are_straightened_in_time(void **state)
{
    (void)state;
    for (size_t parts = 1; parts <= 2; parts++) {
        assert_at_least(bent(parts, 0), 1e-3);
        assert_at_most(bent(parts, 4096), 1e-6); /* 2e-7 */
    }
}

static void a_fresh_basis_is_orthonormal(void **state)
{
    (void)state;
    for (size_t n = 1; n < 80; n += 13)
        for (size_t r = 1; r <= n; r += 1 + n / 4) {
            lull_tracker_config cfg = lull_tracker_defaults(n, r);
            lull_tracker *const t = lull_tracker_new(&cfg, NULL);

            assert_at_most(scene_orthonormality(t, n, 1), 1e-6);
            lull_tracker_free(t);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kernel_does_what_kernel_h_says),
        cmocka_unit_test(blend_is_symmetric_to_the_last_bit),
        cmocka_unit_test(frames_are_taken_and_vectors_nudged),
        cmocka_unit_test(products_are_products),
        cmocka_unit_test(a_root_of_the_inverse_is_one),
        cmocka_unit_test(rows_turn_with_their_covariance),
        cmocka_unit_test(the_inverse_stays_the_inverse),
        cmocka_unit_test(polishing_finds_the_inverse),
        cmocka_unit_test(a_spoilt_inverse_is_replaced_but_not_by_a_look),
        cmocka_unit_test(nothing_is_guessed_beyond_reason),
        cmocka_unit_test(a_dropped_direction_leaves_the_inverse_of_the_rest),
        cmocka_unit_test(directions_are_straightened_in_time),
        cmocka_unit_test(a_fresh_basis_is_orthonormal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
