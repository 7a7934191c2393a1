/* SPDX-License-Identifier: MIT
 *
 * basis.h - r orthonormal directions of n floats, stored the way they are
 * swept.
 *
 * Every frame reads all directions at the same rows, three times over.  So
 * the rows are cut into tiles of TILE floats, and a tile holds its part of
 * every direction side by side: U[tiles][cap][TILE].  One frame is then one
 * straight walk through memory, and what it touches twice is still near.
 *
 * A complex direction is its floats, real and imaginary part in turn, twice
 * as many: C^n is R^2n with J(a, b) = (-b, a) standing for the factor i.  A
 * complex coefficient is likewise two floats in a row.
 *
 * Rows beyond n are zero in every vector, and stay so.
 */
#ifndef LULL_TRACK_BASIS_H
#define LULL_TRACK_BASIS_H

#include "base/arena.h"

enum { TILE = 32 }; /* floats: two cache lines, four AVX registers */

struct basis {
    size_t n;      /* floats in a direction: dim, or 2 dim if complex */
    size_t tiles;  /* n / TILE, rounded up                            */
    size_t cap, r; /* directions there is room for, and in use        */
    size_t parts;  /* floats in a coefficient: 1 real, 2 complex      */
    float *U;      /* [tiles][cap][TILE]                              */
};

void basis_place(struct basis *b, struct arena *a, size_t n, size_t cap, size_t parts);

/* r orthonormal directions that owe nothing to the data: direction j has
 * random signs on the rows i = j mod r, and zero elsewhere. */
void basis_reset(struct basis *b, size_t r);

/* Floats of a padded vector, and of all directions. */
static inline size_t basis_padded(const struct basis *b)
{
    return b->tiles * TILE;
}

static inline size_t basis_floats(const struct basis *b)
{
    return b->tiles * b->cap * TILE;
}

/* Direction j to and from a plain vector u[n]. */
void basis_get(const struct basis *b, size_t j, float *u);
void basis_set(struct basis *b, size_t j, const float *u);

/* Row i of all directions, row[r]. */
void basis_row(const struct basis *b, size_t i, float *row);

/* Rows from..to - 1 of all directions become zero, and of those not in use. */
void basis_clear(struct basis *b, size_t from, size_t to);

/* Turns a pair: u_j <- c u_j + s u_k, u_k <- c u_k - conj(s) u_j, where s has
 * `parts` floats and c^2 + |s|^2 = 1. */
void basis_turn_pair(struct basis *b, size_t j, size_t k, float c, const float *s);

/* own[padded]: the leverage |U_i|^2 of entry i, its share of its own projection onto the
 * subspace; the same in every float of the entry. */
void basis_leverage(const struct basis *b, float *own);

#endif
