/* SPDX-License-Identifier: MIT
 *
 * every.h - every filter that there is, and a signal that gives each of them work.
 */
#ifndef LULL_TESTS_EVERY_H
#define LULL_TESTS_EVERY_H

#include "check.h"
#include "lull.h"

/* A filter at a rate, and for channels, of its kind; frames of a signal for it. */
struct every {
    const char *filter;
    double rate_hz;
    unsigned channels;
    size_t frames;
};

enum { EVERY = 11 };
extern const struct every every[EVERY];

lull *every_open(const struct every *e);

/* Something of all that there is: tones that beat, a voice, hum, a baseline that
 * wanders, noise that steps up, clicks, samples that are none, and silence; near
 * the end another input, 60 dB below.  To be freed. */
float *every_signal(const struct every *e, uint64_t seed);

/* One that has heard the first half of it. */
lull *every_experienced(const struct every *e, uint64_t seed);

/* What it knows, at an odd address: nothing may be assumed of it. */
struct saved {
    unsigned char *bytes, *block;
    size_t size;
};

struct saved every_save(const lull *l);

#endif
