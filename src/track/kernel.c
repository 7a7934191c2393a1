/* SPDX-License-Identifier: MIT
 *
 * kernel.c - the choice of a kernel: the best this machine can run.
 */
#include "track/kernel.h"

/* The widest registers lower the clock for all other code, too: from so many floats on they
 * pay. */
static const size_t WIDEST = 1024;

const struct kernel *kernel_choose(size_t parts, size_t floats, bool portable)
{
    const struct kernel *best = NULL;

    if (!portable && floats >= WIDEST)
        best = kernel_avx512();
    if (!portable && !best)
        best = kernel_avx2();
    if (!portable && !best)
        best = kernel_neon();
    if (!best)
        best = kernel_c();
    return best + (parts - 1);
}
