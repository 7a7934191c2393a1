/* SPDX-License-Identifier: MIT
 *
 * clock.c - how many rows make a second.
 *
 * Times are rounded to their last digit, the grain q, so n rows over a span T
 * tell the rate to q/T.  A gap in the record is a step unlike the median; such
 * steps do not count.  A rate that may be a whole number is taken to be one.
 */
#include "source/clock.h"
#include "source/number.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const size_t FEW = 17;           /* rows, of which every clock wants to see so many */
static const double FINE = 1.0 / 2000;  /* an error of the rate that no filter notices */

/* ---- names */

struct word {
    const char *text;
    enum clock_name name;
    double unit;
};

static const struct word words[] = {
    { "time", CLOCK_TIME, 0 },      { "timestamp", CLOCK_TIME, 0 }, { "timestamps", CLOCK_TIME, 0 },
    { "zeit", CLOCK_TIME, 0 },      { "uhrzeit", CLOCK_TIME, 0 },   { "elapsed", CLOCK_TIME, 0 },
    { "epoch", CLOCK_TIME, 0 },     { "utc", CLOCK_TIME, 0 },       { "date", CLOCK_DATE, 0 },
    { "datum", CLOCK_DATE, 0 },     { "datetime", CLOCK_TIME, 0 },  { "seconds", CLOCK_TIME, 1 },
    { "second", CLOCK_TIME, 1 },    { "secs", CLOCK_TIME, 1 },      { "sec", CLOCK_TIME, 1 },
    { "s", CLOCK_NOT, 1 },          { "t", CLOCK_PERHAPS, 0 },      { "ms", CLOCK_PERHAPS, 1e-3 },
    { "msec", CLOCK_TIME, 1e-3 },   { "millis", CLOCK_TIME, 1e-3 },
    { "milliseconds", CLOCK_TIME, 1e-3 },                           { "us", CLOCK_PERHAPS, 1e-6 },
    { "usec", CLOCK_TIME, 1e-6 },   { "micros", CLOCK_TIME, 1e-6 },
    { "microseconds", CLOCK_TIME, 1e-6 },                           { "ns", CLOCK_PERHAPS, 1e-9 },
    { "nanos", CLOCK_TIME, 1e-9 },  { "nanoseconds", CLOCK_TIME, 1e-9 },
    { "minutes", CLOCK_PERHAPS, 60 }, { "min", CLOCK_NOT, 60 },     { "hours", CLOCK_PERHAPS, 3600 },
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const struct word *find_word(const char *text, size_t n)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i].text) == n && !strncasecmp(text, words[i].text, n))
            return words + i;
    return NULL;
}

/* The next run of letters in p[n]; false: there is none. */
static bool next_word(const char **p, size_t *n, const char **word, size_t *length)
{
    for (; *n && !is_letter(**p); ++*p)
        --*n;
    *word = *p;
    for (; *n && is_letter(**p); ++*p)
        --*n;
    *length = (size_t)(*p - *word);
    return *length;
}

/* The first word tells whether it is time, any word its unit: "Time [ms]". */
enum clock_name clock_named(const char *name, size_t n, double *unit)
{
    const char *word;
    size_t length;
    enum clock_name is = CLOCK_NOT;

    *unit = 0;
    for (bool first = true; next_word(&name, &n, &word, &length); first = false) {
        const struct word *const known = find_word(word, length);

        if (first && known)
            is = known->name;
        if (known && known->unit > 0)
            *unit = known->unit;
    }
    return is;
}

/* ---- times */

static bool is_number(const char *text, size_t n, bool comma, double *t, double *grain)
{
    struct look look = { 0 };

    if (number_read(text, n, comma, t, &look) != NUMBER)
        return false;
    *grain = pow(10, -(double)look.decimals);
    return true;
}

/* Takes `digits` digits and the character after them, unless that is 0. */
static bool take(const char **p, const char *end, int digits, char after, int *value)
{
    *value = 0;
    for (int i = 0; i < digits; i++, ++*p) {
        if (*p == end || **p < '0' || **p > '9')
            return false;
        *value = *value * 10 + (**p - '0');
    }
    if (!after)
        return true;
    return *p < end && *(*p)++ == after;
}

/* Days since some day long ago [Hinnant, days_from_civil]. */
static double days(int y, int m, int d)
{
    y -= m <= 2;
    return 365.0 * y + y / 4 - y / 100 + y / 400 + (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d;
}

/* "2026-11-22", and a blank or T if more follows. */
static double take_date(const char **p, const char *end)
{
    const char *q = *p;
    int y, m, d;

    if (!take(&q, end, 4, '-', &y) || !take(&q, end, 2, '-', &m) || !take(&q, end, 2, 0, &d) ||
        (q < end && *q != ' ' && *q != 'T'))
        return 0;
    *p = q + (q < end);
    return days(y, m, d);
}

/* Where seconds end, and "Z" or "+01:00" may follow. */
static const char *find_zone(const char *p, const char *end)
{
    while (p < end && ((*p >= '0' && *p <= '9') || *p == '.' || *p == ','))
        p++;
    return p;
}

static bool is_spelt(const char *p, const char *end, double *t, double *grain)
{
    const double day = take_date(&p, end);
    int h, m;

    if (day > 0 && p == end) {
        *t = 86400 * day;
        *grain = 1;
        return true;
    }
    if (!take(&p, end, 2, ':', &h) || !take(&p, end, 2, ':', &m))
        return false;

    const char *const zone = find_zone(p, end);

    if (!is_number(p, (size_t)(zone - p), true, t, grain))
        return false;
    *t += 86400 * day + 3600.0 * h + 60.0 * m;
    return true;
}

static bool read_time(const char *text, size_t n, bool comma, double *t, double *grain,
                      bool *spelt)
{
    *spelt = !is_number(text, n, comma, t, grain);
    return !*spelt || is_spelt(text, text + n, t, grain);
}

bool clock_add(struct clock *c, const char *text, size_t n, bool comma)
{
    double t, grain;
    bool spelt;

    if (c->n == CLOCK_MOST || !read_time(text, n, comma, &t, &grain, &spelt))
        return false;
    c->spelt = spelt;
    c->grain = c->n ? fmin(c->grain, grain) : grain;
    c->t[c->n++] = t;
    return true;
}

/* ---- rate */

static double span(const struct clock *c)
{
    return c->t[c->n - 1] - c->t[0];
}

static double step(const struct clock *c, size_t i)
{
    return c->t[i + 1] - c->t[i];
}

static bool steps_within(const struct clock *c, double grain)
{
    const double mean = span(c) / (double)(c->n - 1);
    const double slack = grain + 1e-9 * mean + 0x1p-50 * fabs(c->t[c->n - 1]);

    for (size_t i = 0; i + 1 < c->n; i++)
        if (fabs(step(c, i) - mean) > slack)
            return false;
    return true;
}

bool clock_rises(const struct clock *c)
{
    for (size_t i = 0; i + 1 < c->n; i++)
        if (!(step(c, i) >= 0))
            return false;
    return c->n > 1 && span(c) > 0;
}

bool clock_even(const struct clock *c)
{
    return c->n > 2 && clock_rises(c) && step(c, 0) > 0 && steps_within(c, c->grain);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median_step(const struct clock *c)
{
    double steps[CLOCK_MOST];

    for (size_t i = 0; i + 1 < c->n; i++)
        steps[i] = step(c, i);
    qsort(steps, c->n - 1, sizeof *steps, ascending);
    return steps[(c->n - 1) / 2];
}

/* Looked at after 17, 32, 64, ... rows: it takes sorting. */
bool clock_full(const struct clock *c)
{
    if (c->n < FEW || (c->n > FEW && c->n & (c->n - 1)))
        return false;
    return c->n == CLOCK_MOST || steps_within(c, 0) ||
           c->grain <= FINE * median_step(c) * (double)(c->n - 1);
}

/* Since 1970: seconds have 10 digits, milliseconds 13, and so on. */
static double unit_of_size(double t)
{
    return t > 1e17 ? 1e-9 : t > 1e14 ? 1e-6 : t > 1e11 ? 1e-3 : 1;
}

static double whole_if_close(double rate, double error)
{
    const double whole = floor(rate + 0.5);

    return whole >= 1 && fabs(rate - whole) <= error * rate ? whole : rate;
}

double clock_rate(const struct clock *c, double unit)
{
    if (c->n < 3 || !clock_rises(c))
        return 0;

    const double median = median_step(c);
    double sum = 0;
    size_t n = 0;

    for (size_t i = 0; i + 1 < c->n; i++) {
        const double d = step(c, i);

        if (fabs(d - median) <= 0.5 * median + c->grain) {
            sum += d;
            n++;
        }
    }
    if (!(median > 0) || !(sum > 0) || 4 * n < 3 * (c->n - 1))
        return 0;
    if (c->spelt || !(unit > 0))
        unit = c->spelt ? 1 : unit_of_size(c->t[0]);
    return whole_if_close((double)n / (sum * unit), fmax(fmin(c->grain / sum, 0.004), 1e-9));
}

/* ---- steps */

void steps_begin(struct steps *s, const struct clock *c)
{
    const double median = c->n > 2 ? median_step(c) : 0;

    *s = (struct steps){ .step = fmax(median, 0), .slack = 0.5 * median + c->grain };
}

void steps_add(struct steps *s, const char *text, size_t n, bool comma, long long line)
{
    double t, grain;
    bool spelt;

    if (!(s->step > 0) || !read_time(text, n, comma, &t, &grain, &spelt))
        return;

    const double d = t - s->last;

    if (s->begun && fabs(d - s->step) > s->slack) {
        s->line = s->uneven++ ? s->line : line;
        s->missing += fmax(floor(d / s->step - 0.5), 0);
    }
    s->last = t;
    s->begun = true;
}
