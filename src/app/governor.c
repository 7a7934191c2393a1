/* SPDX-License-Identifier: MIT
 *
 * governor.c - see governor.h.
 *
 * The load is a mean over a tenth of a second, so that one late block is no
 * alarm.  Above HIGH a step of relief follows, and half a second on, if that
 * was not enough, the next.  Below LOW for `patience` one step is taken back.
 * If that was too early, patience doubles: what switches to and fro is heard
 * more than what is left out.
 */
#include "app/governor.h"
#include <math.h>

static const float MEMORY_S = 0.1f;
static const float HIGH = 0.75f, LOW = 0.4f;
static const float SETTLE_S = 0.5f;             /* between two steps of relief */
static const float PATIENCE_S = 2, PATIENCE_MOST_S = 60;

void governor_reset(struct governor *g, bool ranked)
{
    *g = (struct governor){ .since_s = SETTLE_S, .patience_s = PATIENCE_S, .ranked = ranked };
}

/* The step beside this one that there is. */
static enum relief next(const struct governor *g, bool more)
{
    const enum relief beside = more ? g->relief + 1 : g->relief - 1;

    if (beside != RELIEF_RANK || g->ranked)
        return beside;
    return more ? RELIEF_PASS : RELIEF_FREEZE;
}

static void change(struct governor *g, enum relief to)
{
    if (to > g->relief && g->eased)
        g->patience_s = g->since_s < g->patience_s ? fminf(2 * g->patience_s, PATIENCE_MOST_S)
                                                   : PATIENCE_S;
    g->eased = to < g->relief;
    g->relief = to;
    g->since_s = 0;
}

enum relief governor_update(struct governor *g, float took_s, float block_s)
{
    const float weight = fminf(block_s / MEMORY_S, 1);

    g->load += weight * (fminf(took_s / block_s, 4) - g->load);
    g->since_s += block_s;
    if (g->load > HIGH && g->since_s >= SETTLE_S && g->relief < RELIEF_PASS)
        change(g, next(g, true));
    else if (g->load < LOW && g->since_s >= g->patience_s && g->relief > RELIEF_NONE)
        change(g, next(g, false));
    return g->relief;
}
