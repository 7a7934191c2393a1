/* SPDX-License-Identifier: MIT
 *
 * npy.c - arrays in NumPy's format, of the shape and type of what came in.
 *
 * The header has the length in it.  Where that turns out otherwise it is put
 * right at the end, which a pipe does not allow; so to a pipe goes only what
 * said how long it is.
 */
#include "sink/kinds.h"
#include "source/npy.h"
#include <errno.h>
#include <sysexits.h>
#include <unistd.h>

static bool put_at(struct sink *s, const void *bytes, size_t n, off_t at, struct fault *why)
{
    const unsigned char *p = bytes;

    while (n) {
        const ssize_t put = pwrite(s->fd, p, n, at);

        if (put < 0 && errno != EINTR)
            return fault_errno(why, EX_IOERR, s->name);
        if (put > 0) {
            p += put;
            n -= (size_t)put;
            at += put;
        }
    }
    return true;
}

static bool npy_finish(struct sink *s, struct fault *why)
{
    char header[NPY_HEADER];

    if (s->frames == s->sound.frames || s->header_at < 0)
        return true;
    npy_write_header(&s->sound, s->frames, header);
    return put_at(s, header, sizeof header, s->header_at, why);
}

/* ---- a channel after another */

static bool planar_write(struct sink *s, const float *x, size_t frames, struct fault *why)
{
    enum { ROOM = 4096 };       /* samples */
    const size_t width = pcm_bytes(s->sound.pcm), channels = s->sound.channels;
    const off_t start = s->header_at + NPY_HEADER;
    unsigned char bytes[ROOM * 8];
    float one[ROOM];

    for (size_t at = 0; at < frames; at += ROOM)
        for (size_t c = 0; c < channels; c++) {
            const size_t n = frames - at < ROOM ? frames - at : ROOM;
            const off_t frame = (off_t)c * s->sound.frames + s->frames + (off_t)at;

            for (size_t t = 0; t < n; t++)
                one[t] = x[(at + t) * channels + c];
            pcm_encode(s->sound.pcm, one, bytes, n);
            if (!put_at(s, bytes, n * width, start + frame * (off_t)width, why))
                return false;
        }
    return true;
}

static bool planar_finish(struct sink *s, struct fault *why)
{
    return s->frames == s->sound.frames ||
           fault_set(why, EX_IOERR,
                     "%s: given up after %lld of %lld frames: in Fortran order an array is "
                     "whole or nothing", s->name, s->frames, s->sound.frames);
}

/* ---- */

/* Types that arrays have; integers keep their bytes, the rest becomes f4. */
static void settle_type(struct pcm *p)
{
    if (p->type != PCM_S16 && p->type != PCM_S32 && p->type != PCM_F32 && p->type != PCM_F64)
        *p = (struct pcm){ .type = PCM_F32 };
}

bool sink_npy_open(struct sink *s, struct fault *why)
{
    char header[NPY_HEADER];

    s->header_at = sink_place(s->fd);
    if (s->header_at < 0 && s->sound.frames < 0)
        return fault_set(why, EX_CANTCREAT,
                         "%s: an array has its length first, and that of the input is not "
                         "known: name a file", s->name);
    if (s->header_at < 0 && s->sound.planar)
        return fault_set(why, EX_CANTCREAT,
                         "%s: an array in Fortran order, whose channels come one after "
                         "another, cannot go through a pipe: name a file", s->name);
    settle_type(&s->sound.pcm);
    s->sound.flat |= s->sound.channels == 1 && s->sound.container != CONTAINER_NPY;
    s->sound.container = CONTAINER_NPY;
    s->bits = pcm_bits(s->sound.pcm);
    s->write = s->sound.planar ? planar_write : sink_raw_write;
    s->finish = s->sound.planar ? planar_finish : npy_finish;
    pcm_describe(s->sound.pcm, "NPY", s->kind, sizeof s->kind);
    npy_write_header(&s->sound, s->sound.frames > 0 ? s->sound.frames : 0, header);
    return sink_put(s, header, sizeof header, why);
}
