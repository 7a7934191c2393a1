/* SPDX-License-Identifier: MIT
 *
 * raw.c - samples straight from a file descriptor.
 *
 * On a pipe a read gives what is there, so that sound passes through as it
 * comes.  A frame cut in two by a read waits in `bytes` for its other half.
 * Whatever follows the frames that were announced is read and left, so that
 * nobody upstream writes into a closed pipe.
 */
#include "source/kinds.h"
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct raw {
    long long left;             /* frames still to come, or FRAMES_UNKNOWN */
    size_t frame;               /* bytes of a frame                        */
    size_t held;                /* bytes waiting, < frame                  */
    unsigned char bytes[1 << 16];
};

/* Up to n bytes into r->bytes + r->held; 0 at the end, or when told to stop. */
static size_t more(struct source *s, struct raw *r, size_t n, struct fault *why)
{
    const ssize_t got = tap_some(&s->tap, r->bytes + r->held, n);

    if (got < 0)
        fault_errno(why, EX_IOERR, s->name);
    return got > 0 ? (size_t)got : 0;
}

static void drain(struct source *s, struct raw *r)
{
    struct fault ignored;

    while (more(s, r, sizeof r->bytes, &ignored))
        ;
}

static size_t raw_read(struct source *s, float *x, size_t frames, struct fault *why)
{
    struct raw *r = s->state;
    const size_t room = sizeof r->bytes / r->frame;
    size_t n = frames < room ? frames : room;

    if (r->left >= 0 && (long long)n > r->left)
        n = (size_t)r->left;
    if (!n) {
        drain(s, r);
        return 0;
    }

    size_t whole = 0;
    while (!whole) {
        const size_t got = more(s, r, n * r->frame - r->held, why);

        if (!got) {
            s->leftover = r->held;
            return 0;
        }
        r->held += got;
        whole = r->held / r->frame;
    }

    const size_t used = whole * r->frame;
    pcm_decode(s->sound.pcm, r->bytes, x, whole * s->sound.channels);
    r->held -= used;
    memmove(r->bytes, r->bytes + used, r->held);
    if (r->left >= 0)
        r->left -= (long long)whole;
    return whole;
}

static void raw_close(struct source *s)
{
    free(s->state);
    close(s->tap.fd);
}

bool source_raw_open(struct source *s, struct fault *why)
{
    struct raw *r = malloc(sizeof *r);

    if (!r)
        return fault_set(why, EX_OSERR, "%s: out of memory", s->name);
    r->left = s->sound.frames;
    r->frame = pcm_bytes(s->sound.pcm) * s->sound.channels;
    r->held = 0;
    s->state = r;
    s->read = raw_read;
    s->close = raw_close;
    return true;
}
