/* SPDX-License-Identifier: MIT
 *
 * motion.c - see motion.h.  The liveliness of a channel is the power of its rate of
 * change, in steps of a fiftieth of a second.  It is told by three numbers: how uneven it
 * is, mean square over squared mean; how well it repeats itself after the time of a beat,
 * its largest autocorrelation there; and how quick it is, the power of what changes in a
 * fiftieth of a second over that in a fifth.
 */
#include "app/motion.h"

#include <math.h>
#include <stdlib.h>

enum { PER_S = 50, MOST = 60 * PER_S, LEAST = 3 * PER_S, EARS = 4 };
enum { SHORTEST = 17, LONGEST = 75 };   /* beat, in steps: 176 to 40 a minute */

/* In 60 recordings repetition and unevenness were at least .44 and 3.1 to 10 of most hearts,
 * at least .78 and 16 of events; the unevenness of machines was 1.0 to 1.2, the repetition of
 * brains at most .38. */
static const double ALIKE = 0.42, BEATS_LEAST = 2.5, BEATS_MOST = 14;
/* Quickness was .13 to 1 of hearts by electrodes, at most .06 of pulses and slow waves, 1.2 of
 * heart sounds. */
static const double QUICK = 0.1, CLICK = 1.1;
static const double EVENTS_ALIKE = 0.6, EVENTS = 15;
static const double RESTLESS = 1.3;
static const double CAPPED = 0.97;      /* quantile: one great event is no beat */

struct habit {
    double uneven, alike, quick;
};

/* Liveliness of channel c, by differences over a step, in which mains of 50 Hz have none;
 * gives the number of steps.  They are of as many samples each as fit, one more or less. */
static size_t liveliness(const struct head *h, unsigned c, double *v)
{
    const size_t stride = h->channels, apart = (size_t)(h->rate_hz / PER_S);
    const size_t room = h->frames > apart ? h->frames - apart : 0;
    const double step = h->rate_hz / PER_S, fit = (double)room / step;
    const size_t steps = fit < MOST ? (size_t)fit : MOST;

    for (size_t i = 0; i < steps; i++) {
        const size_t from = (size_t)((double)i * step);
        const size_t to = (size_t)((double)(i + 1) * step);

        v[i] = 0;
        for (size_t t = from; t < to; t++) {
            const double d =
                (double)h->x[(t + apart) * stride + c] - (double)h->x[t * stride + c];

            v[i] += isfinite(d) ? d * d / (double)(to - from) : 0;
        }
    }
    return steps;
}

/* Mean square of what channel c changes by in so many frames, in the first minute. */
static double change(const struct head *h, unsigned c, size_t apart)
{
    const size_t minute = (size_t)(h->rate_hz * MOST / PER_S);
    const size_t frames = h->frames < minute ? h->frames : minute;
    double sum = 0;

    for (size_t t = apart; t < frames; t++) {
        const double d = (double)h->x[t * h->channels + c] -
                         (double)h->x[(t - apart) * h->channels + c];

        sum += isfinite(d) ? d * d : 0;
    }
    return frames > apart ? sum / (double)(frames - apart) : 0;
}

static double quickness(const struct head *h, unsigned c)
{
    const size_t step = (size_t)(h->rate_hz / PER_S);
    const double slow = change(h, c, 10 * step);

    return slow > 0 ? change(h, c, step) / slow : 0;
}

/* Over three steps: a beat is not always as many long. */
static void smooth(double *v, size_t n)
{
    double before = v[0];

    for (size_t i = 0; i + 1 < n; i++) {
        const double now = v[i];

        v[i] = (before + 2 * now + v[i + 1]) / 4;
        before = now;
    }
}

static double unevenness(const double *v, size_t n)
{
    double sum = 0, squares = 0;

    for (size_t i = 0; i < n; i++) {
        sum += v[i];
        squares += v[i] * v[i];
    }
    return sum > 0 ? squares * (double)n / (sum * sum) : 0;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Caps v[n], and takes its mean away. */
static void level_out(double *v, size_t n, double *sorted)
{
    double mean = 0;

    for (size_t i = 0; i < n; i++)
        sorted[i] = v[i];
    qsort(sorted, n, sizeof *sorted, by_size);
    for (size_t i = 0; i < n; i++) {
        v[i] = fmin(v[i], sorted[(size_t)(CAPPED * (double)(n - 1))]);
        mean += v[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++)
        v[i] -= mean;
}

static double alikeness(const double *v, size_t n)
{
    double power = 0, most = 0;

    for (size_t i = 0; i < n; i++)
        power += v[i] * v[i];
    for (size_t lag = SHORTEST; lag <= LONGEST; lag++) {
        double sum = 0;

        for (size_t i = lag; i < n; i++)
            sum += v[i] * v[i - lag];
        most = fmax(most, sum);
    }
    return power > 0 ? most / power : 0;
}

static enum motion judge(const struct habit *h)
{
    if (h->alike >= ALIKE && h->uneven >= BEATS_LEAST && h->uneven <= BEATS_MOST)
        return h->quick > CLICK    ? MOTION_OTHER
               : h->quick >= QUICK ? MOTION_BEATS
                                   : MOTION_PULSES;
    if (h->alike >= EVENTS_ALIKE && h->uneven >= EVENTS)
        return MOTION_EVENTS;
    return h->uneven > 0 && h->uneven < RESTLESS ? MOTION_RESTLESS : MOTION_OTHER;
}

/* A heart beats in all that hear anything; an event is in most. */
static bool is_agreed(enum motion what, unsigned agree, unsigned heard)
{
    return what == MOTION_BEATS ? agree == heard : what != MOTION_EVENTS || 2 * agree > heard;
}

/* The habit of the channel, of a few, that repeats itself best, if the others agree. */
bool look_motion(const struct head *h, enum motion *to)
{
    const unsigned ears = h->channels < EARS ? h->channels : EARS;
    double *const v = malloc(2 * MOST * sizeof *v);
    unsigned agree[MOTIONS] = { 0 }, heard = 0;
    struct habit best = { 0 };

    *to = MOTION_OTHER;
    if (!v)
        return false;
    for (unsigned i = 0; i < ears && h->rate_hz >= PER_S; i++) {
        const size_t n = liveliness(h, i * h->channels / ears, v);

        if (n < LEAST)
            break;
        smooth(v, n);
        const double uneven = unevenness(v, n);

        level_out(v, n, v + MOST);
        const double alike = alikeness(v, n);

        const struct habit habit = { uneven, alike, quickness(h, i * h->channels / ears) };

        agree[judge(&habit)]++;
        heard += uneven > 0;
        if (alike > best.alike)
            best = habit;
    }
    free(v);
    if (is_agreed(judge(&best), agree[judge(&best)], heard))
        *to = judge(&best);
    return true;
}
