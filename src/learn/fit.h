/* SPDX-License-Identifier: MIT
 *
 * fit.h - from vectors to a mixture of low-rank Gaussians: how many parts of which
 * rank, and what they are.
 */
#ifndef LULL_LEARN_FIT_H
#define LULL_LEARN_FIT_H

#include "learn/cluster.h"
#include "learn/pupil.h"
#include "shrink/mixture.h"
#include "track/svd.h"

/* The shape that was chosen, and the share of noise 10 dB below the signal that it leaves in
 * vectors held back from learning, 0..1. */
struct fit_choice {
    size_t parts, rank;
    float left;
    float left_single;          /* with the best single subspace */
};

struct fit {
    size_t channels, lags, n;
    size_t most;                /* numbers that the model may have, parts (1 + rank) n     */
    const struct pupil *pupil;
    struct cluster cluster;
    struct svd svd;
    struct mixture trial;       /* of the largest shape                                    */
    float *rows, *pile;         /* [room][n] scaled, all and those of one part             */
    float *unit, *noise;        /* [channels] root mean square; noise power over its square */
    float *strength, *V;        /* [rank], [n][rank] of a part                             */
    float power;                /* of the noise in trials, of the unit's                    */
    float *y, *x_hat, *scratch; /* [n], [n], [3][channels]                                 */
};

/* most: numbers in a model at most; 0: no limit. */
void fit_place(struct fit *f, struct arena *a, const struct pupil *p, size_t most);

/* Sets the vectors to learn from: those of p, with noise of power level[channels]. */
void fit_look_at(struct fit *f, const struct pupil *p, const float *level);

/* How many parts of which rank. */
struct fit_choice fit_choose(struct fit *f);

/* The model itself, of the shape that was chosen. */
void fit_model(struct fit *f, struct mixture_model *m);

#endif
