/* SPDX-License-Identifier: MIT
 *
 * jackfile.c - plays IN into a JACK client and records what that gives into
 * OUT, as fast as the machine can (freewheel): no clock, so no luck.
 *
 *     jackfile IN.raw OUT.raw CLIENT          32-bit floats, mono
 *
 * Prints the frames of a period.
 */
#include <jack/jack.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    float *in, *out;
    size_t frames, at;
    jack_port_t *to, *from;
    volatile bool run, over;
} file;

static int process(jack_nframes_t n, void *user)
{
    float *const to = jack_port_get_buffer(file.to, n);
    const float *const from = jack_port_get_buffer(file.from, n);

    (void)user;
    memset(to, 0, n * sizeof *to);
    if (!file.run || file.over)
        return 0;
    if (file.at + n > file.frames) {
        file.over = true;
        return 0;
    }
    memcpy(to, file.in + file.at, n * sizeof *to);
    memcpy(file.out + file.at, from, n * sizeof *from);
    file.at += n;
    return 0;
}

static float *load(const char *path, size_t *frames)
{
    FILE *const f = fopen(path, "rb");

    if (!f || fseek(f, 0, SEEK_END))
        return NULL;
    *frames = (size_t)ftell(f) / sizeof(float);
    rewind(f);

    float *x = malloc(*frames * sizeof *x);

    if (fread(x, sizeof *x, *frames, f) != *frames)
        return NULL;
    fclose(f);
    return x;
}

/* Takes CLIENT's port off the sound card and puts it on ours. */
static bool connect(jack_client_t *jack, const char *client, unsigned long flags,
                    const char *ours)
{
    const char **ports = NULL;

    for (int i = 0; i < 100 && !ports; i++) {
        ports = jack_get_ports(jack, client, NULL, flags);
        if (!ports)
            usleep(50000);
    }
    if (!ports)
        return false;
    jack_port_disconnect(jack, jack_port_by_name(jack, ports[0]));
    return flags & JackPortIsInput ? !jack_connect(jack, ours, ports[0])
                                   : !jack_connect(jack, ports[0], ours);
}

int main(int argc, char **argv)
{
    jack_client_t *const jack = jack_client_open("file", JackNoStartServer, NULL);

    if (argc != 4 || !jack || !(file.in = load(argv[1], &file.frames)))
        return 1;
    file.out = calloc(file.frames, sizeof *file.out);
    file.to = jack_port_register(jack, "to", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
    file.from = jack_port_register(jack, "from", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
    jack_set_process_callback(jack, process, NULL);
    if (jack_activate(jack) || !connect(jack, argv[3], JackPortIsInput, "file:to") ||
        !connect(jack, argv[3], JackPortIsOutput, "file:from"))
        return 2;
    usleep(300000);
    jack_set_freewheel(jack, 1);
    usleep(100000);
    file.run = true;
    while (!file.over)
        usleep(10000);
    jack_set_freewheel(jack, 0);
    printf("%u\n", jack_get_buffer_size(jack));
    jack_client_close(jack);

    FILE *const f = fopen(argv[2], "wb");

    return !f || fwrite(file.out, sizeof(float), file.at, f) != file.at || fclose(f);
}
