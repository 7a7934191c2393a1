/* SPDX-License-Identifier: MIT
 *
 * acquaint.c - mean and variance of a noise's log spectrum relative to its level.
 *
 * Power is smoothed over about 80 ms, as a noise estimate under speech is, which would not
 * follow anything faster.  The level of a frame is the mean of its bands' log powers.
 * Relative to that level the mean of each frequency is kept, and mean and variance of each
 * band [W62], as sums, so that models learned from parts merge exactly.
 *
 * Cost a frame: a logarithm a frequency.
 */
#include "noise/acquaint.h"

#include "base/fastmath.h"
#include "base/sum.h"

#include <math.h>
#include <string.h>

static const double SMOOTH = 0.9;       /* a frame of 8 ms */
static const double SETTLE_S = 0.16;
static const double LEAST_S = 0.5;      /* of noise: from less, its variance is chance */

void acquaint_place(struct acquaint *q, struct arena *a, size_t bins, double bin_hz,
                    double frame_hz)
{
    const double top = (double)(bins - 1) * bin_hz;

    *q = (struct acquaint){ .bins = bins, .pace = FAMILIAR_STEP_HZ / bin_hz };
    q->n = (size_t)(top / FAMILIAR_STEP_HZ + 1e-6) + 1;
    q->keep = (float)pow(SMOOTH, 125 / frame_hz);
    q->settle = (size_t)(SETTLE_S * frame_hz + 0.5);
    q->least = (uint64_t)(LEAST_S * frame_hz);
    bands_place(&q->bands, a, q->n, FAMILIAR_STEP_HZ, FAMILIAR_SPACING);
    q->smooth = arena_floats(a, bins);
    q->row = arena_floats(a, q->n);
    q->level = arena_floats(a, q->bands.count);
    q->shape = arena_take(a, q->n, sizeof *q->shape);
    q->mean = arena_take(a, q->bands.count, sizeof *q->mean);
    q->square = arena_take(a, q->bands.count, sizeof *q->square);
}

void acquaint_reset(struct acquaint *q)
{
    memset(q->shape, 0, q->n * sizeof *q->shape);
    memset(q->mean, 0, q->bands.count * sizeof *q->mean);
    memset(q->square, 0, q->bands.count * sizeof *q->square);
    q->frames = 0;
    acquaint_cut(q);
}

void acquaint_cut(struct acquaint *q)
{
    q->run = 0;
}

/* The smoothed power at the model's frequencies. */
static void sample(struct acquaint *q)
{
    for (size_t f = 0; f < q->n; f++) {
        const double at = fmin((double)f * q->pace, (double)(q->bins - 1));
        const size_t i = (size_t)at, next = i + 1 < q->bins ? i + 1 : i;

        q->row[f] = q->smooth[i] + (float)(at - (double)i) * (q->smooth[next] - q->smooth[i]);
    }
}

/* The mean of the bands' levels; the last is cut off by the end of the spectrum. */
static float level_of(const struct acquaint *q)
{
    return sum(q->level, q->bands.count - 1) / (float)(q->bands.count - 1);
}

static void count(struct acquaint *q)
{
    bands_pool(&q->bands, q->row, q->level);
    familiar_levels(q->level, q->bands.count);

    const float level = level_of(q);
    const double part = 1 / (double)++q->frames;

    for (size_t f = 0; f < q->n; f++)
        q->shape[f] += (double)fast_max(fast_log(q->row[f]) - level, -FAMILIAR_FAR);
    for (size_t b = 0; b < q->bands.count; b++) {
        const double x = (double)(q->level[b] - level), ahead = x - q->mean[b];

        q->mean[b] += part * ahead;
        q->square[b] += ahead * (x - q->mean[b]);
    }
}

void acquaint_update(struct acquaint *q, const float *restrict P)
{
    const float keep = q->run ? q->keep : 0;

    for (size_t f = 0; f < q->bins; f++)
        q->smooth[f] = keep * q->smooth[f] + (1 - keep) * P[f];
    if (q->run < q->settle) {
        q->run++;
        return;
    }
    sample(q);
    count(q);
}

bool acquaint_model(const struct acquaint *q, struct familiar_model *m)
{
    const double frames = (double)q->frames;

    if (q->frames < q->least)
        return false;
    m->frames = frames;
    for (size_t f = 0; f < q->n; f++)
        m->shape[f] = (float)(q->shape[f] / frames);
    for (size_t b = 0; b < q->bands.count; b++) {
        m->mean[b] = (float)q->mean[b];
        m->stray[b] = (float)(q->square[b] / frames);
    }
    return true;
}
