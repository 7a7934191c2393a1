/* SPDX-License-Identifier: MIT
 *
 * sum.h - sums and greatest values of rows of numbers.
 */
#ifndef LULL_BASE_SUM_H
#define LULL_BASE_SUM_H

#include <stddef.h>

float sum(const float *x, size_t n);                            /* sum_i x[i]      */
float sum_product(const float *x, const float *y, size_t n);    /* sum_i x[i] y[i] */

/* The greatest of x[n]; `least` if none is greater. */
float greatest(const float *x, size_t n, float least);

#endif
