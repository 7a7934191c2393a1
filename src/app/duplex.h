/* SPDX-License-Identifier: MIT
 *
 * duplex.h - the microphone and the speaker in use: found, opened, and known by
 * their names when they have gone and come back.
 */
#ifndef LULL_APP_DUPLEX_H
#define LULL_APP_DUPLEX_H

#include "device/device.h"

struct duplex {
    const char *microphone, *speaker; /* words or numbers to find them by; NULL: the default */
    bool mute;                          /* there is to be no speaker                  */
    struct plan plan;
    struct asker asker;
    struct devices devices;
    struct stream *stream;
    char in[96], out[96];               /* their names, whatever is there now         */
    char lost[200];                     /* which of them is gone                      */
    bool stuck;                         /* the stream: do not wait for it             */
    bool haunted;                       /* a stream that never let go has a thread here */
};

/* Fills in the plan's devices. */
bool duplex_find(struct duplex *d, struct fault *why);

/* Opens a stream after the plan; a signal ends the wait, too. */
bool duplex_open(struct duplex *d, struct fault *why);
void duplex_close(struct duplex *d);

/* Numbers and defaults change when a device goes: from now on names are looked for,
 * or the words that were given. */
void duplex_remember(struct duplex *d);

/* The name of the one that is no longer on the list, or NULL. */
const char *duplex_missing(const struct duplex *d);

/* Notes that `which` is lost, or, if that is not known (NULL), one of them. */
void duplex_lose(struct duplex *d, const char *which);

#endif
