/* SPDX-License-Identifier: MIT
 *
 * clock.h - the rate of a table, from its column of times.
 */
#ifndef LULL_SOURCE_CLOCK_H
#define LULL_SOURCE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>

/* What the name of a column says of it. */
enum clock_name {
    CLOCK_NOT,              /* nothing about time                   */
    CLOCK_PERHAPS,          /* t, ms, ...: time, if it only goes on */
    CLOCK_DATE,
    CLOCK_TIME
};

/* *unit is in seconds, 0 where the name does not say. */
enum clock_name clock_named(const char *name, size_t n, double *unit);

enum { CLOCK_MOST = 4096 };

struct clock {
    size_t n;
    bool spelt;             /* with colons: seconds, whatever the name says */
    double grain;           /* worth of the last digit */
    double t[CLOCK_MOST];
};

/* Takes "0.25", "12:00:01.5", "2026-11-22T12:00:01Z", ...; false: it is none of
 * these, or there is no room. */
bool clock_add(struct clock *c, const char *text, size_t n, bool comma);

bool clock_full(const struct clock *c);         /* more would not make it better     */
bool clock_rises(const struct clock *c);        /* never back, and on at least once  */
bool clock_even(const struct clock *c);         /* on by the same at each row        */

/* Frames per second with times in `unit`, or in what their size suggests if that
 * is 0; 0: steps vary too much to tell. */
double clock_rate(const struct clock *c, double unit);

/* Whether time goes on by the same from row to row, once the clock is known. */
struct steps {
    double step, slack;     /* usual step, 0: none is; what it may differ by */
    double last;
    bool begun;
    long long uneven, line; /* steps that differ; line of the first          */
    double missing;         /* rows that would fill the wide ones            */
};

void steps_begin(struct steps *s, const struct clock *c);
void steps_add(struct steps *s, const char *text, size_t n, bool comma, long long line);

#endif
