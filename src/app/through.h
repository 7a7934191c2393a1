/* SPDX-License-Identifier: MIT
 *
 * through.h - what happens to a block of sound between microphone and speaker:
 * the audio callback, and what it and the rest of the program tell each other.
 *
 * through_process() runs in the device's thread and keeps the promises of
 * LULL_RT; everything marked atomic may be touched from any thread.
 */
#ifndef LULL_APP_THROUGH_H
#define LULL_APP_THROUGH_H

#include "app/governor.h"
#include "app/ring.h"
#include "lull.h"

enum { THROUGH_CHUNK = 256 };   /* frames at once */

/* A copy of what lull has learned: who wants one says so, the callback makes it, and
 * then it is the other's until he says that there is none. */
enum copy { COPY_NONE, COPY_WANTED, COPY_MADE };

struct through {
    lull *l;
    double rate_hz;
    size_t channels, latency;
    unsigned long long left;    /* frames until it is over                      */
    unsigned long long done;    /* frames                                       */
    unsigned long long settled; /* from there on losses and stalls count        */
    struct ring *record;        /* takes what comes out, or NULL                */
    float *line;                /* [latency][channels], the input as it was     */
    size_t at;                  /* in the line                                  */
    float *dry, *wet;           /* [THROUGH_CHUNK][channels] each               */
    unsigned most_rank;         /* lull's directions, 0: none to leave out      */
    float share;                /* of lull in the output; 1 but when overloaded */
    size_t stale;               /* frames of lull's that have missed their time */
    struct governor governor;
    unsigned char *learnt;      /* [learnt_size] by lull_save(), or NULL        */
    size_t learnt_size;

    _Atomic int copy;                   /* who has it now, see above            */
    _Atomic bool freeze, renew;         /* the listener wants lull frozen, reset */
    _Atomic unsigned long long frames;  /* as done, for others                  */
    atomic_uint lost, stalls;          /* times that sound was; that we were   */
    atomic_uint relieved;               /* changes of relief                    */
    atomic_uint unrecorded;              /* chunks for which there was no room   */
    _Atomic float load, worst;          /* share of a block's time; reader sets worst to 0 */
    _Atomic float in_peak, out_peak;    /* since the reader set them to 0       */
    _Atomic int relief;
    _Atomic double first_s, last_s;     /* when it was called first, last; 0: never */
};

/* Takes the memory it needs; false: there is none. */
bool through_open(struct through *t, lull *l, double rate_hz, unsigned channels);
void through_close(struct through *t);

/* For a device that begins (again): the clock starts anew. */
void through_begin(struct through *t);

/* A struct plan's process(); `user` is the struct through. */
bool through_process(void *user, const float *in, float *out, size_t frames, bool lost);

#endif
