/* SPDX-License-Identifier: MIT */
#include "oracle.h"

#include <math.h>

double oracle_lsa(double xi, double gamma)
{
    const double v = gamma * xi / (1 + xi);
    const int steps = 20000;
    const double from = log(v), to = fmax(from, 0) + 5;         /* E1(e^5) is 1e-67 */
    double e1 = 0;

    /* E1(v) = integral of exp(-u)/u du from v = integral of exp(-e^z) dz from log v */
    for (int i = 0; i < steps; i++)
        e1 += exp(-exp(from + (to - from) * (i + 0.5) / steps));
    return xi / (1 + xi) * exp(0.5 * e1 * (to - from) / steps);
}
