/* SPDX-License-Identifier: MIT
 *
 * record.h - what is heard, also into a WAV file that is whole at any time: a
 * second later at most its header knows of every sample.
 */
#ifndef LULL_APP_RECORD_H
#define LULL_APP_RECORD_H

#include "app/ring.h"
#include "sink/sink.h"
#include <pthread.h>

struct record {
    struct ring ring;           /* whoever has sound puts it there */
    struct sink sink;
    struct fault why;
    pthread_t thread;
    _Atomic bool end, failed;
};

bool record_open(struct record *r, const char *path, double rate_hz, unsigned channels,
                 struct fault *why);
bool record_failed(const struct record *r);     /* then it takes no more */

/* Writes what is left.  False, with the reason, if anything could not be written. */
bool record_close(struct record *r, struct fault *why);

#endif
