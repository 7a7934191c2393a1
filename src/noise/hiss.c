/* SPDX-License-Identifier: MIT
 *
 * hiss.c - a noise floor that does not take a held note for noise.
 *
 * Music is never silent, but it leaves gaps: between its partials, and between
 * its notes.  Hiss fills them, always to the same height.  So
 *
 *   1. each frequency gives the least power it had in the last seconds,
 *   2. each band the mean of those, in which only the least count:
 *      (mean x^-2)^(-1/2) sees what is far above them not at all;
 *   3. a band is doubted whose least powers differ more from each other than those
 *      of noise: it holds partials with no gap between them; and one that seldom
 *      stands on its floor, as noise would always: it holds notes that fade;
 *   4. hiss is smooth: where a band is in doubt, its neighbours know better, and
 *      from the air at the top, where music is thin, the floor may rise towards
 *      the bass only gently, as all the hiss of tape and amplifiers does.
 *
 * What is found is rather too little than too much, since a floor that stands
 * too high costs music.  Rumble and hum are no hiss, and stay.
 *
 * Cost: about 15 operations and one exponential a frequency.
 */
#include "noise/hiss.h"

#include "base/ear.h"
#include "base/fastmath.h"
#include "base/sum.h"

#include <math.h>

static const double MEMORY_S = 4;       /* longer than a held chord                     */
static const double SPACING = 2;        /* ERB in a band, ...                           */
static const size_t LEAST_WIDE = 8;     /* ... but no fewer frequencies                 */
static const size_t FIRST = 8;          /* frames whose mean is the first guess         */

static const float DB = 0.23025851f;    /* in nepers of power                           */
static const float DOUBT = 8;           /* dB of doubt for each dB that a band is rough */
static const float ROUGH_DB = 0.8f;     /* beyond this, which noise reaches: .3 to .7   */
static const float SELDOM = 0.8f;       /* less of the time on the floor is doubted ... */
static const float UNREST = 2;          /* ... by this power of what is missing         */
static const float SELDOM_LEAST = 0.01f;        /* never is no worse than one frame in 100 */
static const float NEAR_DB = 1;         /* this far above it still is on the floor      */
static const float RECENT_S = 1;        /* the time that is meant                       */
static const float FALL_DB = 1;         /* an octave: how fast hiss falls beside a band */
static const float RISE_DB = 2.25f;     /* an octave: how fast it rises to the bass ... */
static const double AIR_HZ = 16000;     /* ... from here                                */

/* Hiss that a filter has cut off above STEP_HZ begins anew below the cut. */
static const double STEP_HZ = 3000;
static const float STEP_DB = 15;

/* The mean of the least powers is below the noise, by more the longer they were
 * looked for: measured on white noise 6.1 dB after .16 s, 8.2 after .83, 8.9
 * from 2 s on.  A little less is made up for: music has lifted some of them. */
static const float BELOW_DB = 8.5f, BELOW_DB_OCTAVE = 0.76f, BELOW_S = 2;

static const float TINY = 1e-30f;

static double middle(const struct hiss *h, size_t b)
{
    return 0.5 * (double)(h->edge[b] + h->edge[b + 1]);
}

/* Bands of SPACING; the last takes what would be too few for another. */
static void divide(struct hiss *h, double bin_hz)
{
    size_t f = 0;

    while (f < h->n) {
        const double end = ear_hz(ear_place((double)f * bin_hz) + SPACING) / bin_hz;
        const size_t least = f + LEAST_WIDE;

        h->edge[h->bands++] = f;
        f = end > (double)least ? (size_t)end : least;
        if (f + LEAST_WIDE > h->n)
            f = h->n;
    }
    h->edge[h->bands] = h->n;
}

void hiss_place(struct hiss *h, struct arena *a, size_t n, double bin_hz, double frame_hz)
{
    *h = (struct hiss){ .n = n, .frame_s = (float)(1 / frame_hz) };
    h->forget = h->frame_s / RECENT_S;
    divide(h, bin_hz);
    for (size_t b = 0; b < h->bands; b++) {
        const double hz = middle(h, b) * bin_hz;

        h->octave[b] = (float)log2(hz);
        h->bass += hz < STEP_HZ;
        h->air += hz < AIR_HZ;
    }
    minimum_place(&h->minimum, a, n, frame_hz, MEMORY_S);
    h->mean = arena_floats(a, n);
    h->noise = arena_floats(a, n);
}

void hiss_reset(struct hiss *h)
{
    minimum_reset(&h->minimum);
    h->seen = 0;
    for (size_t b = 0; b < h->bands; b++)
        h->calm[b] = 1;
    for (size_t f = 0; f < h->n; f++) {
        h->mean[f] = 0;
        h->noise[f] = TINY;             /* none known: nothing is removed */
    }
}

/* (mean x^-2)^(-1/2) over x[n] > 0, by its ratio to the least. */
static float low_mean(const float *x, size_t n)
{
    float least = x[0], inverse = 0;

    for (size_t i = 1; i < n; i++)
        least = fast_min(least, x[i]);
    for (size_t i = 0; i < n; i++) {
        const float ratio = least / x[i];

        inverse += ratio * ratio;
    }
    return least * sqrtf((float)(int)n / inverse);
}

/* What each band says, as logarithms: its floor, and that less all doubt. */
static void ask(struct hiss *h, float *restrict floor, float *restrict sure)
{
    const float time = fast_min((float)(int)h->seen * h->frame_s / BELOW_S, 1);
    const float below = BELOW_DB * DB + BELOW_DB_OCTAVE * DB * 1.4426950f * fast_log(time);

    for (size_t b = 0; b < h->bands; b++) {
        const size_t wide = h->edge[b + 1] - h->edge[b];
        const float *const least = h->minimum.least + h->edge[b];
        const float low = low_mean(least, wide);
        const float rough = fast_log(sum(least, wide) / ((float)(int)wide * low));
        const float now = low_mean(h->minimum.smooth + h->edge[b], wide);

        floor[b] = fast_log(low) + below;
        h->calm[b] +=
            h->forget * ((float)(fast_log(now) < floor[b] + NEAR_DB * DB) - h->calm[b]);
        sure[b] = floor[b] - DOUBT * fast_max(rough - ROUGH_DB * DB, 0) -
                  UNREST * fast_max(fast_log(SELDOM / fast_max(h->calm[b], SELDOM_LEAST)), 0);
    }
}

/* A band in doubt takes the word of those beside it. */
static void listen(struct hiss *h, const float *restrict floor, float *restrict sure)
{
    for (size_t b = 1; b < h->bands; b++)
        sure[b] = fast_max(sure[b],
                           sure[b - 1] - FALL_DB * DB * (h->octave[b] - h->octave[b - 1]));
    for (size_t b = h->bands - 1; b-- > 0;)
        sure[b] = fast_max(sure[b],
                           sure[b + 1] - FALL_DB * DB * (h->octave[b + 1] - h->octave[b]));
    for (size_t b = 0; b < h->bands; b++)
        h->level[b] = fast_min(floor[b], sure[b]);
}

/* From the air down, the floor rises no faster than it may. */
static void bound(struct hiss *h)
{
    for (size_t b = h->air; b-- > 1;) {
        const float most = h->level[b] + RISE_DB * DB * (h->octave[b] - h->octave[b - 1]);
        const bool step = b > h->bass && h->level[b - 1] > most + STEP_DB * DB;

        if (!step)
            h->level[b - 1] = fast_min(h->level[b - 1], most);
    }
}

/* Lines in the logarithm from the middle of each band to the next. */
static void draw(struct hiss *h)
{
    size_t f = 0;

    for (size_t b = 0; b < h->bands; b++) {
        const size_t next = b + 1 < h->bands ? b + 1 : b;
        const size_t from = (size_t)middle(h, b), to = (size_t)middle(h, next);
        const size_t end = next > b ? to : h->n;
        const float slope = next > b ? (h->level[next] - h->level[b]) / (float)(int)(to - from)
                                     : 0;

        for (; f < end; f++) {
            const float past = f > from ? (float)(int)(f - from) : 0;

            h->noise[f] = fast_exp(h->level[b] + slope * past);
        }
    }
}

void hiss_update(struct hiss *h, const float *P)
{
    float floor[HISS_BANDS], sure[HISS_BANDS];

    if (h->seen < FIRST) {
        h->seen++;
        for (size_t f = 0; f < h->n; f++)
            h->mean[f] += (P[f] - h->mean[f]) / (float)(int)h->seen;
        minimum_begin(&h->minimum, h->mean);
        return;
    }
    if ((float)(int)h->seen * h->frame_s < BELOW_S)
        h->seen++;
    minimum_update(&h->minimum, P);
    ask(h, floor, sure);
    listen(h, floor, sure);
    bound(h);
    draw(h);
}

void hiss_state(struct hiss *h, struct store *s)
{
    minimum_state(&h->minimum, s);
    store_finite(s, h->mean, h->n);
    store_size(s, &h->seen, 0, UINT32_MAX);
    store_floats(s, h->calm, HISS_BANDS, 0, 1);
    store_finite(s, h->noise, h->n);
}
