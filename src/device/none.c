/* SPDX-License-Identifier: MIT
 *
 * none.c - in place of portaudio.c where that library was not there to build
 * with.
 */
#include "device/device.h"
#include <sysexits.h>

bool devices_list(struct devices *d, struct fault *why)
{
    d->count = 0;
    return fault_set(why, EX_UNAVAILABLE, "built without PortAudio, so it knows no microphone "
                     "(install portaudio19-dev and build again)");
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
