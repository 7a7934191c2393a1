/* SPDX-License-Identifier: MIT
 *
 * orth.h - against the slow loss of orthonormality.
 */
#ifndef LULL_TRACK_ORTH_H
#define LULL_TRACK_ORTH_H

#include "track/kernel.h"

struct orth {
    size_t j;     /* direction that is next            */
    size_t wait;  /* frames until then                 */
    float *u, *x; /* [padded] scratch                  */
    float *c;     /* [cap parts] scratch               */
};

void orth_place(struct orth *o, struct arena *a, const struct basis *U);
void orth_reset(struct orth *o);

/* Now and then makes one direction orthogonal to the others, and of length 1. */
void orth_update(struct orth *o, const struct kernel *k, struct basis *U);

/* The same at once for direction j, whatever it was; its scratch and count. */
void orth_direction(struct orth *o, const struct kernel *k, struct basis *U, size_t j);

#endif
