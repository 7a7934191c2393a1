/* SPDX-License-Identifier: MIT
 *
 * filter.c - see filter.h.  Numbers are read by hand, since strtod obeys the
 * locale of the program around us and would take "0,5" for a number in some.
 */
#include "filter/filter.h"

#include <stddef.h>
#include <string.h>

const char *filter_find(const char *name)
{
    if (!name)
        return NULL;
    for (const struct filter_text *t = filter_builtin; t->name; t++)
        if (!strcmp(t->name, name))
            return t->text;
    return NULL;
}

static const char *skip_blanks(const char *s)
{
    while (*s == ' ' || *s == '\t' || *s == '\r')
        s++;
    return s;
}

static bool ends(const char *s)
{
    return !*s || *s == '\n' || *s == '#';
}

/* A number like 12 or 0.5; false if there is none. */
static bool parse_number(const char **s, float *value)
{
    const char *p = *s;
    double x = 0, unit = 1;

    while (*p >= '0' && *p <= '9')
        x = 10 * x + (*p++ - '0');
    if (*p == '.')
        for (p++; *p >= '0' && *p <= '9'; p++)
            x += (*p - '0') * (unit /= 10);
    if (p == *s)
        return false;
    *value = (float)x;
    *s = p;
    return true;
}

/* What a key may be, and where its number goes. */
static float *field(struct filter *f, const char *key, size_t length)
{
    const struct {
        const char *key;
        float *value;
    } known[] = {
        { "latency", &f->latency_ms },
        { "reduction", &f->reduction_db },
        { "mix", &f->mix },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].key) == length && !memcmp(known[i].key, key, length))
            return known[i].value;
    return NULL;
}

static bool parse_line(const char *s, struct filter *f)
{
    s = skip_blanks(s);
    if (ends(s))
        return true;

    const size_t length = strcspn(s, " \t=\r\n#");
    const char *value = skip_blanks(s + length);

    if (*value++ != '=')
        return false;
    value = skip_blanks(value);
    if (length == 6 && !memcmp(s, "engine", 6)) {
        const size_t word = strcspn(value, " \t\r\n#");

        return word == 8 && !memcmp(value, "spectral", 8) && ends(skip_blanks(value + word));
    }
    float *const to = field(f, s, length);

    return to && parse_number(&value, to) && ends(skip_blanks(value));
}

bool filter_parse(const char *text, struct filter *f, int *line)
{
    *f = (struct filter){ .latency_ms = 32, .reduction_db = 24, .mix = 1 };
    for (*line = 1; *text; ++*line) {
        if (!parse_line(text, f))
            return false;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return true;
}
