/* SPDX-License-Identifier: MIT
 *
 * take.c - memory for measuring; without it there is nothing to say.
 */
#include "measures/measures.h"

#include <stdio.h>
#include <stdlib.h>

double *measure_take(size_t count)
{
    double *const x = calloc(count ? count : 1, sizeof *x);

    if (!x) {
        fprintf(stderr, "out of memory\n");
        exit(71);
    }
    return x;
}
