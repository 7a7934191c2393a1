/* SPDX-License-Identifier: MIT
 *
 * slot.h - the way round a ring of any length.  A remainder would take as long as thirty
 * products, for every ring in every frame.
 */
#ifndef LULL_BASE_SLOT_H
#define LULL_BASE_SLOT_H

#include <stddef.h>

/* The slot `steps` <= n after slot `at` < n. */
static inline size_t slot_after(size_t at, size_t steps, size_t n)
{
    return at + steps < n ? at + steps : at + steps - n;
}

#endif
