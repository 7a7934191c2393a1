/* SPDX-License-Identifier: MIT
 *
 * common.h - what the noise of several channels has in common.
 */
#ifndef LULL_NOISE_COMMON_H
#define LULL_NOISE_COMMON_H

#include "base/arena.h"
#include "base/store.h"

#include <stdbool.h>

enum {
    COMMON_BINS = 15,           /* frequencies of a spectrum  */
    COMMON_SOURCES = 4          /* of noise that is shared    */
};

struct common {
    size_t channels;
    unsigned segments;          /* in the co-spectra, saturating                      */
    float *real, *imaginary;    /* [COMMON_BINS][channels] spectra of this segment    */
    float *cross;               /* [COMMON_BINS][channels][channels] mean co-spectrum */
    float *R;                   /* [channels][channels] correlation of the noise      */
    float *V, *RV;              /* [COMMON_SOURCES][channels] its directions          */
    float root[COMMON_SOURCES]; /* square root of the power along each, 1: none       */
};

void common_place(struct common *n, struct arena *a, size_t channels);
void common_reset(struct common *n);

/* A segment begins; of each channel, one after the other, its spectrum[COMMON_BINS] is
 * shown, NULL if it does not count, and what from..to - 1 share with those before them is
 * learned. */
void common_begin(struct common *n);
void common_show(struct common *n, size_t c, float (*spectrum)[2]);
void common_learn(struct common *n, size_t from, size_t to);

/* The noise of channel c has jumped, or of several: what it shared is no more. */
void common_forget(struct common *n, size_t c, unsigned jumps);

/* All channels were shown: V and root, from the two frequencies where there is least.
 * level[channels]: 0 where there is no noise; ratio: power of all there is, over level. */
void common_settle(struct common *n, const size_t *lowest, const float *level,
                   float ratio);

/* x = T x, x[channels] in units of each level, or back, x = T^-1 x. */
void common_stretch(const struct common *n, float *x, bool back);

/* What of x[channels] is not known becomes what the noise of the others has there. */
void common_fill(const struct common *n, float *x, const unsigned char *known);

/* All that lasts from one frame to the next; see base/store.h. */
void common_state(struct common *n, struct store *s);

#endif
