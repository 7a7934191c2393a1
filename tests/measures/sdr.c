/* SPDX-License-Identifier: MIT
 *
 * sdr.c - scale-invariant signal-to-distortion ratio [LWEH19].
 *
 * With c and e free of their means, the part of e that is speech is its
 * projection on c; all the rest is distortion:
 *
 *   t = (c'e / c'c) c,    SI-SDR = 10 log10(t't / (e - t)'(e - t))
 */
#include "measures/measures.h"

#include <math.h>

static double mean(const double *x, size_t n)
{
    double sum = 0;

    for (size_t t = 0; t < n; t++)
        sum += x[t];
    return sum / (double)n;
}

double si_sdr(const double *clean, const double *got, size_t n)
{
    static const double TINY = 1e-20; /* keeps silence from dividing 0 by 0 */
    const double c_mean = mean(clean, n), e_mean = mean(got, n);
    double cc = TINY, ce = 0, wanted = TINY, rest = TINY;

    if (n == 0)
        return nan("");
    for (size_t t = 0; t < n; t++) {
        cc += (clean[t] - c_mean) * (clean[t] - c_mean);
        ce += (clean[t] - c_mean) * (got[t] - e_mean);
    }
    for (size_t t = 0; t < n; t++) {
        const double target = ce / cc * (clean[t] - c_mean);
        const double error = got[t] - e_mean - target;

        wanted += target * target;
        rest += error * error;
    }
    return 10 * log10(wanted / rest);
}
