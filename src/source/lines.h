/* SPDX-License-Identifier: MIT
 *
 * lines.h - lines of text between where they are read and where they are
 * written again, which is later, by as much as the denoiser lags behind.
 *
 *      from .. at      understood, not yet written: sink/csv.c is to come
 *      at .. end       read, not yet understood
 */
#ifndef LULL_SOURCE_LINES_H
#define LULL_SOURCE_LINES_H

#include "source/fault.h"
#include "source/tap.h"

enum { LINE_LONGEST = 1 << 20 };    /* bytes */

struct lines {
    char *text;             /* [room] */
    size_t room, from, at, end;
    size_t searched;        /* up to here the line at `at` has no end           */
    long long number;       /* of the line at `at`, from 1                      */
    long long written;      /* of the line at `from`, from 1                    */
    bool kept;              /* somebody will write them; else they go when understood */
    bool ended;             /* no more will come                                */
};

/* A line, without its end and without a mark of UTF-8 before the first.  Valid
 * until the next lines_wait(). */
struct line {
    const char *start;      /* with everything there is: start[whole] */
    size_t whole;
    const char *text;
    size_t n;
};

/* Waits until a line stands at `at`; false: there is none, or an error. */
bool lines_wait(struct lines *l, struct tap *tap, const char *name, struct fault *why);

bool lines_ready(struct lines *l);              /* without waiting            */
struct line lines_take(struct lines *l);        /* the line at `at`, if ready */

/* Back to a place that was `at` once, and has been kept since. */
void lines_back(struct lines *l, size_t at, long long number);

/* The line at `from`, to be written; false: none is understood yet. */
bool lines_give(struct lines *l, struct line *line);

/* Takes all that is understood and not yet written, as one: rest.start[rest.whole]. */
struct line lines_rest(struct lines *l);

/* Lines that come before the one at `at`, as if understood; false: no memory. */
bool lines_insert(struct lines *l, const char *text, size_t n);

void lines_free(struct lines *l);

#endif
