/* SPDX-License-Identifier: MIT
 *
 * pause.c - the level of what is heard where nothing should be.
 *
 * A pause is a piece of 20 ms in which the clean signal stays below -100 dBFS
 * throughout.  The first 150 ms are not counted: nobody can know the noise
 * before having heard it.
 */
#include "measures/measures.h"

#include <math.h>

static const double HEARD = 1e-5; /* -100 dBFS */

static int is_silent(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fabs(x[i]) > HEARD)
            return 0;
    return 1;
}

double pause_level_db(const double *clean, const double *got, size_t n, double rate_hz)
{
    const size_t span = (size_t)(0.02 * rate_hz);
    double power = 1e-20; /* -200 dB for digital silence */
    size_t count = 0;

    for (size_t at = (size_t)(0.15 * rate_hz); at + span <= n; at += span) {
        if (!is_silent(clean + at, span))
            continue;
        for (size_t i = 0; i < span; i++)
            power += got[at + i] * got[at + i];
        count += span;
    }
    if (count == 0)
        return nan("");
    return 10 * log10(power / (double)count);
}
