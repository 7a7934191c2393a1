/* SPDX-License-Identifier: MIT
 *
 * csv.c - samples from a table in text.
 *
 *   remarks (#), empty lines             wherever they stand, pass
 *   one line of names, lines of units    pass: lines before the first row
 *   rows: [time] numbers                 a row is a frame, a column a channel
 *
 * The delimiter is the first of tab ; , and blank that makes a row of the first
 * line that can be one.  Then some rows are looked at before any is given: they
 * show whether there is a column of time, how many rows make a second, and how
 * the numbers are written.  Time is the column whose name says so, or the first
 * if it goes on by the same at each row.  It passes as it is, and so does text
 * there if the first row has it, and a column without name and numbers; other
 * text is an error.
 */
#include "source/clock.h"
#include "source/kinds.h"
#include "source/table.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { HEAD_ROWS = 17, HEAD_BYTES = 1 << 21 };      /* looked at, unless time needs more */

static const char delimiters[] = { '\t', ';', ',', ' ', 0 };

/* ---- what is wrong with a line */

/* A field as it may be shown to people, whatever is in it. */
static void show(const struct field *f, char *to, size_t room)
{
    size_t n = 0;

    for (size_t i = 0; i < f->n && n + 8 < room; i++) {
        const unsigned char c = (unsigned char)f->text[i];

        n += (size_t)snprintf(to + n, room - n, c < ' ' || c == 127 ? "\\x%02x" : "%c", c);
        if (n + 8 >= room && i + 1 < f->n)
            n += (size_t)snprintf(to + n, room - n, "...");
    }
    to[n] = '\0';
}

static bool lone_cr(const struct source *s, long long line, struct fault *why)
{
    return fault_set(why, EX_DATAERR, "%s: line %lld: a CR within it; if lines end in CR alone, "
                     "convert them, as in `tr '\\r' '\\n' <old.csv >new.csv`", s->name, line);
}

static bool no_number(const struct source *s, long long line, size_t column,
                      const struct field *f, struct fault *why)
{
    char shown[48];

    if (f->torn)
        return fault_set(why, EX_DATAERR, "%s: line %lld, column %zu: its quote is not closed",
                         s->name, line, column + 1);
    if (memchr(f->text, '\r', f->n))
        return lone_cr(s, line, why);
    show(f, shown, sizeof shown);
    return fault_set(why, EX_DATAERR, "%s: line %lld, column %zu: \"%s\" is not a number",
                     s->name, line, column + 1, shown);
}

static bool not_as_wide(const struct source *s, long long line, size_t got, struct fault *why)
{
    const size_t want = s->table->columns;

    return fault_set(why, EX_DATAERR, "%s: line %lld: %s%zu column%s, where %zu are expected",
                     s->name, line, got > want ? "more than " : "", got > want ? want : got,
                     (got > want ? want : got) == 1 ? "" : "s", want);
}

/* ---- the first row */

struct tally {
    size_t columns, numbers, others;    /* others are neither numbers nor missing */
    struct field other;                 /* the first of them, ...                 */
    size_t at;                          /* ... in this column                     */
    bool timed;                         /* it is in the first column and begins with a digit */
    bool labels;                        /* 0, 1, 2, ...: pandas' names for columns           */
};

/* Is the field the number i? */
static bool is_label(const struct field *f, size_t i)
{
    struct look look;
    double x;

    return number_read(f->text, f->n, false, &x, &look) == NUMBER && x == (double)i &&
           !look.point && !look.e;
}

static struct tally take_stock(const struct line *line, char delimiter)
{
    struct tally t = { .labels = true };
    struct cut c = { .rest = line->text, .n = line->n };
    size_t unnamed = 0;

    for (struct field f; t.columns <= COLUMNS_MOST && table_cut(delimiter, &c, &f); t.columns++) {
        struct look look;
        double x;
        const enum number kind = number_read(f.text, f.n, delimiter != ',', &x, &look);

        unnamed += !t.columns && !f.n;      /* that of pandas' index */
        t.labels &= (unnamed && !t.columns) || is_label(&f, t.columns - unnamed);
        t.numbers += kind == NUMBER || (kind == NUMBER_MISSING && f.n);
        if (kind == NUMBER_NOT && !t.others++) {
            t.other = f;
            t.at = t.columns;
        }
    }
    t.labels &= t.columns - unnamed > (unnamed ? 0 : 2);
    t.timed = t.others && !t.at && t.other.n && *t.other.text >= '0' && *t.other.text <= '9';
    return t;
}

/* Rows hold numbers, other than labels where names are due.  The first field may
 * be text if it looks like a time, or if the names of columns, which are text
 * too, have been. */
static bool is_row(const struct tally *t, char delimiter, bool named)
{
    if ((delimiter && t->columns < 2) || (t->labels && !named))
        return false;
    return t->numbers && (!t->others || (t->others == 1 && !t->at && (t->timed || named)));
}

static bool finds_row(struct table *t, const struct line *line, bool named)
{
    for (size_t i = 0; i < sizeof delimiters; i++) {
        const struct tally tally = take_stock(line, delimiters[i]);

        if (!is_row(&tally, delimiters[i], named))
            continue;
        t->delimiter = delimiters[i];
        t->columns = tally.columns;
        return true;
    }
    return false;
}

/* The delimiter that a line without rows seems to have. */
static char guess_delimiter(const struct line *line)
{
    for (size_t i = 0; i + 1 < sizeof delimiters; i++)
        if (memchr(line->text, delimiters[i], line->n))
            return delimiters[i];
    return 0;
}

static bool no_table(const struct source *s, struct fault *why)
{
    if (!s->table->lines.at)
        return fault_set(why, EX_DATAERR, "%s: nothing came in", s->name);
    return fault_set(why, EX_DATAERR, "%s: not a sound format that lull reads, nor a table: "
                     "text without a row of numbers", s->name);
}

/* Finds the first row.  A line with a number and something else before it may
 * be text, or a row gone wrong: which, read_names() can tell; but if no row
 * comes it is what is wrong. */
static bool find_rows(struct source *s, struct fault *why)
{
    struct table *const t = s->table;
    struct lines *const l = &t->lines;
    struct fault doubt = { 0 };

    for (bool named = false; l->at < HEAD_BYTES && lines_wait(l, &s->tap, s->name, why);) {
        const size_t at = l->at;
        const struct line line = lines_take(l);

        if (table_idle(',', &line))
            continue;
        if (finds_row(t, &line, named)) {
            t->first = l->number - 1;
            lines_back(l, at, t->first);
            return t->columns <= COLUMNS_MOST ||
                   fault_set(why, EX_DATAERR, "%s: line %lld: more than %d columns", s->name,
                             t->first, COLUMNS_MOST);
        }

        const struct tally tally = take_stock(&line, guess_delimiter(&line));

        if (!doubt.code && memchr(line.text, '\r', line.n))
            lone_cr(s, l->number - 1, &doubt);
        if (!doubt.code && (tally.other.torn || (named && tally.numbers)))
            no_number(s, l->number - 1, tally.at, &tally.other, &doubt);
        named = true;
    }
    if (why->code)
        return false;
    *why = doubt;
    return doubt.code ? false : no_table(s, why);
}

/* ---- the columns */

/* What the first rows are looked at for. */
struct head {
    bool hurry;             /* the rate is known already   */
    bool blank;             /* a cell held no time         */
    size_t time;            /* the column that may be time */
    enum clock_name name;   /* what its name says          */
    double unit;            /* s, or 0                     */
    struct clock clock;
};

static void read_name(struct table *t, struct head *h, size_t i, const struct field *f)
{
    double unit;
    const enum clock_name name = clock_named(f->text, f->n, &unit);

    t->column[i].named |= f->n > 0;
    t->column[i].passed |= name == CLOCK_TIME || name == CLOCK_DATE;
    if (name > h->name) {
        h->name = name;
        h->time = i;
        h->unit = 0;
    }
    if (i == h->time && unit > 0)
        h->unit = unit;
}

/* From the lines before the rows that have as many fields as a row: names,
 * and in later ones perhaps units, but no numbers. */
static bool read_names(struct source *s, struct head *h, struct fault *why)
{
    struct table *const t = s->table;
    const size_t at = t->lines.at;
    bool named = false;

    lines_back(&t->lines, 0, 1);
    while (t->lines.number < t->first && lines_ready(&t->lines)) {
        const struct line line = lines_take(&t->lines);
        const struct tally tally = take_stock(&line, t->delimiter);
        struct cut c = { .rest = line.text, .n = line.n };
        struct field f;

        if (table_idle(t->delimiter, &line) || tally.columns != t->columns)
            continue;
        if (named && tally.numbers)
            return no_number(s, t->lines.number - 1, tally.at, &tally.other, why);
        for (size_t i = 0; table_cut(t->delimiter, &c, &f); i++)
            read_name(t, h, i, &f);
        named = true;
    }
    lines_back(&t->lines, at, t->first);
    return true;
}

static bool learn_field(const struct source *s, struct head *h, size_t i, const struct field *f,
                        struct fault *why)
{
    struct column *const column = &s->table->column[i];
    const bool comma = table_comma(s->table);
    const long long line = s->table->lines.number - 1;
    struct look look;
    double x;
    const enum number kind = number_read(f->text, f->n, comma, &x, &look);

    column->filled |= f->n > 0;
    column->passed |= kind == NUMBER_NOT && i == 0 && line == s->table->first;
    if (f->torn || (kind == NUMBER_NOT && !column->passed))
        return no_number(s, line, i, f, why);
    if (kind == NUMBER)
        style_learn(&column->style, x, look);
    if (i == h->time)
        h->blank |= !clock_add(&h->clock, f->text, f->n, comma);
    return true;
}

static bool learn_row(struct source *s, struct head *h, const struct line *line,
                      struct fault *why)
{
    const struct table *const t = s->table;
    struct cut c = { .rest = line->text, .n = line->n };
    size_t i = 0;

    for (struct field f; table_cut(t->delimiter, &c, &f); i++) {
        if (i == t->columns)
            return not_as_wide(s, t->lines.number - 1, i + 1, why);
        if (!learn_field(s, h, i, &f, why))
            return false;
    }
    return i == t->columns || not_as_wide(s, t->lines.number - 1, i, why);
}

/* Would more rows tell more of the time? */
static bool is_clear(const struct head *h)
{
    const bool time = h->name == CLOCK_NOT ? clock_even(&h->clock) : clock_rises(&h->clock);

    return h->hurry || h->blank || !time || clock_full(&h->clock);
}

/* Rows until all is clear; then the first is the next again. */
static bool learn_rows(struct source *s, struct head *h, struct fault *why)
{
    struct lines *const l = &s->table->lines;
    const size_t start = l->at;

    for (size_t n = 0; lines_wait(l, &s->tap, s->name, why);) {
        const struct line line = lines_take(l);

        if (table_idle(s->table->delimiter, &line))
            continue;
        if (!learn_row(s, h, &line, why))
            return false;
        if ((++n >= HEAD_ROWS && is_clear(h)) || l->at - start > HEAD_BYTES)
            break;
    }
    lines_back(l, start, s->table->first);
    return !why->code;
}

/* Which columns are samples; gives how many. */
static size_t settle_columns(struct table *t, const struct head *h)
{
    struct column *const time = &t->column[h->time];
    size_t samples = 0;

    if (h->name == CLOCK_PERHAPS)
        time->passed |= clock_rises(&h->clock);
    if (h->name == CLOCK_NOT && t->columns > 1)
        time->passed |= clock_even(&h->clock);
    for (size_t i = 0; i < t->columns; i++) {
        t->column[i].passed |= !t->column[i].named && !t->column[i].filled;
        samples += !t->column[i].passed;
    }
    return samples;
}

/* Frames per second; 0 with a reason: the table does not say. */
static double rate_of(const struct source *s, const struct head *h, struct fault *why)
{
    const double rate = clock_rate(&h->clock, h->unit);
    const char *reason = NULL;

    if (!s->table->column[h->time].passed)
        reason = "no column of time to tell the rate";
    else if (h->name == CLOCK_NOT && !h->clock.spelt && h->clock.grain >= 1)
        reason = "the first column counts, but does not say what";
    else if (!(rate > 0))
        reason = "the column of time does not go on evenly, so it tells no rate";
    if (!reason)
        return rate;
    fault_set(why, EX_USAGE, "%s: %s; give rows per second, as in -r 250", s->name, reason);
    return 0;
}

static bool settle(struct source *s, const struct head *h, double rate_hz, struct fault *why)
{
    const size_t channels = settle_columns(s->table, h);

    if (!channels)
        return fault_set(why, EX_DATAERR, "%s: line %lld: no numbers but times", s->name,
                         s->table->first);
    s->table->time = h->time;
    if (s->table->column[h->time].passed)
        steps_begin(&s->table->steps, &h->clock);
    s->sound = (struct sound){
        .container = CONTAINER_CSV,
        .rate_hz = rate_hz > 0 ? rate_hz : rate_of(s, h, why),
        .channels = (unsigned)channels,
        .frames = FRAMES_UNKNOWN,
        .pcm = { .type = PCM_F32 },
    };
    return s->sound.rate_hz > 0;
}

static bool learn(struct source *s, double rate_hz, struct fault *why)
{
    struct table *const t = s->table;
    struct head *const h = calloc(1, sizeof *h);

    t->column = calloc(t->columns, sizeof *t->column);
    if (!h || !t->column) {
        free(h);
        return fault_set(why, EX_OSERR, "%s: out of memory", s->name);
    }
    h->hurry = rate_hz > 0;

    const bool done =
        read_names(s, h, why) && learn_rows(s, h, why) && settle(s, h, rate_hz, why);

    free(h);
    return done;
}

/* ---- the rows */

static bool read_row(const struct source *s, const struct line *line, float *x,
                     struct fault *why)
{
    struct table *const t = s->table;
    const bool comma = table_comma(t);
    struct cut c = { .rest = line->text, .n = line->n };
    size_t i = 0;

    for (struct field f; table_cut(t->delimiter, &c, &f); i++) {
        struct look look;
        double value;

        if (i == t->columns)
            return not_as_wide(s, t->lines.number - 1, i + 1, why);
        if (f.torn)
            return no_number(s, t->lines.number - 1, i, &f, why);
        if (i == t->time)
            steps_add(&t->steps, f.text, f.n, comma, t->lines.number - 1);
        if (t->column[i].passed)
            continue;
        if (number_read(f.text, f.n, comma, &value, &look) == NUMBER_NOT)
            return no_number(s, t->lines.number - 1, i, &f, why);
        *x++ = (float)value;
    }
    return i == t->columns || not_as_wide(s, t->lines.number - 1, i, why);
}

/* Waits for the first row, then takes what is there. */
static size_t csv_read(struct source *s, float *x, size_t frames, struct fault *why)
{
    struct lines *const l = &s->table->lines;
    size_t n = 0;

    while (n < frames && (n ? lines_ready(l) : lines_wait(l, &s->tap, s->name, why))) {
        const struct line line = lines_take(l);

        if (table_idle(s->table->delimiter, &line))
            continue;
        if (!read_row(s, &line, x + n * s->sound.channels, why))
            return 0;
        n++;
    }
    s->uneven = s->table->steps.uneven;
    s->uneven_line = s->table->steps.line;
    s->lost = s->table->steps.missing;
    return n;
}

static void csv_close(struct source *s)
{
    table_free(s->table);
    close(s->tap.fd);
}

static bool is_utf16(struct source *s)
{
    unsigned char mark[2];

    return tap_peek(&s->tap, mark, 2) == 2 &&
           (!memcmp(mark, "\xff\xfe", 2) || !memcmp(mark, "\xfe\xff", 2));
}

static void describe(struct source *s)
{
    const char delimiter = s->table->delimiter;
    const char *const how = delimiter == '\t' ? ", parted by tabs"
                            : delimiter == ' ' ? ", parted by blanks"
                            : delimiter == ';' ? ", parted by semicolons"
                                               : "";

    snprintf(s->kind, sizeof s->kind, "CSV%s", how);
}

bool source_csv_open(struct source *s, double rate_hz, struct fault *why)
{
    why->code = 0;
    if (is_utf16(s))
        return fault_set(why, EX_DATAERR, "%s: text in UTF-16; convert it, as in "
                         "`iconv -f utf-16 -t utf-8 <old.csv >new.csv`", s->name);
    s->table = calloc(1, sizeof *s->table);
    if (!s->table)
        return fault_set(why, EX_OSERR, "%s: out of memory", s->name);
    s->table->lines = (struct lines){ .kept = true, .number = 1, .written = 1 };
    if (!find_rows(s, why) || !learn(s, rate_hz, why)) {
        table_free(s->table);
        s->table = NULL;
        return false;
    }
    s->table->lines.kept = false;
    describe(s);
    s->read = csv_read;
    s->close = csv_close;
    return true;
}
