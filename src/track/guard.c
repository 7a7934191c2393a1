/* SPDX-License-Identifier: MIT
 *
 * guard.c - silence, bursts, falls in level, and what is not a number.
 *
 * One loud click must not teach the tracker that the world is loud: a frame's
 * energy counts at most BURST times the running mean.  A long loud passage
 * must not leave it deaf: when the model expects more than FALL times the
 * geometric mean level (which bursts hardly move and falls move fast), the
 * model is scaled down to it.  A frame of silence says nothing about the
 * subspace and is not learnt.
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
static const float IDLE = 0.995f; /* what silence leaves of the mean, per frame     */
enum { WARM_UP = 8, RARE = 16, YOUNG = 32 }; /* frames */

void guard_place(struct guard *g, struct arena *a, size_t n, size_t padded, size_t parts)
{
    *g = (struct guard){ .n = n, .padded = padded, .parts = parts };
    g->y = arena_floats(a, padded);
    g->known = arena_floats(a, padded);
}

void guard_reset(struct guard *g)
{
    memset(g->y, 0, g->padded * sizeof *g->y);
    memset(g->known, 0, g->padded * sizeof *g->known);
    g->mean = g->level = 0;
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
        g->y[i] = g->known[i] != 0.0f ? g->y[i] : 0.0f;
    }
    g->count = count / g->parts;
    guard_sum(g);
}

void guard_take(struct guard *g, const struct kernel *k, const float *y,
                const unsigned char *known)
{
    g->energy = k->take(y, g->n, g->y);
    g->count = g->n / g->parts;
    if (!known && g->energy < LARGEST) /* then every entry is fine */
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

bool guard_admits(struct guard *g)
{
    if (guard_possible(g) && g->energy >= SILENCE * g->mean)
        return true;
    g->mean *= IDLE;
    return false;
}

float guard_weigh(struct guard *g)
{
    const float E = g->energy, log_E = fast_log(E);
    const float weight =
        g->seen > WARM_UP && E > BURST * g->mean ? sqrtf(BURST * g->mean / E) : 1.0f;
    const float pace = fast_max(PACE, 1.0f / (float)(g->seen + 1));

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
