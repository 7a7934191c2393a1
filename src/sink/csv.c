/* SPDX-License-Identifier: MIT
 *
 * csv.c - the table that came in, with other numbers.
 *
 * The source keeps the text of its lines (source/lines.h) until the samples
 * that belong to them arrive here.  Of a row only the digits of samples are
 * replaced, in the style of their column up to here; time, delimiters, quotes,
 * blanks and line ends stay byte for byte, and so do all lines that are no rows.
 */
#include "sink/kinds.h"
#include "source/table.h"
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct csv {
    struct table *table;
    size_t n;
    char bytes[1 << 16];    /* [n], not yet written */
    struct style style[];   /* [columns]            */
};

static bool flush(struct sink *s, struct csv *c, struct fault *why)
{
    const size_t n = c->n;

    c->n = 0;
    return sink_put(s, c->bytes, n, why);
}

static bool put(struct sink *s, struct csv *c, const char *text, size_t n, struct fault *why)
{
    if (n > sizeof c->bytes - c->n && !flush(s, c, why))
        return false;
    if (n > sizeof c->bytes)
        return sink_put(s, text, n, why);
    memcpy(c->bytes + c->n, text, n);
    c->n += n;
    return true;
}

static size_t print(struct csv *c, size_t column, const struct field *f, float x, char *to)
{
    struct style *const style = &c->style[column];
    struct look look;
    double was;

    if (number_read(f->text, f->n, table_comma(c->table), &was, &look) == NUMBER)
        style_learn(style, was, look);
    return number_print(style, (double)x, to);
}

static bool put_row(struct sink *s, struct csv *c, const struct line *line, const float *x,
                    struct fault *why)
{
    const struct table *const t = c->table;
    struct cut cut = { .rest = line->text, .n = line->n };
    const char *done = line->start;
    char number[NUMBER_ROOM];
    size_t i = 0;

    for (struct field f; table_cut(t->delimiter, &cut, &f); i++) {
        if (t->column[i].passed)
            continue;

        const size_t n = print(c, i, &f, *x++, number);

        if (!put(s, c, done, (size_t)(f.text - done), why) || !put(s, c, number, n, why))
            return false;
        done = f.text + f.n;
    }
    return put(s, c, done, (size_t)(line->start + line->whole - done), why);
}

/* Lines up to the next row, which is left in *line; false: there is none left,
 * or an error. */
static bool next_row(struct sink *s, struct csv *c, struct line *line, struct fault *why)
{
    struct table *const t = c->table;

    while (lines_give(&t->lines, line)) {
        if (!table_idle(t->delimiter, line))
            return true;
        if (!put(s, c, line->start, line->whole, why))
            return false;
    }
    return false;
}

static bool csv_write(struct sink *s, const float *x, size_t frames, struct fault *why)
{
    struct csv *const c = s->state;
    struct line line;

    for (size_t t = 0; t < frames; t++)
        if (!next_row(s, c, &line, why) ||
            !put_row(s, c, &line, x + t * s->sound.channels, why))
            return false;
    return flush(s, c, why);
}

static void csv_abandon(struct sink *s)
{
    free(s->state);
    s->state = NULL;
}

/* What stood after the last row. */
static bool csv_finish(struct sink *s, struct fault *why)
{
    struct csv *const c = s->state;
    struct line line;

    why->code = 0;
    next_row(s, c, &line, why);
    return !why->code && flush(s, c, why);
}

/* What stands before the first row. */
static bool put_head(struct sink *s, struct csv *c, struct fault *why)
{
    struct lines *const l = &c->table->lines;
    struct line line;

    while (l->written < c->table->first && lines_give(l, &line))
        if (!put(s, c, line.start, line.whole, why))
            return false;
    return true;
}

bool sink_csv_open(struct sink *s, const struct source *from, struct fault *why)
{
    struct table *const t = from->table;

    if (!t)
        return fault_set(why, EX_CANTCREAT, "%s: a table is written only where one was read: "
                         "%s has no rows to put the numbers in", s->name, from->name);

    struct csv *const c = calloc(1, sizeof *c + t->columns * sizeof *c->style);

    if (!c)
        return fault_set(why, EX_OSERR, "%s: out of memory", s->name);
    c->table = t;
    for (size_t i = 0; i < t->columns; i++)
        c->style[i] = t->column[i].style;
    t->lines.kept = true;
    s->state = c;
    s->write = csv_write;
    s->finish = csv_finish;
    s->abandon = csv_abandon;
    memcpy(s->kind, from->kind, sizeof s->kind);
    return put_head(s, c, why);
}
