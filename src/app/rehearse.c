/* SPDX-License-Identifier: MIT
 *
 * rehearse.c - see rehearse.h.
 *
 * Forwards, twice, since in a short recording once is too little to learn from; then its
 * first frames backwards, so that the step from the end of what was heard to the beginning
 * of the pass is over before it begins.
 */
#include "app/rehearse.h"
#include "app/stop.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { HEAD = 4096, TIMES = 2, BACK = 512 };    /* frames; over them; frames */
static const size_t MOST = 1 << 23;             /* samples                   */

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

/* Out goes nothing; `to` has room for one frame. */
static void hear(lull *l, const float *x, size_t frames, unsigned channels, float *to)
{
    for (size_t t = 0; t < frames; t++)
        lull_process(l, x + t * channels, to, 1);
}

static void hear_back(lull *l, const float *x, size_t frames, unsigned channels, float *to)
{
    for (size_t t = frames; t-- > 0;)
        lull_process(l, x + t * channels, to, 1);
}

size_t rehearse(struct pass *p)
{
    const unsigned channels = p->source.sound.channels;
    const size_t most = MOST / channels < HEAD ? MOST / channels : HEAD;
    float *const x = has_use(p) ? malloc((most + 1) * channels * sizeof *x) : NULL;
    float *const to = x ? x + most * channels : NULL;
    const size_t frames = x ? read_head(p, x, most) : 0;

    for (int i = 0; i < TIMES; i++)
        hear(p->lull, x, frames, channels, to);
    hear_back(p->lull, x, frames < BACK ? frames : BACK, channels, to);
    free(x);
    return frames;
}
