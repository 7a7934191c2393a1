/* SPDX-License-Identifier: MIT
 *
 * stretch.c - see stretch.h.
 */
#include "app/stretch.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 32 };

/* Digits with at most one point; nothing else. */
static bool read_number(const char *text, double *x)
{
    const char *point = strchr(text, '.');

    if (!*text || text[strspn(text, "0123456789.")] || (point && strchr(point + 1, '.')) ||
        !text[strspn(text, ".")])
        return false;
    *x = strtod(text, NULL);
    return true;
}

/* `fields` numbers with ':' between them, each worth sixty of the next. */
static bool read_time(char *text, int fields, double *s)
{
    *s = 0;
    for (int i = 0; i < fields; i++) {
        char *const colon = strchr(text, ':');
        double x;

        if (colon)
            *colon = '\0';
        if (!read_number(text, &x) || (i && x >= 60))
            return false;
        *s = 60 * *s + x;
        text = colon ? colon + 1 : text + strlen(text);
    }
    return true;
}

static int count(const char *text, char c)
{
    int n = 0;

    for (; *text; text++)
        n += *text == c;
    return n;
}

/* The colon in the middle parts the two times. */
static char *middle(char *text, int fields)
{
    while (fields--)
        text = strchr(text, ':') + 1;
    return text - 1;
}

bool section_read(const char *text, struct section *s)
{
    const int colons = count(text, ':'), fields = (colons + 1) / 2;
    char copy[LONGEST];

    if (colons % 2 == 0 || fields > 3 || strlen(text) >= sizeof copy)
        return false;
    strcpy(copy, text);

    char *const end = middle(copy, fields);

    *end = '\0';
    *s = (struct section){ .to = -1 };
    if ((*copy || fields > 1) && !read_time(copy, fields, &s->from))
        return false;
    if ((end[1] || fields > 1) && !read_time(end + 1, fields, &s->to))
        return false;
    return (*copy || end[1]) && (s->to < 0 || s->to > s->from);
}

bool part_read(const char *text, struct part *p)
{
    const size_t i = strspn(text, "0123456789");
    const size_t n = strspn(text + i + (text[i] == '/'), "0123456789");

    if (!i || text[i] != '/' || !n || text[i + 1 + n] || i > 6 || n > 6)
        return false;
    p->i = (unsigned)strtoul(text, NULL, 10);
    p->n = (unsigned)strtoul(text + i + 1, NULL, 10);
    return p->i >= 1 && p->i <= p->n;
}

static long long frame_at(double s, double rate_hz, long long most)
{
    const double frame = floor(s * rate_hz + 0.5);

    return frame < (double)most ? (long long)frame : most;
}

struct stretch stretch_of(const struct section *s, const struct part *p, double rate_hz,
                          long long frames)
{
    const long long from = frame_at(s->from, rate_hz, frames);
    const long long to = s->to < 0 ? frames : frame_at(s->to, rate_hz, frames), n = to - from;
    const long long whole = n / p->n, rest = n % p->n;

    return (struct stretch){ from + whole * (p->i - 1) + rest * (p->i - 1) / p->n,
                             from + whole * p->i + rest * p->i / p->n };
}
