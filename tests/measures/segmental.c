/* SPDX-License-Identifier: MIT
 *
 * segmental.c - the mean over short frames of their SNR in dB.
 *
 * Frames of 30 ms under a Hann window, a quarter apart, from the first to the
 * last sample where the clean signal is heard.  Each frame's figure is held to
 * -10..35 dB, so that neither pauses nor silence from the first bit decide.
 */
#include "measures/measures.h"

#include <math.h>

static const double HEARD = 1e-5; /* -100 dBFS */

double segmental_snr(const double *clean, const double *got, size_t n, double rate_hz)
{
    const size_t span = (size_t)lrint(0.03 * rate_hz), hop = span / 4;
    const double turn = 2 * acos(-1) / (double)(span + 1);
    size_t first = 0, end = n, frames = 0;
    double sum = 0;

    while (end > 0 && !(fabs(clean[end - 1]) > HEARD))
        end--;
    while (first < end && !(fabs(clean[first]) > HEARD))
        first++;

    for (size_t at = first; at + span <= end; at += hop, frames++) {
        double signal = 0, error = 0;

        for (size_t i = 0; i < span; i++) {
            const double w = 0.5 - 0.5 * cos(turn * (double)(i + 1));
            const double c = w * clean[at + i], d = c - w * got[at + i];

            signal += c * c;
            error += d * d;
        }
        sum += fmin(fmax(10 * log10(signal / (error + 1e-16) + 1e-16), -10), 35);
    }
    if (frames == 0)
        return nan("");
    return sum / (double)frames;
}
