/* SPDX-License-Identifier: MIT
 *
 * colour.h - whitens noise of covariance LL': y <- L^-1 y, and back, x_hat <- L x_hat.
 */
#ifndef LULL_TRACK_COLOUR_H
#define LULL_TRACK_COLOUR_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

enum colour_kind { COLOUR_NONE, COLOUR_LEVELS, COLOUR_AR1, COLOUR_FULL };

struct colour {
    enum colour_kind kind;
    bool learns;         /* levels or rho are estimated                  */
    size_t n, parts;     /* floats in a frame, in an entry               */
    uint32_t seen;       /* frames learned from, saturating              */
    float *level;        /* [dim] standard deviations                    */
    float *power;        /* [dim] running power of the residual; learns  */
    float *L;            /* [dim][dim] lower triangle; COLOUR_FULL       */
    float *x;            /* [n] scratch                                  */
    float rho, at0, at1; /* AR(1): coefficient; correlation at lags 0, 1 */
};

void colour_place(struct colour *c, struct arena *a, enum colour_kind kind, bool learns,
                  size_t n, size_t parts);
void colour_reset(struct colour *c);

/* Sets what is known: standard deviations, rho, or a covariance, by kind.
 * False if it is out of range or not positive definite. */
bool colour_set(struct colour *c, const float *shape);

/* Whitens y[n] in place; an entry that depends on an unknown one becomes
 * unknown (known may be NULL: all are). */
void colour_whiten(struct colour *c, float *y, float *known);

/* The way back, in place. */
void colour_restore(struct colour *c, float *x);

/* Learns from the whitened residual e[n]; own[n], the leverage of each entry, is the share of
 * its noise that lies in U and so is not in e; known may be NULL. */
void colour_learn(struct colour *c, const float *e, const float *own, const float *known);

/* Multiplies powers by f. */
void colour_scale(struct colour *c, float f);

/* Whether what is learned has settled enough to judge a rank by. */
bool colour_settled(const struct colour *c);

#endif
