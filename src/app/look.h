/* SPDX-License-Identifier: MIT
 *
 * look.h - what can be seen of a signal without denoising it.
 *
 * All is measured in the first LOOK_SAMPLES samples, the head.
 */
#ifndef LULL_APP_LOOK_H
#define LULL_APP_LOOK_H

#include <stdbool.h>
#include <stddef.h>

enum { LOOK_SAMPLES = 1 << 22, LOOK_VALUES = 64 };

struct head {
    const float *x;             /* [frames][channels] */
    size_t frames;
    unsigned channels;
    double rate_hz;
};

struct channel {
    double level;               /* rms about the mean                              */
    double floor;               /* the same of the quietest tenth of short blocks, or of
                                 * white noise, as far as there can be any, if that is less */
    double missing;             /* share of samples that are not finite            */
    double clipped;             /* share of samples that stay at either end        */
};

/* Looks at channel c; false: no memory. */
bool look_channel(const struct head *h, unsigned c, struct channel *to);

struct hum {
    double hz;                  /* 50 or 60; 0: none found            */
    double level;               /* rms of it and three harmonics      */
};

struct hum look_hum(const struct head *h);

/* Eigenvalues of the covariance of vectors of all channels x some lags, every
 * channel scaled to the same level.  `edge` is the most that noise alone would
 * show, if it is white. */
struct spectrum {
    size_t lags, dim, vectors;
    size_t count;               /* of values, the greatest first      */
    double value[LOOK_VALUES], edge;
    size_t rank;                /* of values above the edge           */
};

/* False: no memory, or fewer than two frames. */
bool look_spectrum(const struct head *h, struct spectrum *to);

#endif
