/* SPDX-License-Identifier: MIT
 *
 * 2-stream.c - denoise what comes in, as it comes: what an embedder writes.
 *
 *     2-stream RATE CHANNELS < noisy.s16 > quiet.s16
 *
 * Raw 16-bit samples of the machine's byte order, channels interleaved.  A
 * read may bring any number of frames.  As many frames come out as went in:
 * the first lull_latency() of them belong to no input and are dropped, the
 * last come out of lull_flush().
 */
#include <lull.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 480 }; /* frames at a time, at most; any number will do */

struct stream {
    lull *l;
    unsigned channels;
    size_t drop;  /* frames of output still to be dropped */
    int16_t *s16; /* [BLOCK][channels] */
    float *x;     /* [BLOCK][channels] */
};

static int complain(const char *why)
{
    fprintf(stderr, "2-stream: %s\n", why);
    return 1;
}

static size_t take(struct stream *s)
{
    const size_t n = fread(s->s16, s->channels * sizeof *s->s16, BLOCK, stdin);

    for (size_t i = 0; i < n * s->channels; i++)
        s->x[i] = (float)s->s16[i] / 32768.0f;
    return n;
}

static int give(struct stream *s, size_t n)
{
    const size_t skip = n < s->drop ? n : s->drop, keep = n - skip;

    for (size_t i = 0; i < n * s->channels; i++)
        s->s16[i] = (int16_t)lrintf(fminf(fmaxf(32768.0f * s->x[i], -32768.0f), 32767.0f));
    s->drop -= skip;
    return fwrite(s->s16 + skip * s->channels, s->channels * sizeof *s->s16, keep, stdout) ==
           keep;
}

static int run(struct stream *s)
{
    size_t n;

    while ((n = take(s)) > 0) {
        lull_process(s->l, s->x, s->x, n);
        if (!give(s, n))
            return complain("cannot write");
    }
    if (ferror(stdin))
        return complain("cannot read");
    while ((n = lull_flush(s->l, s->x, BLOCK)) > 0)
        if (!give(s, n))
            return complain("cannot write");
    return fflush(stdout) ? complain("cannot write") : 0;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return complain("usage: 2-stream RATE CHANNELS < noisy.s16 > quiet.s16");

    struct stream s = { .channels = (unsigned)atoi(argv[2]) };
    const lull_config cfg = lull_preset("speech", atof(argv[1]), s.channels);
    lull_status why;

    s.l = lull_new(&cfg, &why);
    if (!s.l)
        return complain(lull_strerror(why));
    s.drop = lull_latency(s.l);
    s.s16 = malloc(BLOCK * s.channels * sizeof *s.s16);
    s.x = malloc(BLOCK * s.channels * sizeof *s.x);

    const int code = s.s16 && s.x ? run(&s) : complain("out of memory");

    lull_free(s.l);
    free(s.s16);
    free(s.x);
    return code;
}
