/* SPDX-License-Identifier: MIT
 *
 * sink.c - decides what an output is, and sees to it that a file is whole
 * before it has its name.
 *
 * New files and regular ones are written beside their place and renamed;
 * pipes, devices and standard output are written to as they are.
 */
#include "sink/kinds.h"
#include "source/name.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static bool same_file(int fd, int other)
{
    struct stat a, b;

    return fstat(fd, &a) == 0 && fstat(other, &b) == 0 && S_ISREG(a.st_mode) &&
           a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* A file in the same directory as path, so that a rename can replace it. */
static bool create_temp(struct sink *s, mode_t mode, struct fault *why)
{
    const char *slash = strrchr(s->path, '/');
    const int directory = slash ? (int)(slash - s->path) + 1 : 0;
    const size_t room = (size_t)directory + 64;

    s->temp = malloc(room);
    if (!s->temp)
        return fault_set(why, EX_OSERR, "%s: out of memory", s->name);
    for (int attempt = 0; attempt < 100; attempt++) {
        snprintf(s->temp, room, "%.*s.lull-%ld-%d", directory, s->path, (long)getpid(),
                 attempt);
        s->fd = open(s->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (s->fd >= 0 || errno != EEXIST)
            break;
    }
    return s->fd >= 0 || fault_errno(why, EX_CANTCREAT, s->name);
}

bool sink_rate_is_whole(const struct sink *s, struct fault *why)
{
    const double rate = s->sound.rate_hz, whole = floor(rate + 0.5);

    return (whole >= 1 && fabs(rate - whole) <= 1e-3 * rate) ||
           fault_set(why, EX_CANTCREAT,
                     "%s: this format holds no rate like %.10g Hz, only whole ones", s->name,
                     rate);
}

/* Appending (>>) would put at the end what is to go back. */
off_t sink_place(int fd)
{
    return fcntl(fd, F_GETFL) & O_APPEND ? -1 : lseek(fd, 0, SEEK_CUR);
}

/* What a name asks for, if anything. */
static enum container container_of_name(const char *name)
{
    if (name_ends_in(name, ".raw") || name_ends_in(name, ".pcm"))
        return CONTAINER_RAW;
    if (name_ends_in(name, ".csv") || name_ends_in(name, ".tsv"))
        return CONTAINER_CSV;
    if (name_ends_in(name, ".npy"))
        return CONTAINER_NPY;
    return sink_sndfile_knows(name) ? CONTAINER_SOUND : CONTAINER_ANY;
}

static bool open_as(struct sink *s, enum container container, const struct source *from,
                    struct fault *why)
{
    switch (container) {
    case CONTAINER_RAW:
        return sink_raw_open(s, why);
    case CONTAINER_CSV:
        return sink_csv_open(s, from, why);
    case CONTAINER_NPY:
        return sink_npy_open(s, why);
    default:
        return s->temp ? sink_sndfile_open(s, from, why) : sink_wav_open(s, why);
    }
}

static bool open_stream(struct sink *s, int fd, const struct source *from, struct fault *why)
{
    s->fd = fd;
    if (fd < 0)
        return fault_errno(why, EX_CANTCREAT, s->name);
    if (same_file(fd, from->tap.fd))
        return fault_set(why, EX_CANTCREAT, "%s: is the input; give OUT by name", s->name);
    return open_as(s, from->sound.container, from, why);
}

static bool open_file(struct sink *s, mode_t mode, const struct source *from, struct fault *why)
{
    const enum container wish = container_of_name(s->name);

    return create_temp(s, mode, why) &&
           open_as(s, wish ? wish : from->sound.container, from, why);
}

/* What stands at OUT is replaced if one may write to it, and keeps its mode;
 * what a link points at is replaced, not the link. */
static bool open_existing(struct sink *s, const struct stat *st, const struct source *from,
                          struct fault *why)
{
    s->path = realpath(s->name, NULL);
    if (!s->path || access(s->path, W_OK))
        return fault_errno(why, EX_CANTCREAT, s->name);
    if (!open_file(s, st->st_mode & 0777, from, why))
        return false;
    fchmod(s->fd, st->st_mode & 0777);
    return true;
}

static bool open_new(struct sink *s, const struct source *from, struct fault *why)
{
    s->path = strdup(s->name);
    if (!s->path)
        return fault_set(why, EX_OSERR, "%s: out of memory", s->name);
    return open_file(s, 0666, from, why);
}

static bool open_place(struct sink *s, const char *path, const struct source *from,
                       struct fault *why)
{
    struct stat st;

    if (!strcmp(path, "-"))
        return open_stream(s, dup(STDOUT_FILENO), from, why);
    if (stat(path, &st))
        return errno == ENOENT ? open_new(s, from, why) : fault_errno(why, EX_CANTCREAT, path);
    if (S_ISREG(st.st_mode))
        return open_existing(s, &st, from, why);
    return open_stream(s, open(path, O_WRONLY | O_CLOEXEC), from, why);
}

bool sink_open(struct sink *s, const char *path, const struct source *from, bool dither,
               struct fault *why)
{
    *s = (struct sink){
        .sound = from->sound,
        .name = strcmp(path, "-") ? path : "standard output",
        .unit = 1,
        .seed = 1,
        .fd = -1,
        .header_at = -1,
    };
    if (!open_place(s, path, from, why)) {
        sink_discard(s);
        return false;
    }
    if (from->sound.pcm.counts && !s->sound.pcm.counts)
        s->unit = (float)pcm_unit(s->sound.pcm);
    s->dither = dither && s->bits && pcm_depth(from->sound.pcm) > s->bits;
    return true;
}

bool sink_write(struct sink *s, float *x, size_t frames, struct fault *why)
{
    for (size_t i = 0; s->unit != 1 && i < frames * s->sound.channels; i++)
        x[i] *= s->unit;
    quantise(s, x, frames * s->sound.channels);
    if (!s->write(s, x, frames, why))
        return false;
    s->frames += (long long)frames;
    return true;
}

static bool put_in_place(struct sink *s, struct fault *why)
{
    const int closed = close(s->fd);

    s->fd = -1;
    if (closed)
        return fault_errno(why, EX_IOERR, s->name);
    if (s->temp && rename(s->temp, s->path))
        return fault_errno(why, EX_CANTCREAT, s->name);
    free(s->temp);
    s->temp = NULL;
    return true;
}

bool sink_close(struct sink *s, struct fault *why)
{
    const bool whole = s->finish(s, why) && put_in_place(s, why);

    sink_discard(s);
    return whole;
}

void sink_discard(struct sink *s)
{
    if (!s->name)
        return;
    if (s->abandon)
        s->abandon(s);
    if (s->fd >= 0)
        close(s->fd);
    if (s->temp)
        unlink(s->temp);
    free(s->temp);
    free(s->path);
    s->temp = s->path = NULL;
    s->fd = -1;
}
