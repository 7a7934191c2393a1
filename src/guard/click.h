/* SPDX-License-Identifier: MIT
 *
 * click.h - finds clicks, and what the signal was without them.
 */
#ifndef LULL_GUARD_CLICK_H
#define LULL_GUARD_CLICK_H

#include "guard/gap.h"

#include <stdint.h>

/* State of a sample, as bits. */
enum {
    CLICK_LOST = 1,             /* it is missing: NaN or infinite                 */
    CLICK_FOUND = 2             /* it is part of a click, and interpolated        */
};

struct click {
    size_t span, block, blocks, longest, pitch;
    float threshold;            /* squared: what a click must explain, in variances */
    float *forward, *backward;  /* [span] errors of prediction from the past, future */
    float *both;                /* [span] the lesser of the two                     */
    int16_t *level;             /* [span] the size of one of these, as a logarithm     */
    float *before, *after;      /* [blocks] their usual size in each block and the next */
    unsigned *at;               /* [span] the samples under trial                   */
    struct gap gap;
};

/* For stretches of `span` samples. */
void click_place(struct click *c, struct arena *a, size_t span, double rate_hz,
                 float threshold);

/* Fills what is lost in x[from..span), so far as it can be known. */
void click_restore(struct click *c, const struct prediction *m, float *x, unsigned char *state,
                   size_t from);

/* Looks for clicks in x[from..span), marks them in state and writes to w what
 * x was without them; w is x elsewhere.  Those that begin before `until` are
 * final; gives where the last of them ends, at least `until`. */
size_t click_update(struct click *c, const struct prediction *m, const float *x, float *w,
                    unsigned char *state, size_t from, size_t until);

/* Once more, with the finer model of p, what is marked in w[from..to). */
void click_polish(struct click *c, struct predictor *p, float *w, const unsigned char *state,
                  size_t from, size_t to);

#endif
