/* SPDX-License-Identifier: MIT
 *
 * whole.c - see whole.h.  A rename within a directory is all or nothing.
 */
#include "app/whole.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/* ---- reading */

/* Up to `room` bytes; -1 with errno. */
static ssize_t read_up_to(int fd, unsigned char *bytes, size_t room)
{
    size_t n = 0;

    while (n < room) {
        const ssize_t got = read(fd, bytes + n, room - n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    return (ssize_t)n;
}

/* In a buffer that doubles, since a pipe does not say how much will come. */
static unsigned char *read_all(int fd, const char *path, size_t most, size_t *size,
                               struct fault *why)
{
    unsigned char *bytes = NULL;

    *size = 0;
    for (size_t room = 1 << 16;; room *= 2) {
        unsigned char *const more = realloc(bytes, room + 1);
        const ssize_t got = more ? read_up_to(fd, more + *size, room - *size) : 0;

        bytes = more ? more : bytes;
        *size += got > 0 ? (size_t)got : 0;
        if (!more)
            fault_set(why, EX_OSERR, "%s: out of memory", path);
        else if (got < 0)
            fault_errno(why, EX_IOERR, path);
        else if (*size > most)
            fault_set(why, EX_DATAERR, "%s: more than %zu MB", path, most >> 20);
        else if (*size == room)
            continue;
        else
            return bytes[*size] = 0, bytes;
        free(bytes);
        return NULL;
    }
}

unsigned char *whole_read(const char *path, size_t most, size_t *size, struct fault *why)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    unsigned char *bytes = NULL;
    struct stat is;

    if (fd < 0 || fstat(fd, &is))
        fault_errno(why, EX_NOINPUT, path);
    else if (!S_ISREG(is.st_mode) && !S_ISFIFO(is.st_mode))
        fault_set(why, EX_NOINPUT, "%s: not a file", path);
    else
        bytes = read_all(fd, path, most, size, why);
    if (fd >= 0)
        close(fd);
    return bytes;
}

/* ---- writing */

static bool write_all(int fd, const unsigned char *bytes, size_t n)
{
    while (n) {
        const ssize_t put = write(fd, bytes, n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes += put;
        n -= (size_t)put;
    }
    return true;
}

/* A new file in the directory of w->path; its number, or -1 with errno. */
static int create_temp(struct whole *w, mode_t mode)
{
    const char *const slash = strrchr(w->path, '/');
    const int directory = slash ? (int)(slash - w->path) + 1 : 0;
    const size_t room = (size_t)directory + 64;
    int fd = -1;

    w->temp = malloc(room);
    if (!w->temp)
        return -1;
    for (int attempt = 0; fd < 0 && attempt < 100; attempt++) {
        snprintf(w->temp, room, "%.*s.lull-%ld-w%d", directory, w->path, (long)getpid(),
                 attempt);
        fd = open(w->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0) {
        free(w->temp);
        w->temp = NULL;
    }
    return fd;
}

/* What stands there is replaced if one may write to it, and keeps its mode; what a
 * link points at is replaced, not the link. */
static bool find_place(struct whole *w, mode_t *mode, struct fault *why)
{
    struct stat is;

    *mode = 0666;
    if (stat(w->name, &is)) {
        if (errno != ENOENT)
            return fault_errno(why, EX_CANTCREAT, w->name);
        w->path = strdup(w->name);
    } else {
        if (!S_ISREG(is.st_mode))
            return fault_set(why, EX_CANTCREAT, "%s: not a file", w->name);
        *mode = is.st_mode & 0777;
        w->path = access(w->name, W_OK) ? NULL : realpath(w->name, NULL);
    }
    return w->path || fault_errno(why, EX_CANTCREAT, w->name);
}

bool whole_write(struct whole *w, const char *name, const void *bytes, size_t size,
                 struct fault *why)
{
    mode_t mode;

    *w = (struct whole){ .name = name };
    if (!find_place(w, &mode, why))
        return false;

    const int fd = create_temp(w, mode);

    if (fd < 0)
        return fault_errno(why, EX_CANTCREAT, name);

    const bool written = write_all(fd, bytes, size) && fsync(fd) == 0;
    const int err = errno;

    if (close(fd) == 0 && written)
        return true;
    errno = written ? errno : err;
    return fault_errno(why, EX_IOERR, name);
}

bool whole_place(struct whole *w, struct fault *why)
{
    if (rename(w->temp, w->path))
        return fault_errno(why, EX_CANTCREAT, w->name);
    free(w->temp);
    w->temp = NULL;
    return true;
}

void whole_discard(struct whole *w)
{
    if (w->temp)
        unlink(w->temp);
    free(w->temp);
    free(w->path);
    *w = (struct whole){ 0 };
}
