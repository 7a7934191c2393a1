/* SPDX-License-Identifier: MIT
 *
 * subspace.c - guard -> frame -> noise -> track -> shrink -> rebuild on vectors of
 * lags, of channels, or of both.
 *
 * A frame y, without baseline and hum, goes to its group, or each of its channels to a group
 * of its own; group.c whitens it, z = W y, and gives an estimate z_hat.  The output is
 *
 *   y - W^-1 (z - z_hat),
 *
 * so that where nothing is removed it is the input to the last bit.
 *
 * A sample that is NaN or infinite is missing: the tracker leaves it out, and its estimate
 * takes its place in the output.
 */
#include "engine/subspace.h"

#include "base/fastmath.h"
#include "base/least.h"
#include "base/slot.h"
#include "base/sum.h"
#include "guard/guard.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { REPORT = 64 };                   /* frames between two reports          */
static const float RAMP = 1.0f / 64;    /* per frame: how fast controls are followed */
static const float FAR = 1e4f;          /* times the largest sample: bound of estimates */
static const float FAINT = 3;           /* power over noise: there is little but noise */

static bool takes_latency(float ms)
{
    return !(ms > 1e5f);
}

/* Divides the latency that is asked for: first to the vectors; gives what is left. */
static size_t plan_delay(struct subspace *s, const struct recipe *r, size_t lags)
{
    const size_t asked = r->latency_ms < 0 ? SIZE_MAX
                                           : recipe_frames(r, (double)r->latency_ms);

    s->delay = least(asked, lags - 1);
    return asked - s->delay;
}

static void place(void *engine, struct arena *a, const struct recipe *r)
{
    struct subspace measured, *const s = engine ? engine : &measured;
    const size_t M = r->joint > 0 ? r->channels : 1;
    const size_t lags = r->denoise > 0 ? extent_lags(r, M) : 1;

    *s = (struct subspace){ .channels = r->channels, .members = M };
    s->groups = r->denoise > 0 ? r->channels / M : 0;
    const size_t left = plan_delay(s, r, lags);
    const size_t patience = recipe_frames(r, (double)r->patience_ms);

    s->wanders = r->wander_s > 0;
    if (s->wanders) {
        wander_place(&s->wander, a, s->channels, recipe_frames(r, 1e3 * (double)r->wander_s),
                     left);
        s->there = arena_take(a, (s->wander.delay + 1) * s->channels, 1);
    }
    s->caution = r->caution;
    s->stands = !s->wanders && !r->learned.signal; /* a learned mean has its offset */
    if (s->stands)
        offset_place(&s->offset, a, s->channels);
    s->hums = r->hum > 0;
    if (s->hums)
        hum_place(&s->hum, a, r->rate_hz, s->channels, HUM_HARMONICS, (double)r->hum,
                  s->groups ? MAINS_ALONE : MAINS_AMONG_NOTES);
    s->latency = s->delay + (s->wanders ? s->wander.delay : 0);
    fft_place(&s->fft, a, FLOOR_SPAN);
    s->group = arena_take(a, s->groups, sizeof *s->group);
    for (size_t g = 0; g < s->groups; g++) {
        struct group unused, *const group = arena_measures(a) ? &unused : s->group + g;

        group_place(group, a, r, g, M, s->delay);
    }
    s->votes = s->groups && patience && s->channels > 1 && !r->learned.signal;
    if (s->votes)
        quorum_place(&s->quorum, a, s->channels, patience);
    s->dry = arena_floats(a, (s->latency + 1) * s->channels);
    s->white = arena_floats(a, (s->delay + 1) * s->channels);
    s->level = arena_floats(a, (s->delay + 1) * s->channels);
    s->known = arena_take(a, (s->delay + 1) * s->channels, 1);
    s->x = arena_floats(a, s->channels);
    s->removed = arena_floats(a, s->channels);
    s->last = arena_floats(a, s->channels);
    s->here = arena_take(a, s->channels, 1);
}

static bool ready(const void *engine)
{
    const struct subspace *const s = engine;

    return fft_ready(&s->fft);
}

static void close(void *engine)
{
    struct subspace *const s = engine;

    fft_close(&s->fft);
}

static void reset(void *engine)
{
    struct subspace *const s = engine;
    const size_t M = s->channels;

    if (s->wanders) {
        wander_reset(&s->wander);
        memset(s->there, 1, (s->wander.delay + 1) * M);
    }
    s->ahead = s->wanders ? s->wander.delay : 0;
    s->there_at = 0;
    if (s->stands)
        offset_reset(&s->offset);
    if (s->hums)
        hum_reset(&s->hum);
    for (size_t g = 0; g < s->groups; g++)
        group_reset(s->group + g);
    if (s->votes)
        quorum_reset(&s->quorum);
    memset(s->dry, 0, (s->latency + 1) * M * sizeof *s->dry);
    memset(s->white, 0, (s->delay + 1) * M * sizeof *s->white);
    memset(s->level, 0, (s->delay + 1) * M * sizeof *s->level);
    memset(s->known, 1, (s->delay + 1) * M);
    memset(s->last, 0, M * sizeof *s->last);
    s->at = s->recent = s->since = 0;
    s->wet = s->most = 1;
    s->dry_share = 0;
    s->meter = s->sum = (struct meter_values){ 0 };
    s->invalid = 0;
}

static size_t latency(const void *engine)
{
    const struct subspace *const s = engine;

    return s->latency;
}

static size_t room(const void *engine)
{
    const struct subspace *const s = engine;

    return REPORT - s->since;
}

/* Frame t of the block into s->x; a missing sample repeats the one before. */
static void take(struct subspace *s, const struct block *b, size_t t)
{
    unsigned char *restrict const here = s->here;
    float *restrict const last = s->last;
    const size_t M = s->channels, at = t * b->in_stride;
    size_t known = 0;

    for (size_t c = 0; c < M; c++) {
        const float x = b->in[c][at];

        here[c] = fabsf(x) <= FLT_MAX;
        known += here[c];
        last[c] = here[c] ? fast_clamp(x, -GUARD_LOUDEST, GUARD_LOUDEST) : last[c];
    }
    s->invalid += M - known;
    memcpy(s->x, last, M * sizeof *last);
}

/* After its end a signal without a known baseline repeats its last value: the zeros that
 * follow would be a step as high as its offset, within the last vectors. */
static void hold(struct subspace *s)
{
    memset(s->here, 1, s->channels);
    memcpy(s->x, s->last, s->channels * sizeof *s->x);
}

/* The share of the noise of channel c to remove, 0..1.  Where much of the band holds white
 * noise alone it is all noise; else it may be the signal's own hiss: see `caution`. */
static float doubt(const struct subspace *s, const struct group *g, size_t c)
{
    if (!(s->caution > 0))
        return 1;

    const float bare = 3 * g->floor.bare[c] / s->caution - 2;

    return fast_clamp(fast_max(bare, FAINT - g->floor.ratio[c]), 0, 1);
}

/* The floor learns the newest frame.  When levels change, whitened samples still in use are
 * rescaled to the new ones. */
static void follow_floor(struct subspace *s, struct group *g, size_t first)
{
    const unsigned segments = g->floor.segments;

    floor_update(&g->floor, &s->fft, s->x + first, s->here + first);
    if (g->floor.segments == segments)
        return;
    for (size_t c = 0; c < s->members; c++) {
        const float was = g->floor.was[c], is = g->floor.level[c];
        const float f = was > 0 && is > 0 ? sqrtf(was / is) : 0;

        if (was == is)
            continue;
        group_scale(g, c, f);
        for (size_t t = 0; t <= s->delay; t++)
            s->white[t * s->channels + first + c] *= f;
    }
}

/* Missing samples become their estimates, as if they had come so: otherwise the share that is
 * not removed would be of the placeholder.  level[channels]: s->x with its offset. */
static void fill(struct subspace *s, float *level)
{
    const size_t M = s->channels;
    float *const dry = s->dry + slot_after(s->at, s->delay, s->latency + 1) * M;
    float *const before = s->removed;

    memcpy(before, s->x, M * sizeof *before);
    for (size_t g = 0; g < s->groups; g++)
        floor_fill(&s->group[g].floor, s->x + g * s->members, s->here + g * s->members);
    for (size_t c = 0; c < M; c++)
        if (!s->here[c]) {
            dry[c] += s->x[c] - before[c];
            level[c] += s->x[c] - before[c];
        }
}

/* All groups; leaves in s->x the frame `delay` ago, and in s->removed its noise, or for a
 * missing sample the difference to its estimate. */
static void clean(struct subspace *s, const struct controls *control)
{
    const size_t M = s->channels, newest = s->recent;

    memcpy(s->level + newest * M, s->x, M * sizeof *s->x);
    if (s->stands)
        offset_update(&s->offset, s->x, s->here, control->freeze);
    fill(s, s->level + newest * M);
    for (size_t g = 0; g < s->groups; g++) {
        const size_t c = g * s->members;

        if (!control->freeze)
            follow_floor(s, s->group + g, c);
        group_bound(s->group + g, control->rank, control->freeze);
        group_believe(s->group + g, s->votes && s->quorum.met);
        group_update(s->group + g, s->x + c, s->here + c, control->freeze);
        memcpy(s->white + newest * M + c, s->group[g].z, s->members * sizeof(float));
    }
    memcpy(s->known + newest * M, s->here, M);
    if (s->votes)
        quorum_update(&s->quorum, s->white + newest * M, s->here, control->freeze);
    s->recent = slot_after(newest, 1, s->delay + 1);

    const size_t due = s->recent * M;

    for (size_t g = 0; g < s->groups; g++) {
        struct group *const group = s->group + g;
        const size_t c = g * s->members;

        for (size_t i = 0; i < s->members; i++)
            group->estimate[i] = (s->known[due + c + i] ? doubt(s, group, i) : 1) *
                                 (s->white[due + c + i] - group->estimate[i]);
        floor_restore(&group->floor, group->estimate, s->removed + c);
    }
    for (size_t c = 0; c < M; c++)
        s->removed[c] *= s->known[due + c] ? s->most : 1;
    memcpy(s->x, s->level + due, M * sizeof *s->x);
}

/* Baseline, hum and noise are turned down alike. */
static void give(struct subspace *s, const struct block *b, size_t t, const float *dry)
{
    float sum_in = s->sum.in, sum_out = s->sum.out;

    for (size_t c = 0; c < s->channels; c++) {
        const float wet = dry[c] - s->most * (dry[c] - s->x[c]) - s->removed[c];
        const float out = s->wet * wet + s->dry_share * dry[c];

        b->out[c][t * b->out_stride] = out;
        sum_in += dry[c] * dry[c];
        sum_out += out * out;
    }
    s->sum.in = sum_in;
    s->sum.out = sum_out;
}

static void ramp(float *x, float to)
{
    *x = fast_clamp(to, *x - RAMP, *x + RAMP);
}

/* Removes the baseline, which delays the frame by wander.delay; `known` is delayed alike. */
static void straighten(struct subspace *s, const struct controls *control)
{
    const size_t M = s->channels;

    if (control->ending)
        wander_end(&s->wander, s->x);
    else
        wander_update(&s->wander, s->x, control->freeze);
    memcpy(s->there + s->there_at * M, s->here, M);
    s->there_at = slot_after(s->there_at, 1, s->wander.delay + 1);
    memcpy(s->here, s->there + s->there_at * M, M);
}

/* The share to remove: 0 at 0 dB, and 1 at 60 dB: -60 dB of a baseline of volts would still
 * be millivolts. */
static float share_for(float reduction_db)
{
    const float gone = 1 - fast_exp(-FAST_DB * reduction_db);

    return reduction_db < 60 ? fast_min(gone / 0.999f, 1) : 1;
}

static void update(struct subspace *s, const struct block *b, size_t t,
                   const struct controls *c)
{
    const size_t M = s->channels;

    if (c->ending)
        hold(s);
    else
        take(s, b, t);
    memcpy(s->dry + s->at * M, s->x, M * sizeof *s->x);
    s->at = slot_after(s->at, 1, s->latency + 1);
    if (s->wanders)
        straighten(s, c);
    if (s->hums)
        hum_update(&s->hum, s->x, c->freeze);
    ramp(&s->most, share_for(c->reduction_db));
    memset(s->removed, 0, M * sizeof *s->removed);
    if (s->ahead)
        s->ahead--;
    else if (s->groups)
        clean(s, c);

    /* kept = mix wet + (1 - mix) dry;  removed = dry - kept = mix (dry - wet) */
    ramp(&s->wet, c->bypass ? 0 : c->residual ? -c->mix : c->mix);
    ramp(&s->dry_share, c->bypass ? 1 : c->residual ? c->mix : 1 - c->mix);
    give(s, b, t, s->dry + s->at * M);
}

/* The levels of the last REPORT frames. */
static void measure(struct subspace *s)
{
    const float unit = 1 / (float)(REPORT * s->channels);
    float noise = 0;

    for (size_t g = 0; g < s->groups; g++)
        noise += sum(s->group[g].floor.level, s->members);
    s->meter = (struct meter_values){
        .in = s->sum.in * unit,
        .out = s->sum.out * unit,
        .noise = noise / (float)s->channels,
    };
    s->sum = (struct meter_values){ 0 };
}

static bool process(void *engine, const struct block *b, const struct controls *c)
{
    struct subspace *const s = engine;

    for (size_t t = 0; t < b->frames; t++)
        update(s, b, t, c);
    s->since += b->frames;
    if (s->since < REPORT)
        return false;
    s->since = 0;
    measure(s);
    return true;
}

static void report(const void *engine, struct report *r)
{
    const struct subspace *const s = engine;
    float step = 0, unfit = 0;
    unsigned rank = 0;

    for (size_t g = 0; g < s->groups; g++) {
        step = fast_max(step, group_step(s->group + g));
        if (s->group[g].frozen.known)
            unfit = fast_max(unfit, mixture_unfit(&s->group[g].frozen.base));
        rank = group_rank(s->group + g) > rank ? group_rank(s->group + g) : rank;
    }
    *r = (struct report){
        .meter = s->meter,
        .step = step,
        .unfit = unfit,
        .rank = rank,
        .most_rank = s->groups ? (unsigned)s->group->track.plan.rank : 0,
        .invalid = s->invalid,
    };
}

/* Bounds loaded whitened samples, which times sqrt(level) must be possible samples. */
static void limit(struct subspace *s, struct group *g, size_t first)
{
    for (size_t c = 0; c < s->members; c++) {
        const float level = g->floor.level[c];
        const float most = level > 0 ? FAR * STORE_LOUDEST / sqrtf(level) : FLT_MAX;

        lags_limit(&g->lags, c, most);
        average_limit(&g->average, c, most * (float)(s->delay + 1));
        for (size_t t = 0; t <= s->delay; t++) {
            float *const z = s->white + t * s->channels + first + c;

            *z = fast_clamp(*z, -most, most);
        }
    }
}

static void ends_state(struct subspace *p, struct store *s)
{
    const size_t M = p->channels, due = (p->delay + 1) * M;

    store_samples(s, p->dry, (p->latency + 1) * M, 100);
    store_finite(s, p->white, due);
    store_samples(s, p->level, due, 100);
    store_bytes(s, p->known, due, 1);
    store_samples(s, p->last, M, 1);
    store_size(s, &p->at, 0, p->latency);
    store_size(s, &p->recent, 0, p->delay);
    store_size(s, &p->since, 0, REPORT - 1);
    store_floats(s, &p->wet, 1, -1, 1);
    store_floats(s, &p->dry_share, 1, 0, 1);
    store_floats(s, &p->most, 1, 0, 1);
    meter_values_state(&p->meter, s);
    meter_values_state(&p->sum, s);
    store_count(s, &p->invalid);
}

static void state(void *engine, struct store *s)
{
    struct subspace *const p = engine;
    const size_t M = p->channels;

    if (p->wanders) {
        wander_state(&p->wander, s);
        store_bytes(s, p->there, (p->wander.delay + 1) * M, 1);
        store_size(s, &p->there_at, 0, p->wander.delay);
        store_size(s, &p->ahead, 0, p->wander.delay);
    }
    if (p->stands)
        offset_state(&p->offset, s);
    if (p->hums)
        hum_state(&p->hum, s);
    for (size_t g = 0; g < p->groups; g++)
        group_state(p->group + g, s);
    if (p->votes)
        quorum_state(&p->quorum, s);
    ends_state(p, s);
    for (size_t g = 0; g < p->groups && s->mode == STORE_READ; g++)
        limit(p, p->group + g, g * p->members);
}

static bool adapter(void *engine, struct store *s)
{
    struct subspace *const p = engine;
    const struct group *const g = p->group;

    if (!p->groups || !g->frozen.adapts)
        return false;
    addition_shape(&(struct addition){ p->groups, p->members, g->lags.count,
                                       g->track.plan.rank, NULL, 0 },
                   s);
    for (size_t i = 0; i < p->groups; i++)
        group_adapter(p->group + i, s);
    return true;
}

const struct engine engine_subspace = {
    .name = "subspace",
    .size = sizeof(struct subspace),
    .least_hz = 1e-9,
    .most_hz = 1e8,
    .takes_latency = takes_latency,
    .takes_learned = group_takes,
    .place = place,
    .ready = ready,
    .close = close,
    .reset = reset,
    .latency = latency,
    .room = room,
    .process = process,
    .report = report,
    .adapter = adapter,
    .state = state,
};
