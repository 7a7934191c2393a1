/* SPDX-License-Identifier: MIT
 *
 * drift.c - see drift.h.
 */
#include "engine/drift.h"

#include "base/fastmath.h"

#include <math.h>

static const float MOST_CHANGE = 14;    /* nepers of power, 60 dB, at once               */
static const float LEAST_CHANGE = 0.01f; /* nepers, .04 dB: less is not worth scaling C  */

/* The leverage changes slowly: it is computed in each of the first DRIFT_FIRST segments, then
 * in one of so many. */
enum { SELDOM = 8 };

/* Directions orthonormalised in one frame: each costs as much as the frame. */
enum { AMENDS = 4 };

/* Forgets channel c, whose noise has jumped. */
static void forget(struct group *g, size_t c)
{
    const size_t L = g->lags.count;

    g->moved[c] = g->floor.moved[c];
    complement_forget(&g->complement, c);
    reliance_forget(&g->reliance, c);
    track_forget(&g->track, c * L, (c + 1) * L);
}

/* Forgets the channels whose noise has jumped, and all of them if fewer entries are left than
 * twice the rank.  Whether any has. */
static bool forget_moved(struct group *g)
{
    bool any = false;

    for (size_t c = 0; c < g->floor.channels; c++)
        if (g->moved[c] != g->floor.moved[c]) {
            forget(g, c);
            any = true;
        }
    if (!any)
        return false;
    if (2 * g->track.U.r >= g->track.U.n - g->track.amends.count) {
        track_reset(&g->track);
        if (g->folds)
            folded_forget(g);
        reliance_reset(&g->reliance);
    }
    g->settled = false;
    g->stale = true;
    return true;
}

bool drift_amends(struct group *g)
{
    if (!g->track.amends.count)
        return false;
    g->stale = true;
    if (!track_amend(&g->track, AMENDS))
        return false;
    for (size_t i = 0; i < g->track.U.n; i++)
        g->known[i] = !g->track.amends.gone[i] && !(g->lags.gaps && !g->known[i]);
    return true;
}

/* The leverage of each entry: its share of its own estimate. */
static void follow_leverage(struct group *g)
{
    const float share = (float)mirror_rank(&g->folded.mirror) / (float)g->track.U.n;

    if (!g->folds)
        basis_leverage(&g->track.U, g->own);
    for (size_t i = 0; g->folds && i < g->track.U.n; i++)
        g->own[i] = share; /* one channel: the mean over its lags is exact */
    for (size_t i = 0; g->frozen.known && i < g->track.U.n; i++)
        g->own[i] = g->frozen.base.kept + (g->frozen.adapts ? g->own[i] : 0);
    complement_leverage(&g->complement, g->own);
}

/* The mean log noise level, of as many channels as have one. */
static float mean_level(const struct floor *f, size_t *heard)
{
    float mean = 0;

    *heard = 0;
    for (size_t c = 0; c < f->channels; c++)
        if (f->level[c] > 0) {
            mean += fast_log(fast_max(f->level[c], 1e-30f)) / (float)f->channels;
            ++*heard;
        }
    return mean;
}

/* The tracker's powers are relative to the noise: rescales them as its level changes. */
static void follow_unit(struct group *g)
{
    size_t heard;
    const float unit = mean_level(&g->floor, &heard);
    const float change = fast_clamp(g->unit - unit, -MOST_CHANGE, MOST_CHANGE);
    const bool same = g->settled && heard == g->heard;

    if (same && fabsf(change) < LEAST_CHANGE)
        return;
    if (same)
        group_scale_powers(g, fast_exp(change));
    g->settled = true;
    g->heard = heard;
    g->unit = unit;
}

bool drift_follow(struct group *g)
{
    if (g->segments == g->floor.segments)
        return false;
    g->segments = g->floor.segments;
    if (g->segments < DRIFT_FIRST || g->segments % SELDOM == 0)
        follow_leverage(g);
    complement_outside(&g->complement, g->outside);

    const bool forgot = forget_moved(g);

    follow_unit(g);
    return forgot;
}
