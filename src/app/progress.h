/* SPDX-License-Identifier: MIT
 *
 * progress.h - how far it is, ten times a second on a terminal, or line by
 * line once a second where there is none.
 */
#ifndef LULL_APP_PROGRESS_H
#define LULL_APP_PROGRESS_H

#include <stdbool.h>

struct progress {
    bool shown, terminal;
    double rate_hz;
    long long frames;       /* of the whole, or negative */
    double began, last;     /* s                         */
};

/* `wanted` even where standard error is no terminal; never when `quiet`. */
void progress_begin(struct progress *p, bool wanted, bool quiet, double rate_hz,
                    long long frames);

/* level_db: output re input, or NaN. */
void progress_update(struct progress *p, long long done, double level_db);
void progress_end(struct progress *p);

/* Seconds of a clock that only goes forward. */
double seconds_now(void);

#endif
