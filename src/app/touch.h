/* SPDX-License-Identifier: MIT
 *
 * touch.h - memory that is there before it is needed.
 */
#ifndef LULL_APP_TOUCH_H
#define LULL_APP_TOUCH_H

#include <stddef.h>

/* Writes to every page of new, zeroed memory: what calloc gives is only promised,
 * and the system would step in at the first use, in the middle of a callback. */
static inline void touch(void *memory, size_t bytes)
{
    volatile unsigned char *const p = memory;

    for (size_t i = 0; p && i < bytes; i += 4096)
        p[i] = 0;
}

#endif
