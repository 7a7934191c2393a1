/* SPDX-License-Identifier: MIT
 *
 * block.h - frames gathered until there are enough of them; see block.c.
 *
 * A complex coefficient is the real 2 x 2 matrix it is in cov.h: a frame has
 * two rows of them, its own and that of i times it.
 */
#ifndef LULL_TRACK_BLOCK_H
#define LULL_TRACK_BLOCK_H

#include "track/basis.h"

struct gathered {
    size_t most, filled; /* frames in a block, and gathered so far         */
    size_t ld, wide;     /* floats in a row of coefficients, and of D      */
    float keep, loud;    /* weight of the past; of the present frame       */
    float *weight;       /* [most] of each frame                           */
    struct basis E;      /* [most] their residuals, as directions          */
    float *D;            /* [most parts][wide] frames in terms of U, then E */

    /* Workspace; rows: ld for U, then most parts for E. */
    struct basis Q;   /* one tile of U and E                            */
    float *Z, *V, *R; /* [rows][ld]                                     */
    float *Pt, *Zt;   /* [ld][most parts], [ld][rows] transposed        */
    float *M, *X, *x; /* [ld][ld], [ld][ld], [padded]                   */
};

/* Completes D after the first row of frame f: the row of i times the frame, and by symmetry
 * its columns in the rows of the frames before. */
void gathered_complete(struct gathered *b, size_t f);

#endif
