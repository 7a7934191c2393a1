/* SPDX-License-Identifier: MIT
 *
 * watch.c - see watch.h.
 *
 * What piled up in a device's buffers while we or it stood still stays there
 * for ever: sound goes out as fast as it comes in.  So after a standstill, and
 * when the delay has grown by what people notice, the stream is begun anew.
 */
#include "app/watch.h"
#include "app/progress.h"
#include <math.h>

static const double QUIET_S = 0.35, SILENT_S = 0.9, STUCK_S = 2.4;
static const double REBORN_S = 0.6;     /* by then a stream begun anew runs       */
static const double ASLEEP_S = 0.5;     /* between two looks: it was us who slept */
static const double LATE_S = 0.03;      /* more than this above the best ...      */
static const double LATE_FOR_S = 2;     /* ... for so long is worth a gap         */
static const double REST_S = 10;        /* between two of those                   */

void watch_begin(struct watch *w, const struct through *t)
{
    const double now = seconds_now();

    *w = (struct watch){
        .began_s = w->began_s > 0 ? w->began_s : now,
        .looked_s = now,
        .awake_s = now,
        .stalls = atomic_load(&t->stalls),
        .restarts = w->restarts,
        .least_s = (double)INFINITY,
        .late_since_s = (double)INFINITY,
        .restarted_s = now,
        .relief = w->relief,
    };
}

static bool stalled(struct watch *w, const struct through *t)
{
    const unsigned stalls = atomic_load(&t->stalls);
    const bool again = stalls != w->stalls;

    w->stalls = stalls;
    return again;
}

/* The delay jitters by a block, and drifts where two clocks do. */
static bool late(struct watch *w, float delay_s, double now)
{
    if (delay_s < 0)
        return false;
    w->least_s = fmin(w->least_s, (double)delay_s);
    if ((double)delay_s <= w->least_s + LATE_S)
        w->late_since_s = now;
    return now - fmin(w->late_since_s, now) > LATE_FOR_S && now - w->restarted_s > REST_S;
}

static enum finding restart(struct watch *w, const struct through *t, double now)
{
    w->restarts++;
    w->reborn = true;
    w->stalls = atomic_load(&t->stalls);
    w->restarted_s = w->awake_s = now;
    w->late_since_s = (double)INFINITY;
    w->quiet = w->silent = false;
    return WATCH_LATE;
}

enum finding watch_look(struct watch *w, const struct through *t, float delay_s)
{
    const double now = seconds_now(), last = atomic_load(&t->last_s);
    const int relief = atomic_load(&t->relief);

    if (now - w->looked_s > ASLEEP_S)
        w->awake_s = now;
    w->looked_s = now;

    const double still_s = now - fmax(last, w->awake_s);

    if (stalled(w, t) || late(w, delay_s, now))
        return restart(w, t, now);
    if (still_s > STUCK_S || (w->reborn && last <= w->restarted_s && still_s > REBORN_S))
        return WATCH_STUCK;
    if (still_s > SILENT_S && !w->silent) {
        w->silent = true;
        return WATCH_SILENT;
    }
    if (still_s > QUIET_S && !w->quiet) {
        w->quiet = true;
        return WATCH_QUIET;
    }
    w->quiet &= still_s > QUIET_S;
    w->silent &= still_s > SILENT_S;
    if (relief != w->relief) {
        w->relief = relief;
        return WATCH_RELIEF;
    }
    return WATCH_WELL;
}

const char *watch_relief(const struct watch *w)
{
    switch (w->relief) {
    case RELIEF_FREEZE:
        return "this machine is too busy: lull has stopped learning for now";
    case RELIEF_RANK:
        return "this machine is too busy: lull keeps to the strongest quarter of its "
               "directions for now";
    case RELIEF_PASS:
        return "this machine is too busy: sound passes as it is for now";
    default:
        return "there is time again: all as it should be";
    }
}
