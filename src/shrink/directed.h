/* SPDX-License-Identifier: MIT
 *
 * directed.h - the gain of each frequency by what it held a frame ago.
 */
#ifndef LULL_SHRINK_DIRECTED_H
#define LULL_SHRINK_DIRECTED_H

#include "shrink/cepstrum.h"
#include "shrink/lsa.h"

struct directed {
    size_t n;                   /* frequencies                                     */
    float keep;                 /* of the last clean power in the a-priori SNR     */
    float *clean;               /* [n] G^2 P of the last frame                     */
    float *speech;              /* [n] smoothed speech power                       */
    float rise, fall, drift;    /* per frame: how fast the levels below move       */
    float level, noise_level;   /* powers of the whole, over seconds; 0: none yet  */
    struct cepstrum cepstrum;
    struct lsa lsa;
};

void directed_place(struct directed *d, struct arena *a, size_t n, double rate_hz,
                    double frame_hz);
void directed_reset(struct directed *d);

/* Gains G[n], 0.08 to 1, for the powers P[n] in the noise N[n] > 0; t is used
 * for the transforms. */
void directed_update(struct directed *d, struct fft *t, const float *restrict P,
                     const float *restrict N, float *restrict G);

/* All that lasts from one frame to the next; see base/store.h. */
void directed_state(struct directed *d, struct store *s);

#endif
