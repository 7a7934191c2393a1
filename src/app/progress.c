/* SPDX-License-Identifier: MIT
 *
 * progress.c - one line on standard error that is rewritten in place.
 */
#include "app/progress.h"
#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

double seconds_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void progress_begin(struct progress *p, bool wanted, bool quiet, double rate_hz,
                    long long frames)
{
    const bool terminal = isatty(STDERR_FILENO);
    const double now = seconds_now();

    *p = (struct progress){
        .shown = !quiet && (wanted || terminal),
        .terminal = terminal,
        .rate_hz = rate_hz,
        .frames = frames,
        .began = now,
        .last = now,
    };
}

static void put_time(double s)
{
    const long whole = (long)s;

    if (whole >= 3600)
        fprintf(stderr, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    else
        fprintf(stderr, "%ld:%04.1f", whole / 60, s - (double)(whole / 60 * 60));
}

void progress_update(struct progress *p, long long done, double level_db)
{
    const double now = seconds_now(), sound = (double)done / p->rate_hz;

    if (!p->shown || now - p->last < (p->terminal ? 0.1 : 1.0))
        return;
    p->last = now;
    fputs(p->terminal ? "\r  " : "lull: ", stderr);
    put_time(sound);
    if (p->frames > 0) {
        fputs(" of ", stderr);
        put_time((double)p->frames / p->rate_hz);
        fprintf(stderr, "  %3.0f %%", 100.0 * (double)done / (double)p->frames);
    }
    fprintf(stderr, "  %.0fx real time", sound / (now - p->began));
    if (!isnan(level_db))
        fprintf(stderr, "  level %+.1f dB", level_db);
    fputs(p->terminal ? "\033[K" : "\n", stderr);
}

void progress_end(struct progress *p)
{
    if (p->shown && p->terminal && p->last > p->began)
        fputs("\r\033[K", stderr);
}
