/* SPDX-License-Identifier: MIT
 *
 * orth.c - one direction at a time is made orthonormal again.
 *
 * The rotation itself contracts the error of U'U = I at a rate of about 2 mu, so
 * that rounding leaves 3e-7 for steps of 0.01 and more.  For tiny steps it does
 * not keep up: all directions are renewed once in PERIOD frames, spread evenly.
 * The subspace stays what it is; only the error within it goes.
 *
 * Cost: 4 n r flops on one frame in PERIOD/r.
 */
#include "track/orth.h"
#include "track/vec.h"

#include <math.h>
#include <string.h>

enum { PERIOD = 1024 }; /* frames */

void orth_place(struct orth *o, struct arena *a, const struct basis *U)
{
    o->u = arena_floats(a, basis_padded(U));
    o->x = arena_floats(a, basis_padded(U));
    o->c = arena_floats(a, U->cap * U->parts);
}

void orth_reset(struct orth *o)
{
    o->j = 0;
    o->wait = PERIOD;
}

float orth_direction(struct orth *o, const struct kernel *k, struct basis *U, size_t j)
{
    memset(o->u, 0, basis_padded(U) * sizeof *o->u);
    basis_get(U, j, o->u);
    const float before = sqrtf(vec_square(o->u, U->n));

    k->gather(U, o->u, o->c);
    memset(o->c + j * U->parts, 0, U->parts * sizeof *o->c);
    k->combine(U, o->c, o->x);
    for (size_t i = 0; i < U->n; i++)
        o->u[i] -= o->x[i];
    const float length = sqrtf(vec_square(o->u, U->n));

    if (!(length > 0.0f))
        return 0.0f;
    for (size_t i = 0; i < U->n; i++)
        o->u[i] /= length;
    basis_set(U, j, o->u);
    return length / before;
}

void orth_update(struct orth *o, const struct kernel *k, struct basis *U)
{
    o->wait -= o->wait > 0;
    if (o->wait || !U->r)
        return;
    o->wait = PERIOD / U->r;
    o->j = o->j + 1 < U->r ? o->j + 1 : 0;
    orth_direction(o, k, U, o->j);
}
