/* SPDX-License-Identifier: MIT
 *
 * memory.h - memory for what an arena has measured; for the public faces alone.
 */
#ifndef LULL_MEMORY_H
#define LULL_MEMORY_H

#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>

/* To be freed; NULL: there is none, or nothing could be so large. */
static inline void *memory_for(const struct arena *measured)
{
    return measured->used == SIZE_MAX ? NULL : aligned_alloc(ARENA_ALIGN, measured->used);
}

#endif
