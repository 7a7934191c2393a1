/* SPDX-License-Identifier: MIT
 *
 * stationary.c - finds noise that has jumped, by its being stationary.
 *
 * A noise that jumps by 20 dB looks like speech to a tracker that takes what is
 * loud for speech.  But speech is never stationary: over half a second its power in a
 * band swings between syllables and the gaps around them, where it falls back to
 * the noise.  With mean and least of the smoothed power over the last half
 * second and the present noise estimate N, band by band,
 *
 *   J = mean over bands of log(mean/least),    A = mean over bands of log(least/N),
 *
 * a new noise has J = .4 and A as large as its jump; a voice over it makes J
 * larger, but A no smaller.  A voice over the noise that was has J above 1 and A
 * near 0.  Where J < RESTS + LEAN A the estimate is lifted to the present level, but
 * in each band only to its least, for what is above that may be the voice, or the
 * half second began before the noise.  If the next judgment finds J < PLAIN it was
 * that, and the estimate is lifted to the level itself.  A vowel that is held, or sung,
 * is stationary as well.  But its harmonics stand out of l = log(1 + level/N), while
 * noise averaged over 150 ms is smooth: with m the mean of l around a frequency,
 *
 *   R = mean of |l - m|, weighted by how far m is above log 2, where nothing rose,
 *
 * is .3 for noise, .4 to .7 with a voice on top, .6 to 2 for a note.  All this is
 * judged every tenth of a second; until the next judgment the verdict stands.  What is
 * smooth, and far above the old noise in nearly all bands, need be stationary for .3 s
 * only: no voice fills all of them without harmonics.  The rule is our own; with its
 * thresholds steps of noise are found in .4 to .6 s, under a voice two times in three, and
 * hardly any speech is mistaken.
 *
 * Cost: 3 operations a frequency, 4 a band; 20 a band and a logarithm a frequency at a
 * judgment; 10 more a band and 3 a frequency while the verdict stands.
 */
#include "noise/stationary.h"

#include "base/fastmath.h"
#include "base/sum.h"

#include <math.h>
#include <string.h>

static const float HEARD = 34;          /* ERB, 8.2 kHz: bands below are judged */
static const float ABOVE = 0.4f;        /* nepers: A, else nothing is amiss */
static const float RESTS = 0.5f, LEAN = 0.35f;
static const float SWINGS = 1.6f;       /* nepers: J above is speech, whatever A */
static const float PLAIN = 0.6f;       /* nepers: J below, and lifted already: noise alone */
static const float ROUGH = 0.5f;        /* nepers: R above is a held vowel */
static const float STILL = 0.75f, HIGH = 1.2f;   /* nepers: J, A of .3 s that need no more */
static const float SMOOTH = 0.37f, NEARLY_ALL = 0.85f;   /* and R; bands that have risen  */
enum { SOON = 3 };                      /* parts: .3 s */
static const float HARMONIC = 27.1f;    /* ERB, 4 kHz: voices are, below */
static const float LOG_2 = 0.6931472f;  /* l where nothing rose */
enum { BESIDE = 4 };                    /* frequencies of 31 Hz on either side: m */
static const float SHARE = 0.8f;        /* of the level: the floor, a little below the mean */
static const float LEAST = 1;           /* reach of the first lift, and of the next: */
static const float NONE = 1e30f;        /* no bound */

void stationary_place(struct stationary *s, struct arena *a, const struct bands *bands,
                      double frame_hz)
{
    const double frames = 125 / frame_hz;

    *s = (struct stationary){ .bands = bands, .length = (size_t)(12 / frames + 0.5) };
    s->keep_short = (float)pow(0.8, frames);
    s->keep_long = (float)pow(0.95, frames);

    const size_t n = bands->n, count = bands->count;

    s->noise = arena_floats(a, count);
    s->smooth = arena_floats(a, count);
    s->least = arena_floats(a, STATIONARY_PARTS * count);
    s->mean = arena_floats(a, STATIONARY_PARTS * count);
    s->level = arena_floats(a, n);
    s->floor = arena_floats(a, n);
}

/* Makes room in the current part. */
static void open_part(struct stationary *s)
{
    const size_t count = s->bands->count;

    for (size_t b = 0; b < count; b++) {
        s->least[s->part * count + b] = NONE;
        s->mean[s->part * count + b] = 0;
    }
    s->at = 0;
}

void stationary_reset(struct stationary *s)
{
    memset(s->smooth, 0, s->bands->count * sizeof *s->smooth);
    memset(s->level, 0, s->bands->n * sizeof *s->level);
    memset(s->floor, 0, s->bands->n * sizeof *s->floor);
    s->begun = false;
    s->reach = 0;
    s->span = STATIONARY_PARTS;
    s->filled = 0;
    for (s->part = STATIONARY_PARTS; s->part-- > 0;)
        open_part(s);
    s->part = 0;
}

/* Least and mean of band b over the newest so many parts. */
static void range(const struct stationary *s, size_t b, size_t span, float *least, float *mean)
{
    *least = NONE;
    *mean = 0;
    for (size_t i = 0, k = s->part; i < span; i++) {
        *least = fast_min(*least, s->least[k * s->bands->count + b]);
        *mean += s->mean[k * s->bands->count + b] / (float)span;
        k = (k > 0 ? k : STATIONARY_PARTS) - 1;
    }
}

/* J and A of the newest parts, means over the bands. */
struct rest {
    float swing, above; /* J, A                      */
    float risen;        /* share of bands that stand out of the noise */
};

static struct rest rest_of(const struct stationary *s, size_t span)
{
    struct rest r = { 0, 0, 0 };
    float heard = 0;

    for (size_t b = 0; b < s->bands->count && s->bands->centre[b] < HEARD; b++) {
        float least, mean;

        range(s, b, span, &least, &mean);
        const float above = fast_log(least / s->noise[b]);

        r.swing += fast_log(mean / least);
        r.above += above;
        r.risen += above > LOG_2;
        heard++;
    }
    return (struct rest){ r.swing / heard, r.above / heard, r.risen / heard };
}

/* How far single frequencies stand out of what rose above the noise N[n]. */
static float roughness(const struct stationary *s, const float *restrict N)
{
    float *const l = s->floor;          /* which is not known yet */
    float rough = 0, risen = 1e-9f;
    size_t b = 0;

    while (b + 1 < s->bands->count && s->bands->centre[b] < HARMONIC)
        b++;
    const size_t n = s->bands->edge[b];

    for (size_t f = 0; f < n; f++)
        l[f] = fast_log(1 + s->level[f] / N[f]);
    for (size_t f = BESIDE; f + BESIDE < n; f++) {
        const float m = sum(l + f - BESIDE, 2 * BESIDE + 1) / (2 * BESIDE + 1);

        rough += fast_max(m - LOG_2, 0) * fabsf(l[f] - m);
        risen += fast_max(m - LOG_2, 0);
    }
    return rough / risen;
}

/* Whether the last .3 s are beyond doubt. */
static bool is_plain(const struct stationary *s, float rough)
{
    if (s->filled < SOON || rough > SMOOTH)
        return false;
    const struct rest r = rest_of(s, SOON);

    return r.swing < STILL && r.above > HIGH && r.risen > NEARLY_ALL;
}

/* How far above its least, of the last half second, a band may be lifted; 0: speech, or
 * nothing new. */
static float judge_half_second(const struct stationary *s, float rough)
{
    if (s->filled < STATIONARY_PARTS || rough > ROUGH)
        return 0;
    const struct rest r = rest_of(s, STATIONARY_PARTS);

    if (s->reach == LEAST && r.swing < PLAIN)
        return NONE;
    return r.above > ABOVE && r.swing < fast_min(SWINGS, RESTS + LEAN * r.above) ? LEAST : 0;
}

static void judge(struct stationary *s, const float *N)
{
    const float rough = roughness(s, N);

    s->span = STATIONARY_PARTS;
    s->reach = judge_half_second(s, rough);
    if (s->reach > 0 || !is_plain(s, rough))
        return;
    s->span = SOON;
    s->reach = LEAST;
}

/* The floor: of the level what has rested. */
static void settle(struct stationary *s)
{
    float *const share = s->noise;

    bands_pool(s->bands, s->level, share);
    for (size_t b = 0; b < s->bands->count; b++) {
        float least, mean;

        range(s, b, s->span, &least, &mean);
        share[b] = SHARE * fast_min(1, s->reach * (least / share[b]));
    }
    bands_spread(s->bands, share, s->floor);
    for (size_t f = 0; f < s->bands->n; f++)
        s->floor[f] *= s->level[f];
}

void stationary_update(struct stationary *s, const float *restrict P,
                       const float *restrict pooled, const float *restrict N)
{
    const size_t n = s->bands->n, count = s->bands->count;
    float *const least = s->least + s->part * count, *const mean = s->mean + s->part * count;
    const float a = s->keep_short, b = s->begun ? s->keep_long : 0;

    if (!s->begun)
        memcpy(s->smooth, pooled, count * sizeof *s->smooth);
    s->begun = true;
    for (size_t i = 0; i < count; i++) {
        s->smooth[i] = a * s->smooth[i] + (1 - a) * pooled[i];
        least[i] = fast_min(least[i], s->smooth[i]);
        mean[i] += pooled[i] / (float)s->length;
    }
    if (++s->at == s->length) {
        bands_pool(s->bands, N, s->noise);
        s->filled += s->filled < STATIONARY_PARTS;
        judge(s, N);
        s->part = (s->part + 1) % STATIONARY_PARTS;
        open_part(s);
    }
    for (size_t f = 0; f < n; f++)
        s->level[f] = b * s->level[f] + (1 - b) * P[f];
    if (s->reach > 0)
        settle(s);
    else
        memset(s->floor, 0, n * sizeof *s->floor);
}

void stationary_state(struct stationary *y, struct store *s)
{
    const size_t count = y->bands->count;

    store_size(s, &y->at, 0, y->length - 1);
    store_size(s, &y->part, 0, STATIONARY_PARTS - 1);
    store_size(s, &y->filled, 0, STATIONARY_PARTS);
    store_powers(s, y->smooth, count);
    store_floats(s, y->least, STATIONARY_PARTS * count, 0, NONE);
    store_powers(s, y->mean, STATIONARY_PARTS * count);
    store_powers(s, y->level, y->bands->n);
    store_floats(s, &y->reach, 1, 0, NONE);
    store_size(s, &y->span, SOON, STATIONARY_PARTS);
    store_bool(s, &y->begun);
}
