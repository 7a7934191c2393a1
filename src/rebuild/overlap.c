/* SPDX-License-Identifier: MIT
 *
 * overlap.c - see overlap.h.
 *
 * Invariant: between updates sum[k] holds the share that all frames so far
 * have in the k-th sample after the start of the last frame's tail.
 */
#include "rebuild/overlap.h"

#include <string.h>

void overlap_place(struct overlap *o, struct arena *a, size_t tail, size_t hop)
{
    *o = (struct overlap){ .tail = tail, .hop = hop };
    o->sum = arena_floats(a, tail);
}

void overlap_reset(struct overlap *o)
{
    memset(o->sum, 0, o->tail * sizeof *o->sum);
}

const float *overlap_update(struct overlap *o, const float *restrict x, const float *restrict s)
{
    const size_t kept = o->tail - o->hop;
    float *const sum = o->sum;

    memmove(sum, sum + o->hop, kept * sizeof *sum);
    for (size_t t = 0; t < kept; t++)
        sum[t] += x[t] * s[t];
    for (size_t t = kept; t < o->tail; t++)
        sum[t] = x[t] * s[t];
    return sum;
}

void overlap_state(struct overlap *o, struct store *s)
{
    store_samples(s, o->sum, o->tail, 100);
}
