/* SPDX-License-Identifier: MIT
 *
 * kinds.h - what the parts of a sink owe to sink.c, and to each other.
 */
#ifndef LULL_SINK_KINDS_H
#define LULL_SINK_KINDS_H

#include "sink/sink.h"

/* Each finishes a sink whose fd is open and whose sound is the input's. */
bool sink_sndfile_knows(const char *path);      /* by its extension */
bool sink_sndfile_open(struct sink *s, const struct source *from, struct fault *why);
bool sink_wav_open(struct sink *s, struct fault *why);
bool sink_raw_open(struct sink *s, struct fault *why);
bool sink_npy_open(struct sink *s, struct fault *why);
bool sink_csv_open(struct sink *s, const struct source *from, struct fault *why);

bool sink_raw_write(struct sink *s, const float *x, size_t frames, struct fault *why);

/* Sound files have rates in whole Hz, so others are refused; what differs by
 * less than the clock of a recorder is rounded. */
bool sink_rate_is_whole(const struct sink *s, struct fault *why);

/* Where fd stands, if it is a file one may go back in; else -1. */
off_t sink_place(int fd);

/* write(2) of all n bytes. */
bool sink_put(struct sink *s, const void *bytes, size_t n, struct fault *why);

/* Rounds x[n] to the sink's bits, dithered if so wished, and counts clips. */
void quantise(struct sink *s, float *x, size_t n);

#endif
