/* SPDX-License-Identifier: MIT
 *
 * table.c - lines cut into fields.
 */
#include "source/table.h"
#include <stdlib.h>
#include <stdint.h>
#include <string.h>

static bool is_blank(char c, char delimiter)
{
    return c == ' ' || (c == '\t' && delimiter != '\t');
}

static const char *skip_blanks(const char *p, const char *end, char delimiter)
{
    while (p < end && is_blank(*p, delimiter))
        p++;
    return p;
}

/* The quote that ends the one before p ("" stands for one), or `end`. */
static const char *closing_quote(const char *p, const char *end)
{
    for (; p < end; p++) {
        if (*p != '"')
            continue;
        if (p + 1 == end || p[1] != '"')
            return p;
        p++;
    }
    return end;
}

static const char *find_delimiter(const char *p, const char *end, char delimiter)
{
    const char *const found =
        delimiter && p < end ? memchr(p, delimiter, (size_t)(end - p)) : NULL;

    return found ? found : end;
}

static struct field trimmed(const char *p, const char *end, char delimiter)
{
    while (end > p && is_blank(end[-1], delimiter))
        end--;
    return (struct field){ p, (size_t)(end - p), false };
}

/* A field in quotes; what follows the second quote makes the quotes a part of it. */
static struct field quoted(const char *p, const char **stop, const char *end, char delimiter)
{
    const char *const quote = closing_quote(p + 1, end);
    const char *const after = quote < end ? quote + 1 : end;

    *stop = find_delimiter(after, end, delimiter);
    if (quote == end)
        return (struct field){ p, (size_t)(end - p), true };
    if (skip_blanks(after, *stop, delimiter) != *stop)
        return trimmed(p, *stop, delimiter);
    p = skip_blanks(p + 1, quote, delimiter);
    return trimmed(p, quote, delimiter);
}

bool table_cut(char delimiter, struct cut *c, struct field *f)
{
    const char *const end = c->rest + c->n, *stop;
    const char *const p = skip_blanks(c->rest, end, delimiter);

    if (c->done || (delimiter == ' ' && p == end))
        return false;
    if (p < end && *p == '"') {
        *f = quoted(p, &stop, end, delimiter);
    } else {
        stop = find_delimiter(p, end, delimiter);
        *f = trimmed(p, stop, delimiter);
    }
    c->done = stop == end;
    c->rest = c->done ? end : stop + 1;
    c->n = (size_t)(end - c->rest);
    return true;
}

bool table_idle(char delimiter, const struct line *line)
{
    const char *const end = line->text + line->n;
    const char *const p = skip_blanks(line->text, end, delimiter);

    return p == end || *p == '#';
}

static size_t fields(char delimiter, const struct line *line)
{
    struct cut c = { .rest = line->text, .n = line->n };
    struct field f;
    size_t n = 0;

    while (table_cut(delimiter, &c, &f))
        n++;
    return n;
}

size_t table_rows(const struct table *t, const char *text, size_t n)
{
    const char *const end = text + n;
    size_t rows = 0;

    while (text < end) {
        const char *const newline = memchr(text, '\n', (size_t)(end - text));
        struct line line = { .text = text, .n = (size_t)((newline ? newline : end) - text) };

        text = newline ? newline + 1 : end;
        line.n -= line.n && line.text[line.n - 1] == '\r';
        if (table_idle(t->delimiter, &line))
            continue;
        if (fields(t->delimiter, &line) != t->columns)
            return SIZE_MAX;
        rows++;
    }
    return rows;
}

void table_free(struct table *t)
{
    if (!t)
        return;
    lines_free(&t->lines);
    free(t->column);
    free(t);
}
