/* SPDX-License-Identifier: MIT
 *
 * group.c - see group.h.
 *
 * The noise floor whitens the frame, z = W x; the last L of these are the vector y, the input
 * of the tracker.  Each coefficient in its subspace gets a gain g, the rest of y a gain g_c
 * for each channel:
 *
 *   x_hat = U g U'y + g_c (y - U U'y),
 *
 * and the mean of what `delay` + 1 vectors give for a frame is its estimate.  With a single
 * channel, and the same gains for all vectors, this is a linear filter: see folded.c.
 *
 * Cost a frame, n = M L numbers, rank r: 10 n r + 8 r^2 flops and, if noise is
 * shared, M^2; memory n r.
 */
#include "engine/group.h"

#include "base/least.h"
#include "base/slot.h"
#include "engine/drift.h"
#include "track/state.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const float LOUDEST = 1e7f;      /* noise levels, 140 dB: louder is missing     */
enum { MANY = 8 };                      /* directions shown to `reliance` in a frame,  */
enum { PAUSE = 4 };                     /* and later one in so many frames             */

/* Vectors of many lags overlap almost wholly, so learning from one in `every` is enough, but
 * at the beginning: each should be new by 1/NEWS of its lags.  A mirrored tracker learns
 * twice as much from each. */
static const size_t NEWS = 32;
static const size_t MIRRORED = 2;
static const size_t YOUTH = 8;          /* lags: for so many vectors' lengths all are used */

static void set_step(struct group *g, float mu)
{
    if (g->folds)
        mirror_step(&g->folded.mirror, mu);
    else
        step_set(&g->track.step, mu);
}

/* Much is to be learned anew: every vector is learned from for a while. */
static void rejuvenate(struct group *g)
{
    g->turn = 0;
    g->young = g->every > 1 ? YOUTH * g->lags.count : 0;
    set_step(g, g->track.plan.step);
    if (g->folds)
        folded_restart(g);
}

/* From now on one vector in `every` is learned from: the step becomes that of as many. */
static void grow_up(struct group *g)
{
    set_step(g, -expm1f((float)g->every * log1pf(-g->track.plan.step)));
}

/* Whether the newest vector is one to learn from. */
static bool learns(struct group *g)
{
    const bool due = g->turn == 0;

    if (g->young) {
        if (--g->young == 0)
            grow_up(g);
        return true;
    }
    g->turn = slot_after(g->turn, 1, g->every);
    return due;
}

float group_step(const struct group *g)
{
    return step_now(g->folds ? &g->folded.mirror.half->step : &g->track.step);
}

void group_scale(struct group *g, size_t c, float f)
{
    lags_scale(&g->lags, c, f);
    average_scale(&g->average, c, f);
    if (g->folds)
        folded_rescale(g);
}

void group_scale_powers(struct group *g, float f)
{
    if (g->folds)
        folded_scale(g, f);
    else
        track_scale(&g->track, f);
    g->stale = true;
}

/* Directions in use by the tracker that learns. */
static size_t rank_now(const struct group *g)
{
    return g->folds ? mirror_rank(&g->folded.mirror) : g->track.U.r;
}

/* Updates the gains from the powers of the directions. */
static void weigh(struct group *g)
{
    const struct track *const t = &g->track;

    track_powers(t, g->lambda);
    directions_learn(&g->directions, g->lambda, t->U.r, t->U.n);
    g->stale = false;
}

static void shrink(void *self, const struct track *t, const float *p, float *q)
{
    struct group *const g = self;
    const size_t r = t->U.r;

    if (g->stale)
        weigh(g);
    directions_hear(&g->directions, t->guard.energy / (float)t->U.n);
    directions_update(&g->directions, p, r);
    for (size_t i = 0; i < r; i++)
        q[i] = g->directions.gain[i] * p[i];
}

void group_place(struct group *g, struct arena *a, const struct recipe *r, size_t which,
                 size_t members, size_t delay)
{
    const size_t lags = extent_lags(r, members), n = members * lags;

    frozen_place(&g->frozen, a, r, which, members, lags);
    /* With patience, and without other channels to confirm an event, bursts must be learned. */
    const bool alone = r->patience_ms > 0 && r->channels == 1;
    const bool knows = g->frozen.known;
    const size_t rank = knows ? g->frozen.rank : extent_rank(r, members, lags);

    g->folds = !knows && folded_fits(r, members, lags, rank);
    g->every = (1 + (lags - 1) / NEWS) * (g->folds && lags >= NEWS ? MIRRORED : 1);
    g->outside = arena_floats(a, n);
    const struct track_plan plan = {
        .dim = n,
        .parts = 1,
        .rank = rank,
        .rule = &rule_rls,
        .step = knows ? 0 : r->step,
        .shrink = TRACK_OWN,
        .own = { shrink, g, g->outside },
        .whitened = true,
        .bounded = !knows && !alone,
        .robust = r->spikes > 0,
        .hop = members < n ? members * g->every : 0,
    };

    g->complements = r->complement > 0;
    g->settled = false;
    g->segments = 0;
    floor_place(&g->floor, a, members, r->shared > 0 && members <= FLOOR_SHARED_MOST);
    g->patience = knows ? 0 : recipe_frames(r, (double)r->patience_ms);
    sudden_place(&g->sudden, a, members, lags + 2);
    lags_place(&g->lags, a, members, lags, g->folds ? delay : g->patience);
    track_place(&g->track, a, &plan);
    directions_place(&g->directions, a, rank, r->threshold, r->hold, g->patience > 0);
    if (members > 1)
        directions_join(&g->directions);
    complement_place(&g->complement, a, members, lags);
    reliance_place(&g->reliance, a, members, lags);
    average_place(&g->average, a, members, lags, delay);
    if (g->folds)
        folded_place(g, a, &plan, delay);
    g->own = arena_floats(a, basis_padded(&g->track.U));
    g->lambda = arena_floats(a, rank);
    g->y = arena_floats(a, n);
    g->x_hat = arena_floats(a, n);
    g->known = arena_take(a, n, 1);
    g->moved = arena_take(a, members, sizeof *g->moved);
    g->z = arena_floats(a, members);
    g->estimate = arena_floats(a, members);
}

void group_reset(struct group *g)
{
    g->settled = false;
    g->unit = 0;
    g->heard = g->segments = 0;
    memset(g->outside, 0, g->track.U.n * sizeof *g->outside);
    memset(g->moved, 0, g->floor.channels * sizeof *g->moved);
    floor_reset(&g->floor);
    sudden_reset(&g->sudden);
    lags_reset(&g->lags);
    frozen_reset(&g->frozen);
    track_reset(&g->track);
    if (g->folds)
        folded_reset(g);
    rejuvenate(g);
    directions_reset(&g->directions);
    complement_reset(&g->complement);
    reliance_reset(&g->reliance);
    average_reset(&g->average);
    g->stale = true;
}

/* Whether channels get a gain by `reliance`: several, without a learned base. */
static bool relies(const struct group *g)
{
    return g->floor.channels > 1 && !g->frozen.known;
}

/* Shows the next directions to `reliance`, many a frame at first, fewer later. */
static void look_at_some(struct group *g)
{
    const size_t count = g->segments < DRIFT_FIRST ? MANY : g->floor.at % PAUSE == 0;

    for (size_t k = 0; k < count; k++) {
        const size_t j = g->reliance.shown;

        if (j >= g->track.U.r) {
            reliance_settle(&g->reliance);
            return;
        }
        basis_get(&g->track.U, j, g->own);
        reliance_show(&g->reliance, g->own, track_power(&g->track, j));
    }
}

/* Adds what is kept of the rest e of all models. */
static void add_complement(struct group *g, const float *e)
{
    complement_add(&g->complement, e, g->directions.sure, g->x_hat);
}

void group_learn_rest(struct group *g, const float *e)
{
    if (g->complements && !g->lags.gaps && !g->directions.burst)
        complement_update(&g->complement, e);
}

/* known[] of y by gaps in the input; NULL: nothing is missing. */
static const unsigned char *gaps(const struct group *g)
{
    return g->lags.gaps ? g->known : NULL;
}

/* The same, entries that are being forgotten included. */
static const unsigned char *valid(const struct group *g)
{
    return g->track.amends.count ? g->known : gaps(g);
}

/* Learns from y, if there is anything to learn.  Powers change before and after x_hat. */
static bool teach(struct group *g, float *x_hat)
{
    g->stale = true;
    const bool taught = track_update(&g->track, g->y, valid(g), x_hat);
    g->stale = true;
    return taught;
}

/* x_hat of the newest vector; if one is due, learns from it, or while patient from the one of
 * `patience` frames ago. */
static void follow_vector(struct group *g, bool due)
{
    const bool at_once = !g->directions.patient;
    bool taught = false;

    if (due && at_once)
        taught = teach(g, g->x_hat);
    else
        track_look(&g->track, g->y, valid(g), g->x_hat);
    if (relies(g)) {
        look_at_some(g);
        reliance_apply(&g->reliance, g->directions.sure, g->x_hat);
    }
    if (due)
        group_learn_rest(g, track_rest(&g->track));
    if (complement_counts(&g->complement, g->directions.sure))
        add_complement(g, track_rest(&g->track));
    if (due && !at_once) {
        lags_vector(&g->lags, g->patience, g->y, g->known);
        taught = teach(g, NULL);
    }
    if (taught)
        reliance_age(&g->reliance, step_now(&g->track.step));
}

/* x_hat by the tracker.  It does not learn while a noise level is in doubt: the excess noise
 * of one channel would look like signal, and leak into all others. */
static void follow(struct group *g, bool freeze)
{
    const bool mends = drift_amends(g);
    const bool doubts = g->sudden.hold > 0 || floor_doubts(&g->floor);
    const bool due = !mends && !doubts && !freeze && learns(g);

    if (g->folds)
        folded_follow(g, due);
    else
        follow_vector(g, due);
}

/* x_hat by the learned base, plus that of the rest by the adapter. */
static void complete(struct group *g, bool freeze)
{
    const size_t n = g->track.U.n;

    frozen_take(&g->frozen, g->y, gaps(g));
    if (g->frozen.adapts) {
        follow(g, freeze);
    } else {
        memset(g->x_hat, 0, n * sizeof *g->x_hat);
        g->directions.sure = complement_now(&g->complement, g->y, g->complements);
        if (!freeze)
            group_learn_rest(g, g->y);
        add_complement(g, g->y);
    }
    for (size_t i = 0; i < n; i++)
        g->x_hat[i] += g->frozen.kept[i];
}

/* Whether noise levels and, if there is one, the learned base are ready. */
static bool prepare(struct group *g)
{
    if (!floor_known(&g->floor))
        return false;
    if (!g->frozen.known)
        return true;
    g->stale |= g->frozen.lent;
    return frozen_follow(&g->frozen, &g->floor, &g->track);
}

static void drop(struct group *g)
{
    if (g->folds)
        folded_drop(g);
    else
        track_drop(&g->track);
    g->stale = true;
}

static void add(struct group *g)
{
    if (g->folds)
        folded_add(g);
    else
        track_add(&g->track);
    g->stale = true;
    complement_renew(&g->complement);
    rejuvenate(g);
}

void group_bound(struct group *g, size_t most, bool freeze)
{
    const size_t bound = g->folds && most < 2 ? 2 : most;   /* one even, one odd */

    if (rank_now(g) > bound)
        drop(g);
    else if (!freeze && rank_now(g) < least(bound, g->track.plan.rank))
        add(g);
}

void group_believe(struct group *g, bool event)
{
    g->directions.patient = g->patience > 0 && !event;
}

/* The estimate of the frame that is now complete: by vectors, and by the filter. */
static void rebuild(struct group *g)
{
    if (g->folds && g->folded.way == TAPS_FOLDED)
        average_pass(&g->average, g->estimate);
    else
        average_update(&g->average, g->x_hat, g->estimate);
    if (g->folds)
        folded_rebuild(g);
}

void group_update(struct group *g, const float *x, unsigned char *known, bool freeze)
{
    floor_whiten(&g->floor, x, g->z);
    for (size_t c = 0; c < g->floor.channels; c++)
        known[c] = g->floor.level[c] > 0 ? known[c] && fabsf(g->z[c]) <= LOUDEST : 1;
    sudden_update(&g->sudden, x, known, freeze);
    floor_distrust(&g->floor, known);
    lags_push(&g->lags, g->z, known);
    if (g->folds)
        folded_push(g, g->z[0]);
    else
        lags_vector(&g->lags, 0, g->y, g->known);
    if (prepare(g)) {
        if (drift_follow(g))
            rejuvenate(g);
        if (g->frozen.known)
            complete(g, freeze);
        else
            follow(g, freeze);
    } else {
        lags_vector(&g->lags, 0, g->x_hat, g->known);
        g->folded.way = TAPS_APART;
    }
    rebuild(g);
}

unsigned group_rank(const struct group *g)
{
    return (g->frozen.known ? (unsigned)g->frozen.base.model.rank : 0) + g->directions.kept;
}

bool group_takes(const struct recipe *r)
{
    const size_t M = r->joint > 0 ? r->channels : 1;
    struct known k;

    if (!r->learned.signal)
        return !r->learned.noise && !r->learned.adapt;
    return known_open(&k, r->learned.signal, r->learned.signal_size) && k.channels == M &&
           k.groups == r->channels / M && k.lags == extent_lags(r, M) && r->denoise > 0;
}

void group_adapter(struct group *g, struct store *s)
{
    frozen_adapter(&g->frozen, &g->floor, &g->track, s);
}

void group_state(struct group *g, struct store *s)
{
    floor_state(&g->floor, s);
    sudden_state(&g->sudden, s);
    lags_state(&g->lags, s);
    frozen_state(&g->frozen, s);
    if (!g->folds)
        track_state(&g->track, s);
    g->stale |= s->mode == STORE_READ;
    store_finite(s, g->track.e, g->track.U.n);  /* held while frames are missing */
    directions_state(&g->directions, s);
    complement_state(&g->complement, s);
    reliance_state(&g->reliance, s);
    store_floats(s, g->outside, g->track.U.n, 0, FLT_MAX);
    average_state(&g->average, s);
    if (g->folds)
        folded_state(g, s);
    store_finite(s, &g->unit, 1);
    store_bool(s, &g->settled);
    store_size(s, &g->turn, 0, g->every - 1);
    store_size(s, &g->young, 0, YOUTH * g->lags.count);
    store_size(s, &g->heard, 0, g->floor.channels);
    store_u32(s, &g->segments, 0, UINT32_MAX);
    for (size_t c = 0; c < g->floor.channels; c++)
        store_u32(s, g->moved + c, 0, UINT32_MAX);
}
