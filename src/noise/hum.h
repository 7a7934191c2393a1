/* SPDX-License-Identifier: MIT
 *
 * hum.h - mains hum, found, followed and taken away.
 */
#ifndef LULL_NOISE_HUM_H
#define LULL_NOISE_HUM_H

#include "noise/mains.h"

enum { HUM_HARMONICS = MAINS_HARMONICS };

/* One harmonic; arrays of [channels].  Complex numbers are two arrays. */
struct hum_line {
    float *A[2];     /* amplitude as far as known; hum = Re(A e^(j phase)) */
    float *B[2];     /* part of it that is taken away                      */
    float *rise[2];  /* of the output against e^(-j phase), in this tick,  */
    float *fall[2];  /* under a window that rises; in this and the last    */
    float *was[2];   /* B in the tick before                               */
    float *last[2];  /* innovation of the last tick                        */
    float *drift[2]; /* mean innovation of late                            */
    float *P;        /* variance of A                                      */
    float *spread;   /* mean of R over as long as drift                    */
    float *R;        /* variance of a tick's innovation: the neighbourhood */
};

struct hum {
    struct mains mains;
    double rate_hz, tick_s;
    size_t channels, most;           /* harmonics at most                                  */
    size_t harmonics;                /* that fit at this frequency; 0: nothing to take     */
    size_t span, filled;             /* samples in a tick; of them, seen                   */
    size_t ticks;                    /* since the hum was found, up to HUM_START           */
    double re, im, step_re, step_im; /* e^(j phase), and its turn a sample         */
    double omega, alpha;             /* rad/s, rad/s^2                                     */
    double S[3][3];                  /* covariance of phase, omega, alpha                  */
    float fade;                      /* from 0 to 1 as removal sets in                     */
    float removed;                   /* mean power taken away, all channels                */
    struct hum_line line[HUM_HARMONICS];
};

/* For up to `harmonics` lines, the fundamental among them. */
void hum_place(struct hum *h, struct arena *a, double rate_hz, size_t channels,
               size_t harmonics);
void hum_reset(struct hum *h);

/* Takes the hum out of one sample of each channel x[channels].  Nothing is learned
 * while frozen. */
void hum_update(struct hum *h, float *x, bool freeze);

/* The fundamental's frequency; 0: no hum. */
double hum_hz(const struct hum *h);

/* All that lasts from one frame to the next; see base/store.h. */
void hum_state(struct hum *h, struct store *s);

#endif
