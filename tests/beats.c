/* SPDX-License-Identifier: MIT
 *
 * beats.c - see beats.h.  A beat is four waves, up and down, with the place, the width
 * and the height that the kind of heart has in that channel: nothing in it is slow.
 */
#include "beats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WAVES = 4 };

static void draw_shape(double *shape, unsigned kind, size_t channel)
{
    struct dice d = { 1000 * (uint64_t)kind + 10 * channel + 3 };

    memset(shape, 0, BEAT * sizeof *shape);
    for (int warm = 0; warm < 20; warm++)
        dice_word(&d);
    for (int w = 0; w < WAVES; w++) {
        const double place = BEAT * (0.2 + 0.6 * dice_uniform(&d));
        const double width = 1.2 + 2.5 * dice_uniform(&d), height = dice_normal(&d);

        for (size_t t = 0; t < BEAT; t++) {
            const double u = ((double)t - place) / width;

            shape[t] += height * u * exp(-0.5 * u * u);
        }
    }
}

void beats(float *x, size_t frames, size_t channels, unsigned kind, uint64_t seed)
{
    struct dice d = { seed };
    double *const shape = malloc(channels * BEAT * sizeof *shape);

    memset(x, 0, frames * channels * sizeof *x);
    for (size_t c = 0; c < channels; c++)
        draw_shape(shape + c * BEAT, kind, c);
    for (size_t at = BEAT; at + BEAT < frames;) {
        const double strength = 1 + 0.1 * dice_normal(&d);

        for (size_t t = 0; t < BEAT; t++)
            for (size_t c = 0; c < channels; c++)
                x[(at + t) * channels + c] = (float)(strength * shape[c * BEAT + t]);
        at += (size_t)(BEAT_EVERY - 30 + 60 * dice_uniform(&d));
    }
    const float rms = (float)sqrt(energy(x, frames * channels) / (double)(frames * channels));

    for (size_t i = 0; i < frames * channels; i++)
        x[i] /= rms;
    free(shape);
}
