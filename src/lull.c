/* SPDX-License-Identifier: MIT
 *
 * lull.c - the public face of the denoiser: allocates, dispatches.
 *
 * Controls come in and readings go out through atomics, so that both may be
 * touched from any thread while the stream runs.
 */
#include "inside.h"

#include "base/least.h"
#include "base/store.h"
#include "memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the stream leaves for lull_read(), which does the arithmetic. */
struct news {
    struct report report;
    unsigned long long frames;
};
_Static_assert(sizeof(struct news) <= 4 * MAILBOX_WORDS, "the news fits the mailbox");
_Static_assert((int)LULL_BANDS == (int)METER_BANDS, "as many bands are shown as are measured");

/* What tells one learned filter from another. */
static uint32_t seal(const struct learned *l)
{
    const uint32_t signal = store_crc(0, l->signal, l->signal_size);

    return store_crc(signal, l->noise, l->noise_size);
}

/* The instance and all its arrays, in this order; measures or lays out. */
static lull *place(struct arena *a, const struct recipe *r)
{
    const struct engine *const kind = engine_named(r->engine);
    lull measured, *const placed = arena_take(a, 1, sizeof *placed);
    lull *const l = placed ? placed : &measured;

    l->kind = kind;
    l->recipe = *r;
    l->learned = seal(&r->learned);
    l->channels = r->channels;
    l->in = arena_take(a, r->channels, sizeof *l->in);
    l->out = arena_take(a, r->channels, sizeof *l->out);
    l->engine = arena_take(a, 1, kind->size);
    kind->place(l->engine, a, r);
    return placed;
}

lull *lull_new(const lull_config *cfg, lull_status *why)
{
    lull_status unwanted, *const status = why ? why : &unwanted;
    struct recipe r;

    *status = recipe_settle(cfg, &r);
    if (*status != LULL_OK)
        return NULL;

    struct arena a = { 0 };

    place(&a, &r);
    const size_t bytes = a.used;

    a = (struct arena){ .block = memory_for(&a) };
    *status = LULL_NO_MEMORY;
    if (!a.block)
        return NULL;

    lull *const l = place(&a, &r);

    l->bytes = bytes;
    l->recipe.learned.signal = l->recipe.learned.noise = NULL;  /* theirs, not ours */
    if (!l->kind->ready(l->engine)) {
        lull_free(l);
        return NULL;
    }
    lull_set(l, LULL_REDUCTION_DB, cfg->reduction_db);
    lull_set(l, LULL_MIX, cfg->mix);
    lull_set(l, LULL_RANK, LULL_MAX_RANK);
    lull_reset(l);
    *status = LULL_OK;
    return l;
}

void lull_free(lull *l)
{
    if (!l)
        return;
    l->kind->close(l->engine);
    free(l);
}

/* Leaves the engine's report for whoever asks. */
static void publish(lull *l)
{
    struct news now = { .frames = l->frames };

    l->kind->report(l->engine, &now.report);
    mailbox_put(&l->news, &now, sizeof now);
}

void lull_reset(lull *l)
{
    l->kind->reset(l->engine);
    l->tail = 0;
    l->frames = 0;
    publish(l);
}

size_t lull_latency(const lull *l)
{
    return l->kind->latency(l->engine);
}

size_t lull_memory(const lull *l)
{
    return l->bytes;
}

static float control(const lull *l, lull_control c)
{
    return atomic_load_explicit(&l->control[c], memory_order_relaxed);
}

void lull_set(lull *l, lull_control c, float value)
{
    static const struct {
        float least, most;
    } range[CONTROLS] = {
        [LULL_REDUCTION_DB] = { 0, 60 }, [LULL_MIX] = { 0, 1 },
        [LULL_RESIDUAL] = { 0, 1 },      [LULL_BYPASS] = { 0, 1 },
        [LULL_FREEZE] = { 0, 1 },        [LULL_RANK] = { 1, LULL_MAX_RANK },
    };

    if ((unsigned)c < CONTROLS && !isnan(value))
        atomic_store_explicit(&l->control[c],
                              fminf(fmaxf(value, range[c].least), range[c].most),
                              memory_order_relaxed);
}

static float decibel(float power)
{
    return 10 * log10f(fmaxf(power, 1e-20f));
}

void lull_read(const lull *l, lull_readings *r)
{
    struct news now;
    const struct report *const p = &now.report;

    mailbox_get(&l->news, &now, sizeof now);
    *r = (lull_readings){
        .in_db = decibel(p->meter.in),
        .out_db = decibel(p->meter.out),
        .noise_db = decibel(p->meter.noise),
        .speech = p->speech,
        .step = p->step,
        .fit = 1 - p->unfit,
        .rank = p->rank,
        .most_rank = p->most_rank,
        .frames = now.frames,
        .invalid = p->invalid,
    };
    r->removed_db = r->in_db - r->out_db;
    for (size_t b = 0; b < LULL_BANDS; b++) {
        r->band_hz[b] = p->edge_hz[b];
        r->band_gain_db[b] =
            fminf(decibel(p->meter.band_out[b]) - decibel(p->meter.band_in[b]), 0);
    }
}

/* The next n frames, from l->in to l->out. */
static void pass(lull *l, size_t in_stride, size_t out_stride, size_t n)
{
    const struct controls c = {
        .reduction_db = control(l, LULL_REDUCTION_DB),
        .mix = control(l, LULL_MIX),
        .residual = control(l, LULL_RESIDUAL) >= 0.5f,
        .bypass = control(l, LULL_BYPASS) >= 0.5f,
        .freeze = control(l, LULL_FREEZE) >= 0.5f,
        .ending = l->ending,
        .rank = (size_t)control(l, LULL_RANK),
    };
    const struct block b = { l->in, l->out, in_stride, out_stride, n };

    l->frames += n;
    if (l->kind->process(l->engine, &b, &c))
        publish(l);
}

void lull_process(lull *l, const float *in, float *out, size_t frames)
{
    const size_t channels = l->channels;

    if (frames)
        l->tail = 0;
    for (size_t done = 0; done < frames;) {
        const size_t n = least(frames - done, l->kind->room(l->engine));

        for (size_t c = 0; c < channels; c++) {
            l->in[c] = in + done * channels + c;
            l->out[c] = out + done * channels + c;
        }
        pass(l, channels, channels, n);
        done += n;
    }
}

void lull_process_planar(lull *l, const float *const *in, float *const *out, size_t frames)
{
    if (frames)
        l->tail = 0;
    for (size_t done = 0; done < frames;) {
        const size_t n = least(frames - done, l->kind->room(l->engine));

        for (size_t c = 0; c < l->channels; c++) {
            l->in[c] = in[c] + done;
            l->out[c] = out[c] + done;
        }
        pass(l, 1, 1, n);
        done += n;
    }
}

size_t lull_flush(lull *l, float *out, size_t frames)
{
    const size_t n = least(frames, lull_latency(l) - l->tail), tail = l->tail + n;

    for (size_t i = 0; i < n * l->channels; i++)
        out[i] = 0;
    l->ending = true;
    lull_process(l, out, out, n);
    l->ending = false;
    l->tail = tail;
    return n;
}

/* What two instances must share: all of the recipe but the controls.  Latencies
 * that are as many frames are one. */
static void shape(void *self, struct store *s)
{
    const struct lull *const l = self;
    const struct recipe *const r = &l->recipe;
    double rate_hz = r->rate_hz;
    float told[] = { r->joint,     r->lags,        r->window_ms, r->rank,       r->step,
                     r->threshold, r->hold,        r->complement, r->patience_ms, r->shared,
                     r->caution,   r->hum,        r->denoise,   r->wander_s };

    store_same(s, store_crc(0, l->kind->name, strlen(l->kind->name)));
    store_doubles(s, &rate_hz, 1, rate_hz, rate_hz);
    store_same(s, (uint32_t)l->channels);
    store_same(s, (uint32_t)lull_latency(l));
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        store_floats(s, told + i, 1, told[i], told[i]);
    if (r->learned.signal_size || r->learned.noise_size || r->learned.adapt) {
        store_same(s, l->learned);
        store_same(s, r->learned.adapt);
    }
}

static void state(void *self, struct store *s)
{
    lull *const l = self;

    store_size(s, &l->tail, 0, lull_latency(l));
    store_count(s, &l->frames);
    l->kind->state(l->engine, s);
}

static const struct store_kind stored = { "LULLSIG", 2, shape, state };

size_t lull_save(const lull *l, void *buf, size_t size)
{
    return store_save(&stored, (lull *)l, buf, size);   /* the walk is written for both ways */
}

lull_status lull_load(lull *l, const void *buf, size_t size)
{
    static const lull_status why[] = { [STORE_TAKEN] = LULL_OK,
                                       [STORE_BAD] = LULL_BAD_STATE,
                                       [STORE_WRONG] = LULL_WRONG_STATE };
    const enum store_verdict verdict = store_load(&stored, l, buf, size);

    if (verdict == STORE_TAKEN)
        publish(l);
    return why[verdict];
}

const char *lull_version(void)
{
    return LULL_VERSION;
}
