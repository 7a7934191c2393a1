/* SPDX-License-Identifier: MIT
 *
 * clicks.c - how long sound takes from one device to another: plays a click
 * every half second into the one and listens for it at the other.
 *
 *     clicks OUT IN SECONDS
 *
 * A line for each click as it is heard: seconds since the start, delay in ms.  The delay
 * is that of this program's own buffers as well, which is constant: "lost" is
 * said if it was not.
 */
#include <math.h>
#include <portaudio.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RATE = 48000, EVERY = RATE / 2, LENGTH = 4 };
static const float LOUD = 0.5f, HEARD = 0.1f;

struct clicks {
    unsigned long long at, played, heard;       /* frames; of the last click */
    _Atomic unsigned long long delay;           /* of the last, not told yet; 0: told */
    atomic_bool lost;
};

static int pass(const void *in, void *out, unsigned long frames,
                const PaStreamCallbackTimeInfo *t, PaStreamCallbackFlags flags, void *user)
{
    struct clicks *const c = user;
    const float *const x = in;
    float *const y = out;

    (void)t;
    if (flags && c->at > 2 * RATE)
        atomic_store(&c->lost, 1);
    for (unsigned long i = 0; i < frames; i++, c->at++) {
        const unsigned long long phase = c->at % EVERY;

        if (!phase)
            c->played = c->at;
        y[i] = phase < LENGTH ? LOUD : 0;
        if (x && fabsf(x[i]) > HEARD && c->heard != c->played && c->played) {
            c->heard = c->played;
            atomic_store(&c->delay, c->at - c->played);
        }
    }
    return paContinue;
}

static PaDeviceIndex named(const char *name)
{
    for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount(); i++)
        if (!strcmp(Pa_GetDeviceInfo(i)->name, name))
            return i;
    fprintf(stderr, "clicks: %s: no such device\n", name);
    exit(1);
}

int main(int argc, char **argv)
{
    static struct clicks c;
    PaStream *stream;

    if (argc != 4 || Pa_Initialize())
        return 64;
    const PaStreamParameters out = { named(argv[1]), 1, paFloat32, 0.04, NULL };
    const PaStreamParameters in = { named(argv[2]), 1, paFloat32, 0.04, NULL };

    if (Pa_OpenStream(&stream, &in, &out, RATE, 480, paDitherOff | paClipOff, pass, &c) ||
        Pa_StartStream(stream))
        return 1;
    for (int ms = 0; ms < 1000 * atoi(argv[3]); ms += 10) {
        const unsigned long long delay = atomic_exchange(&c.delay, 0);

        if (delay)
            printf("%.2f %.2f\n", ms / 1000., 1000. * (double)delay / RATE);
        if (atomic_exchange(&c.lost, 0))
            puts("lost");
        fflush(stdout);
        Pa_Sleep(10);
    }
    Pa_StopStream(stream);
    Pa_Terminate();
    return 0;
}
