/* SPDX-License-Identifier: MIT
 *
 * least.h - the lesser of two sizes.
 */
#ifndef LULL_BASE_LEAST_H
#define LULL_BASE_LEAST_H

#include <stddef.h>

static inline size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

#endif
