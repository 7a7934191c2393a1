/* SPDX-License-Identifier: MIT
 *
 * kernel.c - the choice of a kernel: the best this machine can run.
 */
#include "track/kernel.h"

const struct kernel *kernel_choose(size_t parts, bool portable)
{
    const struct kernel *best = portable ? NULL : kernel_avx2();

    if (!best && !portable)
        best = kernel_neon();
    if (!best)
        best = kernel_c();
    return best + (parts - 1);
}
