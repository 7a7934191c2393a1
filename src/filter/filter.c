/* SPDX-License-Identifier: MIT
 *
 * filter.c - see filter.h.  Numbers are read by hand, since strtod obeys the
 * locale of the program around us and would take "0,5" for a number in some.
 *
 * A key is a row of the table below: what it is called, where it goes, and
 * what it may be.
 */
#include "filter/filter.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

/* A key takes a number from least to most, or one of some words. */
struct key {
    const char *name;
    size_t field;               /* offset in struct recipe */
    float least, most;
    const char *const *words;   /* up to NULL; the value is the number of the word */
    const char *wanted;         /* what to say of anything else */
};

static const char *const answers[] = { "no", "yes", NULL };
static const char *const hums[] = { "no", "auto", NULL };
static const char *const engines[] = { "spectral", "subspace", "declick", "music", NULL };

#define AT(field) offsetof(struct recipe, field)

static const struct key keys[] = {
    { "latency", AT(latency_ms), 0, 1e5f, NULL, "must be 0 to 100000 ms" },
    { "reduction", AT(reduction_db), 0, 60, NULL, "must be 0 to 60 dB" },
    { "mix", AT(mix), 0, 1, NULL, "must be 0 to 1" },
    { "joint", AT(joint), 0, 1, answers, "must be yes or no" },
    { "lags", AT(lags), 1, 4096, NULL, "must be 1 to 4096 frames" },
    { "window", AT(window_ms), 0, 1e5f, NULL, "must be 0 to 100000 ms" },
    { "rank", AT(rank), 0, 256, NULL, "must be 0 to 256" },
    { "step", AT(step), 0, 1, NULL, "must be 0 to 1" },
    { "threshold", AT(threshold), 0, 100, NULL, "must be 0 to 100" },
    { "hold", AT(hold), 0, 1e6f, NULL, "must be 0 to 1000000 frames" },
    { "complement", AT(complement), 0, 1, answers, "must be yes or no" },
    { "patience", AT(patience_ms), 0, 1e5f, NULL, "must be 0 to 100000 ms" },
    { "shared", AT(shared), 0, 1, answers, "must be yes or no" },
    { "caution", AT(caution), 0, 1, NULL, "must be 0 to 1" },
    { "spikes", AT(spikes), 0, 1, answers, "must be yes or no" },
    { "hum", AT(hum), 0, 1, hums, "must be no, auto or 0 to 1 Hz" },
    { "denoise", AT(denoise), 0, 1, answers, "must be yes or no" },
    { "wander", AT(wander_s), 0, 1e5f, NULL, "must be 0 to 100000 s" },
};

#define AT_HEAD(field) offsetof(struct filter_head, field)

static const struct head_key {
    const char *name;
    size_t field;               /* offset in struct filter_head */
    double least, most;
    bool whole;
    const char *wanted;
} head_keys[] = {
    { "rate", AT_HEAD(rate_hz), 1e-9, 1e9, false, "must be above 0 Hz" },
    { "channels", AT_HEAD(channels), 1, 4096, true, "must be 1 to 4096" },
    { "body", AT_HEAD(body), 0, 1e15, true, "must be a number of bytes" },
};

const char *filter_find(const char *name)
{
    if (!name)
        return NULL;
    for (const struct filter_text *t = filter_builtin; t->name; t++)
        if (!strcmp(t->name, name))
            return t->text;
    return strchr(name, '=') ? name : NULL;
}

static size_t blanks(const char *s)
{
    return strspn(s, " \t\r");
}

static size_t word(const char *s)
{
    return strcspn(s, " \t\r\n=#");
}

static bool ends(const char *s)
{
    s += blanks(s);
    return !*s || *s == '\n' || *s == '#';
}

static bool same(const char *name, const char *s, size_t length)
{
    return strlen(name) == length && !memcmp(name, s, length);
}

/* Reads a number like 12, -3 or 0.5; gives where it ends, NULL if there is none. */
static const char *number(const char *s, double *value)
{
    const bool negative = *s == '-';
    const char *const from = s + negative;
    double x = 0, unit = 1;

    for (s = from; *s >= '0' && *s <= '9'; s++)
        x = 10 * x + (*s - '0');
    if (*s == '.')
        for (s++; *s >= '0' && *s <= '9'; s++)
            x += (*s - '0') * (unit /= 10);
    *value = negative ? -x : x;
    return s == from ? NULL : s;
}

/* The place of the word in the list, -1 if it is not there. */
static int place_in(const char *const *words, const char *s, size_t length)
{
    for (int i = 0; words[i]; i++)
        if (same(words[i], s, length))
            return i;
    return -1;
}

static bool refuse(struct filter_fault *why, const char *s, size_t length, const char *reason)
{
    if (length >= sizeof why->word)
        length = sizeof why->word - 1;
    memcpy(why->word, s, length);
    why->word[length] = '\0';
    why->reason = reason;
    return false;
}

static bool parse_value(const struct key *key, const char *s, struct recipe *r,
                        struct filter_fault *why)
{
    double value = 0;
    const char *end = number(s, &value);

    if (key->words && !end) {
        const int i = place_in(key->words, s, word(s));

        value = i;
        end = i < 0 ? NULL : s + word(s);
    } else if (end && !((float)value >= key->least && (float)value <= key->most)) {
        end = NULL;
    }
    if (!end || !ends(end))
        return refuse(why, key->name, strlen(key->name), key->wanted);
    *(float *)((char *)r + key->field) = (float)value;
    return true;
}

static bool parse_engine(const char *s, struct recipe *r, struct filter_fault *why)
{
    const size_t length = word(s);

    if (place_in(engines, s, length) < 0 || !ends(s + length))
        return refuse(why, s, length, "no such engine");
    memcpy(r->engine, s, length);
    r->engine[length] = '\0';
    return true;
}

/* ---- what only learned filters have */

enum { MAJOR = 1, MINOR = 0 };

/* The first key: without it nothing that follows can be understood. */
static bool parse_format(const char *s, struct filter_head *h, struct filter_fault *why)
{
    const char *const point = s + strspn(s, "0123456789");
    const char *const minor = point + (*point == '.');
    const char *const end = minor + strspn(minor, "0123456789");

    if (h->major > 0)
        return refuse(why, "format", 6, "is told already");
    if (point == s || minor == point || end == minor || !ends(end))
        return refuse(why, "format", 6, "must be as 1.0");
    number(s, &h->major);
    number(minor, &h->minor);
    h->major = floor(h->major);
    if (h->major > MAJOR)
        return refuse(why, "format", 6, "was written by a newer lull");
    return h->major >= MAJOR || refuse(why, "format", 6, "must be 1.0");
}

static bool parse_number(const struct head_key *key, const char *s, struct filter_head *h,
                         struct filter_fault *why)
{
    double value;
    const char *const end = number(s, &value);

    if (!end || !ends(end) || !(value >= key->least && value <= key->most) ||
        (key->whole && value != floor(value)))
        return refuse(why, key->name, strlen(key->name), key->wanted);
    *(double *)((char *)h + key->field) = value;
    return true;
}

/* A key with a value that only a learned filter's text may have, or one from the
 * future. */
static bool parse_head_key(const char *name, size_t length, const char *s,
                           struct filter_head *h, struct filter_fault *why)
{
    if (same("format", name, length))
        return h ? parse_format(s, h, why)
                 : refuse(why, name, length,
                          "a learned filter, of which only the beginning is here");
    for (size_t i = 0; h && i < sizeof head_keys / sizeof *head_keys; i++)
        if (same(head_keys[i].name, name, length)) {
            h->ended = head_keys[i].field == AT_HEAD(body);
            return parse_number(head_keys + i, s, h, why);
        }
    return (h && h->minor > MINOR) || refuse(why, name, length, "no such key");
}

/* ---- line by line */

static bool parse_line(const char *s, struct recipe *r, struct filter_head *h,
                       struct filter_fault *why)
{
    s += blanks(s);
    if (ends(s))
        return true;

    const char *const name = s;
    const size_t length = word(s);

    s += length;
    s += blanks(s);
    if (*s++ != '=')
        return refuse(why, name, length, "a line must read key = value");
    if (h && !(h->major > 0) && !same("format", name, length))
        return refuse(why, name, length, "the first key must be format");
    if (h && h->ended)
        return refuse(why, name, length, "the last key must be body");
    s += blanks(s);
    if (same("engine", name, length))
        return parse_engine(s, r, why);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (same(keys[i].name, name, length))
            return parse_value(keys + i, s, r, why);
    return parse_head_key(name, length, s, h, why);
}

static bool parse(const char *text, struct recipe *r, struct filter_head *h,
                  struct filter_fault *why)
{
    *r = (struct recipe){
        .engine = "spectral",
        .latency_ms = -1,
        .reduction_db = 24,
        .mix = 1,
        .hold = 1,
        .complement = 1,
        .denoise = 1,
    };
    for (why->line = 1; *text; why->line++) {
        if (!parse_line(text, r, h, why))
            return false;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return true;
}

bool filter_parse(const char *text, struct recipe *r, struct filter_fault *why)
{
    return parse(text, r, NULL, why);
}

bool filter_parse_head(const char *text, struct recipe *r, struct filter_head *h,
                       struct filter_fault *why)
{
    *h = (struct filter_head){ 0 };
    if (!parse(text, r, h, why))
        return false;
    return h->ended || refuse(why, "body", 4, "is missing");
}
