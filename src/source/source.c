/* SPDX-License-Identifier: MIT
 *
 * source.c - finds out what an input is and opens it.
 *
 * What was said about it decides, then its name, then its first bytes.  A file
 * of sound goes to the file library, which knows every format; what comes from
 * a pipe can be WAV, a table, an array, or raw samples if it is said to be.
 */
#include "source/kinds.h"
#include "source/name.h"
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
    s->tap.fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : dup(STDIN_FILENO);
    if (s->tap.fd < 0)
        return fault_errno(why, EX_NOINPUT, s->name);
    if (fstat(s->tap.fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(s->tap.fd);
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

static bool open_raw(struct source *s, const struct sound *given, long long size,
                     struct fault *why)
{
    s->sound = *given;
    if (size >= 0)
        s->sound.frames = size / (long long)(given->channels * pcm_bytes(given->pcm));
    pcm_describe(given->pcm, "raw", s->kind, sizeof s->kind);
    return source_raw_open(s, why);
}

static enum container container_of_name(const char *name)
{
    if (name_ends_in(name, ".csv") || name_ends_in(name, ".tsv"))
        return CONTAINER_CSV;
    return name_ends_in(name, ".npy") ? CONTAINER_NPY : CONTAINER_ANY;
}

/* No byte that text would not have. */
static bool is_text(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i] == 127 || (bytes[i] < ' ' && !memchr("\t\r\n", bytes[i], 3)))
            return false;
    return n > 0;
}

/* Text all the same, and to be told so. */
static bool is_utf16(const unsigned char *bytes, size_t n)
{
    return n >= 2 && (!memcmp(bytes, "\xff\xfe", 2) || !memcmp(bytes, "\xfe\xff", 2));
}

static enum container container_of_bytes(const unsigned char *look, size_t n)
{
    if (n >= 6 && !memcmp(look, "\x93NUMPY", 6))
        return CONTAINER_NPY;
    if (n >= 4 && (!memcmp(look, "RIFF", 4) || !memcmp(look, "RF64", 4)))
        return CONTAINER_SOUND;
    return is_text(look, n) || is_utf16(look, n) ? CONTAINER_CSV : CONTAINER_SOUND;
}

/* CONTAINER_ANY: cannot be read. */
static enum container container_of_content(struct source *s, struct fault *why)
{
    unsigned char look[TAP_LOOK];
    const ssize_t n = tap_peek(&s->tap, look, sizeof look);

    if (n >= 0)
        return container_of_bytes(look, (size_t)n);
    fault_errno(why, EX_IOERR, s->name);
    return CONTAINER_ANY;
}

/* A file can be asked again. */
static bool rewind_to(struct source *s, off_t start, struct fault *why)
{
    s->tap.held = 0;
    return lseek(s->tap.fd, start, SEEK_SET) == start || fault_errno(why, EX_IOERR, s->name);
}

/* Some formats of sound begin with text, so the file library has the first word. */
static bool open_unknown_file(struct source *s, double rate_hz, struct fault *why)
{
    const off_t start = lseek(s->tap.fd, 0, SEEK_CUR);
    const enum container guess = container_of_content(s, why);

    if (!guess || !rewind_to(s, start, why))
        return false;
    if (guess == CONTAINER_NPY)
        return source_npy_open(s, rate_hz, why);
    if (source_sndfile_open(s, why))
        return true;
    return guess == CONTAINER_CSV && why->code == EX_DATAERR && rewind_to(s, start, why) &&
           source_csv_open(s, rate_hz, why);
}

static bool open_stream(struct source *s, double rate_hz, struct fault *why)
{
    switch (container_of_content(s, why)) {
    case CONTAINER_ANY:
        return false;
    case CONTAINER_CSV:
        return source_csv_open(s, rate_hz, why);
    case CONTAINER_NPY:
        return source_npy_open(s, rate_hz, why);
    default:
        return source_wav_open(s, why);
    }
}

/* Only where the container has no place for a rate is there one to give. */
static bool needs_rate(const struct source *s, double rate_hz, struct fault *why)
{
    if (!(rate_hz > 0) || s->sound.container != CONTAINER_SOUND)
        return true;
    return fault_set(why, EX_USAGE, "%s: says its rate itself; -r is for raw samples (-t raw), "
                     "CSV and NPY", s->name);
}

static bool open_kind(struct source *s, const char *path, const struct sound *given,
                      struct fault *why)
{
    const long long size = file_size(s->tap.fd);
    const double rate_hz = given ? given->rate_hz : 0;
    const enum container said = given ? given->container : CONTAINER_ANY;

    if (size == 0)
        return fault_set(why, EX_DATAERR, "%s: the file is empty", s->name);
    switch (said ? said : container_of_name(path)) {
    case CONTAINER_RAW:
        return open_raw(s, given, size, why);
    case CONTAINER_CSV:
        return source_csv_open(s, rate_hz, why);
    case CONTAINER_NPY:
        return source_npy_open(s, rate_hz, why);
    default:
        return (size > 0 ? open_unknown_file : open_stream)(s, rate_hz, why);
    }
}

bool source_open(struct source *s, const char *path, const struct sound *given,
                 const volatile sig_atomic_t *stop, struct fault *why)
{
    *s = (struct source){ .promised = FRAMES_UNKNOWN, .tap = { .stop = stop } };
    if (!open_fd(s, path, why))
        return false;
    if (!open_kind(s, path, given, why)) {
        close(s->tap.fd);
        return false;
    }
    if (needs_rate(s, given ? given->rate_hz : 0, why))
        return true;
    source_close(s);
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
    s->close = NULL;
}
