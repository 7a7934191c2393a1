/* SPDX-License-Identifier: MIT
 *
 * 3-callback.c - microphone to speaker, in the audio callback itself.
 *
 *     cc 3-callback.c $(pkg-config --cflags --libs lull portaudio-2.0)
 *
 * Everything that can fail or wait is done before the stream starts.  In it
 * there is lull_process(), which may be called there: it never allocates,
 * locks, waits or fails.  The main thread turns knobs meanwhile, and looks.
 */
#include <lull.h>
#include <portaudio.h>
#include <stdio.h>

static int complain(const char *what, const char *why)
{
    fprintf(stderr, "3-callback: %s: %s\n", what, why);
    return 1;
}

/* Any number of frames, whatever the device likes. */
static int callback(const void *in, void *out, unsigned long frames,
                    const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags,
                    void *user)
{
    (void)time;
    (void)flags;
    lull_process(user, in, out, frames);
    return paContinue;
}

/* A line for each that is read: its first letter is an order. */
static void listen(lull *l)
{
    char line[80];
    lull_readings r;

    puts("b bypass, d denoise, end of input ends");
    while (fgets(line, sizeof line, stdin)) {
        lull_set(l, LULL_BYPASS, line[0] == 'b');       /* from here; heard without a click */
        lull_read(l, &r);
        printf("in %.1f dB, out %.1f dB, noise %.1f dB\n", r.in_db, r.out_db, r.noise_db);
    }
}

static int play(lull *l, const lull_config *cfg)
{
    const int channels = (int)cfg->channels;
    PaStream *stream;
    PaError e = Pa_OpenDefaultStream(&stream, channels, channels, paFloat32, cfg->rate_hz,
                                     paFramesPerBufferUnspecified, callback, l);

    if (e == paNoError) {
        e = Pa_StartStream(stream);
        if (e == paNoError)
            listen(l);
        Pa_CloseStream(stream);
    }
    return e == paNoError ? 0 : complain("sound", Pa_GetErrorText(e));
}

int main(void)
{
    lull_config cfg = lull_preset("speech", 48000, 1);
    lull_status why;
    lull *l;
    PaError e;
    int status;

    cfg.latency_ms = 10;                /* for talking; 32 is a little better */
    l = lull_new(&cfg, &why);           /* all memory is taken here */
    if (!l)
        return complain("lull", lull_strerror(why));
    e = Pa_Initialize();
    if (e != paNoError) {
        lull_free(l);
        return complain("sound", Pa_GetErrorText(e));
    }
    status = play(l, &cfg);
    Pa_Terminate();
    lull_free(l);
    return status;
}
