/* SPDX-License-Identifier: MIT
 *
 * source.h - where samples come from: a sound file, a WAV stream on a pipe,
 * a table in text (CSV), an array (NPY), or raw samples.
 */
#ifndef LULL_SOURCE_SOURCE_H
#define LULL_SOURCE_SOURCE_H

#include "source/fault.h"
#include "source/sound.h"
#include "source/tap.h"

struct source {
    struct sound sound;
    const char *name;       /* for messages                                      */
    char kind[96];          /* "WAV (Microsoft), Signed 16 bit PCM"              */
    long long promised;     /* frames that the header speaks of, or FRAMES_UNKNOWN */
    long long frames;       /* frames read                                       */
    size_t leftover;        /* bytes at the end that are no whole frame          */
    void *tags;             /* titles, cues and the like for sink/sndfile.c, or NULL */
    struct table *table;    /* the text around the numbers for sink/csv.c, or NULL */

    long long uneven;       /* rows that do not follow the one before in time, ... */
    long long uneven_line;  /* ... the first of them, ...                          */
    double lost;            /* ... and rows that seem to be missing there          */

    /* Of the backend. */
    struct tap tap;
    void *state;
    size_t (*read)(struct source *s, float *x, size_t frames, struct fault *why);
    void (*close)(struct source *s);
};

/* Opens path, "-" for standard input.  `given` is what was said about it by hand,
 * or NULL: its container, without which name and content decide; its rate where
 * the container holds none, and where it is RAW all the rest.  path, *stop
 * outlive the source. */
bool source_open(struct source *s, const char *path, const struct sound *given,
                 const volatile sig_atomic_t *stop, struct fault *why);

/* Reads up to x[frames][channels]; from a pipe, what is there.  Gives the
 * frames read; 0 at the end, and at an error with why->code not 0. */
size_t source_read(struct source *s, float *x, size_t frames, struct fault *why);

void source_close(struct source *s);    /* all 0: was never opened, is fine */

#endif
