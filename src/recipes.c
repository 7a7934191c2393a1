/* SPDX-License-Identifier: MIT
 *
 * recipes.c - the public face of filters: their names and texts, the settings that
 * they suggest, whether they are right; and the recipe that a configuration asks for.
 */
#include "inside.h"

#include "filter/file.h"
#include "filter/filter.h"

#include <math.h>
#include <string.h>

/* Relative; a rate that a file gives in so many digits is the one it means. */
static const double SAME_RATE = 1e-6;

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

lull_status lull_filter_check_file(const void *file, size_t file_size, char *message,
                                   size_t size)
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

lull_status recipe_settle(const lull_config *cfg, struct recipe *r)
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
