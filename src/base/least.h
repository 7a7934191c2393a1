/* SPDX-License-Identifier: MIT
 *
 * least.h - the lesser of two sizes, and the greater.
 */
#ifndef LULL_BASE_LEAST_H
#define LULL_BASE_LEAST_H

#include <stddef.h>

static inline size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t greater(size_t a, size_t b)
{
    return a > b ? a : b;
}

#endif
