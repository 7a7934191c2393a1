/* SPDX-License-Identifier: MIT
 *
 * look.c - see look.h.  Plain measures: nothing here has to be fast, or to
 * know what the filters know.
 */
#include "app/look.h"
#include "lull_tracker.h"
#include <math.h>
#include <stdlib.h>

enum { BLOCK_LEAST = 32 };              /* frames */
static const double BLOCK_S = 0.05;     /* fits between words, holds some periods of a voice */

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The value below which a share q of x[n] lies; x is sorted by it. */
static double quantile(double *x, size_t n, double q)
{
    qsort(x, n, sizeof *x, by_size);
    return x[(size_t)(q * (double)(n - 1) + 0.5)];
}

/* ---- channels */

struct moments {
    size_t n;                   /* finite ones */
    double mean, deviation;
};

static struct moments moments_of(const struct head *h, unsigned c, size_t from, size_t frames)
{
    const float *const x = h->x + c;
    const size_t stride = h->channels;
    struct moments m = { 0 };
    double sum = 0, squares = 0;

    for (size_t t = from; t < from + frames; t++)
        if (isfinite(x[t * stride])) {
            sum += (double)x[t * stride];
            m.n++;
        }
    m.mean = m.n ? sum / (double)m.n : 0;
    for (size_t t = from; t < from + frames; t++)
        if (isfinite(x[t * stride])) {
            const double d = (double)x[t * stride] - m.mean;

            squares += d * d;
        }
    m.deviation = m.n ? sqrt(squares / (double)m.n) : 0;
    return m;
}

/* The level of short blocks: of the quietest tenth. */
static bool quiet_level(const struct head *h, unsigned c, double *to)
{
    const size_t block = (size_t)fmax(h->rate_hz * BLOCK_S, BLOCK_LEAST);
    const size_t blocks = h->frames / block;
    double *const level = malloc((blocks + 1) * sizeof *level);
    size_t n = 0;

    if (!level)
        return false;
    for (size_t b = 0; b < blocks; b++) {
        const struct moments m = moments_of(h, c, b * block, block);

        if (2 * m.n > block)
            level[n++] = m.deviation;
    }
    if (n)
        *to = quantile(level, n, 0.1);
    free(level);
    return true;
}

enum { LAGS = 16, QUARTER = LAGS / 4, LEAST_VECTORS = 8 * LAGS, MOST_VECTORS = 128 * LAGS };

/* The level of the white noise that there can be at most: the mean of the lowest quarter of
 * the eigenvalues of the covariance of lags, which no signal that repeats itself fills. */
static bool white_level(const struct head *h, unsigned c, const struct moments *m, double *to)
{
    const size_t all = h->frames > LAGS ? h->frames - LAGS : 0;
    const size_t vectors = all < MOST_VECTORS ? all : MOST_VECTORS;
    float *const A = malloc(MOST_VECTORS * LAGS * sizeof *A), sigma[LAGS - QUARTER];
    double rest = 0;

    if (!A)
        return false;
    for (size_t i = 0; i < vectors * LAGS; i++) {
        const size_t t = i / LAGS * (all / vectors) + i % LAGS;
        const double x = (double)h->x[t * h->channels + c] - m->mean;

        A[i] = isfinite(x) ? (float)x : 0;
        rest += (double)A[i] * (double)A[i];
    }
    if (vectors >= LEAST_VECTORS &&
        !lull_svd_truncated(A, vectors, LAGS, LAGS - QUARTER, sigma, NULL, NULL)) {
        for (size_t i = 0; i < LAGS - QUARTER; i++)
            rest -= (double)sigma[i] * (double)sigma[i];
        *to = sqrt(fmax(rest, 0) / (double)(QUARTER * vectors));
    }
    free(A);
    return true;
}

/* The share of samples in runs of three or more at the least or greatest value. */
static double clipped(const struct head *h, unsigned c)
{
    float least = INFINITY, most = -INFINITY, last = NAN;
    size_t run = 0, all = 0;

    for (size_t t = 0; t < h->frames; t++) {
        const float x = h->x[t * h->channels + c];

        least = isfinite(x) ? fminf(least, x) : least;
        most = isfinite(x) ? fmaxf(most, x) : most;
    }
    for (size_t t = 0; t < h->frames; t++) {
        const float x = h->x[t * h->channels + c];

        run = x != least && x != most ? 0 : x == last ? run + 1 : 1;
        all += run == 3 ? 3 : run > 3;
        last = x;
    }
    return (double)all / (double)h->frames;
}

bool look_channel(const struct head *h, unsigned c, struct channel *to)
{
    const struct moments m = moments_of(h, c, 0, h->frames);

    *to = (struct channel){
        .level = m.deviation,
        .missing = 1 - (double)m.n / (double)h->frames,
        .clipped = m.deviation > 0 ? clipped(h, c) : 0,
    };

    double quiet = to->level, white = to->level;
    const bool done = quiet_level(h, c, &quiet) && white_level(h, c, &m, &white);

    to->floor = fmin(quiet, white);
    return done;
}

/* ---- hum */

enum { HARMONICS = 4, SEGMENTS = 8, EARS = 4 };

/* The power of a tone at hz in the segment, under Hann's window, of one channel. */
static double tone(const struct head *h, unsigned c, size_t from, size_t n, double hz)
{
    static const double tau = 6.283185307179586;
    const double w = tau * hz / h->rate_hz, turn_re = cos(w), turn_im = sin(w);
    const double slow = tau / (double)n, slow_re = cos(slow), slow_im = sin(slow);
    double re = 1, im = 0, hann_re = 1, hann_im = 0, sum_re = 0, sum_im = 0;

    for (size_t t = from; t < from + n; t++) {
        const float x = h->x[t * h->channels + c];
        const double v = isfinite(x) ? (double)x * (1 - hann_re) : 0;
        const double old = re, slower = hann_re;

        sum_re += v * re;
        sum_im += v * im;
        re = re * turn_re - im * turn_im;
        im = old * turn_im + im * turn_re;
        hann_re = hann_re * slow_re - hann_im * slow_im;
        hann_im = slower * slow_im + hann_im * slow_re;
    }
    return 2 * (sum_re * sum_re + sum_im * sum_im) / ((double)n * (double)n);
}

/* The same, mean of a few channels. */
static double tone_in_all(const struct head *h, size_t from, size_t n, double hz)
{
    const unsigned ears = h->channels < EARS ? h->channels : EARS;
    double sum = 0;

    for (unsigned i = 0; i < ears; i++)
        sum += tone(h, i * h->channels / ears, from, n, hz);
    return sum / ears;
}

/* The power at hz in most segments, or 0 where it does not stand out from what
 * is beside it.  One that comes and goes, such as a voice's pitch, is none. */
static double steady_tone(const struct head *h, size_t n, double hz)
{
    const size_t fit = h->frames / n, segments = fit < SEGMENTS ? fit : SEGMENTS;
    double power[SEGMENTS], ratio[SEGMENTS];

    for (size_t s = 0; s < segments; s++) {
        const size_t from = segments < 2 ? 0 : s * (h->frames - n) / (segments - 1);
        double beside = 1e-30;

        for (int d = 4; d <= 7; d++)
            beside += (tone_in_all(h, from, n, hz - d) + tone_in_all(h, from, n, hz + d)) / 8;
        power[s] = tone_in_all(h, from, n, hz);
        ratio[s] = power[s] / beside;
    }
    return quantile(ratio, segments, 0.5) > 10 ? quantile(power, segments, 0.5) : 0;
}

static double hum_power(const struct head *h, double hz)
{
    const size_t n = (size_t)h->rate_hz;        /* a second */
    double power = 0;

    if (!n || h->frames < n || hz > h->rate_hz * 0.49)
        return 0;
    power = steady_tone(h, n, hz);
    for (int k = 2; power > 0 && k <= HARMONICS && k * hz < h->rate_hz * 0.49; k++)
        power += steady_tone(h, n, k * hz);
    return power;
}

struct hum look_hum(const struct head *h)
{
    const double at_50 = hum_power(h, 50), at_60 = hum_power(h, 60);
    const double most = fmax(at_50, at_60);

    return (struct hum){ .hz = most <= 0 ? 0 : at_50 >= at_60 ? 50 : 60, .level = sqrt(most) };
}

/* ---- spectrum */

enum { VECTORS = 4096, NUMBERS = 1 << 21 };

/* Vectors begin evenly through the head. */
static void shape(const struct head *h, struct spectrum *s)
{
    const size_t lags = h->channels < LOOK_VALUES ? LOOK_VALUES / h->channels : 1;

    s->lags = lags * 4 < h->frames ? lags : h->frames / 4 + 1;
    s->dim = s->lags * h->channels;
    s->vectors = h->frames - s->lags + 1;
    if (s->vectors > VECTORS)
        s->vectors = VECTORS;
    if (s->vectors > NUMBERS / s->dim)
        s->vectors = NUMBERS / s->dim;
}

/* Fills A[vectors][dim]; gives the sum of its squares. */
static double fill(const struct head *h, const struct moments *m, const struct spectrum *s,
                   float *A)
{
    double sum = 0;

    for (size_t i = 0; i < s->vectors; i++) {
        const size_t from = i * (h->frames - s->lags) / (s->vectors > 1 ? s->vectors - 1 : 1);

        for (size_t j = 0; j < s->dim; j++) {
            const size_t c = j % h->channels;
            const double x = (double)h->x[from * h->channels + j];
            const bool counts = isfinite(x) && m[c].deviation > 0;
            const double y = counts ? (x - m[c].mean) / m[c].deviation : 0;

            A[i * s->dim + j] = (float)y;
            sum += y * y;
        }
    }
    return sum;
}

/* The noise is the mean of the lower half; its greatest eigenvalue follows from
 * the number of vectors, where overlapping ones count in part. */
static void find_edge(struct spectrum *s, double trace)
{
    const size_t half = s->dim / 2, top = half < s->count ? half : s->count;
    const double spread = 1 + sqrt((double)s->dim / (double)s->vectors);
    double rest = trace;

    for (size_t i = 0; i < top; i++)
        rest -= s->value[i];
    s->edge = 1.5 * fmax(rest, 0) / (double)(s->dim - top) * spread * spread;
    s->edge = fmax(s->edge, 1e-7 * s->value[0]);         /* the decomposition's own noise */
    while (s->rank < s->count && s->value[s->rank] > s->edge)
        s->rank++;
}

static bool decompose(struct spectrum *s, const float *A, double squares)
{
    const size_t least = s->dim < s->vectors ? s->dim : s->vectors;
    float sigma[LOOK_VALUES];

    s->count = least < LOOK_VALUES ? least : LOOK_VALUES;
    if (lull_svd_truncated(A, s->vectors, s->dim, s->count, sigma, NULL, NULL))
        return false;
    for (size_t i = 0; i < s->count; i++)
        s->value[i] = (double)sigma[i] * (double)sigma[i] / (double)s->vectors;
    find_edge(s, squares / (double)s->vectors);
    return true;
}

bool look_spectrum(const struct head *h, struct spectrum *to)
{
    *to = (struct spectrum){ 0 };
    if (h->frames < 2)
        return false;
    shape(h, to);

    float *const A = malloc(to->vectors * to->dim * sizeof *A);
    struct moments *const m = malloc(h->channels * sizeof *m);
    bool done = false;

    if (A && m) {
        for (unsigned c = 0; c < h->channels; c++)
            m[c] = moments_of(h, c, 0, h->frames);
        done = decompose(to, A, fill(h, m, to, A));
    }
    free(m);
    free(A);
    return done;
}
