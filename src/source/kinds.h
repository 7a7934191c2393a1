/* SPDX-License-Identifier: MIT
 *
 * kinds.h - what the kinds of source owe to source.c, and to each other.
 */
#ifndef LULL_SOURCE_KINDS_H
#define LULL_SOURCE_KINDS_H

#include "source/source.h"
#include <stdint.h>
#include <sys/types.h>

/* Each finishes a source whose fd is open. */
bool source_sndfile_open(struct source *s, struct fault *why);
bool source_wav_open(struct source *s, struct fault *why);
bool source_raw_open(struct source *s, struct fault *why);

enum wav_result {
    WAV_OK,
    WAV_UNREADABLE, /* errno says why                          */
    WAV_EMPTY,      /* not one byte                            */
    WAV_ALIEN,      /* something else than WAV                 */
    WAV_CODED,      /* samples are neither integers nor floats */
    WAV_BROKEN
};

/* Reads fd up to the first sample and no further; fills rate, channels, pcm,
 * speakers, and the bytes of samples that the header claims.  frames is these
 * bytes' length where they look earnest, else FRAMES_UNKNOWN. */
enum wav_result wav_read_header(int fd, struct sound *sound, uint64_t *bytes);

/* read(2), waiting where fd would not; -1 with errno EINTR on a signal. */
ssize_t read_some(int fd, void *bytes, size_t n);

#endif
