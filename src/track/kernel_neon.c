/* SPDX-License-Identifier: MIT
 *
 * kernel_neon.c - the kernels for ARM with NEON, which every 64-bit ARM has:
 * kernel_lanes.h, compiled so that products and sums fuse.
 */
#include "track/kernel.h"

#include <stddef.h>

#ifdef __ARM_NEON
#include "track/kernel_lanes.h"

const struct kernel *kernel_neon(void)
{
    return variants;
}

#else

const struct kernel *kernel_neon(void)
{
    return NULL;
}

#endif
