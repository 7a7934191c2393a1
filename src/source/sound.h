/* SPDX-License-Identifier: MIT
 *
 * sound.h - what there is to know of a sound apart from its samples.
 *
 * Sources fill it in and sinks go by it: what comes out has the rate, the
 * channels and the samples of what went in.
 */
#ifndef LULL_SOURCE_SOUND_H
#define LULL_SOURCE_SOUND_H

#include "source/pcm.h"
#include <stdbool.h>

enum { FRAMES_UNKNOWN = -1 };

/* What samples come in; CONTAINER_SOUND is every sound file there is. */
enum container { CONTAINER_ANY, CONTAINER_SOUND, CONTAINER_RAW, CONTAINER_CSV, CONTAINER_NPY };

struct sound {
    enum container container;
    double rate_hz;
    unsigned channels;
    long long frames;       /* length, or FRAMES_UNKNOWN                          */
    struct pcm pcm;         /* how samples are stored; 16 bit where they are coded */
    unsigned speakers;      /* WAV's channel mask; 0: not said                    */
    bool flat;              /* of an array: it has no axis for channels           */
    bool planar;            /* of an array: all of a channel, then the next       */
    int format;             /* the file library's code; 0: it was not asked       */
};

/* What the file library calls a format: "WAV (Microsoft), Signed 16 bit PCM". */
void format_describe(int format, char *to, size_t room);

#endif
