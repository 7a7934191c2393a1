/* SPDX-License-Identifier: MIT
 *
 * hum.h - mains hum, found, followed and taken away.
 */
#ifndef LULL_NOISE_HUM_H
#define LULL_NOISE_HUM_H

#include "noise/line.h"
#include "noise/mains.h"

enum { HUM_HARMONICS = MAINS_HARMONICS };

struct hum {
    struct mains mains;
    double rate_hz, tick_s;
    size_t channels, most;           /* harmonics at most                                  */
    size_t harmonics;                /* that fit at this frequency; 0: nothing to take     */
    size_t span, filled;             /* samples in a tick; of them, seen                   */
    size_t ticks;                    /* since the hum was found, up to LINE_START          */
    double re, im, step_re, step_im; /* e^(j phase/2), and its turn a sample               */
    double omega, alpha;             /* rad/s, rad/s^2                                     */
    double S[3][3];                  /* covariance of phase, omega, alpha                  */
    struct unrest unrest;            /* of the amplitudes                                  */
    float fade;                      /* from 0 to 1 as removal sets in                     */
    float removed;                   /* mean power taken away, all channels                */
    struct line line[HUM_HARMONICS];
    struct demod between[HUM_HARMONICS + 1]; /* half way from one line to the next         */
};

/* For up to `harmonics` lines, the fundamental among them and not farther than range_hz
 * from 50 or 60.  patience: MAINS_AMONG_NOTES or MAINS_ALONE. */
void hum_place(struct hum *h, struct arena *a, double rate_hz, size_t channels,
               size_t harmonics, double range_hz, size_t patience);
void hum_reset(struct hum *h);

/* Takes the hum out of one sample of each channel x[channels].  Nothing is learned
 * while frozen. */
void hum_update(struct hum *h, float *x, bool freeze);

/* The fundamental's frequency; 0: no hum. */
double hum_hz(const struct hum *h);

/* All that lasts from one frame to the next; see base/store.h. */
void hum_state(struct hum *h, struct store *s);

#endif
