/* SPDX-License-Identifier: MIT
 *
 * arena.c - see arena.h.  Invariant: used is a multiple of ARENA_ALIGN, and
 * SIZE_MAX once a request has overflowed, which no allocator will grant.
 */
#include "base/arena.h"

#include <stdint.h>
#include <string.h>

void *arena_take(struct arena *a, size_t count, size_t size)
{
    const size_t most = SIZE_MAX - ARENA_ALIGN - a->used;

    if (a->used == SIZE_MAX || (size && count > most / size)) {
        a->used = SIZE_MAX;
        return NULL;
    }
    const size_t bytes = (count * size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    void *const at = a->block ? a->block + a->used : NULL;

    if (at)
        memset(at, 0, bytes);
    a->used += bytes;
    return at;
}
