/* SPDX-License-Identifier: MIT
 *
 * kernel_c.c - the kernels for any machine: see kernel_lanes.h.
 */
#include "track/kernel_lanes.h"

const struct kernel *kernel_c(void)
{
    return variants;
}
