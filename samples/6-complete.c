/* SPDX-License-Identifier: MIT
 *
 * 6-complete.c - fills in what is missing.
 *
 *     cc 6-complete.c $(pkg-config --cflags --libs lull) -lm && ./a.out
 *
 * Two thirds of the readings of 24 stations are lost.  What the stations have
 * in common is learned from what is left, and tells the rest.
 */
#include <lull_tracker.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { STATIONS = 24, PATTERNS = 3, DAYS = 3000, SHOWN = 8 };

static float chance(void) /* -1..1 */
{
    return 2 * (float)rand() / (float)RAND_MAX - 1;
}

int main(void)
{
    lull_tracker_config cfg = lull_tracker_defaults(STATIONS, PATTERNS);
    lull_status why;
    lull_tracker *t = lull_tracker_new(&cfg, &why);
    double wrong = 0, all = 0;

    if (!t) {
        fprintf(stderr, "6-complete: %s\n", lull_strerror(why));
        return 1;
    }
    for (int day = 0; day < DAYS; day++) {
        const float a = 9 * chance(), b = 5 * chance(), c = 3 * chance();
        float truth[STATIONS], seen[STATIONS], full[STATIONS];

        for (int i = 0; i < STATIONS; i++) {
            const float at = (float)i / STATIONS;

            truth[i] = a + b * cosf(6 * at) + c * sinf(11 * at);
            seen[i] = rand() % 3 ? NAN : truth[i] + 0.3f * chance();
        }
        lull_tracker_update(t, seen, NULL, full); /* NAN: missing */
        for (int i = 0; day >= DAYS / 2 && i < STATIONS; i++) {
            wrong += (double)((full[i] - truth[i]) * (full[i] - truth[i]));
            all += (double)(truth[i] * truth[i]);
        }
        if (day < DAYS - 1)
            continue;
        printf("station");
        for (int i = 0; i < SHOWN; i++)
            printf(" %6d", i);
        printf("\nseen   ");
        for (int i = 0; i < SHOWN; i++)
            isnan(seen[i]) ? printf("      -") : printf(" %6.2f", (double)seen[i]);
        printf("\nfull   ");
        for (int i = 0; i < SHOWN; i++)
            printf(" %6.2f", (double)full[i]);
        printf("\ntruth  ");
        for (int i = 0; i < SHOWN; i++)
            printf(" %6.2f", (double)truth[i]);
        printf("\nerror over all stations: %.0f dB\n", 10 * log10(wrong / all));
    }
    lull_tracker_free(t);
    return 0;
}
