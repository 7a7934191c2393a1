/* SPDX-License-Identifier: MIT
 *
 * log.h - readings for machines: a JSON object a line for each tenth of a
 * second of sound, and a last one that sums up.
 */
#ifndef LULL_APP_LOG_H
#define LULL_APP_LOG_H

#include "lull.h"
#include "source/fault.h"
#include <stdio.h>

/* What there is to say of a pass when it is over. */
struct summary {
    double rate_hz, wall_s;
    unsigned channels;
    size_t latency_frames;
    long long frames, missing, clipped;
    unsigned long long invalid;
    double in_db, out_db;       /* mean levels */
};

/* ... and of what was live. */
struct live_summary {
    unsigned xruns, restarts, relieved; /* times                            */
    float load;                         /* share of the time there was      */
    double first_ms;                    /* from the start to the first block */
    double in_ms, own_ms, out_ms;       /* delays; NAN: not known           */
};

/* A log in `path`, "-" for standard output; NULL is no log, and then the rest does nothing. */
bool log_open(FILE **log, const char *path, struct fault *why);
void log_readings(FILE *log, double seconds, const lull_readings *r);
void log_summary(FILE *log, const struct summary *s, const lull_readings *last);
void log_live(FILE *log, const struct live_summary *s);
bool log_close(FILE *log, const char *path, struct fault *why);

#endif
