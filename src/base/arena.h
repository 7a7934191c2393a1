/* SPDX-License-Identifier: MIT
 *
 * arena.h - one block of memory, handed out once.
 *
 * A stage describes its arrays in one function, its `place`.  Run over an
 * arena without memory it measures; run again over a block of that size it
 * lays out.  Size and layout cannot disagree, and nothing is freed singly.
 */
#ifndef LULL_BASE_ARENA_H
#define LULL_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

enum { ARENA_ALIGN = 64 };      /* bytes: a cache line, and any vector register */

struct arena {
    unsigned char *block;       /* NULL: only measuring */
    size_t used;                /* bytes so far         */
};

/* count * size zeroed bytes, aligned to ARENA_ALIGN; NULL while measuring. */
void *arena_take(struct arena *a, size_t count, size_t size);

static inline float *arena_floats(struct arena *a, size_t count)
{
    return arena_take(a, count, sizeof(float));
}

static inline bool arena_measures(const struct arena *a)
{
    return !a->block;
}

#endif
