/* SPDX-License-Identifier: MIT
 *
 * lull.c - the public face of the denoiser: allocates, checks, dispatches.
 *
 * Controls come in and readings go out through atomics, so that both may be
 * touched from any thread while the stream runs.
 */
#include "inside.h"

#include "filter/file.h"
#include "filter/filter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Relative; a rate that a file gives in so many digits is the one it means. */
static const double SAME_RATE = 1e-6;

/* What the stream leaves for lull_read(), which does the arithmetic. */
struct news {
    struct report report;
    unsigned long long frames;
};
_Static_assert(sizeof(struct news) <= 4 * MAILBOX_WORDS, "the news fits the mailbox");
_Static_assert((int)LULL_BANDS == (int)METER_BANDS, "as many bands are shown as are measured");

/* The recipe in the filter of that name, or text. */
static bool find_recipe(const char *filter, struct recipe *r)
{
    const char *const text = filter_find(filter);
    struct filter_fault unused;

    return text && filter_parse(text, r, &unused);
}

static lull_config preset(const struct recipe *r, double rate_hz, unsigned channels)
{
    return (lull_config){
        .rate_hz = rate_hz,
        .channels = channels,
        .latency_ms = r->latency_ms,
        .reduction_db = r->reduction_db,
        .mix = r->mix,
    };
}

lull_config lull_preset(const char *filter, double rate_hz, unsigned channels)
{
    struct recipe r;
    lull_config cfg = { .rate_hz = rate_hz, .channels = channels };

    if (find_recipe(filter, &r)) {
        cfg = preset(&r, rate_hz, channels);
        cfg.filter = filter;
    }
    return cfg;
}

lull_config lull_preset_file(const void *file, size_t size, double rate_hz, unsigned channels)
{
    struct filter_file f;
    struct filter_fault unused;
    lull_config cfg = { .rate_hz = rate_hz, .channels = channels };

    if (filter_file_open(file, size, &f, &unused)) {
        cfg = preset(&f.recipe, rate_hz > 0 ? rate_hz : f.head.rate_hz,
                     channels ? channels : (unsigned)f.head.channels);
        cfg.filter = file;
        cfg.filter_size = size;
    }
    return cfg;
}

const char *lull_filter_name(size_t i)
{
    const struct filter_text *t = filter_builtin;

    while (t->name && i--)
        t++;
    return t->name;
}

const char *lull_filter_text(const char *name)
{
    return name && !strchr(name, '=') ? filter_find(name) : NULL;
}

/* Adds a word to message[size], as far as it fits. */
static void say(char *message, size_t size, const char *text)
{
    const size_t used = strlen(message), n = strlen(text);
    const size_t fits = used + n < size ? n : size - used - 1;

    memcpy(message + used, text, fits);
    message[used + fits] = '\0';
}

static void say_number(char *message, size_t size, int x)
{
    char digits[12] = { 0 };
    size_t at = sizeof digits - 1;

    for (; x; x /= 10)
        digits[--at] = (char)('0' + x % 10);
    say(message, size, digits + at);
}

/* Says what is wrong, if anything is. */
static lull_status tell(bool right, const struct filter_fault *why, char *message, size_t size)
{
    if (size)
        *message = '\0';
    if (size && !right) {
        if (why->line) {
            say_number(message, size, why->line);
            say(message, size, ": ");
            say(message, size, why->word);
            say(message, size, ": ");
        }
        say(message, size, why->reason);
    }
    return right ? LULL_OK : LULL_BAD_FILTER;
}

lull_status lull_filter_check(const char *text, char *message, size_t size)
{
    struct recipe r;
    struct filter_fault why;

    return tell(filter_parse(text, &r, &why), &why, message, size);
}

static bool is_adapter(const struct filter_file *f)
{
    const unsigned char *unused;
    size_t size;

    return filter_file_section(f, "ADAP", &unused, &size);
}

/* The recipe in a file, and what was learned. */
static struct recipe learned_recipe(const struct filter_file *f)
{
    struct recipe r = f->recipe;
    struct learned *const l = &r.learned;

    l->rate_hz = f->head.rate_hz;
    l->channels = (size_t)f->head.channels;
    filter_file_section(f, "NOIS", &l->noise, &l->noise_size);
    filter_file_section(f, "SIGN", &l->signal, &l->signal_size);
    return r;
}

/* Whether what was learned is whole, and goes with the rest. */
static bool is_sound(const struct recipe *r)
{
    const struct engine *const kind = engine_named(r->engine);
    const struct learned *const l = &r->learned;

    if (kind && kind->takes_learned)
        return kind->takes_learned(r);
    return kind && !l->signal && !l->noise;
}

/* The same of a file; an adapter is judged with its base. */
static bool check_learned(const struct filter_file *f, struct filter_fault *why)
{
    struct recipe r = learned_recipe(f);

    r.rate_hz = r.learned.rate_hz;
    r.channels = r.learned.channels;
    *why = (struct filter_fault){ .reason = "what was learned does not go with its settings" };
    return is_adapter(f) || is_sound(&r);
}

lull_status lull_filter_check_file(const void *file, size_t file_size, char *message, size_t size)
{
    struct filter_file f;
    struct filter_fault why;
    const bool right = filter_file_open(file, file_size, &f, &why) && check_learned(&f, &why);

    return tell(right, &why, message, size);
}

/* The recipe and what was learned from a file's bytes, if the stream suits it. */
static lull_status open_file(const lull_config *cfg, struct recipe *r)
{
    const struct learned *const l = &r->learned;
    struct filter_file f;
    struct filter_fault unused;

    if (!cfg->filter || !filter_file_open(cfg->filter, cfg->filter_size, &f, &unused) ||
        is_adapter(&f))             /* which is nothing without its base */
        return LULL_BAD_FILTER;
    *r = learned_recipe(&f);
    if (!l->signal)
        return LULL_OK;
    if (!(fabs(cfg->rate_hz - l->rate_hz) <= SAME_RATE * l->rate_hz))
        return LULL_BAD_RATE;
    return cfg->channels == l->channels ? LULL_OK : LULL_BAD_CHANNELS;
}

/* The recipe that the configuration asks for. */
static lull_status settle(const lull_config *cfg, struct recipe *r)
{
    const struct engine *kind;
    lull_status status = LULL_OK;

    if (cfg->filter_size)
        status = open_file(cfg, r);
    else if (!find_recipe(cfg->filter, r))
        status = LULL_BAD_FILTER;
    if (status != LULL_OK)
        return status;
    if (!(kind = engine_named(r->engine)))
        return LULL_BAD_FILTER;
    if (!(cfg->rate_hz >= kind->least_hz && cfg->rate_hz <= kind->most_hz))
        return LULL_BAD_RATE;
    if (cfg->channels < 1 || cfg->channels > LULL_MAX_CHANNELS)
        return LULL_BAD_CHANNELS;
    if (!kind->takes_latency(cfg->latency_ms))
        return LULL_BAD_LATENCY;
    if (!(cfg->reduction_db >= 0 && cfg->reduction_db <= 60))
        return LULL_BAD_REDUCTION;
    if (!(cfg->mix >= 0 && cfg->mix <= 1))
        return LULL_BAD_MIX;
    if (cfg->adapt > LULL_MAX_ADAPT || (cfg->adapt && !r->learned.signal))
        return LULL_BAD_ADAPT;
    r->learned.adapt = cfg->adapt;
    r->rate_hz = cfg->rate_hz;
    r->channels = cfg->channels;
    r->latency_ms = cfg->latency_ms;
    r->reduction_db = cfg->reduction_db;
    r->mix = cfg->mix;
    return is_sound(r) ? LULL_OK : LULL_BAD_FILTER;
}

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

    *status = settle(cfg, &r);
    if (*status != LULL_OK)
        return NULL;

    struct arena a = { 0 };

    place(&a, &r);
    *status = LULL_NO_MEMORY;
    if (a.used == SIZE_MAX)
        return NULL;

    const size_t bytes = a.used;

    a = (struct arena){ .block = aligned_alloc(ARENA_ALIGN, bytes) };
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
        atomic_store_explicit(&l->control[c], fminf(fmaxf(value, range[c].least), range[c].most),
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

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
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
                     r->caution_db, r->hum,        r->denoise,   r->wander_s };

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

static const struct store_kind stored = { "LULLSIG", 1, shape, state };

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
