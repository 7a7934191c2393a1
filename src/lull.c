/* SPDX-License-Identifier: MIT
 *
 * lull.c - the public face of the denoiser: allocates, checks, dispatches.
 *
 * Controls come in and readings go out through atomics, so that both may be
 * touched from any thread while the stream runs.
 */
#include "lull.h"

#include "base/mailbox.h"
#include "engine/spectral.h"
#include "filter/filter.h"

#include <math.h>
#include <stdlib.h>

enum { CONTROLS = LULL_FREEZE + 1 };

struct lull {
    struct spectral engine;
    size_t channels, bytes;
    size_t tail;                        /* frames of the tail already flushed */
    unsigned long long frames;
    _Atomic float control[CONTROLS];    /* indexed by lull_control            */
    struct mailbox report;
};

/* What the stream leaves for lull_read(), which does the arithmetic. */
struct report {
    struct meter_values meter;
    float speech, step;
    unsigned rank;
    unsigned long long frames, invalid;
};
_Static_assert(sizeof(struct report) <= 4 * MAILBOX_WORDS, "a report fits the mailbox");
_Static_assert((int)LULL_BANDS == (int)METER_BANDS, "as many bands are shown as are measured");

lull_config lull_preset(const char *filter, double rate_hz, unsigned channels)
{
    const char *const text = filter_find(filter);
    struct filter f;
    int line;

    if (!text || !filter_parse(text, &f, &line))
        return (lull_config){ .rate_hz = rate_hz, .channels = channels };
    return (lull_config){
        .filter = filter,
        .rate_hz = rate_hz,
        .channels = channels,
        .latency_ms = f.latency_ms,
        .reduction_db = f.reduction_db,
        .mix = f.mix,
    };
}

static lull_status check(const lull_config *cfg)
{
    if (!filter_find(cfg->filter))
        return LULL_BAD_FILTER;
    if (!(cfg->rate_hz >= 8000 && cfg->rate_hz <= 192000))
        return LULL_BAD_RATE;
    if (cfg->channels < 1 || cfg->channels > LULL_MAX_CHANNELS)
        return LULL_BAD_CHANNELS;
    if (cfg->latency_ms != 32 && cfg->latency_ms != 16 && cfg->latency_ms != 10)
        return LULL_BAD_LATENCY;
    if (!(cfg->reduction_db >= 0 && cfg->reduction_db <= 60))
        return LULL_BAD_REDUCTION;
    if (!(cfg->mix >= 0 && cfg->mix <= 1))
        return LULL_BAD_MIX;
    return LULL_OK;
}

/* The instance and all its arrays, in this order; measures or lays out. */
static lull *place(struct arena *a, const lull_config *cfg)
{
    lull measured, *const placed = arena_take(a, 1, sizeof *placed);
    lull *const l = placed ? placed : &measured;

    spectral_place(&l->engine, a, cfg->rate_hz, cfg->channels, cfg->latency_ms);
    return placed;
}

lull *lull_new(const lull_config *cfg, lull_status *why)
{
    lull_status unwanted, *const status = why ? why : &unwanted;

    *status = check(cfg);
    if (*status != LULL_OK)
        return NULL;

    struct arena a = { 0 };

    place(&a, cfg);
    *status = LULL_NO_MEMORY;
    if (a.used == SIZE_MAX)
        return NULL;

    const size_t bytes = a.used;

    a = (struct arena){ .block = aligned_alloc(ARENA_ALIGN, bytes) };
    if (!a.block)
        return NULL;

    lull *const l = place(&a, cfg);

    l->channels = cfg->channels;
    l->bytes = bytes;
    if (!spectral_ready(&l->engine)) {
        lull_free(l);
        return NULL;
    }
    lull_set(l, LULL_REDUCTION_DB, cfg->reduction_db);
    lull_set(l, LULL_MIX, cfg->mix);
    lull_reset(l);
    *status = LULL_OK;
    return l;
}

void lull_free(lull *l)
{
    if (!l)
        return;
    spectral_close(&l->engine);
    free(l);
}

void lull_reset(lull *l)
{
    spectral_reset(&l->engine);
    l->tail = 0;
    l->frames = 0;
    mailbox_put(&l->report, &(struct report){ 0 }, sizeof(struct report));
}

size_t lull_latency(const lull *l)
{
    return l->engine.plan.tail;
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
    const float most = c == LULL_REDUCTION_DB ? 60.0f : 1.0f;

    if ((unsigned)c < CONTROLS && !isnan(value))
        atomic_store_explicit(&l->control[c], fminf(fmaxf(value, 0), most),
                              memory_order_relaxed);
}

static float decibel(float power)
{
    return 10 * log10f(fmaxf(power, 1e-20f));
}

void lull_read(const lull *l, lull_readings *r)
{
    struct report now;

    mailbox_get(&l->report, &now, sizeof now);
    *r = (lull_readings){
        .in_db = decibel(now.meter.in),
        .out_db = decibel(now.meter.out),
        .noise_db = decibel(now.meter.noise),
        .speech = now.speech,
        .step = now.step,
        .rank = now.rank,
        .frames = now.frames,
        .invalid = now.invalid,
    };
    r->removed_db = r->in_db - r->out_db;
    for (size_t b = 0; b < LULL_BANDS; b++) {
        r->band_hz[b] = (float)l->engine.meter.edge_hz[b];
        r->band_gain_db[b] =
            fminf(decibel(now.meter.band_out[b]) - decibel(now.meter.band_in[b]), 0);
    }
}

static void publish(lull *l)
{
    const struct report now = {
        .meter = l->engine.meter.values,
        .speech = l->engine.speech,
        .step = l->engine.masked.step,
        .rank = MASKED_RANK,
        .frames = l->frames,
        .invalid = l->engine.invalid,
    };
    mailbox_put(&l->report, &now, sizeof now);
}

/* After n frames of every channel have been exchanged. */
static void advance(lull *l, size_t n)
{
    const struct spectral_controls c = {
        .reduction_db = control(l, LULL_REDUCTION_DB),
        .mix = control(l, LULL_MIX),
        .residual = control(l, LULL_RESIDUAL) >= 0.5f,
        .bypass = control(l, LULL_BYPASS) >= 0.5f,
        .freeze = control(l, LULL_FREEZE) >= 0.5f,
    };
    l->frames += n;
    if (spectral_update(&l->engine, n, &c))
        publish(l);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

void lull_process(lull *l, const float *in, float *out, size_t frames)
{
    const size_t channels = l->channels;

    if (frames)
        l->tail = 0;
    for (size_t done = 0; done < frames;) {
        const size_t n = least(frames - done, spectral_room(&l->engine));

        for (size_t c = 0; c < channels; c++)
            spectral_exchange(&l->engine, c, in + done * channels + c, channels,
                              out + done * channels + c, channels, n);
        advance(l, n);
        done += n;
    }
}

void lull_process_planar(lull *l, const float *const *in, float *const *out, size_t frames)
{
    if (frames)
        l->tail = 0;
    for (size_t done = 0; done < frames;) {
        const size_t n = least(frames - done, spectral_room(&l->engine));

        for (size_t c = 0; c < l->channels; c++)
            spectral_exchange(&l->engine, c, in[c] + done, 1, out[c] + done, 1, n);
        advance(l, n);
        done += n;
    }
}

size_t lull_flush(lull *l, float *out, size_t frames)
{
    const size_t n = least(frames, lull_latency(l) - l->tail), tail = l->tail + n;

    for (size_t i = 0; i < n * l->channels; i++)
        out[i] = 0;
    lull_process(l, out, out, n);
    l->tail = tail;
    return n;
}

const char *lull_version(void)
{
    return LULL_VERSION;
}
