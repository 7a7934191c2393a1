/* SPDX-License-Identifier: MIT
 *
 * mixture.h - a frozen base: a learned mixture of low-rank Gaussians, and the estimate of
 * a noisy vector by it.
 */
#ifndef LULL_SHRINK_MIXTURE_H
#define LULL_SHRINK_MIXTURE_H

#include "base/arena.h"
#include "base/store.h"

enum {
    MIXTURE_PARTS_MOST = 64,
    MIXTURE_RANK_MOST = 64,
    MIXTURE_CYCLE = 64          /* vectors in which the base follows the noise */
};

/* A mixture as it was learned, in units of the input: part k has the mean m_k and the
 * covariance F_k'F_k + rest_k diag(unit^2); n = channels lags. */
struct mixture_model {
    size_t channels, lags, parts, rank;
    float seen;                 /* vectors that it was made from                      */
    float *unit;                /* [channels] root mean square of each                */
    float *share;               /* [parts] prior, 0..1                                */
    float *rest;                /* [parts] power of an entry outside F, over unit^2   */
    float *mean;                /* [parts][n]                                         */
    float *F;                   /* [parts][rank][n] directions times their deviations */
};

struct mixture {
    struct mixture_model model;
    size_t n;
    float *rows;                /* [parts][1 + rank][n] mean and G~, whitened         */
    float *offset;              /* [parts][rank] G~ mean                              */
    float *square;              /* [parts] |mean|^2                                   */
    float *size;                /* [parts] s, power of what is in no direction        */
    float *odds;                /* [parts] log share - 1/2 log determinant            */
    float *trace;               /* [parts] of G~'G~                                   */
    float *belief;              /* [parts] posterior given the last vector, sum 1     */
    float *coefficients;        /* [parts][rank] of the last vector                   */
    float *next;                /* [1 + rank][n] `rows` of the part that is being     */
    float *next_offset;         /* [rank] whitened anew, and its other numbers        */
    float next_size, next_odds, next_trace;
    float *T;                   /* [rank][rank] scratch                               */
    size_t gaps;                /* numbers that were missing in the last vector       */
    float *seen;                /* [rank] scratch                                     */
    float evidence;             /* log density of the last vector                     */
    float inside, outside;      /* mean power of a number of x_hat, and of y - x_hat   */
    float kept;                 /* mean share of the noise's power that is kept, 0..1 */
    size_t part, row;           /* that are whitened next                             */
    bool ready;                 /* all were whitened at least once                    */
};

/* Takes the arrays of a model of that shape. */
void mixture_model_place(struct mixture_model *m, struct arena *a, size_t channels,
                         size_t lags, size_t parts, size_t rank);

/* Walks over the numbers of a model; see base/store.h. */
void mixture_model_state(struct mixture_model *m, struct store *s);

void mixture_place(struct mixture *m, struct arena *a, size_t channels, size_t lags,
                   size_t parts, size_t rank);
void mixture_reset(struct mixture *m);

/* The noise as it is now: whiten(self, x[channels], z[channels]) makes it white with
 * power 1, level[channels] is its power in each; scratch[2][channels]. */
struct mixture_noise {
    void (*whiten)(const void *self, const float *x, float *z);
    const void *self;
    const float *level;
    float *scratch;
};

/* Follows the noise, some rows at a time: all of them in MIXTURE_CYCLE calls. */
void mixture_follow(struct mixture *m, const struct mixture_noise *noise);

/* x_hat[n] = E(x | y), missing entries included; known[n]: 0 where y[n] is missing, and then
 * y is 0 there; NULL: nothing is. */
void mixture_update(struct mixture *m, const float *restrict y, const unsigned char *known,
                    float *restrict x_hat);

/* Share of the power above the noise that the base does not explain, 0..1. */
float mixture_unfit(const struct mixture *m);

/* All that lasts from one vector to the next; see base/store.h. */
void mixture_state(struct mixture *m, struct store *s);

#endif
