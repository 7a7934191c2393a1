/* SPDX-License-Identifier: MIT
 *
 * cluster.h - k-means: divides vectors into groups that are near each other.
 */
#ifndef LULL_LEARN_CLUSTER_H
#define LULL_LEARN_CLUSTER_H

#include <stddef.h>

struct cluster {
    size_t n;
    float *centre;              /* [most][n]                       */
    float *half;                /* [most] |centre|^2 / 2           */
    float *square;              /* [rows] |x|^2                    */
    float *apart;               /* [rows] scratch                  */
    size_t *count;              /* [most] members                  */
    unsigned *label;            /* [rows] to which one a row belongs */
};

/* Parts rows x[rows][n] into K groups.  The same rows give the same groups. */
void cluster_update(struct cluster *c, const float *x, size_t rows, size_t K);

#endif
