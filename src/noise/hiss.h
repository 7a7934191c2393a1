/* SPDX-License-Identifier: MIT
 *
 * hiss.h - the steady noise under music.
 */
#ifndef LULL_NOISE_HISS_H
#define LULL_NOISE_HISS_H

#include "noise/minimum.h"

enum { HISS_BANDS = 64 };               /* at most */

struct hiss {
    size_t n, bands;
    size_t edge[HISS_BANDS + 1];        /* first frequency of each band, then n    */
    float octave[HISS_BANDS];           /* where its middle is: log2 of hertz      */
    size_t bass, air;                   /* bands below STEP_HZ, below AIR_HZ       */
    struct minimum minimum;
    float *mean;                        /* [n] of the first frames                 */
    float frame_s, forget;              /* seconds in a frame; of `calm`, a frame  */
    size_t seen;                        /* frames, counted up to the memory        */
    float calm[HISS_BANDS];             /* share of late that it stood on its floor */
    float level[HISS_BANDS];            /* logarithm of the noise                  */
    float *noise;                       /* [n] the result, > 0                     */
};

/* n frequencies bin_hz apart, frame_hz times a second. */
void hiss_place(struct hiss *h, struct arena *a, size_t n, double bin_hz, double frame_hz);
void hiss_reset(struct hiss *h);

/* Learns from the powers P[n] > 0 of one frame. */
void hiss_update(struct hiss *h, const float *P);

/* All that lasts from one frame to the next; see base/store.h. */
void hiss_state(struct hiss *h, struct store *s);

#endif
