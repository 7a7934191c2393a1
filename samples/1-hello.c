/* SPDX-License-Identifier: MIT
 *
 * 1-hello.c - denoise a buffer in memory: the shortest use there is.
 *
 *     cc 1-hello.c $(pkg-config --cflags --libs lull) -lm && ./a.out
 *
 * A voice that comes and goes, in noise, goes in.  Printed is what became of
 * the noise, in the pauses, and of the voice.
 */
#include <lull.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { RATE = 16000, HALF = RATE / 2, FRAMES = 4 * RATE };

/* Each second is half a second of noise, then half a second of something like
 * a voice: harmonics of a pitch that glides. */
static void make_sound(float *x)
{
    double phase = 0;

    for (int t = 0; t < FRAMES; t++) {
        x[t] = 0.02f * ((float)rand() / (float)RAND_MAX - 0.5f);
        phase += 0.05 + 0.01 * sin(0.0006 * t);
        if (t % RATE >= HALF)
            for (int k = 1; k <= 20; k++)
                x[t] += 0.1f * (float)sin(k * phase) / (float)k;
    }
}

/* Level in dB of the last second's half that begins at `from`, but for its edges. */
static double level_db(const float *x, int from)
{
    const float *const half = x + FRAMES - RATE + from;
    double sum = 1e-20;

    for (int t = HALF / 4; t < 3 * HALF / 4; t++)
        sum += (double)half[t] * (double)half[t] / (HALF / 2);
    return 10 * log10(sum);
}

int main(void)
{
    static float noisy[FRAMES], quiet[FRAMES];
    lull_config cfg = lull_preset("speech", RATE, 1);
    lull_status why;
    lull *l = lull_new(&cfg, &why);

    if (!l) {
        fprintf(stderr, "lull: %s\n", lull_strerror(why));
        return 1;
    }
    make_sound(noisy);

    /* The output lags by `late` frames: drop those first, fetch the last. */
    const size_t late = lull_latency(l);

    lull_process(l, noisy, quiet, late);
    lull_process(l, noisy + late, quiet, FRAMES - late);
    lull_flush(l, quiet + FRAMES - late, late);

    printf("noise %6.1f dB -> %6.1f dB\n", level_db(noisy, 0), level_db(quiet, 0));
    printf("voice %6.1f dB -> %6.1f dB\n", level_db(noisy, HALF), level_db(quiet, HALF));
    lull_free(l);
    return 0;
}
