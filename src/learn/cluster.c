/* SPDX-License-Identifier: MIT
 *
 * cluster.c - k-means by Lloyd's rounds [Llo82], from centres that are far apart
 * [AV07].
 *
 * Cost: ROUNDS passes of 2 rows K n flops.
 */
#include "learn/cluster.h"

#include "base/sum.h"
#include "learn/pupil.h"

#include <math.h>
#include <string.h>

enum { ROUNDS = 16 };

static void take_centre(struct cluster *c, size_t k, const float *row)
{
    memcpy(c->centre + k * c->n, row, c->n * sizeof *row);
    c->half[k] = 0.5f * sum_product(row, row, c->n);
}

/* |x - centre|^2 */
static float distance(const struct cluster *c, size_t k, const float *x, float square)
{
    const float d = square + 2 * (c->half[k] - sum_product(x, c->centre + k * c->n, c->n));

    return d > 0 ? d : 0;
}

/* Each next centre is a row, chosen by its squared distance from those there are. */
static void begin(struct cluster *c, const float *x, size_t rows, size_t K)
{
    uint64_t dice = 7;
    size_t pick = rows / 2;

    for (size_t i = 0; i < rows; i++) {
        c->square[i] = sum_product(x + i * c->n, x + i * c->n, c->n);
        c->apart[i] = INFINITY;
    }
    for (size_t k = 0; k < K; k++) {
        double sum = 0;

        take_centre(c, k, x + pick * c->n);
        for (size_t i = 0; i < rows; i++) {
            c->apart[i] = fminf(c->apart[i], distance(c, k, x + i * c->n, c->square[i]));
            sum += (double)c->apart[i];
        }
        double left = sum * ((double)(pupil_dice(&dice) >> 11) * 0x1p-53);

        for (pick = 0; pick + 1 < rows && left >= (double)c->apart[pick]; pick++)
            left -= (double)c->apart[pick];
    }
}

/* To each row the nearest centre; whether any has changed. */
static int assign(struct cluster *c, const float *x, size_t rows, size_t K)
{
    int changed = 0;

    for (size_t i = 0; i < rows; i++) {
        unsigned nearest = 0;
        float best = INFINITY;

        for (size_t k = 0; k < K; k++) {
            const float d = c->half[k] - sum_product(x + i * c->n, c->centre + k * c->n, c->n);

            if (d < best) {
                best = d;
                nearest = (unsigned)k;
            }
        }
        changed |= c->label[i] != nearest;
        c->label[i] = nearest;
    }
    return changed;
}

/* Each centre to the mean of its rows; one without any stays. */
static void centre(struct cluster *c, const float *x, size_t rows, size_t K)
{
    const size_t n = c->n;

    memset(c->count, 0, K * sizeof *c->count);
    for (size_t i = 0; i < rows; i++) {
        float *const m = c->centre + c->label[i] * n;
        const float share = 1 / (float)++c->count[c->label[i]];     /* 1: what was there goes */

        for (size_t t = 0; t < n; t++)
            m[t] = (1 - share) * m[t] + share * x[i * n + t];
    }
    for (size_t k = 0; k < K; k++)
        c->half[k] = 0.5f * sum_product(c->centre + k * n, c->centre + k * n, n);
}

void cluster_update(struct cluster *c, const float *x, size_t rows, size_t K)
{
    begin(c, x, rows, K);
    for (size_t i = 0; i < rows; i++)
        c->label[i] = (unsigned)K;
    for (int round = 0; round < ROUNDS && assign(c, x, rows, K); round++)
        centre(c, x, rows, K);
}
