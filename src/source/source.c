/* SPDX-License-Identifier: MIT
 *
 * source.c - finds out what an input is and opens it.
 *
 * What can be sought in goes to the file library, which knows every format;
 * what cannot is WAV from a pipe; and raw samples are what they are said to be.
 */
#include "source/kinds.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static bool open_fd(struct source *s, const char *path, struct fault *why)
{
    struct stat st;

    s->name = strcmp(path, "-") ? path : "standard input";
    s->fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : dup(STDIN_FILENO);
    if (s->fd < 0)
        return fault_errno(why, EX_NOINPUT, s->name);
    if (fstat(s->fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(s->fd);
        errno = EISDIR;
        return fault_errno(why, EX_NOINPUT, s->name);
    }
    return true;
}

/* Bytes yet to come from a file; FRAMES_UNKNOWN for what is none, a pipe say. */
static long long file_size(int fd)
{
    struct stat st;

    if (fstat(fd, &st) || !S_ISREG(st.st_mode))
        return FRAMES_UNKNOWN;
    return st.st_size - lseek(fd, 0, SEEK_CUR);
}

static bool open_raw(struct source *s, const struct sound *raw, long long size,
                     struct fault *why)
{
    s->sound = *raw;
    if (size >= 0)
        s->sound.frames = size / (long long)(raw->channels * pcm_bytes(raw->pcm));
    pcm_describe(raw->pcm, "raw", s->kind, sizeof s->kind);
    return source_raw_open(s, why);
}

static bool open_kind(struct source *s, const struct sound *raw, struct fault *why)
{
    const long long size = file_size(s->fd);

    if (size == 0)
        return fault_set(why, EX_DATAERR, "%s: the file is empty", s->name);
    if (raw)
        return open_raw(s, raw, size, why);
    return size > 0 ? source_sndfile_open(s, why) : source_wav_open(s, why);
}

bool source_open(struct source *s, const char *path, const struct sound *raw,
                 const volatile sig_atomic_t *stop, struct fault *why)
{
    *s = (struct source){ .promised = FRAMES_UNKNOWN, .stop = stop };
    if (!open_fd(s, path, why))
        return false;
    if (open_kind(s, raw, why))
        return true;
    close(s->fd);
    return false;
}

size_t source_read(struct source *s, float *x, size_t frames, struct fault *why)
{
    why->code = 0;

    const size_t got = s->read(s, x, frames, why);

    s->frames += (long long)got;
    return got;
}

void source_close(struct source *s)
{
    if (s->close)
        s->close(s);
}
