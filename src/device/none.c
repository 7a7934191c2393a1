/* SPDX-License-Identifier: MIT
 *
 * none.c - in place of portaudio.c where that library was not there to build
 * with.
 */
#include "device/device.h"
#include <sysexits.h>

bool asker_open(struct asker *a, struct fault *why)
{
    a->line = -1;
    return fault_set(why, EX_UNAVAILABLE, "built without PortAudio, so it knows no microphone "
                     "(install portaudio19-dev and build again)");
}

void asker_close(struct asker *a)
{
    (void)a;
}

bool devices_list(const struct asker *a, struct devices *d, double patience_s,
                  struct fault *why)
{
    (void)a;
    (void)patience_s;
    d->count = 0;
    return fault_set(why, EX_UNAVAILABLE, "there is no sound device here");
}

struct stream *stream_open(const struct plan *plan)
{
    (void)plan;
    return NULL;
}

enum stream_state stream_state(const struct stream *s)
{
    (void)s;
    return STREAM_FAILED;
}

void stream_run(struct stream *s)
{
    (void)s;
}

void stream_restart(struct stream *s)
{
    (void)s;
}

bool stream_close(struct stream *s, double patience_s)
{
    (void)s;
    (void)patience_s;
    return true;
}
