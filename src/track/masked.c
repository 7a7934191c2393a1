/* SPDX-License-Identifier: MIT
 *
 * masked.c - X_{k+1} = f(X_k, y_k) for noise under speech.
 *
 * The model X of the noise power is N(f) = Nbar(f) exp(sum_i U_i(f) h_i): a
 * reference and a few smooth directions of its logarithm, level and tilt, along
 * which noise changes fast and as a whole.  A frame y shows the noise only where
 * nobody speaks; the other entries are missing, as in [BNR10] and [CEC13].
 * With g = P/N, noise has likelihood exp(-g), speech the heavy tail (Lomax)
 * l1 = s b^s (b + g)^-(1+s), so an entry is noise with probability
 *
 *   w = l0 k / (l0 k + l1),        k = (1 - prior)/prior,
 *
 * and h takes one step of Fisher scoring from its prediction h- = phi h:
 *
 *   A = U' diag(w d) U,    h = h- + (A + diag(1/q))^-1 U' (w d (c min(g, G) - 1))
 *
 * q, the variance of what h does from frame to frame, is learned as in [SS82]
 * from how far h moved and how much is still unsure about it,
 *
 *   q = (1 - a) q + a ((h - h-)^2 + diag (A + diag(1/q))^-1).
 *
 * So noise that swells and fades is followed faster than steady noise: q acts as an
 * automatic step size, reported as tr(A)/tr(A + 1/q), 0..1.
 *
 * d weights a frequency by its share of the ERB scale, and less because overlapping
 * frames are not independent.
 *
 * Cost: two passes of an exponential and a ratio, and of a logarithm and an
 * exponential, a frequency.
 */
#include "track/masked.h"

#include "base/ear.h"
#include "base/fastmath.h"
#include "base/sum.h"

#include <math.h>
#include <string.h>

static const float TAIL = 0.3f, TAIL_SCALE = 5.0f;      /* s, b: speech runs to 50 dB above */
static const float BIAS = 1.05f, CLIP = 8.0f;           /* c, G: c makes up for clip and mask */
static const float FARTHEST = 1.5f;                     /* nepers h may move in a frame */

/* Range of q, nepers^2 a frame: with less, h would not notice that the noise moves. */
static const float Q_LEAST = 0.04f * 0.04f, Q_MOST = 2.0f * 2.0f;

/* Bounds: of the predicted noise, which may overshoot after a jump; of the ratio g. */
static const float LOUDEST = STORE_STRONGEST / 4, FAR = 1e30f;

static void set_directions(struct masked *m, double bin_hz)
{
    const double top = ear_place((double)(m->n - 1) * bin_hz);

    for (size_t f = 0; f < m->n; f++) {
        const double e = ear_place((double)f * bin_hz) / top;

        m->U[f] = 1;
        for (size_t i = 1; i < MASKED_RANK; i++)
            m->U[i * m->n + f] = (float)(sqrt(2) * cos(3.14159265358979 * (double)i * e));
    }
}

static void set_weights(struct masked *m, double bin_hz, double evidence)
{
    double sum = 0;

    for (size_t f = 0; f < m->n; f++) {
        const double hz = (double)f * bin_hz;
        const double width = ear_place(hz + bin_hz / 2) - ear_place(fmax(hz - bin_hz / 2, 0));

        m->weight[f] = (float)sqrt(width);
        sum += sqrt(width);
    }
    for (size_t f = 0; f < m->n; f++)
        m->weight[f] *= (float)(evidence * (double)m->n / sum);
}

void masked_place(struct masked *m, struct arena *a, size_t n, double bin_hz, double frame_hz)
{
    const double frames = 125 / frame_hz;       /* of 8 ms: the constants are for these */

    *m = (struct masked){ .n = n };
    m->predict = (float)pow(0.9, frames);
    m->learn_q = (float)(0.05 * frames);
    m->learn_mean = (float)(1 - pow(0.95, frames));
    m->q0 = (float)(0.3 * 0.3 * frames);
    m->mean = arena_floats(a, n);
    m->U = arena_floats(a, MASKED_RANK * n);
    m->weight = arena_floats(a, n);
    m->noise = arena_floats(a, n);
    m->ratio = arena_floats(a, n);
    m->speech = arena_floats(a, n);
    m->row = arena_floats(a, 2 * n);
    if (arena_measures(a))
        return;
    set_directions(m, bin_hz);
    set_weights(m, bin_hz, 0.5 * frames);
}

void masked_reset(struct masked *m)
{
    memset(m->mean, 0, m->n * sizeof *m->mean);
    memset(m->noise, 0, m->n * sizeof *m->noise);
    for (size_t i = 0; i < MASKED_RANK; i++) {
        m->h[i] = 0;
        m->q[i] = i ? m->q0 / 4 : m->q0;
    }
    m->step = 1;
}

void masked_begin(struct masked *m, const float *restrict N)
{
    memcpy(m->mean, N, m->n * sizeof *N);
    memcpy(m->noise, N, m->n * sizeof *N);
}

_Static_assert(MASKED_RANK == 2, "expect() and fit() are written out for two directions");

/* The model at h, and how far P stands above it. */
static void expect(struct masked *m, const float *restrict P)
{
    const float *restrict const u0 = m->U, *restrict const u1 = m->U + m->n;
    const float *restrict const mean = m->mean;
    float *restrict const noise = m->noise, *restrict const ratio = m->ratio;
    const float h0 = m->h[0], h1 = m->h[1];

    for (size_t f = 0; f < m->n; f++) {
        noise[f] = fast_min(mean[f] * fast_exp(u0[f] * h0 + u1[f] * h1), LOUDEST);
        ratio[f] = fast_min(P[f] / noise[f], FAR);
    }
}

/* Which entries are missing: 1 - w, by the odds k l0/l1. */
static void judge(struct masked *m, float prior)
{
    const float *restrict const ratio = m->ratio;
    float *restrict const speech = m->speech;
    const float log_l1 = logf(TAIL) + TAIL * logf(TAIL_SCALE);  /* + (1 + s) log 1/(b + g) */
    const float log_k = logf((1 - prior) / prior);

    for (size_t f = 0; f < m->n; f++) {
        const float g = ratio[f];
        const float log_odds = (1 + TAIL) * fast_log(TAIL_SCALE + g) - g + (log_k - log_l1);

        speech[f] = 1 / (1 + fast_exp(log_odds));
    }
}

/* A = U' diag(w d) U and b = U' (w d e) with e, what the ratio is above 1. */
static void project(struct masked *m, float A[MASKED_RANK][MASKED_RANK], float b[MASKED_RANK])
{
    const float *restrict const speech = m->speech, *restrict const weight = m->weight;
    const float *restrict const ratio = m->ratio;
    float *restrict const wd = m->row, *restrict const e = m->row + m->n;

    for (size_t f = 0; f < m->n; f++) {
        wd[f] = (1 - speech[f]) * weight[f];
        e[f] = wd[f] * (fast_min(ratio[f], CLIP) * BIAS - 1);
    }
    for (size_t i = 0; i < MASKED_RANK; i++)
        b[i] = sum_product(e, m->U + i * m->n, m->n);
    for (size_t i = 0; i < MASKED_RANK; i++) {
        const float *restrict const u = m->U + i * m->n;

        for (size_t f = 0; f < m->n; f++)
            e[f] = wd[f] * u[f];
        for (size_t j = i; j < MASKED_RANK; j++)
            A[i][j] = A[j][i] = sum_product(e, m->U + j * m->n, m->n);
    }
}

/* One step of Fisher scoring from where h is. */
static void fit(struct masked *m)
{
    enum { R = MASKED_RANK };
    float A[R][R], b[R];

    project(m, A, b);
    const float p0 = A[0][0] + 1 / m->q[0], p1 = A[1][1] + 1 / m->q[1];
    const float det = p0 * p1 - A[0][1] * A[0][1];      /* >= 1/(q0 q1) by Cauchy-Schwarz */
    const float move[R] = { (p1 * b[0] - A[0][1] * b[1]) / det,
                            (p0 * b[1] - A[0][1] * b[0]) / det };
    const float left[R] = { p1 / det, p0 / det };       /* variance of h after it */

    for (size_t i = 0; i < R; i++) {
        const float d = fast_clamp(move[i], -FARTHEST, FARTHEST);

        m->h[i] += d;
        m->q[i] += m->learn_q * (d * d + left[i] - m->q[i]);
        m->q[i] = fast_clamp(m->q[i], Q_LEAST, Q_MOST);
    }
    m->step = (A[0][0] + A[1][1]) / (p0 + p1);
}

/* The reference follows where there is noise to see. */
static void follow(struct masked *m)
{
    const float learn = m->learn_mean;
    const float *restrict const speech = m->speech, *restrict const ratio = m->ratio;
    float *restrict const mean = m->mean, *restrict const noise = m->noise;

    for (size_t f = 0; f < m->n; f++) {
        const float grow = 1 + learn * (1 - speech[f]) * (ratio[f] - 1);

        mean[f] = fast_min(mean[f] * grow, LOUDEST);
        noise[f] *= grow;
    }
}

void masked_update(struct masked *m, const float *restrict P, float prior)
{
    for (size_t i = 0; i < MASKED_RANK; i++)
        m->h[i] *= m->predict;
    expect(m, P);
    judge(m, prior);
    fit(m);
    expect(m, P);
    judge(m, prior);
    follow(m);
}

void masked_lift(struct masked *m, const float *restrict floor)
{
    float *restrict const mean = m->mean, *restrict const noise = m->noise;

    for (size_t f = 0; f < m->n; f++) {
        const float swell = noise[f] / mean[f];

        mean[f] = fast_max(mean[f], floor[f] / fast_max(swell, 1));
        noise[f] = mean[f] * swell;
    }
}

void masked_state(struct masked *m, struct store *s)
{
    const float far = 1.01f * FARTHEST / (1 - m->predict);

    store_powers(s, m->mean, m->n);
    store_floats(s, m->h, MASKED_RANK, -far, far);
    store_floats(s, m->q, MASKED_RANK, Q_LEAST, Q_MOST);
    store_powers(s, m->noise, m->n);
    store_floats(s, &m->step, 1, 0, 1);
}
