/* SPDX-License-Identifier: MIT
 *
 * guard.c - silence, bursts, falls in level, and what is not a number.
 *
 * One loud click must not dominate the model: a frame's energy counts at most
 * BURST times the running mean.  A long loud passage must not leave the model
 * insensitive: when it expects more than FALL times the geometric mean level
 * (which bursts hardly move and falls move fast), it is scaled down to that.  A
 * frame of silence says nothing about the subspace and is not learned.
 *
 * A float has 76 decades, the squares of entries from 1e-15 to 1e18 take 66 of them,
 * and the rules square again.  So frames are multiplied by a unit, a power of 2 for
 * which their mean energy lies between LOW and HIGH, and outliers by another one that
 * brings them within REACH of the mean.  The estimate is linear in the frame: x_hat
 * divided by the same factor is exact.
 */
#include "track/guard.h"
#include "base/fastmath.h"
#include "track/vec.h"

#include <math.h>
#include <string.h>

static const float LARGEST = 1e18f; /* larger entries would overflow when squared    */
static const float LEAST = 1e-30f;  /* energy; below, powers leave the range of float */
static const float MOST = 1e36f;    /* energy; above likewise                         */
static const float SILENCE = 1e-7f; /* -70 dB re the running mean                     */
static const float BURST = 16.0f;   /* +12 dB re the running mean                     */
static const float FALL = 10.0f;    /* model 10 dB above the level                    */
static const float PACE = 0.02f;    /* of the mean: 100 frames                        */
static const float LEVEL_PACE = 0.05f;
static const float LOW = 0x1p-32f, HIGH = 0x1p40f; /* -96 and 120 dB re 1              */
static const float REACH = 0x1p20f;  /* 60 dB re the running mean: far above BURST  */
static const float QUIET = 0x1p-40f; /* -120 dB re the running mean: below SILENCE  */
static const float IDLE = 0.995f; /* what silence leaves of the mean, per frame     */
enum { WARM_UP = 8, RARE = 16, YOUNG = 32, SETTLED = 50 }; /* frames; the last 1/PACE */

void guard_place(struct guard *g, struct arena *a, size_t n, size_t padded, size_t parts)
{
    *g = (struct guard){ .n = n, .padded = padded, .parts = parts };
    g->y = g->own = arena_floats(a, padded);
    g->known = arena_floats(a, padded);
}

void guard_reset(struct guard *g)
{
    memset(g->own, 0, g->padded * sizeof *g->own);
    g->y = g->own;
    memset(g->known, 0, g->padded * sizeof *g->known);
    g->mean = g->level = 0;
    g->unit = g->gain = 1;
    g->seen = 0;
}

void guard_sum(struct guard *g)
{
    g->energy = vec_square(g->y, g->padded);
}

void guard_recount(struct guard *g)
{
    size_t count = 0;

    for (size_t i = 0; i < g->n; i++) {
        count += g->known[i] != 0.0f;
        g->own[i] = g->known[i] != 0.0f ? g->y[i] : 0.0f;
    }
    g->y = g->own;
    g->count = count / g->parts;
    guard_sum(g);
}

bool guard_look(struct guard *g, const float *y, float energy)
{
    g->y = y;
    g->energy = energy;
    g->count = g->n / g->parts;
    return energy < LARGEST; /* then every entry is fine */
}

void guard_take(struct guard *g, const struct kernel *k, const float *y,
                const unsigned char *known)
{
    if (guard_look(g, g->own, k->take(y, g->n, g->own)) && !known)
        return;
    /* An entry is its first float and its last; without a branch, for what is missing
     * does not follow a pattern. */
    const size_t last = g->parts - 1;

    for (size_t i = 0; i < g->n; i += g->parts) {
        const bool fine = (fabsf(g->y[i]) < LARGEST) & (fabsf(g->y[i + last]) < LARGEST);

        g->known[i] = g->known[i + last] = (float)fine; /* 0 also for NaN */
    }
    for (size_t i = 0; known && i < g->n; i++)
        g->known[i] = known[i >> last] ? g->known[i] : 0.0f;
    guard_recount(g);
}

bool guard_possible(const struct guard *g)
{
    return g->energy > LEAST && g->energy < MOST;
}

/* A power of 2 whose square times x is near 1. */
static float unit_of(float x)
{
    int exponent;

    frexpf(x, &exponent);
    return ldexpf(1.0f, -exponent / 2);
}

/* A unit for the level; gives what powers are to be multiplied by. */
static float settle(struct guard *g)
{
    const float level = g->seen ? g->mean : g->energy * g->unit * g->unit;

    if (level > LOW && level < HIGH)
        return 1.0f;
    const float by = unit_of(g->seen ? g->mean : g->energy);

    g->unit = g->seen ? g->unit * by : by;
    g->mean *= by * by;
    g->level += 2.0f * logf(by);
    return by * by;
}

/* What would leave a frame of this energy just within reach of the mean. */
static float gain_of(const struct guard *g)
{
    const float E = g->energy * g->unit * g->unit; /* perhaps 0 or infinite */

    if (!(g->mean > 0.0f) || (E < REACH * g->mean && E > QUIET * g->mean))
        return g->unit;
    return unit_of(g->energy) / unit_of((E < g->mean ? QUIET : REACH) * g->mean);
}

static void multiply(struct guard *g, float by)
{
    for (size_t i = 0; i < g->padded; i++)
        g->own[i] = g->y[i] * by;
    g->y = g->own;
    g->energy *= by;
    g->energy *= by;
}

static bool is_usual(const struct guard *g)
{
    return g->unit == 1.0f && g->mean > LOW && g->mean < HIGH && g->energy > QUIET * g->mean &&
           g->energy < REACH * g->mean;
}

float guard_enter(struct guard *g)
{
    g->gain = 1.0f;
    if (is_usual(g))
        return 1.0f;
    const float f = settle(g);

    g->gain = gain_of(g);
    if (g->gain != 1.0f)
        multiply(g, g->gain);
    return f;
}

void guard_enter_again(struct guard *g)
{
    if (g->gain == g->unit)
        return;
    multiply(g, 1.0f / g->gain);
    guard_sum(g);
    g->gain = gain_of(g);
    multiply(g, g->gain);
}

bool guard_admits(struct guard *g)
{
    if (guard_possible(g) && g->energy >= SILENCE * g->mean)
        return true;
    g->mean *= IDLE;
    return false;
}

/* Within 0.3 dB: the exponent, and the fraction for its logarithm. */
static float rough_log(float x)
{
    int32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return 0.69314718f / 0x1p23f * (float)(bits - 0x3f7a7a00);
}

float guard_weigh(struct guard *g)
{
    const float E = g->energy, log_E = rough_log(E);
    const float weight =
        g->seen > WARM_UP && E > BURST * g->mean ? sqrtf(BURST * g->mean / E) : 1.0f;
    const float pace = g->seen < SETTLED ? 1.0f / (float)(g->seen + 1) : PACE;

    g->level = g->seen ? g->level + LEVEL_PACE * (log_E - g->level) : log_E;
    g->mean += pace * (weight * weight * E - g->mean);
    g->seen += g->seen < UINT32_MAX;
    return weight;
}

bool guard_anchors(const struct guard *g)
{
    return g->seen % RARE == 0 && g->seen > YOUNG;
}

float guard_anchor(const struct guard *g, float expected)
{
    const float level = expf(g->level);

    return expected > FALL * level ? level / expected : 1.0f;
}
