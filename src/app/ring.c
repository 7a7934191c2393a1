/* SPDX-License-Identifier: MIT
 *
 * ring.c - see ring.h.  Each counter belongs to one side; the other only looks
 * at it, after (acquire) what it speaks of is there (release).
 */
#include "app/ring.h"
#include "app/touch.h"
#include <stdlib.h>

bool ring_new(struct ring *r, size_t least)
{
    size_t size = 1;

    while (size < least)
        size *= 2;
    *r = (struct ring){ .x = calloc(size, sizeof *r->x), .size = size };
    touch(r->x, size * sizeof *r->x);
    return r->x;
}

void ring_free(struct ring *r)
{
    free(r->x);
    r->x = NULL;
}

bool ring_put(struct ring *r, const float *x, size_t n)
{
    const size_t at = atomic_load_explicit(&r->written, memory_order_relaxed);
    const size_t used = at - atomic_load_explicit(&r->read, memory_order_acquire);

    if (n > r->size - used)
        return false;
    for (size_t i = 0; i < n; i++)
        r->x[(at + i) & (r->size - 1)] = x[i];
    atomic_store_explicit(&r->written, at + n, memory_order_release);
    return true;
}

size_t ring_get(struct ring *r, float *x, size_t n)
{
    const size_t at = atomic_load_explicit(&r->read, memory_order_relaxed);
    const size_t there = atomic_load_explicit(&r->written, memory_order_acquire) - at;

    if (n > there)
        n = there;
    for (size_t i = 0; i < n; i++)
        x[i] = r->x[(at + i) & (r->size - 1)];
    atomic_store_explicit(&r->read, at + n, memory_order_release);
    return n;
}
