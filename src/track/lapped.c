/* SPDX-License-Identifier: MIT
 *
 * lapped.c - a subspace for each frequency, across overlapping frames.
 *
 * A tone that lasts is in K successive frames the same but for its phase; the
 * noise of those frames is related only as far as their windows overlap.  So
 * for one frequency, with x = [X_t, X_{t-1}, .. X_{t-K+1}], every frame turned
 * to one origin of time,
 *
 *   E x x* = N Gamma for noise,    Gamma = L L' the window's autocorrelation,
 *   z = L^-1 x,    C = lambda C + (1 - lambda) z z*,
 *
 * C is N I for noise, and every direction in which it is more holds signal.
 * Each eigenvalue c of C earns the gain c^2/(c^2 + k^2), k = KNEE N: next to
 * nothing for what noise can reach by chance, next to one above.  That gain is
 * a rational function of the matrix, so the directions need not be found:
 *
 *   e = C^2 (C^2 + k^2 I)^-1 z = z - k^2 (C - ik)^-1 (C + ik)^-1 z.
 *
 * With A = C/k + i I = L U and its conjugate transpose this is two solves.  The
 * imaginary part of A is I, and eliminating only adds to it: no pivot is less
 * than 1, none need be sought.
 *
 * Each e, coloured again, holds an estimate of K frames; each frame gets K of
 * them, and their mean is what it was: hence the delay of K - 1 frames.
 *
 * Four frequencies go side by side.  Turning frame t of frequency f to the
 * common origin takes f t quarter turns, so that all groups of four turn alike.
 *
 * Cost: about 90 complex products a frequency and frame for the first channel,
 * 50 for every other.
 */
#include "track/lapped.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { K = LAPPED, LANES = 4, PAIRS = K * (K + 1) / 2 };

static const double MEMORY_MS = 104;    /* of C: lambda = .926 a frame of 8 ms */
static const float KNEE = 5;            /* times N: chance reaches 2           */

/* -50 dB of what is there: noise below that is as good as none, and keeps the
 * matrices far from losing digits. */
static const float LEAST = 1e-5f;
static const float MEMORY = 1e4f;      /* frames that are counted                  */
static const float WINDOW = 1e4f;      /* samples; it has far fewer                */
static const float TINY = 1e-30f;

typedef float lanes __attribute__((vector_size(16)));

/* A complex number of each of four frequencies. */
struct complex4 {
    lanes re, im;
};

struct lapped_group {
    struct complex4 C[PAIRS];   /* row by row, i >= j */
};

struct lapped_channel {
    struct complex4 *x[K];      /* [groups] frame t at t % K */
    struct complex4 *sum[K];    /* [groups] estimates of it  */
};

static inline lanes all(float x)
{
    return (lanes){ x, x, x, x };
}

/* a - b c */
static inline struct complex4 less(struct complex4 a, struct complex4 b, struct complex4 c)
{
    return (struct complex4){ a.re - b.re * c.re + b.im * c.im,
                              a.im - b.re * c.im - b.im * c.re };
}

static inline struct complex4 conjugate(struct complex4 a)
{
    return (struct complex4){ a.re, -a.im };
}

static inline struct complex4 times(struct complex4 a, struct complex4 b)
{
    return (struct complex4){ a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re };
}

static inline struct complex4 reciprocal(struct complex4 a)
{
    const lanes unit = 1 / (a.re * a.re + a.im * a.im);

    return (struct complex4){ a.re * unit, -a.im * unit };
}

/* y = T x for a real lower triangle T. */
static inline void triangle(const float T[K][K], const struct complex4 *restrict x,
                            struct complex4 *restrict y)
{
    for (size_t i = 0; i < K; i++) {
        y[i] = (struct complex4){ all(T[i][0]) * x[0].re, all(T[i][0]) * x[0].im };
        for (size_t j = 1; j <= i; j++) {
            y[i].re += all(T[i][j]) * x[j].re;
            y[i].im += all(T[i][j]) * x[j].im;
        }
    }
}

void lapped_place(struct lapped *l, struct arena *a, size_t n, size_t channels,
                  double frame_hz)
{
    const size_t groups = (n + LANES - 1) / LANES;
    struct lapped_channel *const channel = arena_take(a, channels, sizeof *channel);

    *l = (struct lapped){ .n = n, .groups = groups, .channels = channels, .channel = channel };
    l->keep = (float)exp(-1e3 / (MEMORY_MS * frame_hz));
    l->covariance = arena_take(a, groups, sizeof *l->covariance);
    for (size_t c = 0; c < channels; c++) {
        struct lapped_channel unused, *const ch = arena_measures(a) ? &unused : channel + c;

        for (size_t k = 0; k < K; k++) {
            ch->x[k] = arena_take(a, groups, sizeof *ch->x[k]);
            ch->sum[k] = arena_take(a, groups, sizeof *ch->sum[k]);
        }
    }
}

void lapped_calibrate(struct lapped *l, const float *a, size_t span, size_t hop)
{
    double gamma[K], L[K][K] = { 0 }, inverse[K][K] = { 0 };

    for (size_t d = 0; d < K; d++) {
        gamma[d] = 0;
        for (size_t t = d * hop; t < span; t++)
            gamma[d] += (double)a[t] * (double)a[t - d * hop];
    }
    for (size_t i = 0; i < K; i++)              /* Cholesky */
        for (size_t j = 0; j <= i; j++) {
            double s = gamma[i - j] / gamma[0];

            for (size_t k = 0; k < j; k++)
                s -= L[i][k] * L[j][k];
            L[i][j] = i == j ? sqrt(s) : s / L[j][j];
        }
    for (size_t j = 0; j < K; j++)
        for (size_t i = j; i < K; i++) {
            double s = i == j;

            for (size_t k = j; k < i; k++)
                s -= L[i][k] * inverse[k][j];
            inverse[i][j] = s / L[i][i];
        }
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < K; j++) {
            l->colour[i][j] = (float)L[i][j];
            l->white[i][j] = (float)inverse[i][j];
        }
}

void lapped_reset(struct lapped *l)
{
    memset(l->covariance, 0, l->groups * sizeof *l->covariance);
    for (size_t c = 0; c < l->channels; c++)
        for (size_t k = 0; k < K; k++) {
            memset(l->channel[c].x[k], 0, l->groups * sizeof *l->channel[c].x[k]);
            memset(l->channel[c].sum[k], 0, l->groups * sizeof *l->channel[c].sum[k]);
        }
    l->t = 0;
    l->seen = 0;
}

/* f t quarter turns back, for f = 0..3. */
static struct complex4 turns(size_t t)
{
    static const float quarter[4] = { 1, 0, -1, 0 };
    struct complex4 w;

    for (size_t f = 0; f < LANES; f++) {
        w.re[f] = quarter[f * t % 4];
        w.im[f] = quarter[(f * t + 1) % 4];
    }
    return w;
}

void lapped_push(struct lapped *l, size_t c, const float (*X)[2])
{
    const struct complex4 turn = turns(l->t);
    struct complex4 *const to = l->channel[c].x[l->t];

    for (size_t g = 0; g < l->groups; g++) {
        struct complex4 x = { 0 };

        for (size_t f = 0; f < LANES && g * LANES + f < l->n; f++) {
            x.re[f] = X[g * LANES + f][0];
            x.im[f] = X[g * LANES + f][1];
        }
        to[g] = times(x, turn);
    }
}

/* The frames of group g, newest first, whitened. */
static inline void whiten(const struct lapped *l, size_t c, size_t g, struct complex4 z[K])
{
    struct complex4 x[K];

    for (size_t k = 0; k < K; k++)
        x[k] = l->channel[c].x[(l->t + K - k) % K][g];
    triangle(l->white, x, z);
}

/* C moves towards z z*. */
static inline void learn(struct complex4 *restrict C, const struct complex4 *z, float step)
{
    for (size_t i = 0; i < K; i++) {
        const struct complex4 zi = { all(step) * z[i].re, all(step) * z[i].im };

        for (size_t j = 0; j <= i; j++) {
            const struct complex4 p = times(zi, conjugate(z[j]));

            C->re += p.re;
            C->im += p.im;
            C++;
        }
    }
}

/* A = C/k + i I, taken apart in place: U on and above the diagonal, the unit
 * triangle L below; d is one over the diagonal of U. */
static inline void decompose(const struct complex4 *restrict C, lanes unit,
                             struct complex4 A[K][K], struct complex4 d[K])
{
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++, C++) {
            A[i][j] = (struct complex4){ C->re * unit, C->im * unit };
            A[j][i] = conjugate(A[i][j]);
        }
    for (size_t k = 0; k < K; k++)
        A[k][k].im = all(1);
    for (size_t k = 0; k < K; k++) {
        d[k] = reciprocal(A[k][k]);
        for (size_t i = k + 1; i < K; i++) {
            A[i][k] = times(A[i][k], d[k]);
            for (size_t j = k + 1; j < K; j++)
                A[i][j] = less(A[i][j], A[i][k], A[k][j]);
        }
    }
}

/* v becomes (A A*)^-1 v. */
static inline void solve(struct complex4 A[K][K], const struct complex4 d[K],
                         struct complex4 v[K])
{
    for (size_t i = 1; i < K; i++)
        for (size_t j = 0; j < i; j++)
            v[i] = less(v[i], A[i][j], v[j]);
    for (size_t i = K; i-- > 0;) {
        for (size_t j = i + 1; j < K; j++)
            v[i] = less(v[i], A[i][j], v[j]);
        v[i] = times(v[i], d[i]);
    }
    for (size_t i = 0; i < K; i++) {
        for (size_t j = 0; j < i; j++)
            v[i] = less(v[i], conjugate(A[j][i]), v[j]);
        v[i] = times(v[i], conjugate(d[i]));
    }
    for (size_t i = K - 1; i-- > 0;)
        for (size_t j = i + 1; j < K; j++)
            v[i] = less(v[i], conjugate(A[j][i]), v[j]);
}

static inline lanes greater(lanes a, lanes b)
{
    lanes m;

    for (size_t f = 0; f < LANES; f++)
        m[f] = a[f] > b[f] ? a[f] : b[f];
    return m;
}

/* Adds to the sums of K frames what they are without v, the noise in them. */
static inline void estimate(const struct lapped *l, size_t c, size_t g,
                            const struct complex4 v[K])
{
    const float share = 1.0f / K;
    struct complex4 noise[K];

    triangle(l->colour, v, noise);
    for (size_t k = 0; k < K; k++) {
        const size_t at = (l->t + K - k) % K;
        const struct complex4 x = l->channel[c].x[at][g];
        struct complex4 *const sum = l->channel[c].sum[at] + g;

        if (k == 0)
            *sum = (struct complex4){ 0 };
        sum->re += all(share) * (x.re - noise[k].re);
        sum->im += all(share) * (x.im - noise[k].im);
    }
}

void lapped_update(struct lapped *l, const float *restrict N)
{
    const float keep = fminf(l->keep, l->seen / (l->seen + 1));
    const float step = (1 - keep) / (float)l->channels;

    l->seen = fminf(l->seen + 1, MEMORY);
    for (size_t g = 0; g < l->groups; g++) {
        struct complex4 *const C = l->covariance[g].C;
        struct complex4 z[K], A[K][K], d[K];
        lanes level = { 0 }, floor = { 0 };
        const size_t inside = l->n - g * LANES < LANES ? l->n - g * LANES : LANES;

        for (size_t p = 0; p < PAIRS; p++) {
            C[p].re *= all(keep);
            C[p].im *= all(keep);
        }
        for (size_t c = 0; c < l->channels; c++) {
            whiten(l, c, g, z);
            learn(C, z, step);
        }
        for (size_t i = 0, p = 0; i < K; p += ++i + 1)
            level += C[p].re;
        memcpy(&floor, N + g * LANES, inside * sizeof *N);
        floor = greater(floor, all(LEAST) * level + all(TINY));
        decompose(C, 1 / (all(KNEE) * floor), A, d);
        for (size_t c = 0; c < l->channels; c++) {
            whiten(l, c, g, z);
            solve(A, d, z);
            estimate(l, c, g, z);
        }
    }
}

void lapped_pull(const struct lapped *l, size_t c, float (*restrict X)[2],
                 float (*restrict E)[2])
{
    const size_t at = (l->t + 1) % K;
    const struct complex4 turn = conjugate(turns(at));

    for (size_t g = 0; g < l->groups; g++) {
        const struct complex4 x = times(l->channel[c].x[at][g], turn);
        const struct complex4 e = times(l->channel[c].sum[at][g], turn);

        for (size_t f = 0; f < LANES && g * LANES + f < l->n; f++) {
            X[g * LANES + f][0] = x.re[f];
            X[g * LANES + f][1] = x.im[f];
            E[g * LANES + f][0] = e.re[f];
            E[g * LANES + f][1] = e.im[f];
        }
    }
}

void lapped_advance(struct lapped *l)
{
    l->t = (l->t + 1) % K;
}

static void row_state(const struct lapped *l, struct complex4 *x, struct store *s)
{
    store_samples(s, (float *)x, l->groups * sizeof *x / sizeof(float), WINDOW);
}

/* Whether the matrices that began at `from` can be covariances, with room for rounding. */
static bool are_covariances(const struct lapped *l, const struct store *s, size_t from)
{
    for (size_t at = 0; at < l->groups * PAIRS * 2 * LANES; at += PAIRS * 2 * LANES)
        for (size_t f = at; f < at + LANES; f++)
            for (size_t i = 0, p = f; i < K; i++)
                for (size_t j = 0; j <= i; j++, p += 2 * LANES) {
                    const float a = store_peek(s, from, f + i * (i + 3) * LANES);
                    const float b = store_peek(s, from, f + j * (j + 3) * LANES);
                    const float re = store_peek(s, from, p);
                    const float im = store_peek(s, from, p + LANES);
                    const float most = 2 * sqrtf(a) * sqrtf(b) + FLT_MIN;

                    if (!(a >= 0 && b >= 0 && fabsf(re) <= most && fabsf(im) <= most))
                        return false;
                }
    return true;
}

void lapped_state(struct lapped *l, struct store *s)
{
    size_t from;

    store_size(s, &l->t, 0, K - 1);
    store_floats(s, &l->seen, 1, 0, MEMORY);
    from = s->used;
    store_floats(s, (float *)l->covariance, l->groups * sizeof *l->covariance / sizeof(float),
                 -STORE_STRONGEST, STORE_STRONGEST);
    store_demand(s, !store_checks(s) || are_covariances(l, s, from));
    for (size_t c = 0; c < l->channels; c++)
        for (size_t k = 0; k < K; k++) {
            row_state(l, l->channel[c].x[k], s);
            row_state(l, l->channel[c].sum[k], s);
        }
}
