/* SPDX-License-Identifier: MIT
 *
 * factor.c - W ~ A B with the least |W - A B|^2, and how many columns A should have.
 *
 * Known throughout, W is decomposed (svd.c), and A = U diag(s), B = V': within
 * rounding the best there is [EY36].  Descent along the gradient of |W - A B|^2, row
 * by row, was measured against it: after 16 passes 1.02 times the least error where
 * the spectrum has a gap, 1.2 to 2.1 times on photographs, where it has none, in
 * the same time.  With gaps, complete.c finds a product near what is known, and that
 * is what is decomposed.
 *
 * How many: as many singular values as rise above those of noise.  Noise of power
 * sigma^2 in every entry of an m x n matrix, beta = m/n <= 1, is best told from signal
 * at
 *
 *   tau = sqrt(n) sigma sqrt(2 (beta + 1) + 8 beta / (beta + 1 + sqrt(beta^2 + 14 beta + 1)))
 *
 * [GD14, 11].  sigma^2 is what is left when k are taken, over its (m - k)(n - k)
 * free entries, and k the largest for which s_k > tau: many strong directions
 * then cannot hide one another, and weak ones are weighed without the strong.
 *
 * With gaps there are no singular values to look at.  One in ten of the known entries is
 * held out, and the rank is the least that foretells these about as well as the best.
 */
#include "track/factor.h"

#include "base/least.h"

#include <float.h>
#include <math.h>
#include <stdint.h>

enum { HELD = 10, PATIENCE = 3 }; /* entries, one of which is held out; ranks in vain */

static const double AS_GOOD = 1.02; /* of the energy: 1 % of the error */

/* Of the energy of W: what is less, by 60 dB, may be rounding. */
static const double ROUNDING = 1e-6;

void factor_place(struct factor *f, struct arena *a, size_t m, size_t n, size_t k, bool gaps)
{
    *f = (struct factor){ .m = m, .n = n, .k = k };
    f->most = k ? k : least(least(m, n), COV_MOST);
    f->s = arena_floats(a, f->most);
    f->V = arena_floats(a, n * f->most);
    f->F = gaps ? arena_floats(a, m * n) : NULL;
    f->room = *a;
    if (gaps)
        complete_place(&f->complete, a, m, n, f->most);
    svd_place(&f->svd, a, m, n, f->most);
}

static double energy(const float *W, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += (double)W[i] * (double)W[i];
    return sum;
}

/* tau^2 / sigma^2 above. */
static double threshold(size_t m, size_t n)
{
    const double short_side = (double)least(m, n), n_long = (double)(m < n ? n : m);
    const double beta = short_side / n_long;
    const double root = sqrt(beta * beta + 14 * beta + 1);

    return n_long * (2 * (beta + 1) + 8 * beta / (beta + 1 + root));
}

/* How many of the `count` largest singular values of a matrix of that energy rise
 * above its noise. */
static size_t risen(const struct factor *f, size_t count, double total)
{
    const double tau2 = threshold(f->m, f->n);
    double left = total;
    size_t k = 0;

    for (size_t j = 0; j < count && j + 1 < least(f->m, f->n); j++) {
        const double s2 = (double)f->s[j] * (double)f->s[j];

        left -= s2;
        const double noise =
            fmax(left, ROUNDING * total) / ((double)(f->m - j - 1) * (double)(f->n - j - 1));

        if (s2 > tau2 * noise)
            k = j + 1;
    }
    return k;
}

/* The first k columns of U diag(s), which is in A, and of V. */
static void hand_over(const struct factor *f, size_t k, float *A, float *B)
{
    const size_t wide = f->svd.k;

    for (size_t i = 0; i < f->m; i++)
        for (size_t j = 0; j < k; j++)
            A[i * k + j] = A[i * wide + j] * f->s[j];
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < f->n; i++)
            B[j * f->n + i] = f->V[i * wide + j];
}

static float largest(const float *W, size_t count)
{
    float most = 0;

    for (size_t i = 0; i < count; i++)
        most = fmaxf(most, fabsf(W[i])); /* passes over NaN */
    return most;
}

/* X Y' of rank k near what is known of W; after it lies what room is left. */
static void solve(struct factor *f, const float *W, size_t k)
{
    const float most = largest(W, f->m * f->n);

    f->unit = most > FLT_MIN ? most : 1.0f;
    f->left = f->room;
    complete_place(&f->complete, &f->left, f->m, f->n, k);
    complete_update(&f->complete, W, 1.0f / f->unit);
}

static float product(const struct factor *f, size_t i, size_t j)
{
    return f->unit * complete_entry(&f->complete, i, j);
}

/* Whether a known entry is held out: one in HELD, wherever a hash of its place says. */
static bool held_out(uint32_t at)
{
    at = (at + 1) * 0x9e3779b9u;
    at = (at ^ at >> 15) * 0x85ebca6bu;
    return (at ^ at >> 13) % HELD == 0;
}

/* Energy of what rank k, learned from the other entries, leaves of those held out. */
static double trial(struct factor *f, const float *W, size_t k)
{
    double left = 0;

    for (size_t i = 0; i < f->m * f->n; i++)
        f->F[i] = held_out((uint32_t)i) ? NAN : W[i];
    if (k)
        solve(f, f->F, k);
    for (size_t i = 0; i < f->m * f->n; i++)
        if (held_out((uint32_t)i) && !isnan(W[i])) {
            const double e = (double)(W[i] - (k ? product(f, i / f->n, i % f->n) : 0.0f));

            left += e * e;
        }
    return left;
}

/* The least rank that does about as well on entries held out as the best. */
static size_t count(struct factor *f, const float *W)
{
    const double none = trial(f, W, 0);
    double best = none;
    size_t enough = 0, too_few = 0;

    for (size_t next = 1, worse = 0; next <= f->most && worse < PATIENCE;
         next += 1 + next / 8) {
        const double left = trial(f, W, next);

        worse = left < best ? 0 : worse + 1;
        if (left < best) {
            best = left;
            enough = next;
        }
    }
    const double bar = AS_GOOD * best + ROUNDING * none;

    while (none > bar && enough - too_few > 1) {
        const size_t k = (enough + too_few) / 2;

        if (trial(f, W, k) > bar)
            too_few = k;
        else
            enough = k;
    }
    return none > bar ? enough : 0;
}

/* F = X Y', decomposed like any other matrix. */
static void fill(struct factor *f)
{
    for (size_t i = 0; i < f->m; i++)
        for (size_t j = 0; j < f->n; j++)
            f->F[i * f->n + j] = product(f, i, j);
}

size_t factor_update(struct factor *f, const float *W, float *A, float *B)
{
    size_t k = f->k;

    f->left = f->room;
    if (f->F) {
        k = k ? k : count(f, W);
        if (!k)
            return 0;
        solve(f, W, k);
        fill(f);
    }

    struct arena a = f->left;

    svd_place(&f->svd, &a, f->m, f->n, k ? k : f->most);
    svd_update(&f->svd, f->F ? f->F : W, f->s, A, f->V);
    if (!k)
        k = risen(f, f->most, energy(W, f->m * f->n));
    hand_over(f, k, A, B);
    return k;
}
