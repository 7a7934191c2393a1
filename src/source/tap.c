/* SPDX-License-Identifier: MIT
 *
 * tap.c - read(2), with a short memory.
 */
#include "source/tap.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static ssize_t read_once(int fd, void *bytes, size_t n)
{
    for (;;) {
        const ssize_t got = read(fd, bytes, n);

        if (got >= 0 || errno != EAGAIN)
            return got;
        if (poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, -1) < 0)
            return -1;
    }
}

/* A signal ends the wait only if it was one to stop. */
static ssize_t read_fd(struct tap *t, void *bytes, size_t n)
{
    for (;;) {
        const ssize_t got = read_once(t->fd, bytes, n);

        if (got >= 0 || errno != EINTR)
            return got;
        if (t->stop && *t->stop)
            return 0;
    }
}

ssize_t tap_some(struct tap *t, void *bytes, size_t n)
{
    const size_t held = n < t->held ? n : t->held;

    if (!held)
        return read_fd(t, bytes, n);
    memcpy(bytes, t->look + TAP_LOOK - t->held, held);
    t->held -= held;
    return (ssize_t)held;
}

bool tap_all(struct tap *t, void *bytes, size_t n)
{
    for (size_t have = 0; have < n;) {
        const ssize_t got = tap_some(t, (char *)bytes + have, n - have);

        if (got <= 0)
            return false;
        have += (size_t)got;
    }
    return true;
}

ssize_t tap_peek(struct tap *t, void *bytes, size_t n)
{
    unsigned char *const end = t->look + TAP_LOOK;

    while (t->held < n) {
        unsigned char more[TAP_LOOK];
        const ssize_t got = read_fd(t, more, n - t->held);

        if (got < 0)
            return -1;
        if (!got)
            break;
        memmove(end - t->held - got, end - t->held, t->held);
        t->held += (size_t)got;
        memcpy(end - got, more, (size_t)got);
    }

    const size_t seen = n < t->held ? n : t->held;

    memcpy(bytes, end - t->held, seen);
    return (ssize_t)seen;
}
