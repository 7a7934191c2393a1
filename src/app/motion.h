/* SPDX-License-Identifier: MIT
 *
 * motion.h - how a signal moves: whether it beats, waits for events, or never rests.
 */
#ifndef LULL_APP_MOTION_H
#define LULL_APP_MOTION_H

#include "app/look.h"

enum motion {
    MOTION_OTHER,
    MOTION_BEATS,               /* 40 to 176 a minute, much alike       */
    MOTION_PULSES,              /* the same, but softly                 */
    MOTION_EVENTS,              /* still, and then something happens    */
    MOTION_RESTLESS,            /* as lively in any fiftieth of a second */
    MOTIONS
};

/* Of the first minute, if channels agree; in *to, and MOTION_OTHER where they do not, or it
 * is too short or sampled too slowly to tell.  False: no memory. */
bool look_motion(const struct head *h, enum motion *to);

#endif
