/* SPDX-License-Identifier: MIT
 *
 * line.h - one harmonic of a hum: its amplitude in each channel, and how it moves.
 */
#ifndef LULL_NOISE_LINE_H
#define LULL_NOISE_LINE_H

#include "base/arena.h"
#include "base/store.h"

#include <stddef.h>

enum { LINE_START = 10 }; /* ticks of caution */

/* What a signal has at one frequency, a tick after the other, under windows of two
 * ticks.  Complex numbers are two arrays, of [channels] all. */
struct demod {
    float *rise[2]; /* sum against e^(-j phase), under the half window that rises, */
    float *fall[2]; /* and in the tick after it under the one that falls           */
};

void demod_place(struct demod *d, struct arena *a, size_t channels);
void demod_reset(struct demod *d, size_t channels);

/* Takes x[channels] while the phase is re + j im; the window is at `rising`, 0 to 1. */
void demod_update(struct demod *d, const float *restrict x, size_t channels, float re, float im,
                  float rising);

/* A tick has passed: what rose falls, against a phase that was turned. */
void demod_pass_on(struct demod *d, size_t channels, double turn);
void demod_state(struct demod *d, size_t channels, size_t span, struct store *s);

/* How much amplitudes move, all lines together. */
struct unrest {
    float Q;             /* variance that a line's movement gains in a tick, of its power */
    float along;         /* what innovations have in common with those before, this tick  */
    float weight, usual; /* of what was compared, in this tick and of late                */
};

void unrest_reset(struct unrest *u);

/* A tick of all lines has been learned. */
void unrest_update(struct unrest *u);
void unrest_state(struct unrest *u, struct store *s);

struct line {
    struct demod sum; /* of the output                                      */
    float *A[2];      /* amplitude as far as known; hum = Re(A e^(j phase)) */
    float *D[2];      /* how it moves in a tick                             */
    float *P[3];      /* variance of A, covariance of both, variance of D   */
    float *B[2];      /* what is taken away                                 */
    float *was[2];    /* B in the tick before                               */
    float *I[2];      /* innovation: what was seen, less A                  */
    float *R;         /* its variance, of all that is no hum                */
    float *dA[2];     /* by how much A would differ, per neper of Q         */
    float *dD[2];     /* and D                                              */
    float *trend[2];  /* sum of surprises that agree                        */
    float *row;       /* how many                                           */
};

void line_place(struct line *l, struct arena *a, size_t channels);
void line_reset(struct line *l, size_t channels);

/* Half way between this line and the next there is no hum, but as much else. */
struct beside {
    const struct demod *below, *above;
};

/* A tick of `span` samples has passed: was it as foreseen? */
void line_innovate(struct line *l, struct beside beside, size_t channels, size_t span,
                   size_t ticks, float wander);

/* Adds to the two sums that give the phase of all lines: this one is of that order. */
void line_show_phase(const struct line *l, size_t channels, double order, double *cross,
                     double *info);

/* The phase was turned by `turn` on account of what was seen; the rest is the amplitude's.
 * Gives the power that will be taken away, a share `fade` of what could be. */
float line_learn(struct line *l, size_t channels, size_t ticks, float turn, float fade,
                 struct unrest *u);

/* How far the line stands out of what its amplitude may be off by, in power; mean of the
 * channels.  Chance gives about 1. */
float line_evidence(const struct line *l, size_t channels);

/* Takes the line out of x[channels]. */
void line_take(const struct line *l, float *restrict x, size_t channels, float re, float im);
void line_state(struct line *l, size_t channels, size_t span, struct store *s);

#endif
