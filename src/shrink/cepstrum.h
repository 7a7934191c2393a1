/* SPDX-License-Identifier: MIT
 *
 * cepstrum.h - a speech power smoothed over time without blurring its shape.
 */
#ifndef LULL_SHRINK_CEPSTRUM_H
#define LULL_SHRINK_CEPSTRUM_H

#include "base/fft.h"
#include "base/store.h"

struct cepstrum {
    size_t n;                   /* frequencies, and quefrencies up to half the period */
    size_t low, high;           /* quefrencies searched for a pitch                */
    float keep_pitch, keep_keep;
    float *keep;                /* [n] of each quefrency, per frame                */
    float *kept;                /* [n] the same, following the pitch               */
    float *smooth;              /* [n] the smoothed cepstrum                       */
    bool begun;
};

void cepstrum_place(struct cepstrum *c, struct arena *a, size_t n, double rate_hz,
                    double frame_hz);
void cepstrum_reset(struct cepstrum *c);

/* Replaces the powers S[n] > 0 of one frame by their smoothed form; t is used
 * for the transforms. */
void cepstrum_update(struct cepstrum *c, struct fft *t, float *restrict S);

/* All that lasts from one frame to the next; see base/store.h. */
void cepstrum_state(struct cepstrum *c, struct store *s);

#endif
