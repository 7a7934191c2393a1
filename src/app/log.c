/* SPDX-License-Identifier: MIT
 *
 * log.c - readings as lines of JSON.
 */
#include "app/log.h"
#include <math.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

bool log_open(FILE **log, const char *path, struct fault *why)
{
    *log = NULL;
    if (!path)
        return true;
    *log = strcmp(path, "-") ? fopen(path, "w") : fdopen(dup(STDOUT_FILENO), "w");
    if (!*log)
        return fault_errno(why, EX_CANTCREAT, path);
    setvbuf(*log, NULL, _IOLBF, BUFSIZ);        /* whoever follows it sees whole lines */
    return true;
}

/* JSON knows no infinity. */
static void number(FILE *log, const char *name, double value, int decimals)
{
    if (isfinite(value))
        fprintf(log, ",\"%s\":%.*f", name, decimals, value);
    else
        fprintf(log, ",\"%s\":null", name);
}

static void list(FILE *log, const char *name, const float *value, size_t n, int decimals)
{
    fprintf(log, ",\"%s\":", name);
    for (size_t i = 0; i < n; i++)
        fprintf(log, "%c%.*f", i ? ',' : '[', decimals, (double)value[i]);
    fputc(']', log);
}

void log_readings(FILE *log, double seconds, const lull_readings *r)
{
    if (!log)
        return;
    fprintf(log, "{\"t\":%.3f", seconds);
    number(log, "in_db", (double)r->in_db, 2);
    number(log, "out_db", (double)r->out_db, 2);
    number(log, "noise_db", (double)r->noise_db, 2);
    number(log, "removed_db", (double)r->removed_db, 2);
    number(log, "speech", (double)r->speech, 3);
    number(log, "step", (double)r->step, 5);
    fprintf(log, ",\"rank\":%u", r->rank);
    number(log, "fit", (double)r->fit, 3);
    list(log, "band_gain_db", r->band_gain_db, LULL_BANDS, 1);
    fputs("}\n", log);
}

void log_summary(FILE *log, const struct summary *s, const lull_readings *last)
{
    if (!log)
        return;
    fprintf(log, "{\"summary\":true,\"frames\":%lld,\"channels\":%u,\"missing\":%lld,"
            "\"clipped\":%lld,\"invalid\":%llu,\"latency_frames\":%zu",
            s->frames, s->channels, s->missing, s->clipped, s->invalid, s->latency_frames);
    number(log, "rate_hz", s->rate_hz, s->rate_hz == floor(s->rate_hz) ? 0 : 6);
    number(log, "seconds", (double)s->frames / s->rate_hz, 3);
    number(log, "wall_seconds", s->wall_s, 3);
    number(log, "in_db", s->in_db, 2);
    number(log, "out_db", s->out_db, 2);
    list(log, "band_hz", last->band_hz, LULL_BANDS, 0);
    fputs("}\n", log);
}

void log_live(FILE *log, const struct live_summary *s)
{
    if (!log)
        return;
    fprintf(log, "{\"live\":true,\"xruns\":%u,\"restarts\":%u,\"relieved\":%u", s->xruns,
            s->restarts, s->relieved);
    number(log, "load", (double)s->load, 4);
    number(log, "first_ms", s->first_ms, 0);
    number(log, "in_ms", s->in_ms, 2);
    number(log, "own_ms", s->own_ms, 2);
    number(log, "out_ms", s->out_ms, 2);
    fputs("}\n", log);
}

bool log_close(FILE *log, const char *path, struct fault *why)
{
    if (!log)
        return true;

    const int failed = ferror(log);

    if (fclose(log) || failed)
        return fault_errno(why, EX_IOERR, path);
    return true;
}
