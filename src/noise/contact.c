/* SPDX-License-Identifier: MIT
 *
 * contact.c - see contact.h.
 *
 * A change of a channel's noise level by more than 12 dB is accepted once it has lasted for
 * CONTACT_ROW segments in a row: longer than a heartbeat, a word or a knock.  Until then it
 * is ambiguous: a few channels that are louder than ever while the others are not may have
 * a loose contact; if many are, it is a signal.  A blow, a step, or a wave front that reaches
 * one channel first also begins in few channels, but is not broad-band.  The spectral
 * flatness of one segment,
 *
 *   evenness = geometric mean / arithmetic mean of its powers,
 *
 * is .55 for white noise, .4 for pink, and mostly below .02 for what sensors measure.
 *
 * A channel whose noise buries its signal is best treated as missing: the others then
 * predict it, as long as what was learned of it is kept.  Such a channel is called lost;
 * after LOST segments its noise is accepted as the channel's own.
 *
 * Cost: a logarithm a frequency of a segment that is far above the level.
 */
#include "noise/contact.h"

#include "base/fastmath.h"

#include <math.h>
#include <string.h>

static const float FAR = 16;            /* ratio of power: 12 dB */

/* A channel is raised if its power over level, averaged over FEW segments, is above RAISED.
 * Where nearly all channels are raised, one of them is nothing special. */
static const float RAISED = 3, FEW = 2;
static const float HARMFUL = 1e-3f;     /* noise over all power of a channel: -30 dB */
static const float TINY = 1e-30f;       /* power: keeps divisors from zero           */

static const float WHILE = 2;           /* segments: a wave front has reached most channels */
static const float HISS = 0.1f;         /* evenness beyond which it is noise,               */
static const float WHITE = 0.35f;       /* and in the first WHILE segments                  */
static const float SLOW = 0.25f;        /* pace, per segment, at which evenness may rise    */

static const float KNOWN = 2;           /* all power over noise: there is a signal     */
static const float BURIED = 20;         /* power now over power before: it is buried   */
static const float LOST = 4096;         /* segments for which a channel may be lost    */

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

/* 1: far above the level, -1: far below, 0: near.  With a level of 0, rounding counts as
 * near. */
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

/* Whether some channels, but less than half, are far above their levels, while a quarter or
 * more are not raised at all.  A channel with gaps counts only if it is lost already. */
static bool few_are_loud(const struct contact *k)
{
    size_t loud = 0;

    for (size_t c = 0; c < k->channels; c++)
        loud += k->apart[c] > 0 && (k->apart[c] >= CONTACT_ROW || k->whole[c] >= k->span);
    return loud > 0 && 2 * loud < k->channels && 4 * count_raised(k) < 3 * k->channels;
}

/* Whether a channel whose level has changed for good is lost: see above. */
static bool is_lost(const struct contact *k, size_t c, const struct hearing *h)
{
    const bool was = k->apart[c] > CONTACT_ROW;

    return k->apart[c] > 0 && k->apart[c] < LOST && h->ratio > KNOWN &&
           (was || h->sum > BURIED * h->all) && few_are_loud(k);
}

/* Whether the change of one channel's noise is its own, not one of all channels. */
static bool is_news(const struct contact *k, float far)
{
    return far < 0 || k->channels == 1 || 8 * count_raised(k) < 7 * k->channels;
}

/* Whether noise of that level at n frequencies matters beside the channel's power `all`. */
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

/* Falls at once and rises slowly: one segment that is not flat settles it, and an onset late
 * in a segment looks flat whatever it is. */
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

    /* If neither the old noise nor the new one matters, what was learned remains valid. */
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
