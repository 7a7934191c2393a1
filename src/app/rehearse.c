/* SPDX-License-Identifier: MIT
 *
 * rehearse.c - see rehearse.h.
 *
 * There and back, twice, since once is too little to learn from.  Wherever it turns it goes
 * on from the frame it is at, and it ends where the recording begins: nothing jumps, which
 * would be learned, too, and what was heard last is what comes first.
 */
#include "app/rehearse.h"
#include "app/stop.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { HEAD = 4096, TIMES = 2 };        /* frames; there and back */
static const size_t MOST = 1 << 23;     /* samples                */

static bool is_file(const char *path)
{
    struct stat s;

    return strcmp(path, "-") && !stat(path, &s) && S_ISREG(s.st_mode);
}

/* Of sound little is learned that lasts, and a stream in chunks is heard as it comes. */
static bool has_use(const struct pass *p)
{
    const struct options *const o = p->options;
    lull_readings r;

    lull_read(p->lull, &r);
    return r.most_rank > 0 && !o->state && is_file(o->in);
}

/* The first frames of the input, from another reader of it. */
static size_t read_head(const struct pass *p, float *x, size_t frames)
{
    const struct options *const o = p->options;
    struct source s = { 0 };
    struct fault unsaid = { 0 };
    size_t got = 0, n;

    if (source_open(&s, o->in, &o->given, &stop_signal, &unsaid) &&
        s.sound.channels == p->source.sound.channels)
        while (got < frames &&
               (n = source_read(&s, x + got * s.sound.channels, frames - got, &unsaid)))
            got += n;
    source_close(&s);
    return got;
}

/* x[frames][channels], forwards and backwards; what comes of it goes to room[channels]. */
static void there_and_back(lull *l, const float *x, size_t frames, unsigned channels,
                           float *room)
{
    for (size_t t = 0; t < 2 * frames && !stop_signal; t++)
        lull_process(l, x + (t < frames ? t : 2 * frames - 1 - t) * channels, room, 1);
}

size_t rehearse(struct pass *p)
{
    const unsigned channels = p->source.sound.channels;
    const size_t most = MOST / channels < HEAD ? MOST / channels : HEAD;
    float *const x = has_use(p) ? malloc((most + 1) * channels * sizeof *x) : NULL;

    if (!x)
        return 0;

    const size_t frames = read_head(p, x, most);

    for (int i = 0; i < TIMES; i++)
        there_and_back(p->lull, x, frames, channels, x + most * channels);
    free(x);
    return stop_signal ? 0 : frames;
}
