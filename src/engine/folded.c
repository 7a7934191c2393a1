/* SPDX-License-Identifier: MIT
 *
 * folded.c - see folded.h.
 *
 * Most vectors go through the filter (rebuild/taps.h), whose rows are renewed a few at a time
 * from the two trackers of half the size (track/mirror.h).  Vectors that are loud or have
 * gaps are estimated one by one, as all are until the filter is ready.
 *
 * Cost a frame, n lags, rank r: 4 n flops for the filter, n r / 20 for its renewal, and half
 * of what the tracker takes for each vector that is learned from.
 */
#include "engine/folded.h"

#include "base/fastmath.h"
#include "base/sum.h"
#include "engine/group.h"

#include <float.h>

/* Frames between two renewals of MIRROR_ROWS rows of the filter's matrix: of L lags the L/2
 * rows that are needed take 1.5 L frames.  Twice as fast would gain .01 dB for a tenth more
 * work. */
enum { ROWS_EVERY = 12 };

bool folded_fits(const struct recipe *r, size_t channels, size_t lags, size_t rank)
{
    const bool alike = !(r->spikes > 0 || r->threshold > 0 || r->patience_ms > 0);

    return alike && channels == 1 && lags % 2 == 0 && rank > 1;
}

void folded_place(struct group *g, struct arena *a, const struct track_plan *plan, size_t delay)
{
    struct folded *const f = &g->folded;

    taps_place(&f->taps, a, plan->dim, delay);
    mirror_place(&f->mirror, a, plan);
    f->keep = arena_floats(a, plan->rank);
    f->rows = arena_floats(a, MIRROR_ROWS * plan->dim);
}

void folded_forget(struct group *g)
{
    mirror_reset(&g->folded.mirror);
    g->folded.joined = false;
}

void folded_rescale(struct group *g)
{
    g->folded.most = FLT_MAX;
}

void folded_reset(struct group *g)
{
    taps_reset(&g->folded.taps);
    folded_forget(g);
    folded_rescale(g);
}

void folded_restart(struct group *g)
{
    taps_restart(&g->folded.taps);
}

void folded_scale(struct group *g, float f)
{
    mirror_scale(&g->folded.mirror, f);
    g->folded.joined = false;
}

void folded_add(struct group *g)
{
    mirror_add(&g->folded.mirror);
    g->folded.joined = false;
}

void folded_drop(struct group *g)
{
    mirror_drop(&g->folded.mirror);
    g->folded.joined = false;
}

void folded_push(struct group *g, float z)
{
    g->folded.most = fast_min(g->folded.most + z * z, FLT_MAX);
}

/* Hears the newest vector by a bound of its energy; sums that only if the bound is a burst. */
static void hear(struct group *g)
{
    const size_t n = g->track.U.n;
    const float *const z = lags_newest(&g->lags, 0, n);

    directions_hear(&g->directions, g->folded.most / (float)n);
    if (!g->directions.burst)
        return;
    g->folded.most = fast_min(sum_product(z, z, n), FLT_MAX);
    directions_hear(&g->directions, g->folded.most / (float)n);
}

static void weigh(struct group *g)
{
    if (!g->stale)
        return;
    mirror_powers(&g->folded.mirror, g->lambda);
    directions_learn(&g->directions, g->lambda, mirror_rank(&g->folded.mirror), g->track.U.n);
    g->stale = false;
}

/* The filter stands for the newest vector if that has no gaps and the same gains as all
 * others, that is, is not loud. */
static enum taps_way choose(const struct group *g)
{
    if (g->directions.sure > 0)
        return TAPS_LOUD;
    return taps_ready(&g->folded.taps) && !g->lags.gaps ? TAPS_FOLDED : TAPS_APART;
}

/* Estimates a vector without gaps; gives what is left of it. */
static const float *look_at_whole(struct group *g)
{
    struct folded *const f = &g->folded;

    for (size_t j = 0; j < g->track.plan.rank; j++)
        f->keep[j] = fast_max(g->directions.wiener[j], g->directions.sure);
    mirror_look(&f->mirror, g->y, f->keep, g->x_hat);
    return f->mirror.rest;
}

/* The same with gaps, which neither half can fill alone. */
static const float *look_at_known(struct group *g)
{
    struct folded *const f = &g->folded;

    if (!f->joined)
        mirror_join(&f->mirror, &g->track);
    f->joined = true;
    track_look(&g->track, g->y, g->known, g->x_hat);
    return track_rest(&g->track);
}

static void look(struct group *g)
{
    const float *const rest = g->lags.gaps ? look_at_known(g) : look_at_whole(g);

    if (complement_counts(&g->complement, g->directions.sure))
        complement_add(&g->complement, rest, g->directions.sure, g->x_hat);
}

/* Learns from a vector whose gaps are filled by its estimate, which only confirms what is
 * known: with more than a quarter missing nothing is learned. */
static void learn(struct group *g)
{
    struct folded *const f = &g->folded;
    const size_t n = g->track.U.n;

    if (g->lags.gaps && 4 * g->track.guard.count < 3 * n)
        return;
    for (size_t i = 0; g->lags.gaps && i < n; i++)
        g->y[i] = g->known[i] ? g->y[i] : g->x_hat[i];
    g->stale = true;
    f->joined = false;
    if (mirror_update(&f->mirror, g->y))
        group_learn_rest(g, f->mirror.rest);
}

/* Renews the next rows of U g U' + g_c (I - U U') in the filter. */
static void renew(struct group *g)
{
    struct folded *const f = &g->folded;
    const size_t lags = g->lags.count, from = taps_due(&f->taps);
    const size_t left = (from < lags / 2 ? lags / 2 : lags) - from;
    const size_t count = left < MIRROR_ROWS ? left : MIRROR_ROWS;
    const float rest = g->complement.gain[0];

    for (size_t j = 0; j < g->track.plan.rank; j++)
        f->keep[j] = g->directions.wiener[j] - rest;
    mirror_matrix(&f->mirror, from, count, taps_from(&f->taps), f->keep, f->rows);
    for (size_t i = 0; i < count; i++) {
        float *const row = f->rows + i * lags;

        row[from + i] += rest;
        taps_renew(&f->taps, row);
    }
}

void folded_follow(struct group *g, bool due)
{
    struct folded *const f = &g->folded;

    weigh(g);
    hear(g);
    f->way = choose(g);
    if (due || f->way != TAPS_FOLDED)
        lags_vector(&g->lags, 0, g->y, g->known);
    if (f->way != TAPS_FOLDED)
        look(g);
    if (due)
        learn(g);
    if (g->young || f->taps.at % ROWS_EVERY)
        return;
    weigh(g);
    renew(g);
}

void folded_rebuild(struct group *g)
{
    const size_t seen = g->average.lags + g->average.delay;

    taps_count(&g->folded.taps, g->folded.way);
    g->estimate[0] += taps_estimate(&g->folded.taps, lags_newest(&g->lags, 0, seen));
}

void folded_state(struct group *g, struct store *s)
{
    taps_state(&g->folded.taps, s);
    mirror_state(&g->folded.mirror, s);
    store_floats(s, &g->folded.most, 1, 0, FLT_MAX);
    g->folded.joined &= s->mode != STORE_READ;
}
