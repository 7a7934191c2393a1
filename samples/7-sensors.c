/* SPDX-License-Identifier: MIT
 *
 * 7-sensors.c - many electrodes as one signal, frame by frame.
 *
 *     cc 7-sensors.c $(pkg-config --cflags --libs lull) -lm && ./a.out
 *
 * Five rhythms reach 32 electrodes, each of which adds noise of its own; one comes
 * loose for ten seconds.  What the electrodes have in common tells what is noise,
 * and what the loose one would have seen.
 *
 *     ./a.out table                           a table of before and after, for a plot
 */
#include <lull.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 256, SECONDS = 60, FRAMES = RATE * SECONDS, RHYTHMS = 5, ELECTRODES = 32 };
enum { LOOSE = 11, FROM = 40, TO = 50 }; /* which one is loose, and when, in s */

typedef float frame[ELECTRODES];

static frame truth[FRAMES], seen[FRAMES], cleaned[FRAMES];

static float noise(void) /* mean 0, variance 1 */
{
    float sum = -6;

    for (int i = 0; i < 12; i++)
        sum += (float)rand() / (float)RAND_MAX;
    return sum;
}

/* Noise through a resonance: a rhythm that waxes and wanes. */
static void add_rhythm(float hz, float place)
{
    const float decay = 0.985f, turn = 2 * decay * cosf(6.2831853f * hz / RATE);
    float now = 0, last = 0;

    for (int t = 0; t < FRAMES; t++) {
        const float next = turn * now - decay * decay * last + 0.05f * hz * noise();

        last = now;
        now = next;
        for (int i = 0; i < ELECTRODES; i++)
            truth[t][i] += next * cosf(place * (float)(i + 3));
    }
}

static void make_stream(void)
{
    static const float hz[RHYTHMS] = { 2, 6, 10, 12, 20 };

    for (int k = 0; k < RHYTHMS; k++)
        add_rhythm(hz[k], 0.13f + 0.11f * (float)k);
    for (int t = 0; t < FRAMES; t++)
        for (int i = 0; i < ELECTRODES; i++)
            seen[t][i] = truth[t][i] + 4.0f * (float)(1 + i % 4) * noise();
    for (int t = FROM * RATE; t < TO * RATE; t++)
        seen[t][LOOSE] = NAN; /* not known */
}

/* What comes out belongs to the frame that went in lull_latency() frames ago. */
static void clean(lull *l)
{
    const size_t late = lull_latency(l);
    frame out;

    for (size_t t = 0; t < FRAMES + late; t++) {
        if (t < FRAMES)
            lull_process(l, seen[t], out, 1);
        else
            lull_flush(l, out, 1);
        if (t >= late)
            memcpy(cleaned[t - late], out, sizeof out);
    }
}

/* Signal to noise, dB, of x over some seconds, without the loose one or of it alone. */
static double snr(frame *x, int from, int to, int loose)
{
    double signal = 0, error = 0;

    for (int t = from * RATE; t < to * RATE; t++)
        for (int i = 0; i < ELECTRODES; i++)
            if ((i == LOOSE) == loose) {
                signal += (double)(truth[t][i] * truth[t][i]);
                error += (double)((x[t][i] - truth[t][i]) * (x[t][i] - truth[t][i]));
            }
    return 10 * log10(signal / error);
}

static void print_gain(void)
{
    printf("seconds   before, dB   after, dB\n");
    for (int s = 0; s < SECONDS; s += 10)
        printf("%2d - %2d %11.1f %11.1f\n", s, s + 10, snr(seen, s, s + 10, 0),
               snr(cleaned, s, s + 10, 0));
    printf("loose           - %11.1f\n", snr(cleaned, FROM, TO, 1));
}

/* Of five electrodes, around the moment when one comes loose. */
static void print_table(void)
{
    printf("time");
    for (int i = LOOSE - 2; i <= LOOSE + 2; i++)
        printf(",before %d,after %d", i, i);
    for (int t = (FROM - 1) * RATE; t < (FROM + 2) * RATE; t++) {
        printf("\n%.4f", t / (double)RATE);
        for (int i = LOOSE - 2; i <= LOOSE + 2; i++)
            printf(",%.3f,%.3f", (double)seen[t][i], (double)cleaned[t][i]);
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    const lull_config cfg = lull_preset("eeg", RATE, ELECTRODES);
    lull_status why;
    lull *l = lull_new(&cfg, &why);

    if (!l) {
        fprintf(stderr, "7-sensors: %s\n", lull_strerror(why));
        return 1;
    }
    make_stream();
    clean(l);
    lull_free(l);
    if (argc > 1 && !strcmp(argv[1], "table"))
        print_table();
    else
        print_gain();
    return 0;
}
