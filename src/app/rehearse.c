/* SPDX-License-Identifier: MIT
 *
 * rehearse.c - see rehearse.h.
 *
 * Twice, and a short recording until the floor of its noise is known.  Its end is faded
 * into its beginning, backwards, so that nothing jumps where it begins again: a jump would
 * be learned, too.
 */
#include "app/rehearse.h"
#include "app/stop.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { HEAD = 8192, TURN = 256 };               /* frames                             */
enum { TIMES = 2, LEAST = 1536 };               /* over them; and frames in all       */
static const size_t MOST = 1 << 23;             /* samples                            */

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

/* How much of frame t of `frames` gives way to its mirror image, that from the end. */
static float mirrored(size_t t, size_t frames)
{
    const size_t turn = frames < 4 * TURN ? frames / 4 : TURN, left = frames - t;

    return left > turn ? 0 : fminf(2 * (float)(turn - left + 1) / (float)turn, 1);
}

/* x[frames][channels], less or more of it backwards at the end. */
static void hear(lull *l, const float *x, size_t frames, unsigned channels, float *room)
{
    for (size_t t = 0; t < frames && !stop_signal; t++) {
        const float *const y = x + t * channels, *const z = x + (frames - 1 - t) * channels;
        const float a = mirrored(t, frames);

        for (unsigned c = 0; c < channels; c++)
            room[c] = a > 0 ? (1 - a) * y[c] + a * z[c] : y[c];
        lull_process(l, room, room, 1);
    }
}

size_t rehearse(struct pass *p)
{
    const unsigned channels = p->source.sound.channels;
    const size_t most = MOST / channels < HEAD ? MOST / channels : HEAD;
    float *const x = has_use(p) ? malloc((most + 1) * channels * sizeof *x) : NULL;
    const size_t frames = x ? read_head(p, x, most) : 0;

    for (size_t i = 0; frames && (i < TIMES || i * frames < LEAST); i++)
        hear(p->lull, x, frames, channels, x + most * channels);
    free(x);
    return stop_signal ? 0 : frames;
}
