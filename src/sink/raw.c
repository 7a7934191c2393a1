/* SPDX-License-Identifier: MIT
 *
 * raw.c - samples straight to a file descriptor.
 */
#include "sink/kinds.h"
#include <errno.h>
#include <poll.h>
#include <sysexits.h>
#include <unistd.h>

bool sink_put(struct sink *s, const void *bytes, size_t n, struct fault *why)
{
    const unsigned char *p = bytes;

    while (n) {
        const ssize_t put = write(s->fd, p, n);

        if (put > 0) {
            p += put;
            n -= (size_t)put;
        } else if (errno == EAGAIN) {
            poll(&(struct pollfd){ .fd = s->fd, .events = POLLOUT }, 1, -1);
        } else if (errno != EINTR) {
            return fault_errno(why, EX_IOERR, s->name);
        }
    }
    return true;
}

bool sink_raw_write(struct sink *s, const float *x, size_t frames, struct fault *why)
{
    unsigned char bytes[1 << 15];
    const size_t width = pcm_bytes(s->sound.pcm), room = sizeof bytes / width;

    for (size_t left = frames * s->sound.channels; left;) {
        const size_t n = left < room ? left : room;

        pcm_encode(s->sound.pcm, x, bytes, n);
        if (!sink_put(s, bytes, n * width, why))
            return false;
        x += n;
        left -= n;
    }
    return true;
}

static bool finish(struct sink *s, struct fault *why)
{
    (void)s, (void)why;
    return true;
}

bool sink_raw_open(struct sink *s, struct fault *why)
{
    (void)why;
    s->sound.container = CONTAINER_RAW;
    s->bits = pcm_bits(s->sound.pcm);
    s->write = sink_raw_write;
    s->finish = finish;
    pcm_describe(s->sound.pcm, "raw", s->kind, sizeof s->kind);
    return true;
}
