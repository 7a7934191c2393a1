/* SPDX-License-Identifier: MIT
 *
 * 4-tracker.c - frames in, a subspace and cleaned frames out.
 *
 *     cc 4-tracker.c $(pkg-config --cflags --libs lull) -lm && ./a.out
 *
 * Sixteen sensors hear two sources through the noise; after a while the
 * sources move.
 */
#include <lull_tracker.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SENSORS = 16, SOURCES = 2, FRAMES = 4000 };

static float noise(void) /* mean 0, variance 1 */
{
    float sum = -6;

    for (int i = 0; i < 12; i++)
        sum += (float)rand() / (float)RAND_MAX;
    return sum;
}

int main(void)
{
    lull_tracker_config cfg = lull_tracker_defaults(SENSORS, SOURCES);
    lull_status why;
    lull_tracker *t = lull_tracker_new(&cfg, &why);

    if (!t) {
        fprintf(stderr, "4-tracker: %s\n", lull_strerror(why));
        return 1;
    }
    printf("frame   noise in   noise out   step     changes\n");

    double before = 0, after = 0;

    for (int f = 0; f < FRAMES; f++) {
        const float a = 3 * noise(), b = 2 * noise();
        float x[SENSORS], y[SENSORS], x_hat[SENSORS];

        for (int i = 0; i < SENSORS; i++) {
            const float place = f < FRAMES / 2 ? 0.4f : 0.9f;

            x[i] = a * cosf(place * (float)i) + b * sinf(2 * place * (float)i);
            y[i] = x[i] + noise();
        }
        lull_tracker_update(t, y, NULL, x_hat);
        for (int i = 0; i < SENSORS; i++) {
            before += (double)((y[i] - x[i]) * (y[i] - x[i]));
            after += (double)((x_hat[i] - x[i]) * (x_hat[i] - x[i]));
        }
        if (f % 500 == 499) {
            printf("%5d   %8.2f   %9.2f   %.5f  %7u\n", f + 1, before / 500, after / 500,
                   (double)lull_tracker_step(t), lull_tracker_changes(t));
            before = after = 0;
        }
    }
    float basis[SOURCES][SENSORS], power[SOURCES];

    lull_tracker_basis(t, basis[0], power);
    printf("power along the directions found: %.0f and %.0f, of noise: %.2f\n",
           (double)power[0], (double)power[1], (double)lull_tracker_noise(t));
    lull_tracker_free(t);
    return 0;
}
