/* SPDX-License-Identifier: MIT
 *
 * pupil.h - a uniform random sample of the vectors of lags and channels of a recording,
 * to learn from.
 */
#ifndef LULL_LEARN_PUPIL_H
#define LULL_LEARN_PUPIL_H

#include "base/arena.h"
#include "frame/lags.h"

#include <stdint.h>

struct pupil {
    struct lags lags;
    size_t n, room;             /* numbers in a vector; vectors that are kept at most */
    uint64_t seen, frames;      /* vectors that went by whole, frames                 */
    size_t run;                 /* frames since the last cut, saturating              */
    uint64_t dice;
    float *rows;                /* [min(seen, room)][n]                               */
    uint64_t *when;             /* [room] frame at which a row ended                  */
    unsigned char *known;       /* [n] scratch                                        */
};

void pupil_place(struct pupil *p, struct arena *a, size_t channels, size_t lags);
void pupil_reset(struct pupil *p);

/* The next frame does not continue those before. */
void pupil_cut(struct pupil *p);

/* One frame x[channels]; known[channels]: 0 where it is missing. */
void pupil_add(struct pupil *p, const float *x, const unsigned char *known);

/* Rows that are kept. */
size_t pupil_rows(const struct pupil *p);

/* The next number of a pseudo-random sequence. */
uint64_t pupil_dice(uint64_t *state);

#endif
