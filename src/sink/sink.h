/* SPDX-License-Identifier: MIT
 *
 * sink.h - where samples go: a sound file, a WAV stream on a pipe, a table, an
 * array, or raw samples, in the format of what came in unless the name says otherwise.
 *
 * A file is written under a name of its own beside its place and moved there
 * by sink_close(): until then what was at that place stays, be it the input
 * itself, and half a file is never taken for a whole one.
 */
#ifndef LULL_SINK_SINK_H
#define LULL_SINK_SINK_H

#include "source/source.h"
#include <stdint.h>
#include <sys/types.h>

struct sink {
    struct sound sound;     /* as written                                  */
    const char *name;       /* for messages                                */
    char kind[96];          /* "FLAC (Free Lossless Audio Codec), ..."     */
    long long frames;       /* written                                     */
    long long clipped;      /* samples that were too loud for the format   */

    float unit;             /* of this sound what is 1 in the input; 1 but for counts */

    /* Of quantise.c. */
    unsigned bits;          /* of the grid that samples are rounded to; 0: none */
    bool dither;
    uint32_t seed;

    /* Of the backend. */
    int fd;
    char *path, *temp;      /* where the file goes, where it is meanwhile; NULL: a stream */
    void *state;
    off_t header_at;        /* of a stream that can seek back to its header; else -1 */
    bool (*write)(struct sink *s, const float *x, size_t frames, struct fault *why);
    bool (*finish)(struct sink *s, struct fault *why);
    void (*abandon)(struct sink *s);    /* lets go of `state`; NULL: there is none */
};

/* Opens path, "-" for standard output, for what comes from `from`; `dither`
 * where samples lose bits.  path outlives the sink. */
bool sink_open(struct sink *s, const char *path, const struct source *from, bool dither,
               struct fault *why);

/* A recording: a WAV file that is in its place from the beginning, and up to now
 * after each sink_wav_update(). */
bool sink_wav_record(struct sink *s, const char *path, const struct sound *sound,
                     struct fault *why);
bool sink_wav_update(struct sink *s, struct fault *why);

/* Writes x[frames][channels]; x is rounded to what the format can hold. */
bool sink_write(struct sink *s, float *x, size_t frames, struct fault *why);

/* Completes the sound and puts it in its place; at an error it is discarded. */
bool sink_close(struct sink *s, struct fault *why);

/* Leaves no trace of a file that is not in its place yet.  All 0, never opened,
 * is fine. */
void sink_discard(struct sink *s);

#endif
