/* SPDX-License-Identifier: MIT
 *
 * device.h - microphones and speakers.
 *
 * What stands behind them is not to be trusted: sound libraries abort, hang in
 * the middle of a call and never come back.  So they are listed in a process
 * apart, and a stream lives in a thread of its own that nobody has to wait
 * for: the caller looks at its state and gives up when it likes.
 */
#ifndef LULL_DEVICE_DEVICE_H
#define LULL_DEVICE_DEVICE_H

#include "source/fault.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { DEVICES_MAX = 128 };

struct device {
    char name[96], api[32];     /* "USB Mic", "ALSA"                     */
    unsigned ins, outs;         /* channels there can be                 */
    double rate_hz;             /* the one it likes                      */
};

struct devices {
    int count, in, out;         /* in, out: the default ones, -1: none   */
    struct device at[DEVICES_MAX];
};

/* A child process that asks the sound system what there is, time and again: it
 * is forked before any sound library has been called, and asks in children of
 * its own, since a library asks but once in its life. */
struct asker {
    int line;
    pid_t child;
};

bool asker_open(struct asker *a, struct fault *why);
void asker_close(struct asker *a);

/* How long a sound system may take to say what there is. */
#define DEVICES_PATIENCE_S 3.0

/* Lists what there is; false if that is nothing, or, with d->count -1, if there
 * was no answer in time. */
bool devices_list(const struct asker *a, struct devices *d, double patience_s,
                  struct fault *why);

/* The index of the device called for, a number or words of its name and API in
 * any case, NULL: the default one; -1 if there is none or more than one. */
int devices_find(const struct devices *d, const char *words, bool input, struct fault *why);

/* A stream from a microphone, to a speaker, or from one to the other. */
struct plan {
    const struct device *in, *out;      /* NULL: none                        */
    double rate_hz;                     /* asked for; 0: 48000 or what there is */
    unsigned channels;
    size_t block;                       /* frames, 0: as the device likes    */
    double buffer_s;                    /* length of the buffers; 0: as the device likes */
    bool low, high;                     /* ... to have them: short, long; or neither */

    /* Called with in[frames][channels], out likewise, NULL if there is none.
     * `lost` tells that sound was lost before it.  False: that was the last. */
    bool (*process)(void *user, const float *in, float *out, size_t frames, bool lost);
    void *user;
};

enum stream_state {
    STREAM_OPENING,
    STREAM_OPEN,                /* the fields below are known; nothing runs yet */
    STREAM_RUNNING,
    STREAM_OVER,                /* process() said so, all has been played    */
    STREAM_GONE,                /* the device is                             */
    STREAM_FAILED,              /* at opening: see `why`                     */
    STREAM_CLOSED
};

enum wish { WISH_WAIT, WISH_RUN, WISH_AGAIN, WISH_END };

struct stream {
    struct plan plan;
    double rate_hz;             /* as it is                                  */
    double in_s, out_s;         /* delay of the buffers; negative: not known */
    unsigned ins, outs;         /* channels of the devices                   */
    struct fault why;
    float *scratch;             /* where the devices' channels are not ours  */
    void *handle;
    pthread_t thread;
    _Atomic int state;          /* enum stream_state, set by the thread      */
    _Atomic int wish;           /* enum wish, what the caller wants of it    */
    _Atomic bool over;          /* process() has ended it                    */
    _Atomic float delay_s;      /* in to out, as the device tells; negative: not known */
};

/* Begins to open; the caller looks at stream_state().  NULL: no memory. */
struct stream *stream_open(const struct plan *plan);
enum stream_state stream_state(const struct stream *s);
void stream_run(struct stream *s);              /* once it is open                     */
void stream_restart(struct stream *s);          /* drops what is in the buffers        */

/* Ends it, waits for that for at most so long, and frees it.  A stream that does
 * not end is left behind: the program had better leave too. */
bool stream_close(struct stream *s, double patience_s);

#endif
