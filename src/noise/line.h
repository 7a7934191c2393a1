/* SPDX-License-Identifier: MIT
 *
 * line.h - one harmonic of a hum: its complex amplitude in each channel, and its drift.
 */
#ifndef LULL_NOISE_LINE_H
#define LULL_NOISE_LINE_H

#include "base/arena.h"
#include "base/store.h"

#include <stddef.h>

enum { LINE_START = 10 }; /* ticks of caution after a hum was found */

/* A demodulator: correlates each channel with e^(-j phase) under a Hann window of two ticks,
 * one window a tick.  Complex numbers are two arrays, re and im, of [channels]. */
struct demod {
    float *rise[2]; /* sum under the rising half of the newest window,  */
    float *fall[2]; /* and under the falling half of the one before it  */
};

void demod_place(struct demod *d, struct arena *a, size_t channels);
void demod_reset(struct demod *d, size_t channels);

/* Takes x[channels] while the phase is re + j im; the window is at `rising`, 0 to 1. */
void demod_update(struct demod *d, const float *restrict x, size_t channels, float re, float im,
                  float rising);

/* A tick has passed: the newest window falls from now on; its phase is turned by `turn`. */
void demod_pass_on(struct demod *d, size_t channels, double turn);
void demod_state(struct demod *d, size_t channels, size_t span, struct store *s);

/* The process noise Q of the amplitudes' Kalman filters, one for all lines; see line.c. */
struct unrest {
    float Q;             /* variance of a line's drift D per tick, over |A|^2      */
    float along;         /* sum Re(I dA*)/V of this tick                           */
    float weight, usual; /* sum |I| |dA|/V of this tick; its running mean          */
};

void unrest_reset(struct unrest *u);

/* A tick of all lines has been learned. */
void unrest_update(struct unrest *u);
void unrest_state(struct unrest *u, struct store *s);

struct line {
    struct demod sum; /* of the output                                      */
    float *A[2];      /* estimated amplitude; hum = Re(A e^(j phase))       */
    float *D[2];      /* its drift per tick                                 */
    float *P[3];      /* variance of A, covariance of A and D, variance of D */
    float *B[2];      /* amplitude that is subtracted                       */
    float *was[2];    /* B in the tick before                               */
    float *I[2];      /* innovation: measured amplitude, less A             */
    float *R;         /* variance of a measurement                          */
    float *dA[2];     /* derivative of A with respect to log Q              */
    float *dD[2];     /* and of D                                           */
    float *trend[2];  /* sum of innovations clipped in a row                */
    float *row;       /* how many                                           */
};

void line_place(struct line *l, struct arena *a, size_t channels);
void line_reset(struct line *l, size_t channels);

/* What is measured half way to the lines on either side: noise and signal, but no hum. */
struct beside {
    const struct demod *below, *above;
};

/* After a tick of `span` samples: the innovations, and R. */
void line_innovate(struct line *l, struct beside beside, size_t channels, size_t span,
                   size_t ticks, float wander);

/* Adds this line, the harmonic `order`, to numerator and denominator of theta (hum.c). */
void line_show_phase(const struct line *l, size_t channels, double order, double *cross,
                     double *info);

/* The phase was corrected by `turn`; what this leaves of the innovations corrects A and D.
 * Gives the power that will be subtracted, `fade` (0..1) times B. */
float line_learn(struct line *l, size_t channels, size_t ticks, float turn, float fade,
                 struct unrest *u);

/* |A|^2 over its variance, mean of the channels.  Chance gives about 1. */
float line_evidence(const struct line *l, size_t channels);

/* Takes the line out of x[channels]. */
void line_take(const struct line *l, float *restrict x, size_t channels, float re, float im);
void line_state(struct line *l, size_t channels, size_t span, struct store *s);

#endif
