/* SPDX-License-Identifier: MIT
 *
 * voice.c - harmonics of a gliding pitch, weighted by two wandering formants,
 * under a syllable's envelope.  Deterministic; no file needed.
 */
#include "voice.h"

#include <math.h>
#include <string.h>

static const double TAU = 6.283185307179586;

/* Strength of frequency hz where the formants are now. */
static double formants(double hz, double first, double second)
{
    const double a = (hz - first) / 120, b = (hz - second) / 250;

    return 1 / (1 + a * a) + 0.5 / (1 + b * b) + 0.02;
}

void voice(float *x, size_t n, double rate_hz, size_t start)
{
    double phase = 0;

    memset(x, 0, n * sizeof *x);
    for (size_t t = start; t < n; t++) {
        const double s = (double)(t - start) / rate_hz;
        const double syllable = s * 4, within = syllable - floor(syllable);
        const double f0 = 140 * (1 + 0.25 * sin(TAU * 0.4 * s));
        const double first = 500 + 250 * sin(TAU * 0.9 * s);
        const double second = 1500 + 600 * sin(TAU * 0.7 * s + 1);

        phase += f0 / rate_hz;
        if (fmod(floor(syllable), 6) == 5)
            continue;
        const double envelope = pow(sin(TAU / 2 * within), 2);
        double sum = 0;

        for (int k = 1; k * f0 < fmin(4000, rate_hz / 2); k++)
            sum += formants(k * f0, first, second) * sin(TAU * k * phase);
        x[t] = (float)(0.1 * envelope * sum);
    }
}
