/* SPDX-License-Identifier: MIT
 *
 * declick.c - guard alone: clicks are found, and repaired from around them.
 *
 * Every hop the last `span` samples of a channel pass three steps: a linear
 * predictor is learned from them (guard/predictor), with suspected clicks
 * repaired, so that no click hides in the model; clicks are found by its errors
 * (guard/click); what was under them is interpolated (guard/gap).  Half the span
 * lies ahead of what is decided.  Channels are independent: a scratch on one
 * side of the groove is repaired on that side.
 *
 * output = through * raw - wet * (raw - repaired), which is raw to the bit where
 * there is no click.  Nothing is kept beyond the span, so there is nothing for
 * `freeze` to stop; there is no noise for `reduction` to turn down.
 *
 * Latency: ahead + hop.  Work comes once a hop of 5 ms, for all channels; the
 * trials of a hop are counted, so the worst is about three times the mean.
 */
#include "engine/declick.h"

#include "guard/guard.h"

#include <math.h>
#include <string.h>

static const double HOP = 256. / 48000, SPAN = 2048. / 48000;   /* s */
static const float THRESHOLD = 15;       /* sigmas, where none is asked for */
enum { LEAST_HOP = 64, LEAST_SPAN = 768 };

static bool takes_latency(float ms)
{
    return ms < 0;
}

static size_t frames(double seconds, double rate_hz, size_t least)
{
    const size_t n = (size_t)(seconds * rate_hz + 0.5);

    return n > least ? n : least;
}

static void place(void *engine, struct arena *a, const struct recipe *r)
{
    struct declick measured, *const d = engine ? engine : &measured;
    struct groove *const groove = arena_take(a, r->channels, sizeof *groove);
    const size_t span = frames(SPAN, r->rate_hz, LEAST_SPAN);

    *d = (struct declick){ .channels = r->channels, .span = span, .groove = groove };
    d->hop = frames(HOP, r->rate_hz, LEAST_HOP);
    d->ahead = span / 2;
    predictor_place(&d->predictor, a, span);
    click_place(&d->click, a, span, r->rate_hz, r->threshold > 0 ? r->threshold : THRESHOLD);
    meter_place(&d->meter, span / 2 + 1, r->rate_hz / (double)span);
    for (size_t c = 0; c < r->channels; c++) {
        struct groove unused, *const g = arena_measures(a) ? &unused : groove + c;

        g->raw = arena_floats(a, span);
        g->x = arena_floats(a, span);
        g->w = arena_floats(a, span);
        g->ready = arena_floats(a, d->hop);
        g->state = arena_take(a, span, sizeof *g->state);
    }
}

static bool ready(const void *engine)
{
    return engine;
}

static void close(void *engine)
{
    (void)engine;
}

static void reset(void *engine)
{
    struct declick *const d = engine;

    for (size_t c = 0; c < d->channels; c++) {
        struct groove *const g = d->groove + c;

        memset(g->raw, 0, d->span * sizeof *g->raw);
        memset(g->x, 0, d->span * sizeof *g->x);
        memset(g->w, 0, d->span * sizeof *g->w);
        memset(g->ready, 0, d->hop * sizeof *g->ready);
        memset(g->state, 0, d->span * sizeof *g->state);
        g->settled = d->span - d->ahead - d->hop;
    }
    meter_reset(&d->meter);
    d->at = 0;
    d->invalid = 0;
    d->through = 1;
    d->wet = 1;
}

static size_t latency(const void *engine)
{
    const struct declick *const d = engine;

    return d->ahead + d->hop;
}

static size_t room(const void *engine)
{
    const struct declick *const d = engine;

    return d->hop - d->at;
}

/* New samples in for as many of the output, channel by channel. */
static void exchange(struct declick *d, const struct block *b)
{
    const size_t newest = d->span - d->hop + d->at;

    for (size_t c = 0; c < d->channels; c++) {
        struct groove *const g = d->groove + c;

        for (size_t t = 0; t < b->frames; t++) {
            const float x = b->in[c][t * b->in_stride];
            const bool lost = !(fabsf(x) <= GUARD_LOUDEST);

            g->raw[newest + t] = g->x[newest + t] = g->w[newest + t] = lost ? 0 : x;
            g->state[newest + t] = lost ? CLICK_LOST : 0;
            d->invalid += lost;
        }
        for (size_t t = 0; t < b->frames; t++)
            b->out[c][t * b->out_stride] = g->ready[d->at + t];
    }
    d->at += b->frames;
}

/* Finds and repairs what began in the hop before `until`, or still was to be. */
static void repair(struct declick *d, struct groove *g, size_t until)
{
    const size_t from = g->settled;

    predictor_update(&d->predictor, g->w);
    click_restore(&d->click, &d->predictor.coarse, g->x, g->state, from);
    g->settled =
        click_update(&d->click, &d->predictor.coarse, g->x, g->w, g->state, from, until);
    click_polish(&d->click, &d->predictor, g->w, g->state, from, g->settled);
    memcpy(g->x + from, g->w + from, (g->settled - from) * sizeof *g->x);
}

/* The next hop of output, with the weights ramped over it. */
static void mix(struct declick *d, struct groove *g, size_t from, float through, float wet)
{
    const float unit = 1 / (float)d->hop;
    const float dthrough = (through - d->through) * unit, dwet = (wet - d->wet) * unit;

    for (size_t t = 0; t < d->hop; t++) {
        const float i = (float)(int)(t + 1), raw = g->raw[from + t];
        const float removed = raw - g->x[from + t];

        g->ready[t] = (d->through + i * dthrough) * raw - (d->wet + i * dwet) * removed;
    }
}

static void measure(struct declick *d, const struct groove *g, size_t from)
{
    const float unit = 1 / (float)(d->hop * d->channels);

    for (size_t t = from; t < from + d->hop; t++) {
        const float removed = g->raw[t] - g->x[t];

        d->meter.values.in += unit * g->raw[t] * g->raw[t];
        d->meter.values.out += unit * g->x[t] * g->x[t];
        d->meter.values.noise += unit * removed * removed;
    }
}

/* Makes room for the next hop. */
static void advance(const struct declick *d, struct groove *g)
{
    const size_t stay = d->span - d->hop;

    memmove(g->raw, g->raw + d->hop, stay * sizeof *g->raw);
    memmove(g->x, g->x + d->hop, stay * sizeof *g->x);
    memmove(g->w, g->w + d->hop, stay * sizeof *g->w);
    memmove(g->state, g->state + d->hop, stay * sizeof *g->state);
    g->settled -= d->hop;
}

static bool process(void *engine, const struct block *b, const struct controls *c)
{
    struct declick *const d = engine;

    exchange(d, b);
    if (d->at < d->hop)
        return false;
    d->at = 0;

    const float through = c->residual && !c->bypass ? 0 : 1;
    const float wet = c->bypass ? 0 : c->residual ? -c->mix : c->mix;
    const size_t until = d->span - d->ahead, from = until - d->hop;

    meter_reset(&d->meter);
    for (size_t i = 0; i < d->channels; i++) {
        struct groove *const g = d->groove + i;

        repair(d, g, until);
        mix(d, g, from, through, wet);
        measure(d, g, from);
        advance(d, g);
    }
    d->through = through;
    d->wet = wet;
    return true;
}

static void report(const void *engine, struct report *r)
{
    const struct declick *const d = engine;

    *r = (struct report){
        .meter = d->meter.values,
        .rank = PREDICTOR_ORDER,
        .invalid = d->invalid,
    };
    for (size_t b = 0; b < METER_BANDS; b++)
        r->edge_hz[b] = (float)d->meter.edge_hz[b];
}

static void groove_state(const struct declick *d, struct groove *g, struct store *s)
{
    const size_t until = d->span - d->ahead;

    store_samples(s, g->raw, d->span, 1);
    store_samples(s, g->x, d->span, 100);
    store_finite(s, g->w, d->span);
    store_samples(s, g->ready, d->hop, 100);
    store_bytes(s, g->state, d->span, CLICK_LOST | CLICK_FOUND);
    store_size(s, &g->settled, until - d->hop, until);  /* a click is shorter than a hop */
}

static void state(void *engine, struct store *s)
{
    struct declick *const d = engine;

    store_size(s, &d->at, 0, d->hop - 1);
    store_floats(s, &d->through, 1, 0, 1);
    store_floats(s, &d->wet, 1, -1, 1);
    store_count(s, &d->invalid);
    meter_state(&d->meter, s);
    for (size_t c = 0; c < d->channels; c++)
        groove_state(d, d->groove + c, s);
}

const struct engine engine_declick = {
    .name = "declick",
    .size = sizeof(struct declick),
    .least_hz = 8000,
    .most_hz = 192000,
    .takes_latency = takes_latency,
    .place = place,
    .ready = ready,
    .close = close,
    .reset = reset,
    .latency = latency,
    .room = room,
    .process = process,
    .report = report,
    .state = state,
};
