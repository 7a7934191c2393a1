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
    float root[COMMON_SOURCES]; /* S: root of the power along each; 1: no source      */
};

void common_place(struct common *n, struct arena *a, size_t channels);
void common_reset(struct common *n);

/* For each segment: begin; for each channel in turn show its spectrum[COMMON_BINS], NULL if
 * it does not count; learn the co-spectra of channels from..to - 1 with those before them. */
void common_begin(struct common *n);
void common_show(struct common *n, size_t c, float (*spectrum)[2]);
void common_learn(struct common *n, size_t from, size_t to);

/* The noise of channel c has jumped: its co-spectra are void; after several jumps all are. */
void common_forget(struct common *n, size_t c, unsigned jumps);

/* After all channels: V and root from the two frequencies lowest[2].  level[channels]: power
 * of the noise, 0: none; ratio: mean power of all frequencies over level. */
void common_settle(struct common *n, const size_t *lowest, const float *level,
                   float ratio);

/* x = T x, or back, x = T^-1 x; x[channels] in units of sqrt(level). */
void common_stretch(const struct common *n, float *x, bool back);

/* Missing entries of x[channels] become what the shared noise of the others predicts. */
void common_fill(const struct common *n, float *x, const unsigned char *known);

/* All that lasts from one frame to the next; see base/store.h. */
void common_state(struct common *n, struct store *s);

#endif
