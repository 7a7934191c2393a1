/* SPDX-License-Identifier: MIT
 *
 * contact.c - see contact.h.
 *
 * Noise that comes or goes is noticed after CONTACT_ROW segments in a row that are 12 dB
 * from the level: longer than a beat, a word or a knock.  Until then few channels that are
 * louder than ever, beside others that are not, may have come loose; were they many, it
 * would be a signal.  A blow, a step, a wave that reaches one channel first are that as
 * well, but they do not hiss: noise of one segment is about as strong at all frequencies,
 *
 *   evenness = geometric mean / mean of its powers,
 *
 * .55 if it is white, .4 if it is pink; what sensors have to say is below .02 mostly.
 *
 * Noise that buries a signal is worse than silence: the others tell what is there, if what
 * is known of it is kept.  Such a channel is lost, for minutes at most; then that is how
 * it is.
 *
 * Cost: a logarithm a frequency of a segment that is far above the level.
 */
#include "noise/contact.h"

#include "base/fastmath.h"

#include <math.h>
#include <string.h>

static const float FAR = 16;

/* A channel has more than usual if that is so in the mean of a few segments.  Where nearly
 * all have, nothing is new of one beside another. */
static const float RAISED = 3, FEW = 2;
static const float HARMFUL = 1e-3f;     /* of a channel: -30 dB */
static const float TINY = 1e-30f;       /* of power: below is nothing that float can divide by */

static const float WHILE = 2;           /* segments: a wave that travels is in most by then */
static const float HISS = 0.1f;         /* evenness of noise                                */
static const float WHITE = 0.35f;       /* beyond doubt, in the first segment               */
static const float SLOW = 0.25f;        /* a segment: how fast one that had little is forgotten */

static const float KNOWN = 2;           /* power of all over that of the noise      */
static const float BURIED = 20;         /* of what comes, over all there was before */
static const float LOST = 4096;         /* segments                                 */

void contact_place(struct contact *k, struct arena *a, size_t channels, const size_t *whole,
                   size_t span)
{
    *k = (struct contact){ .channels = channels, .whole = whole, .span = span };
    k->apart = arena_floats(a, channels);
    k->rise = arena_floats(a, channels);
    k->even = arena_floats(a, channels);
    k->harms = arena_take(a, channels, 1);
}

void contact_reset(struct contact *k)
{
    k->few = false;
    memset(k->apart, 0, k->channels * sizeof *k->apart);
    memset(k->rise, 0, k->channels * sizeof *k->rise);
    memset(k->even, 0, k->channels * sizeof *k->even);
    memset(k->harms, 0, k->channels);
}

/* 1 above the level, -1 below, 0 near.  Rounding is no noise that comes, be the level 0. */
static float side(const struct hearing *h)
{
    return h->now > FAR * fmaxf(h->level, h->least) ? 1 : FAR * h->now < h->level ? -1 : 0;
}

static size_t count_raised(const struct contact *k)
{
    size_t raised = 0;

    for (size_t c = 0; c < k->channels; c++)
        raised += k->rise[c] > RAISED;
    return raised;
}

/* Whether some channels, but few of them, are louder than their levels, and a quarter is not
 * raised at all.  Gaps do not bring back one that is lost. */
static bool few_are_loud(const struct contact *k)
{
    size_t loud = 0;

    for (size_t c = 0; c < k->channels; c++)
        loud += k->apart[c] > 0 && (k->apart[c] >= CONTACT_ROW || k->whole[c] >= k->span);
    return loud > 0 && 2 * loud < k->channels && 4 * count_raised(k) < 3 * k->channels;
}

/* Whether a channel that stands apart for good is lost. */
static bool is_lost(const struct contact *k, size_t c, const struct hearing *h)
{
    const bool was = k->apart[c] > CONTACT_ROW;

    return k->apart[c] > 0 && k->apart[c] < LOST && h->ratio > KNOWN &&
           (was || h->sum > BURIED * h->all) && few_are_loud(k);
}

/* Whether a channel's noise that is louder, or less, is another beside the others'. */
static bool is_news(const struct contact *k, float far)
{
    return far < 0 || k->channels == 1 || 8 * count_raised(k) < 7 * k->channels;
}

/* Whether noise of that level harms a channel of so much power at n frequencies. */
static bool harms(float level, size_t n, float all)
{
    return level * (float)n > HARMFUL * all;
}

static float evenness(const struct hearing *h)
{
    float mean = 0;

    for (size_t b = 0; b < h->n; b++)
        mean += fast_log(fast_max(h->x[b], TINY)) / (float)h->n;
    return fast_exp(mean) * (float)h->n / fast_max(h->sum, TINY * (float)h->n);
}

/* One segment that is not even is enough: what begins at the end of one always is. */
static void hear_evenness(struct contact *k, size_t c, float even)
{
    k->even[c] += (even - k->even[c]) * (even < k->even[c] || even == 1 ? 1 : SLOW);
}

enum contact_verdict contact_hear(struct contact *k, size_t c, const struct hearing *h)
{
    const float far = side(h);

    k->rise[c] += (fminf(h->now / fmaxf(h->level, h->least), FAR) - k->rise[c]) / FEW;
    k->harms[c] = harms(h->now, h->n, h->all);
    hear_evenness(k, c, far > 0 ? evenness(h) : 1);
    k->apart[c] = far * k->apart[c] > 0 ? k->apart[c] + far : far;
    if (fabsf(k->apart[c]) < CONTACT_ROW || is_lost(k, c, h))
        return far > 0 ? CONTACT_APART : CONTACT_AS_EVER;
    k->apart[c] = 0;

    /* What was learned beside so little noise that it never did any harm remains true. */
    const bool harmed = harms(fmaxf(h->now, h->level), h->n, fminf(h->all, h->sum));

    return harmed && is_news(k, far) ? CONTACT_MOVED : CONTACT_OTHER;
}

void contact_settle(struct contact *k)
{
    k->few = few_are_loud(k);
}

bool contact_doubts(const struct contact *k)
{
    bool unsettled = false;

    for (size_t c = 0; c < k->channels; c++)
        unsettled |= k->apart[c] > 0 && k->apart[c] < CONTACT_ROW && k->whole[c] >= k->span;
    return unsettled && few_are_loud(k);
}

bool contact_is_loose(const struct contact *k, size_t c)
{
    return k->few && k->apart[c] > 0 && k->harms[c] &&
           k->even[c] > (k->apart[c] < WHILE ? WHITE : HISS);
}

void contact_state(struct contact *k, struct store *s)
{
    store_bool(s, &k->few);
    store_floats(s, k->apart, k->channels, -CONTACT_ROW, LOST);
    store_floats(s, k->rise, k->channels, 0, FAR);
    store_floats(s, k->even, k->channels, 0, 2);
    store_bytes(s, k->harms, k->channels, 1);
}
