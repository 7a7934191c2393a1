/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "fuzz.h"
#include "sink/sink.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void demand(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void pass(struct source *s, struct sink *to, struct fault *why)
{
    enum { ROOM = 1 << 14 };
    static float x[ROOM];
    const unsigned channels = s->sound.channels;
    long long frames = 0;
    size_t n;

    demand(channels > 0 && channels <= ROOM, "channels are in range");
    demand(s->sound.rate_hz > 0, "there is a rate");
    while ((n = source_read(s, x, ROOM / channels < 100 ? ROOM / channels : 100, why))) {
        demand(n <= ROOM / channels, "no more is read than asked for");
        frames += (long long)n;
        if (!sink_write(to, x, n, why))
            return;
    }
    demand(s->frames == frames, "frames are counted");
    if (!why->code)
        sink_close(to, why);
}

static void pass_fd(int fd, const struct sound *given)
{
    struct source s;
    struct sink to = { 0 };
    struct fault why = { 0 };
    char path[64];

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (source_open(&s, path, given, NULL, &why)) {
        if (sink_open(&to, "/dev/null", &s, 0, &why))
            pass(&s, &to, &why);
        sink_discard(&to);
        source_close(&s);
    }
    demand(!why.code || strstr(why.text, "/"), "an error names the file");
}

void fuzz_file(const uint8_t *bytes, size_t n, const struct sound *given)
{
    const int fd = memfd_create("fuzz", 0);

    demand(fd >= 0 && write(fd, bytes, n) == (ssize_t)n, "there is memory");
    pass_fd(fd, given);
    close(fd);
}

/* What does not fit into a pipe at once is left out. */
void fuzz_pipe(const uint8_t *bytes, size_t n, const struct sound *given)
{
    int ends[2];

    demand(pipe(ends) == 0, "there are pipes");
    n = n < 60000 ? n : 60000;
    demand(write(ends[1], bytes, n) == (ssize_t)n, "a pipe has room");
    close(ends[1]);
    pass_fd(ends[0], given);
    close(ends[0]);
}
