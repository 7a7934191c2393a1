/* SPDX-License-Identifier: MIT
 *
 * watch.h - sees from outside whether sound still flows, and in time.
 */
#ifndef LULL_APP_WATCH_H
#define LULL_APP_WATCH_H

#include "app/through.h"

enum finding {
    WATCH_WELL,
    WATCH_QUIET,        /* nothing has moved for longer than it should; told once */
    WATCH_SILENT,       /* ... for a second; told once                         */
    WATCH_STUCK,        /* ... and will not any more                           */
    WATCH_LATE,         /* more waits in the buffers than should: restart      */
    WATCH_RELIEF        /* lull does less than it should, or all of it again   */
};

struct watch {
    double began_s, looked_s, awake_s;
    bool quiet, silent, reborn; /* what has been told; begun anew */
    unsigned stalls, restarts;
    double least_s, late_since_s, restarted_s;  /* delay at its best; since when it is late */
    int relief;
};

void watch_begin(struct watch *w, const struct through *t);

/* `delay_s` from microphone to speaker as the device tells it, negative: it does not. */
enum finding watch_look(struct watch *w, const struct through *t, float delay_s);

/* After WATCH_RELIEF: a sentence. */
const char *watch_relief(const struct watch *w);

#endif
