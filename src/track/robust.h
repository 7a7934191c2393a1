/* SPDX-License-Identifier: MIT
 *
 * robust.h - finds the entries of a frame that are grossly wrong.
 */
#ifndef LULL_TRACK_ROBUST_H
#define LULL_TRACK_ROBUST_H

#include "track/guard.h"
#include "track/kernel.h"

struct robust {
    float sigma;     /* running level of ordinary residuals       */
    uint32_t seen;   /* frames, saturating                        */
    float *size;     /* [padded] |e_i| of the entries             */
    float *p, *dp;   /* [ld] coefficients without the outliers    */
    float *e;        /* [padded] what these leave                 */
    uint32_t *count; /* [2048]                                    */
};

void robust_place(struct robust *r, struct arena *a, size_t padded, size_t ld);
void robust_reset(struct robust *r);

/* Marks the outliers among the known entries of the frame as unknown, given
 * its coefficients p; true if there are any. */
bool robust_update(struct robust *r, struct guard *g, const struct kernel *k,
                   const struct basis *U, const float *p);

#endif
