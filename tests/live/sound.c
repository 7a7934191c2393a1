/* SPDX-License-Identifier: MIT
 *
 * sound.c - `sound SECONDS RATE`: a voice in white noise, as 32-bit floats.
 */
#include "voice.h"
#include <stdio.h>
#include <stdlib.h>

enum { PIECE = 1 << 16 };

int main(int argc, char **argv)
{
    static float x[PIECE];
    unsigned seed = 1;

    if (argc != 3)
        return 64;

    const double rate_hz = atof(argv[2]);
    size_t left = (size_t)(atof(argv[1]) * rate_hz);

    while (left) {
        const size_t n = left < PIECE ? left : PIECE;

        voice(x, n, rate_hz, 0);
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1664525 + 1013904223;
            x[i] += 0.05f * ((float)(seed >> 8) / 8388608.0f - 1);
        }
        fwrite(x, sizeof *x, n, stdout);
        left -= n;
    }
    return fflush(stdout) != 0;
}
