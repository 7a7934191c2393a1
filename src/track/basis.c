/* SPDX-License-Identifier: MIT
 *
 * basis.c - see basis.h.  Everything here is O(n) or runs at reset.
 */
#include "track/basis.h"
#include "track/vec.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

void basis_place(struct basis *b, struct arena *a, size_t n, size_t cap, size_t parts)
{
    *b = (struct basis){ .n = n, .tiles = (n + TILE - 1) / TILE, .cap = cap, .parts = parts };
    b->U = arena_floats(a, basis_floats(b));
}

static float *column(const struct basis *b, size_t tile, size_t j)
{
    return b->U + (tile * b->cap + j) * TILE;
}

/* +1 or -1, from a hash of the row. */
static float sign_of(uint32_t i)
{
    i = (i + 1) * 0x9e3779b9u;
    i = (i ^ i >> 15) * 0x85ebca6bu;
    return (i ^ i >> 13) & 1 ? 1.0f : -1.0f;
}

void basis_reset(struct basis *b, size_t r)
{
    const size_t dim = b->n / b->parts;

    memset(b->U, 0, basis_floats(b) * sizeof *b->U);
    b->r = r;
    for (size_t i = 0; i < dim; i++) {
        const size_t j = i % r, at = i * b->parts;
        const size_t rows = (dim - j + r - 1) / r; /* that direction j lives on */

        column(b, at / TILE, j)[at % TILE] = sign_of((uint32_t)i) / sqrtf((float)rows);
    }
}

/* Rows from i on that lie in its tile. */
static size_t here(const struct basis *b, size_t i)
{
    return b->n - i < TILE ? b->n - i : TILE;
}

void basis_get(const struct basis *b, size_t j, float *u)
{
    for (size_t i = 0; i < b->n; i += TILE)
        memcpy(u + i, column(b, i / TILE, j), here(b, i) * sizeof *u);
}

void basis_set(struct basis *b, size_t j, const float *u)
{
    for (size_t i = 0; i < b->n; i += TILE)
        memcpy(column(b, i / TILE, j), u + i, here(b, i) * sizeof *u);
}

void basis_row(const struct basis *b, size_t i, float *row)
{
    for (size_t j = 0; j < b->r; j++)
        row[j] = column(b, i / TILE, j)[i % TILE];
}

void basis_clear(struct basis *b, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        for (size_t j = 0; j < b->cap; j++)
            column(b, i / TILE, j)[i % TILE] = 0;
}

void basis_leverage(const struct basis *b, float *own)
{
    memset(own, 0, basis_padded(b) * sizeof *own);
    for (size_t t = 0; t < b->tiles; t++)
        for (size_t j = 0; j < b->r; j++)
            for (size_t i = 0; i < TILE; i++) {
                const float u = column(b, t, j)[i];

                own[t * TILE + i] += u * u;
            }
    for (size_t i = 0; b->parts == 2 && i < b->n; i += 2)
        own[i] = own[i + 1] = own[i] + own[i + 1];
}

static void turn_complex(float *restrict x, float *restrict y, float c, const float *s)
{
    const float re = s[0], im = s[1];

    for (size_t i = 0; i < TILE; i += 2) {
        const float u0 = x[i], u1 = x[i + 1], v0 = y[i], v1 = y[i + 1];

        x[i] = c * u0 + re * v0 - im * v1;
        x[i + 1] = c * u1 + re * v1 + im * v0;
        y[i] = c * v0 - re * u0 - im * u1;
        y[i + 1] = c * v1 - re * u1 + im * u0;
    }
}

void basis_turn_pair(struct basis *b, size_t j, size_t k, float c, const float *s)
{
    for (size_t t = 0; t < b->tiles; t++) {
        if (b->parts == 1)
            vec_turn(column(b, t, j), column(b, t, k), TILE, c, s[0]);
        else
            turn_complex(column(b, t, j), column(b, t, k), c, s);
    }
}
