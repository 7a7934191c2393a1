/* SPDX-License-Identifier: MIT
 *
 * late.c - see late.h.
 */
#include "track/late.h"

#include "track/cov.h"
#include "track/vec.h"

#include <string.h>

void late_place(struct late *l, struct arena *a, const struct basis *U)
{
    l->w = arena_floats(a, basis_padded(U));
    l->c = arena_floats(a, U->cap);
}

void late_reset(struct late *l, const struct basis *U)
{
    l->waits = false;
    if (!l->w)
        return;
    memset(l->w, 0, basis_padded(U) * sizeof *l->w);
    memset(l->c, 0, U->cap * sizeof *l->c);
}

void late_keep(struct late *l, const float *d, float length, size_t r)
{
    for (size_t j = 0; j < r; j++)
        l->c[j] = d[j] / length;
    l->waits = true;
}

void late_join(const struct late *l, struct sweep *s, size_t r)
{
    if (!l->waits)
        return;
    s->w = l->w;
    s->c = l->c;
    s->w_p = vec_dot(l->c, s->p, r);
    s->w_h = vec_dot(l->c, s->h, r);
}

float late_gather(const struct late *l, const struct kernel *k, const struct basis *U,
                  const float *y, float *p)
{
    const float energy = k->gather(U, y, p);
    float wy;

    if (!l->waits)
        return energy;
    k->inner(l->w, y, basis_padded(U), &wy);
    for (size_t j = 0; j < U->r; j++)
        p[j] += wy * l->c[j];
    return energy;
}

void late_combine(const struct late *l, const struct kernel *k, const struct basis *U,
                  const float *a, float *x)
{
    k->combine(U, a, x);
    if (!l->waits)
        return;
    const float ca = vec_dot(l->c, a, U->r);

    for (size_t i = 0; i < U->n; i++)
        x[i] += ca * l->w[i];
}

void late_get(const struct late *l, const struct basis *U, size_t j, float *u)
{
    basis_get(U, j, u);
    for (size_t i = 0; l->waits && i < U->n; i++)
        u[i] += l->c[j] * l->w[i];
}

void late_settle(struct late *l, const struct kernel *k, struct basis *U)
{
    static const float none[COV_MOST];

    if (!l->waits)
        return;
    const struct sweep s = {
        .y = l->w, .p = none, .h = none, .d = none, .w = l->w, .c = l->c
    };

    k->sweep(U, &s, U->U);
    l->waits = false;
}
