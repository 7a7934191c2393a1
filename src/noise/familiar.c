/* SPDX-License-Identifier: MIT
 *
 * familiar.c - weighs the noise estimate at hand against a noise that was learned before.
 *
 * A noise estimate under speech errs, in log power, from band to band with a variance v of
 * about .3.  A learned noise is known up to its level: band b lies m_b above it, with the
 * variance s_b.  With d_b the estimate less m_b, the level h and the noise N are the means
 * weighted by inverse variance,
 *
 *   h = sum d_b / (v + s_b) / sum 1 / (v + s_b)
 *   N = estimate + c_b (m_b + h - estimate),     c_b = 1 / (1 + 2 s_b/v + (u/U)^4).
 *
 * s_b counts twice because it is not Gaussian: clatter has long tails.  h is found anew in
 * each frame: nothing is assumed about how a level moves.
 *
 * u measures whether this is the learned noise at all.  Errors of an estimate change from
 * frame to frame, the difference of another noise lasts.  So let a_b be the mean of d_b over
 * the last second or two, of frames where speech does not dominate, less its mean over the
 * bands; u is the mean of a_b^2 over the steady bands (small s_b).  It is some hundredths
 * for the noise itself, .5 or more for most others: the fourth power forgives a little, and
 * then trusts nothing.
 *
 * Cost: a logarithm and an exponential a frequency.
 */
#include "noise/familiar.h"

#include "base/fastmath.h"

#include <float.h>
#include <math.h>

static const float DEEPEST = 18;        /* nepers below the strongest band: no lower */
static const float ERROR = 0.3f;        /* v: nepers^2 */
static const float STRAYS = 2;          /* weight of s_b */
static const float APART = 0.2f;        /* U: nepers^2, 2 dB */
static const float MEAN = 0.1f;         /* nepers: log of the mean lies above mean of the log */
static const double KEEP = 0.995;       /* of a_b, per frame of 8 ms: 1.6 s */
static const float UNSEEN = 1e-3f;      /* of a frame: keeps divisors from 0 */
static const size_t LEAST = 16, MOST = 1 << 13; /* frequencies: 500 Hz, 256 kHz */

/* ---- the model */

static size_t bands_over(size_t n)
{
    struct arena measure = { 0 };
    struct bands b;

    bands_place(&b, &measure, n, FAMILIAR_STEP_HZ, FAMILIAR_SPACING);
    return b.count;
}

void familiar_model_place(struct familiar_model *m, struct arena *a, size_t n)
{
    *m = (struct familiar_model){ .n = n, .bands = bands_over(n) };
    m->shape = arena_floats(a, n);
    m->mean = arena_floats(a, m->bands);
    m->stray = arena_floats(a, m->bands);
}

static void model_state(struct familiar_model *m, struct store *s)
{
    store_doubles(s, &m->frames, 1, 1, 1e15);
    store_floats(s, m->shape, m->n, -FAMILIAR_FAR, FAMILIAR_FAR);
    store_floats(s, m->mean, m->bands, -FAMILIAR_FAR, FAMILIAR_FAR);
    store_floats(s, m->stray, m->bands, 0, FAMILIAR_FAR * FAMILIAR_FAR);
}

/* Mean and variance of what was seen in two parts, of which b is the share w, 0..1. */
static void blend(float *mean, float *variance, float b_mean, float b_variance, double w)
{
    const double apart = (double)b_mean - (double)*mean;

    *variance = (float)((1 - w) * (double)*variance + w * (double)b_variance +
                        w * (1 - w) * apart * apart);
    *mean = (float)((double)*mean + w * apart);
}

void familiar_model_merge(struct familiar_model *into, const struct familiar_model *from)
{
    const double w = from->frames / (into->frames + from->frames);

    for (size_t f = 0; f < into->n; f++)
        into->shape[f] += (float)(w * ((double)from->shape[f] - (double)into->shape[f]));
    for (size_t b = 0; b < into->bands; b++)
        blend(into->mean + b, into->stray + b, from->mean[b], from->stray[b], w);
    into->frames += from->frames;
}

/* ---- as bytes: the number of frequencies, then the numbers */

enum { HEAD = 4 };

static size_t bytes_of(size_t n)
{
    struct familiar_model m = { .n = n, .bands = bands_over(n) };
    struct store s = { .mode = STORE_MEASURE, .used = HEAD };

    model_state(&m, &s);
    return s.used;
}

/* Whether all numbers of a model of n frequencies are in their range. */
static bool sound(const unsigned char *bytes, size_t size, size_t n)
{
    struct familiar_model m = { .n = n, .bands = bands_over(n) };
    struct store s = { .mode = STORE_CHECK, .in = bytes, .size = size, .used = HEAD };

    model_state(&m, &s);
    return !s.bad;
}

bool familiar_open(const unsigned char *bytes, size_t size, size_t *n)
{
    struct store s = { .mode = STORE_CHECK, .in = bytes, .size = size };

    *n = 0;
    store_size(&s, n, LEAST, MOST);
    if (s.bad)
        return false;
    s.mode = STORE_READ;
    s.used = 0;
    store_size(&s, n, LEAST, MOST);
    return size == bytes_of(*n) && sound(bytes, size, *n);
}

void familiar_read(struct familiar_model *m, const unsigned char *bytes, size_t size)
{
    struct store s = { .mode = STORE_READ, .in = bytes, .size = size, .used = HEAD };

    model_state(m, &s);
}

size_t familiar_write(struct familiar_model *m, unsigned char *buf, size_t size)
{
    const size_t need = bytes_of(m->n);
    struct store s = { .mode = STORE_WRITE, .out = buf, .size = size };

    if (size < need)
        return need;
    store_size(&s, &m->n, LEAST, MOST);
    model_state(m, &s);
    return need;
}

/* ---- in use */

void familiar_levels(float *power, size_t bands)
{
    float strongest = -INFINITY;

    for (size_t b = 0; b < bands; b++) {
        power[b] = fast_log(power[b]);
        strongest = fast_max(strongest, power[b]);
    }
    for (size_t b = 0; b < bands; b++)
        power[b] = fast_max(power[b], strongest - DEEPEST);
}

/* x[n] at the position `at`, linearly interpolated; beyond the ends it is constant. */
static float between(const float *x, size_t n, double at)
{
    const size_t i = (size_t)fmin(at, (double)n - 1), next = i + 1 < n ? i + 1 : i;
    const float part = (float)fmin(at - (double)i, 1);

    return x[i] + part * (x[next] - x[i]);
}

/* The model at the frequencies and in the bands of the stream. */
static void fit_in(struct familiar *f, const struct familiar_model *m, const struct bands *own,
                   double bin_hz)
{
    for (size_t k = 0; k < f->n; k++) {
        f->shape[k] = between(m->shape, m->n, (double)k * bin_hz / FAMILIAR_STEP_HZ);
        f->spread[k] = expf(f->shape[k]);
    }
    bands_pool(f->bands, f->spread, f->level);
    familiar_levels(f->level, f->bands->count);

    /* A band is known where the one above begins no later than the model ends. */
    const float top = own->centre[m->bands - 1] + 0.01f;
    size_t i = 0;

    while (f->known + 1 < f->bands->count && f->bands->centre[f->known + 1] <= top) {
        const float at = f->bands->centre[f->known];

        while (i + 2 < m->bands && own->centre[i + 1] < at)
            i++;

        const float part = (at - own->centre[i]) / (own->centre[i + 1] - own->centre[i]);

        f->stray[f->known++] =
            between(m->stray + i, m->bands - i, (double)fast_max(part, 0));
    }
    for (size_t b = 0; b < f->known; b++)
        f->steady[b] = 1 / (1 + STRAYS * f->stray[b] / ERROR);
}

void familiar_place(struct familiar *f, struct arena *a, const struct bands *bands,
                    double bin_hz, double frame_hz, const struct familiar_model *m)
{
    struct bands own;

    *f = (struct familiar){ .bands = bands, .n = bands->n };
    f->forget = (float)(1 - pow(KEEP, 125 / frame_hz));
    f->shape = arena_floats(a, f->n);
    f->spread = arena_floats(a, f->n);

    float **const rows[] = { &f->level, &f->stray, &f->steady, &f->apart,
                             &f->seen,  &f->ahead, &f->trust };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        *rows[i] = arena_floats(a, bands->count);
    bands_place(&own, a, m->n, FAMILIAR_STEP_HZ, FAMILIAR_SPACING);
    if (!arena_measures(a))
        fit_in(f, m, &own, bin_hz);
}

void familiar_reset(struct familiar *f)
{
    for (size_t b = 0; b < f->bands->count; b++) {
        f->apart[b] = f->trust[b] = 0;
        f->seen[b] = UNSEEN;
    }
    f->fit = 1;
    f->count = 0;
}

/* h of f->ahead; unseen[bands], 0..1, is the share of speech that hides a band; NULL: none. */
static float common(const struct familiar *f, const float *unseen)
{
    float sum = 0, certain = UNSEEN * UNSEEN;

    for (size_t b = 0; b < f->known; b++) {
        const float clear = unseen ? 1 - unseen[b] : 1;
        const float w = clear * clear / (ERROR + f->stray[b]);

        sum += w * f->ahead[b];
        certain += w;
    }
    return sum / certain;
}

/* Updates a_b and f->fit: whether this is the learned noise. */
static void compare(struct familiar *f, const float *belief)
{
    const float level = common(f, belief);
    const float learn = fast_max(f->forget, 1 / (float)(int)(f->count + 6));
    float u = 0, seen = 0;

    for (size_t b = 0; b < f->known; b++) {
        const float clear = 1 - belief[b], w = clear * clear;

        f->apart[b] += learn * (w * (f->ahead[b] - level) - f->apart[b]);
        f->seen[b] += learn * (w - f->seen[b]);
        u += f->steady[b] * f->apart[b] * f->apart[b] / f->seen[b];
        seen += f->steady[b] * f->seen[b];
    }
    u /= seen;

    const float over = u * u / (APART * APART);

    f->fit = 1 / (1 + over * over);
    f->count += f->count < 1000;
}

void familiar_update(struct familiar *f, const float *restrict belief, float *restrict N)
{
    const float *restrict const shape = f->shape;
    float *restrict const c = f->spread;

    if (!f->known)
        return;
    bands_pool(f->bands, N, f->ahead);
    familiar_levels(f->ahead, f->bands->count);
    for (size_t b = 0; b < f->bands->count; b++)
        f->ahead[b] -= f->level[b];

    const float h = common(f, NULL);

    compare(f, belief);
    for (size_t b = 0; b < f->known; b++)
        f->trust[b] = 1 / (1 / f->fit + 1 / f->steady[b] - 1);
    bands_spread(f->bands, f->trust, c);
    for (size_t k = 0; k < f->n; k++)
        N[k] *= fast_exp(c[k] * (shape[k] + (h + MEAN) - fast_log(N[k])));
}

void familiar_state(struct familiar *f, struct store *s)
{
    store_finite(s, f->apart, f->bands->count);
    store_floats(s, f->seen, f->bands->count, FLT_MIN, 2);
    store_size(s, &f->count, 0, 1000);
}
