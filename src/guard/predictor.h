/* SPDX-License-Identifier: MIT
 *
 * predictor.h - linear prediction of samples from those before, and from those after.
 */
#ifndef LULL_GUARD_PREDICTOR_H
#define LULL_GUARD_PREDICTOR_H

#include "base/arena.h"

enum { PREDICTOR_ORDER = 32, PREDICTOR_FINE = 64, PREDICTOR_LAGS = 68 };

/* e_t = sum_k a_k x_{t-k}, k = 0..order, a_0 = 1, is small; so is sum_k a_k x_{t+k}. */
struct prediction {
    size_t order;
    double a[PREDICTOR_FINE + 1];
    double b[PREDICTOR_FINE + 1];       /* b_l = sum_k a_k a_{k+l} */
};

struct predictor {
    size_t span;
    float *window;              /* [span]                                         */
    double *y;                  /* [span] windowed, and zeros for the lags after  */
    double r[PREDICTOR_LAGS];   /* autocorrelation                                */
    double a[PREDICTOR_FINE + 1], e;    /* the recursion so far, and its error    */
    struct prediction coarse;   /* of PREDICTOR_ORDER: what to look for clicks by */
    struct prediction fine;     /* of PREDICTOR_FINE: what to fill gaps by        */
};

void predictor_place(struct predictor *p, struct arena *a, size_t span);

/* Learns the coarse model from x[span]. */
void predictor_update(struct predictor *p, const float *x);

/* And the fine one, from what the last update saw. */
void predictor_refine(struct predictor *p);

#endif
