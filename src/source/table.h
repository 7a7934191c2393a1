/* SPDX-License-Identifier: MIT
 *
 * table.h - a table in text: which columns are samples, and how its lines are
 * cut into fields.  source/csv.c finds that out; sink/csv.c puts other numbers
 * in the same places and leaves every other byte as it was.
 */
#ifndef LULL_SOURCE_TABLE_H
#define LULL_SOURCE_TABLE_H

#include "source/clock.h"
#include "source/lines.h"
#include "source/number.h"

enum { COLUMNS_MOST = 8192 };

struct column {
    bool passed;            /* no samples: time, a count of rows, or nothing at all */
    bool named, filled;     /* in a line before the rows; in one of the first rows  */
    struct style style;     /* of the numbers of the first rows                     */
};

struct table {
    struct lines lines;
    char delimiter;         /* ',', ';', '\t', ' ', or 0: there is one column only */
    size_t columns;
    struct column *column;  /* [columns]                                           */
    long long first;        /* line of the first row                               */
    size_t time;            /* the column of time, if steps.step > 0               */
    struct steps steps;
};

/* A comma is for decimals wherever it does not part fields. */
static inline bool table_comma(const struct table *t)
{
    return t->delimiter != ',';
}

/* A field without the blanks and quotes around it. */
struct field {
    const char *text;
    size_t n;
    bool torn;              /* its quote does not end on this line */
};

/* The fields of a line, one after another: start with { line.text, line.n }. */
struct cut {
    const char *rest;
    size_t n;
    bool done;
};

bool table_cut(char delimiter, struct cut *c, struct field *f);

/* A remark (#) or nothing at all: no row. */
bool table_idle(char delimiter, const struct line *line);

/* How many rows of this table are in text[n]; SIZE_MAX: there are others. */
size_t table_rows(const struct table *t, const char *text, size_t n);

void table_free(struct table *t);       /* NULL is fine */

#endif
