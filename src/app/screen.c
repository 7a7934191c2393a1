/* SPDX-License-Identifier: MIT
 *
 * screen.c - see screen.h.  Plain ANSI: lines, "up", "erase to the end", and
 * reverse video for what is switched on.
 */
#include "app/screen.h"
#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>

enum { LINES = 6, METER = 24, TEXT = 1024 };
static const float FLOOR_DB = -60;              /* left end of a meter */

/* A line as it grows. */
struct text {
    size_t n;
    char s[TEXT];
};

static void put(struct text *t, const char *format, ...)
{
    va_list args;

    va_start(args, format);

    const int n = vsnprintf(t->s + t->n, sizeof t->s - t->n, format, args);

    va_end(args);
    if (n > 0)
        t->n = t->n + (size_t)n < sizeof t->s ? t->n + (size_t)n : sizeof t->s - 1;
}

/* As much of a line as there are columns: a character is a byte that does not
 * continue one, and what follows ESC up to 'm' takes no room. */
static void show(const struct screen *s, const char *line)
{
    int column = 0;

    for (; *line; line++) {
        if (*line == '\033') {
            const size_t n = strcspn(line, "m") + 1;

            fwrite(line, 1, n, s->to);
            line += n - 1;
            continue;
        }
        column += ((unsigned char)*line & 0xc0) != 0x80;
        if (column < s->columns)
            putc(*line, s->to);
    }
    fputs("\033[K\n", s->to);
}

static void put_delay(struct text *t, double ms)
{
    if (ms < 0)
        put(t, "?");
    else
        put(t, "%.1f", ms);
}

static double or_none(double ms)
{
    return fmax(ms, 0);
}

/* "latency 2.7 + 10.0 + 5.3 = 18.0 ms": microphone, lull, speaker. */
static void put_delays(struct text *t, const struct view *v)
{
    const bool known = (!v->in || v->in_ms >= 0) && (!v->out || v->out_ms >= 0);

    put(t, "latency ");
    put_delay(t, v->in_ms);
    put(t, " + %.1f", v->own_ms);
    if (v->out) {
        put(t, " + ");
        put_delay(t, v->out_ms);
    }
    put(t, " = %s%.1f ms", known ? "" : "at least ",
        or_none(v->in_ms) + v->own_ms + (v->out ? or_none(v->out_ms) : 0));
}

void screen_delays(char *text, size_t room, const struct view *v)
{
    struct text t = { 0 };

    put_delays(&t, v);
    snprintf(text, room, "%s", t.s);
}

static void put_channels(struct text *t, unsigned channels)
{
    if (channels < 3)
        put(t, "%s", channels == 1 ? "mono" : "stereo");
    else
        put(t, "%u channels", channels);
}

static struct text devices_line(const struct screen *s, const struct view *v)
{
    struct text t = { 0 };

    put(&t, "%s", v->in);
    if (v->out)
        put(&t, "%s%s", s->wide ? " → " : " > ", v->out);
    if (v->record)
        put(&t, "%s%s", s->wide ? " → " : " > ", v->record);
    put(&t, "   %g kHz ", v->rate_hz / 1000);
    put_channels(&t, v->channels);
    put(&t, "   ");
    put_delays(&t, v);
    return t;
}

static int column_of(float db)
{
    return (int)lrintf((float)METER * (1 - fmaxf(fminf(db, 0), FLOOR_DB) / FLOOR_DB));
}

static void put_meter(struct text *t, const struct screen *s, float db, float peak_db)
{
    const int level = column_of(db), held = column_of(peak_db);

    put(t, s->wide ? "▕" : "[");
    for (int i = 0; i < METER; i++)
        if (i < level)
            put(t, s->wide ? "█" : "#");
        else if (i + 1 == held)
            put(t, "|");
        else
            put(t, s->wide ? "·" : ".");
    put(t, s->wide ? "▏" : "]");
}

/* Gains of 0 dB are full, of the most reduction empty. */
static void put_bands(struct text *t, const struct screen *s, const struct view *v)
{
    static const char *const steps[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    static const char plain[] = ".:-=+*#@";
    const float deep = fmaxf(v->reduction_db, 1);

    for (int b = 0; b < LULL_BANDS; b++) {
        const float kept = 1 + fmaxf(v->now.band_gain_db[b], -deep) / deep;
        const int i = (int)lrintf(7 * kept);

        if (s->wide)
            put(t, "%s", steps[i]);
        else
            put(t, "%c", plain[i]);
    }
}

static struct text in_line(const struct screen *s, const struct view *v)
{
    struct text t = { 0 };

    put(&t, "in  ");
    put_meter(&t, s, v->now.in_db, v->in_peak_db);
    put(&t, " %6.1f dB  peak %5.1f  removed %4.1f dB", (double)fmaxf(v->now.in_db, -99.9f),
        (double)fmaxf(v->in_peak_db, -99.9f), (double)v->now.removed_db);
    return t;
}

static struct text out_line(const struct screen *s, const struct view *v)
{
    struct text t = { 0 };

    put(&t, "out ");
    put_meter(&t, s, v->now.out_db, v->out_peak_db);
    put(&t, " %6.1f dB  peak %5.1f  ", (double)fmaxf(v->now.out_db, -99.9f),
        (double)fmaxf(v->out_peak_db, -99.9f));
    put_bands(&t, s, v);
    return t;
}

static struct text numbers_line(const struct view *v)
{
    const long whole = (long)v->seconds;
    struct text t = { 0 };

    put(&t, "cpu %.1f%%  xruns %u  rank %u  step %.3f  at most %g dB  %ld:%02ld:%02ld",
        100 * (double)v->load, v->lost, v->now.rank, (double)v->now.step,
        (double)v->reduction_db, whole / 3600, whole / 60 % 60, whole % 60);
    return t;
}

static void put_key(struct text *t, bool on, const char *what)
{
    put(t, on ? "\033[7m%s\033[m  " : "%s  ", what);
}

static struct text keys_line(const struct view *v)
{
    struct text t = { 0 };

    put_key(&t, v->bypass, "[b]ypass");
    put_key(&t, v->residual, "[r]esidual");
    put(&t, "[+/-] reduction  ");
    put_key(&t, v->freeze, "[f]reeze");
    put(&t, "[l]earn anew  [s]ave  [q]uit");
    return t;
}

void screen_begin(struct screen *s, FILE *to)
{
    setlocale(LC_CTYPE, "");
    *s = (struct screen){ .to = to, .wide = !strcmp(nl_langinfo(CODESET), "UTF-8") };
}

void screen_draw(struct screen *s, const struct view *v)
{
    struct winsize size;

    s->columns = ioctl(fileno(s->to), TIOCGWINSZ, &size) || !size.ws_col ? 80 : size.ws_col;
    if (s->drawn)
        fprintf(s->to, "\r\033[%dA", LINES);
    show(s, devices_line(s, v).s);
    show(s, in_line(s, v).s);
    show(s, out_line(s, v).s);
    show(s, numbers_line(v).s);
    show(s, keys_line(v).s);
    show(s, v->news ? v->news : "");
    fflush(s->to);
    s->drawn = true;
}

void screen_line(FILE *to, const struct view *v)
{
    fprintf(to,
            "lull: %.0f s  in %.1f dB  out %.1f dB  removed %.1f dB  cpu %.1f%%  xruns %u\n",
            v->seconds, (double)v->now.in_db, (double)v->now.out_db, (double)v->now.removed_db,
            100 * (double)v->load, v->lost);
    fflush(to);
}
