/* SPDX-License-Identifier: MIT
 *
 * mixture.c - see mixture.h.
 *
 * One subspace for all of a heartbeat must hold every phase of it, and noise passes in all its
 * directions all the time.  A mixture of many small subspaces [TB99] knows the phase.  With
 * noise of power 1 a vector of part k has the covariance
 *
 *   s I + G'G,   s = 1 + rest,
 *
 * where G are the rows of F, whitened.  With the Cholesky factor C C' = s I + G G' and
 * G~ = C^-1 G no matrix need be inverted for a vector: with d = y - mean, p = G~ d
 *
 *   log p(y | k) = -1/2 (|d|^2 - |p|^2)/s - 1/2 log det,   det = s^(n - r) |C|^2
 *   E(x | y, k)  = y - (d - G~'p)/s
 *
 * and x_hat is the mean of these over k, weighted by the posterior of each part [ZW11].  With
 * missing entries the coefficients are correlated by I - G~_m G~_m', where m are the columns
 * that are missing, and that r x r system must be solved.
 *
 * C is found row by row, as in Gram-Schmidt: for i < j C_ji = G_j G~_i', and
 *
 *   C_jj^2 = s + |G_j|^2 - sum_i C_ji^2,   G~_j = (G_j - sum_i C_ji G~_i)/C_jj,
 *
 * so that the whitened base can follow a changing noise by a few rows a frame.
 *
 * Cost a vector, K parts of rank r, n numbers: 2 K (r + 1) n flops, and as much again
 * for the few parts of notable posterior; the rows of a frame 2 K r^2 n / 64.
 */
#include "shrink/mixture.h"

#include "base/fastmath.h"
#include "base/sum.h"

#include <math.h>
#include <string.h>

static const float UNLIKELY = 1e-3f;    /* posterior: parts of less are left out      */
static const float PACE = 1e-3f;        /* of the running means: 1000 vectors         */
static const float BLIND = 1e-6f;       /* least pivot, of a direction all missing    */
static const float TINY = 1e-30f;
static const float LOUDEST = 1e15f;     /* 300 dB above the noise: squares do not overflow */
static const float LOG_2_PI = 1.837877066f;

void mixture_model_place(struct mixture_model *m, struct arena *a, size_t channels,
                         size_t lags, size_t parts, size_t rank)
{
    const size_t n = channels * lags;

    *m = (struct mixture_model){
        .channels = channels, .lags = lags, .parts = parts, .rank = rank
    };
    m->unit = arena_floats(a, channels);
    m->share = arena_floats(a, parts);
    m->rest = arena_floats(a, parts);
    m->mean = arena_floats(a, parts * n);
    m->F = arena_floats(a, parts * rank * n);
}

void mixture_model_state(struct mixture_model *m, struct store *s)
{
    const size_t n = m->channels * m->lags;

    store_floats(s, &m->seen, 1, 0, 1e18f);
    store_floats(s, m->unit, m->channels, 0, 1e18f);
    store_floats(s, m->share, m->parts, 0, 1);
    store_floats(s, m->rest, m->parts, 0, 1e18f);
    store_floats(s, m->mean, m->parts * n, -1e18f, 1e18f);
    store_floats(s, m->F, m->parts * m->rank * n, -1e18f, 1e18f);
}

void mixture_place(struct mixture *m, struct arena *a, size_t channels, size_t lags,
                   size_t parts, size_t rank)
{
    *m = (struct mixture){ .n = channels * lags };
    mixture_model_place(&m->model, a, channels, lags, parts, rank);
    m->rows = arena_floats(a, parts * (1 + rank) * m->n);
    m->offset = arena_floats(a, parts * rank);
    m->square = arena_floats(a, parts);
    m->size = arena_floats(a, parts);
    m->odds = arena_floats(a, parts);
    m->trace = arena_floats(a, parts);
    m->belief = arena_floats(a, parts);
    m->coefficients = arena_floats(a, parts * rank);
    m->next = arena_floats(a, (1 + rank) * m->n);
    m->next_offset = arena_floats(a, rank);
    m->seen = arena_floats(a, rank);
    m->T = arena_floats(a, rank * rank);
}

void mixture_reset(struct mixture *m)
{
    const size_t K = m->model.parts, r = m->model.rank;

    memset(m->rows, 0, K * (1 + r) * m->n * sizeof *m->rows);
    memset(m->offset, 0, K * r * sizeof *m->offset);
    memset(m->next, 0, (1 + r) * m->n * sizeof *m->next);
    memset(m->next_offset, 0, r * sizeof *m->next_offset);
    m->next_size = 1;
    m->next_odds = m->next_trace = 0;
    for (size_t k = 0; k < K; k++) {
        m->square[k] = m->odds[k] = m->trace[k] = 0;
        m->size[k] = 1;
        m->belief[k] = 1 / (float)K;
    }
    m->kept = m->inside = m->outside = 0;
    m->part = m->row = 0;
    m->ready = false;
}

/* ---- the noise as it is now */

/* Whitens x[channels][lags] to z. */
static void whiten_row(const struct mixture *m, const struct mixture_noise *noise,
                       const float *x, float *z)
{
    const size_t M = m->model.channels, L = m->model.lags;
    float *const frame = noise->scratch, *const white = frame + M;

    for (size_t t = 0; t < L; t++) {
        for (size_t c = 0; c < M; c++)
            frame[c] = x[c * L + t];
        noise->whiten(noise->self, frame, white);
        for (size_t c = 0; c < M; c++)
            z[c * L + t] = fast_clamp(white[c], -LOUDEST, LOUDEST);
    }
}

/* What follows from the levels alone. */
static void begin_part(struct mixture *m, size_t k, const float *level)
{
    const size_t M = m->model.channels;
    float more = 0;

    for (size_t c = 0; c < M; c++)
        more += level[c] > 0 ? m->model.unit[c] * m->model.unit[c] / level[c] : 0;
    m->next_size = 1 + fast_min(m->model.rest[k] * more / (float)M, 1e12f);
    m->next_odds = logf(m->model.share[k] + TINY) - 0.5f * (float)m->n * logf(m->next_size);
    m->next_trace = 0;
}

/* Row j of G becomes that of G~: one step of Gram-Schmidt. */
static void add_direction(struct mixture *m, size_t j)
{
    const size_t n = m->n;
    float *const own = m->next + (1 + j) * n;
    double rest = (double)m->next_size + (double)sum_product(own, own, n);

    for (size_t i = 0; i < j; i++) {
        const float *const other = m->next + (1 + i) * n;
        const float share = sum_product(own, other, n);

        rest -= (double)share * (double)share;
        for (size_t t = 0; t < n; t++)
            own[t] -= share * other[t];
    }
    const float length = sqrtf(fast_max((float)rest, m->next_size));

    for (size_t t = 0; t < n; t++)
        own[t] /= length;
    m->next_offset[j] = sum_product(own, m->next, n);
    m->next_odds -= logf(length) - 0.5f * logf(m->next_size);
    m->next_trace += sum_product(own, own, n);
}

static void end_part(struct mixture *m, size_t k)
{
    const size_t n = m->n, r = m->model.rank;

    memcpy(m->rows + k * (1 + r) * n, m->next, (1 + r) * n * sizeof *m->rows);
    memcpy(m->offset + k * r, m->next_offset, r * sizeof *m->offset);
    m->square[k] = sum_product(m->next, m->next, n);
    m->size[k] = m->next_size;
    m->odds[k] = m->next_odds;
    m->trace[k] = m->next_trace;
}

void mixture_follow(struct mixture *m, const struct mixture_noise *noise)
{
    const size_t n = m->n, K = m->model.parts, r = m->model.rank;
    const size_t all = K * (1 + r) + r;         /* and the rest of a part that was begun */
    const size_t rows = (all + MIXTURE_CYCLE - 1) / MIXTURE_CYCLE;

    for (size_t i = 0; i < rows; i++) {
        const size_t k = m->part, j = m->row;
        const float *const x = j ? m->model.F + (k * r + j - 1) * n : m->model.mean + k * n;

        whiten_row(m, noise, x, m->next + j * n);
        if (j)
            add_direction(m, j - 1);
        else
            begin_part(m, k, noise->level);
        m->row = (j + 1) % (1 + r);
        if (m->row)
            continue;
        end_part(m, k);
        m->part = (k + 1) % K;
        m->ready |= !m->part;
    }
}

/* ---- a vector */

/* T = I - G~_m G~_m', m the numbers that are missing, as its root, T = R R'; then
 * q = T^-1 p.  Gives the logarithm of its determinant. */
static float solve_gaps(struct mixture *m, const float *G, const unsigned char *known,
                        float *p)
{
    const size_t n = m->n, r = m->model.rank;
    float *const R = m->T, log_det = 0;

    for (size_t i = 0; i < r; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = i == j;

            for (size_t t = 0; t < n; t++)
                sum -= known[t] ? 0 : (double)G[i * n + t] * (double)G[j * n + t];
            for (size_t l = 0; l < j; l++)
                sum -= (double)R[i * r + l] * (double)R[j * r + l];
            R[i * r + j] = i == j ? sqrtf(fast_max((float)sum, BLIND))
                                  : (float)sum / R[j * r + j];
        }
        log_det += 2 * logf(R[i * r + i]);
    }
    for (size_t i = 0; i < r; i++)
        p[i] = (p[i] - sum_product(R + i * r, p, i)) / R[i * r + i];
    for (size_t i = r; i-- > 0;) {
        for (size_t l = i + 1; l < r; l++)
            p[i] -= R[l * r + i] * p[l];
        p[i] /= R[i * r + i];
    }
    return log_det;
}

/* log(share * density) of y under part k, without terms common to all parts; and its
 * coefficients. */
static float judge(struct mixture *m, size_t k, const float *y, const unsigned char *known,
                   float energy)
{
    const size_t n = m->n, r = m->model.rank;
    const float *const mean = m->rows + k * (1 + r) * n, *const G = mean + n;
    float *const p = m->coefficients + k * r;
    float square = m->square[k], log_det = 0, explained = 0;

    for (size_t j = 0; j < r; j++)
        p[j] = sum_product(G + j * n, y, n) - m->offset[k * r + j];
    if (!known) {
        explained = sum_product(p, p, r);
    } else {
        for (size_t t = 0; t < n; t++) {
            if (known[t])
                continue;
            square -= mean[t] * mean[t];
            for (size_t j = 0; j < r; j++)
                p[j] += G[j * n + t] * mean[t];
        }
        memcpy(m->seen, p, r * sizeof *p);
        log_det = solve_gaps(m, G, known, p) - (float)m->gaps * logf(m->size[k]);
        explained = sum_product(m->seen, p, r);
    }
    const float outside = energy - 2 * sum_product(mean, y, n) + square - explained;

    return m->odds[k] - 0.5f * (fast_max(outside, 0) / m->size[k] + log_det);
}

/* Turns log odds into posteriors, in place; gives the logarithm of the sum of the odds. */
static float believe(float *belief, size_t K)
{
    const float most = greatest(belief, K, -3e38f);
    float sum = 0;

    for (size_t k = 0; k < K; k++) {
        belief[k] = fast_exp(belief[k] - most);
        sum += belief[k];
    }
    for (size_t k = 0; k < K; k++)
        belief[k] /= sum;
    return most + logf(sum);
}

/* Adds belief_k E(x | y, k) to x_hat. */
static void add_part(const struct mixture *m, size_t k, const float *restrict y,
                     const unsigned char *known, float *restrict x_hat)
{
    const size_t n = m->n, r = m->model.rank;
    const float *const mean = m->rows + k * (1 + r) * n, *const p = m->coefficients + k * r;
    const float belief = m->belief[k], share = belief / m->size[k];

    for (size_t t = 0; t < n; t++)
        x_hat[t] += known && !known[t] ? belief * mean[t]
                                       : (belief - share) * y[t] + share * mean[t];
    for (size_t j = 0; j < r; j++) {
        const float *restrict const g = mean + (1 + j) * n;
        const float a = share * p[j], b = belief * p[j];

        if (!known)
            for (size_t t = 0; t < n; t++)
                x_hat[t] += a * g[t];
        else
            for (size_t t = 0; t < n; t++)
                x_hat[t] += (known[t] ? a : b) * g[t];
    }
}

/* The share of the noise's power that part k keeps: 1 - 1/s in n - r dimensions, more in
 * the others. */
static float keeps(const struct mixture *m, size_t k)
{
    const float n = (float)m->n;

    return fast_min(1 - (1 - m->trace[k] / n) / m->size[k], 1);
}

static void learn_fit(struct mixture *m, const float *restrict y, const float *restrict x_hat)
{
    const float inside = sum_product(x_hat, x_hat, m->n), both = sum_product(x_hat, y, m->n);
    const float outside = sum_product(y, y, m->n) - 2 * both + inside;

    m->inside += PACE * (inside / (float)m->n - m->inside);
    m->outside += PACE * (outside / (float)m->n - m->outside);
}

void mixture_update(struct mixture *m, const float *restrict y, const unsigned char *known,
                    float *restrict x_hat)
{
    const size_t K = m->model.parts, n = m->n;
    const float energy = sum_product(y, y, n);
    float kept = 0;

    m->gaps = 0;
    for (size_t t = 0; known && t < n; t++)
        m->gaps += !known[t];
    for (size_t k = 0; k < K; k++)
        m->belief[k] = judge(m, k, y, known, energy);
    m->evidence = believe(m->belief, K) - 0.5f * LOG_2_PI * (float)(n - m->gaps);
    memset(x_hat, 0, n * sizeof *x_hat);
    for (size_t k = 0; k < K; k++) {
        if (m->belief[k] > UNLIKELY)
            add_part(m, k, y, known, x_hat);
        kept += m->belief[k] * keeps(m, k);
    }
    m->kept += PACE * (kept - m->kept);
    if (!m->gaps)
        learn_fit(m, y, x_hat);
}

float mixture_unfit(const struct mixture *m)
{
    const float more = fast_max(m->outside - (1 - m->kept), 0);

    return m->ready ? more / (more + m->inside + TINY) : 0;
}

void mixture_state(struct mixture *m, struct store *s)
{
    const size_t K = m->model.parts, r = m->model.rank;

    store_finite(s, m->rows, K * (1 + r) * m->n);
    store_finite(s, m->offset, K * r);
    store_finite(s, m->square, K);
    store_floats(s, m->size, K, 1, 2e12f);
    store_finite(s, m->odds, K);
    store_finite(s, m->trace, K);
    store_floats(s, m->belief, K, 0, 1);
    store_finite(s, m->next, (1 + r) * m->n);
    store_finite(s, m->next_offset, r);
    store_floats(s, &m->next_size, 1, 1, 2e12f);
    store_finite(s, &m->next_odds, 1);
    store_finite(s, &m->next_trace, 1);
    store_floats(s, &m->kept, 1, 0, 1);
    store_finite(s, &m->inside, 1);
    store_finite(s, &m->outside, 1);
    store_size(s, &m->part, 0, K - 1);
    store_size(s, &m->row, 0, r);
    store_bool(s, &m->ready);
}
