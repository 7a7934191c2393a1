/* SPDX-License-Identifier: MIT
 *
 * sum.c - a row is read in LANES at once.
 *
 * Floats are added in the order written, one after the other, since any other
 * order rounds differently.  So the order written is one that suits a vector
 * register: lane k adds the elements i = k mod LANES, then the lanes are added.
 * The error is smaller than that of one long chain, and the bits are the same
 * on every machine.  Of products there are twice as many lanes: each waits for the one
 * before it.
 */
#include "base/sum.h"

#include "base/fastmath.h"

enum { LANES = 8, WIDE = 2 * LANES };

static float across(const float *lane)
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

float sum(const float *x, size_t n)
{
    float lane[LANES] = { 0 }, rest = 0;
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            lane[k] += x[i + k];
    for (; i < n; i++)
        rest += x[i];
    return across(lane) + rest;
}

static float short_product(const float *x, const float *y, size_t n)
{
    float sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

float sum_product(const float *x, const float *y, size_t n)
{
    if (n < LANES)
        return short_product(x, y, n);

    float lane[WIDE] = { 0 };
    size_t i = 0;

    for (; i + WIDE <= n; i += WIDE)
        for (size_t k = 0; k < WIDE; k++)
            lane[k] += x[i + k] * y[i + k];
    for (size_t k = 0; k < LANES; k++)
        lane[k] += lane[k + LANES];
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            lane[k] += x[i + k] * y[i + k];
    return across(lane) + short_product(x + i, y + i, n - i);
}

float greatest(const float *x, size_t n, float least)
{
    float lane[LANES];
    size_t i = 0;

    for (size_t k = 0; k < LANES; k++)
        lane[k] = least;
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            lane[k] = fast_max(lane[k], x[i + k]);
    for (; i < n; i++)
        lane[0] = fast_max(lane[0], x[i]);
    for (size_t k = 0; k < LANES; k++)
        least = fast_max(least, lane[k]);
    return least;
}
