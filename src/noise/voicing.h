/* SPDX-License-Identifier: MIT
 *
 * voicing.h - how much a spectrum looks like a row of harmonics.
 */
#ifndef LULL_NOISE_VOICING_H
#define LULL_NOISE_VOICING_H

#include "base/fft.h"
#include "base/store.h"

#include <stdbool.h>

struct voicing {
    size_t n;                   /* frequencies                                     */
    size_t heard;               /* of them, below 4 kHz                            */
    size_t low, high;           /* pitch periods searched, samples; low <= t < high */
    float *weight;              /* [n] sums to 1; 0 from heard on                  */
    float keep_now, keep_recent;
    float value;                /* of the last frame: 0 none, .14 and more voiced  */
    float now, recent;          /* its peaks of the last 100 ms and the last 500   */
};

void voicing_place(struct voicing *v, struct arena *a, size_t n, double rate_hz,
                   double frame_hz);
void voicing_reset(struct voicing *v);

/* Judges the powers P[n] above the noise N[n]; t is used for the transform. */
void voicing_update(struct voicing *v, struct fft *t, const float *restrict P,
                    const float *restrict N);

/* Whether the powers P[n], where no noise is known, are those of a voice. */
bool voicing_alone(const struct voicing *v, struct fft *t, const float *restrict P);

/* Share of the last frame to be expected as speech, 0..1: less where nothing
 * sounded voiced now or lately. */
float voicing_prior(const struct voicing *v);

/* All that lasts from one frame to the next; see base/store.h. */
void voicing_state(struct voicing *v, struct store *s);

#endif
