/* SPDX-License-Identifier: MIT
 *
 * kinds.h - what the kinds of source owe to source.c, and to each other.
 */
#ifndef LULL_SOURCE_KINDS_H
#define LULL_SOURCE_KINDS_H

#include "source/source.h"
#include <stdint.h>

/* Each finishes a source whose descriptor is open. */
bool source_sndfile_open(struct source *s, struct fault *why);
bool source_wav_open(struct source *s, struct fault *why);
bool source_raw_open(struct source *s, struct fault *why);
bool source_csv_open(struct source *s, double rate_hz, struct fault *why);
bool source_npy_open(struct source *s, double rate_hz, struct fault *why);

enum wav_result {
    WAV_OK,
    WAV_UNREADABLE, /* errno says why                          */
    WAV_EMPTY,      /* not one byte                            */
    WAV_ALIEN,      /* something else than WAV                 */
    WAV_CODED,      /* samples are neither integers nor floats */
    WAV_BROKEN
};

/* Reads up to the first sample and no further; fills rate, channels, pcm,
 * speakers, and the bytes of samples that the header claims.  frames is these
 * bytes' length where they look earnest, else FRAMES_UNKNOWN. */
enum wav_result wav_read_header(struct tap *t, struct sound *sound, uint64_t *bytes);

#endif
