/* SPDX-License-Identifier: MIT
 *
 * resume.h - one stream in chunks, a run of lull each: what goes from one to the
 * next by way of a file.
 *
 * The last `latency` frames of a chunk come out at the beginning of the next, so that
 * what comes out, joined, is what one run would have given for all that went in.
 */
#ifndef LULL_APP_RESUME_H
#define LULL_APP_RESUME_H

#include "app/whole.h"
#include "lull.h"
#include "sink/sink.h"
#include "source/source.h"

struct resume {
    const char *path;           /* of the file, or NULL: every run is a stream of its own */
    bool found;                 /* it was there: we go on                                 */
    double rate_hz;             /* of all chunks                                          */
    uint32_t seed;              /* of the sink's dither                                   */
    char *about;                /* "ecg filter, 360 Hz, 2 channels"                       */
    char *rows;                 /* of a table, whose samples are still inside: rows[n]    */
    size_t rows_n;
    unsigned char *bytes;       /* the file, in which all of these are */
    const unsigned char *state; /* lull_save()'s, state[state_n]       */
    size_t state_n;
    struct whole next;
};

/* Reads what the last chunk has left; that there is none yet is no error. */
bool resume_open(struct resume *r, const char *path, struct fault *why);

/* Times in a table tell the rate but roughly: then it is as it was. */
void resume_rate(const struct resume *r, struct source *s);

/* l goes on where it was; `about` says what it is. */
bool resume_load(const struct resume *r, lull *l, const char *about, struct fault *why);

/* So does what is written; `inside`: frames that are on their way. */
bool resume_sink(const struct resume *r, struct source *from, struct sink *to, size_t inside,
                 struct fault *why);

/* At the end: writes what the next chunk needs beside its place, ... */
bool resume_save(struct resume *r, const lull *l, const char *about, struct source *from,
                 const struct sink *to, struct fault *why);

/* ... and puts it there, once this chunk's output is in its own; or, if nothing
 * was saved, takes the file away: the stream is over. */
bool resume_place(struct resume *r, struct fault *why);

void resume_close(struct resume *r);

#endif
