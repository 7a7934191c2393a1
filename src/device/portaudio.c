/* SPDX-License-Identifier: MIT
 *
 * portaudio.c - devices by way of PortAudio.
 *
 * Every call but the listing is made by the stream's own thread: opening,
 * starting and stopping block for as long as a sound server is stuck, and then
 * only that thread is.  What PortAudio says about delays is passed on only
 * where it can be true.
 */
#include "device/device.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <portaudio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum { SCRATCH = 256 };         /* frames converted at once                     */
static const double LONGEST_S = 2;      /* a delay above it is a mistake          */
static const double SAFE_S = 0.015;     /* shorter buffers than this are for the brave */

/* ---- what there is */

static void describe(struct device *to, const PaDeviceInfo *from)
{
    const char *api = Pa_GetHostApiInfo(from->hostApi)->name;

    *to = (struct device){
        .ins = (unsigned)from->maxInputChannels,
        .outs = (unsigned)from->maxOutputChannels,
        .rate_hz = from->defaultSampleRate,
    };
    strncat(to->name, from->name, sizeof to->name - 1);
    strncat(to->api, strncmp(api, "JACK", 4) ? api : "JACK", sizeof to->api - 1);
}

static void describe_all(struct devices *d)
{
    const int count = Pa_GetDeviceCount();

    d->count = count < 0 ? 0 : count < DEVICES_MAX ? count : DEVICES_MAX;
    for (int i = 0; i < d->count; i++)
        describe(d->at + i, Pa_GetDeviceInfo(i));
    d->in = Pa_GetDefaultInputDevice();
    d->out = Pa_GetDefaultOutputDevice();
    if (d->in >= d->count)
        d->in = -1;
    if (d->out >= d->count)
        d->out = -1;
}

static bool put(int to, const void *bytes, size_t left)
{
    for (const char *at = bytes; left;) {
        const ssize_t n = write(to, at, left);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        left -= (size_t)n;
    }
    return true;
}

static bool get(int from, void *bytes, size_t left)
{
    for (char *at = bytes; left;) {
        const ssize_t n = read(from, at, left);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        left -= (size_t)n;
    }
    return true;
}

/* A grandchild's whole life.  It ends by a signal if the library aborts, as it
 * does where there is no device at all, or takes too long. */
static void ask(int to, double patience_s)
{
    const struct itimerval end = {
        .it_value = { (time_t)patience_s, (suseconds_t)(1e6 * fmod(patience_s, 1)) },
    };
    struct devices d = { 0 };

    signal(SIGALRM, SIG_DFL);
    setitimer(ITIMER_REAL, &end, NULL);
    if (Pa_Initialize() != paNoError)
        _exit(EX_UNAVAILABLE);
    describe_all(&d);
    _exit(put(to, &d, sizeof d) ? 0 : EX_IOERR);
}

static struct devices ask_one(double patience_s)
{
    struct devices d = { .count = -1 };
    int ends[2], status = 0;

    if (pipe(ends))
        return d;

    const pid_t child = fork();

    if (!child)
        ask(ends[1], patience_s);
    close(ends[1]);
    if (child > 0 && !get(ends[0], &d, sizeof d)) {
        waitpid(child, &status, 0);
        d = (struct devices){ .in = -1, .out = -1 };
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
            d.count = -1;
    } else if (child > 0) {
        waitpid(child, &status, 0);
    }
    close(ends[0]);
    return d;
}

/* The child's: an answer to every question, until nobody asks any more. */
static void answer(int line)
{
    double patience_s;

    while (get(line, &patience_s, sizeof patience_s)) {
        const struct devices d = ask_one(patience_s);

        if (!put(line, &d, sizeof d))
            break;
    }
    _exit(0);
}

bool asker_open(struct asker *a, struct fault *why)
{
    int ends[2];

    a->line = -1;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
        return fault_errno(why, EX_OSERR, "socketpair");
    a->child = fork();
    if (a->child < 0)
        return fault_errno(why, EX_OSERR, "fork");
    if (!a->child) {
        close(ends[0]);
        answer(ends[1]);
    }
    close(ends[1]);
    a->line = ends[0];
    fcntl(a->line, F_SETFD, FD_CLOEXEC);
    return true;
}

void asker_close(struct asker *a)
{
    if (a->line < 0)
        return;
    close(a->line);
    waitpid(a->child, NULL, 0);
    a->line = -1;
}

bool devices_list(const struct asker *a, struct devices *d, double patience_s,
                  struct fault *why)
{
    if (!put(a->line, &patience_s, sizeof patience_s) || !get(a->line, d, sizeof *d))
        *d = (struct devices){ .in = -1, .out = -1 };
    if (d->count > 0)
        return true;
    return fault_set(why, EX_UNAVAILABLE, d->count < 0 ? "the sound system does not answer"
                                                       : "there is no sound device here");
}

/* ---- the stream, seen from its thread */

/* Our channels from the device's: the same sound on each of more, the mean of
 * fewer. */
static void convert(const float *from, unsigned n, float *to, unsigned m, size_t frames)
{
    for (size_t t = 0; t < frames; t++, from += n, to += m) {
        float mean = 0;

        for (unsigned c = 0; c < n; c++)
            mean += from[c] / (float)n;
        for (unsigned c = 0; c < m; c++)
            to[c] = n == 1 || m == 1 ? mean : c < n ? from[c] : 0;
    }
}

/* process() in pieces, with the channels of both sides made ours. */
static bool process_converted(struct stream *s, const float *in, float *out, size_t frames,
                              bool lost)
{
    const unsigned ours = s->plan.channels;
    bool more = true;

    for (size_t done = 0; done < frames;) {
        const size_t n = frames - done < SCRATCH ? frames - done : SCRATCH;

        if (in)
            convert(in + done * s->ins, s->ins, s->scratch, ours, n);
        more = s->plan.process(s->plan.user, in ? s->scratch : NULL, out ? s->scratch : NULL, n,
                               lost && !done);
        if (out)
            convert(s->scratch, ours, out + done * s->outs, s->outs, n);
        done += n;
    }
    return more;
}

static float delay_of(const PaStreamCallbackTimeInfo *t)
{
    const double delay = t->outputBufferDacTime - t->inputBufferAdcTime;
    const bool told = t->inputBufferAdcTime > 0 && t->outputBufferDacTime > 0;

    return told && delay > 0 && delay < LONGEST_S ? (float)delay : -1;
}

static int callback(const void *in, void *out, unsigned long frames,
                    const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags,
                    void *user)
{
    struct stream *const s = user;
    const unsigned ours = s->plan.channels;
    const bool lost = flags & (paInputOverflow | paInputUnderflow | paOutputUnderflow |
                               paOutputOverflow);
    const bool same = (!in || s->ins == ours) && (!out || s->outs == ours);

    atomic_store_explicit(&s->delay_s, delay_of(time), memory_order_relaxed);
    if (same ? s->plan.process(s->plan.user, in, out, frames, lost)
             : process_converted(s, in, out, frames, lost))
        return paContinue;
    atomic_store_explicit(&s->over, true, memory_order_relaxed);
    return paComplete;
}

static int index_of(const struct device *wanted)
{
    for (int i = 0; i < Pa_GetDeviceCount(); i++) {
        struct device d;

        describe(&d, Pa_GetDeviceInfo(i));
        if (!strcmp(d.name, wanted->name) && !strcmp(d.api, wanted->api))
            return i;
    }
    return paNoDevice;
}

static double buffer_of(const struct plan *plan, double low, double high)
{
    if (plan->buffer_s > 0)
        return plan->buffer_s;
    return plan->high ? high : plan->low ? low : fmax(low, SAFE_S);
}

/* One side of the stream; false if the device is not there. */
static bool side(const struct plan *plan, bool input, unsigned channels, PaStreamParameters *p)
{
    const struct device *d = input ? plan->in : plan->out;
    const int i = index_of(d);

    if (i == paNoDevice)
        return false;

    const PaDeviceInfo *info = Pa_GetDeviceInfo(i);
    const double low = input ? info->defaultLowInputLatency : info->defaultLowOutputLatency;
    const double high = input ? info->defaultHighInputLatency : info->defaultHighOutputLatency;

    *p = (PaStreamParameters){
        .device = i,
        .channelCount = (int)channels,
        .sampleFormat = paFloat32,
        .suggestedLatency = buffer_of(plan, low, high),
    };
    return true;
}

static PaError open_with(struct stream *s, double rate_hz, unsigned ins, unsigned outs)
{
    PaStreamParameters in, out;

    if ((s->plan.in && !side(&s->plan, true, ins, &in)) ||
        (s->plan.out && !side(&s->plan, false, outs, &out)))
        return paInvalidDevice;
    s->rate_hz = rate_hz;
    s->ins = ins;
    s->outs = outs;
    return Pa_OpenStream(&s->handle, s->plan.in ? &in : NULL, s->plan.out ? &out : NULL,
                         rate_hz, s->plan.block ? s->plan.block : paFramesPerBufferUnspecified,
                         paDitherOff, callback, s);
}

/* The channels asked for, or as many as the devices have at least. */
static PaError open_at(struct stream *s, double rate_hz)
{
    const unsigned c = s->plan.channels, pairs = c < 2 ? 2 : 1;
    PaError e = open_with(s, rate_hz, c, c);

    if (e == paInvalidChannelCount || e == paSampleFormatNotSupported)
        e = open_with(s, rate_hz, c, pairs);
    if (e == paInvalidChannelCount || e == paSampleFormatNotSupported)
        e = open_with(s, rate_hz, pairs, pairs);
    if (e == paInvalidChannelCount || e == paSampleFormatNotSupported)
        e = open_with(s, rate_hz, pairs, c);
    return e;
}

static double liked(const struct device *d)
{
    return d ? d->rate_hz : 0;
}

static PaError open_any(struct stream *s)
{
    const double rates[] = { s->plan.rate_hz > 0 ? s->plan.rate_hz : 48000, liked(s->plan.in),
                             liked(s->plan.out), 48000, 44100 };
    PaError first = paNoError;

    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        const PaError e = rates[i] > 0 ? open_at(s, rates[i]) : paInvalidSampleRate;

        if (e == paNoError)
            return e;
        if (!i)
            first = e;
        if (e != paInvalidSampleRate)
            break;
    }
    return first;
}

static double plausible(double s)
{
    return s >= 0 && s < LONGEST_S ? s : -1;
}

static void look(struct stream *s)
{
    const PaStreamInfo *info = Pa_GetStreamInfo(s->handle);

    s->in_s = s->plan.in && info ? plausible(info->inputLatency) : -1;
    s->out_s = s->plan.out && info ? plausible(info->outputLatency) : -1;
    if (info && fabs(info->sampleRate - s->rate_hz) > 0.01 * s->rate_hz)
        s->rate_hz = info->sampleRate;
}

static bool fail(struct stream *s, PaError e)
{
    const char *host =
        e == paUnanticipatedHostError ? Pa_GetLastHostErrorInfo()->errorText : "";

    return fault_set(&s->why, EX_UNAVAILABLE, "%s%s%s: %s%s%s",
                     s->plan.in ? s->plan.in->name : "",
                     s->plan.in && s->plan.out ? " to " : "",
                     s->plan.out ? s->plan.out->name : "", Pa_GetErrorText(e),
                     *host ? ": " : "", host);
}

static bool open_stream(struct stream *s)
{
    PaError e = Pa_Initialize();

    if (e == paNoError)
        e = open_any(s);
    if (e != paNoError)
        return fail(s, e);
    look(s);
    return true;
}

static void set_state(struct stream *s, enum stream_state state)
{
    atomic_store_explicit(&s->state, (int)state, memory_order_release);
}

static enum wish wish(const struct stream *s)
{
    return (enum wish)atomic_load_explicit(&s->wish, memory_order_acquire);
}

static void nap(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
}

static bool start(struct stream *s)
{
    const PaError e = Pa_StartStream(s->handle);

    if (e != paNoError)
        return fail(s, e);
    set_state(s, STREAM_RUNNING);
    return true;
}

static enum stream_state watch(struct stream *s)
{
    while (wish(s) != WISH_END) {
        int again = WISH_AGAIN;

        if (atomic_compare_exchange_strong(&s->wish, &again, WISH_RUN)) {
            Pa_AbortStream(s->handle);
            if (!start(s))
                return STREAM_GONE;
        }
        if (Pa_IsStreamActive(s->handle) != 1)
            return atomic_load(&s->over) ? STREAM_OVER : STREAM_GONE;
        nap();
    }
    return STREAM_RUNNING;
}

static void *live(void *user)
{
    struct stream *const s = user;

    if (!open_stream(s)) {
        set_state(s, STREAM_FAILED);
    } else {
        set_state(s, STREAM_OPEN);
        while (wish(s) == WISH_WAIT)
            nap();
        if (wish(s) == WISH_RUN)
            set_state(s, start(s) ? watch(s) : STREAM_FAILED);
    }
    while (wish(s) != WISH_END)
        nap();
    if (s->handle)
        Pa_CloseStream(s->handle);
    Pa_Terminate();
    set_state(s, STREAM_CLOSED);
    return NULL;
}

/* ---- the stream, seen from outside */

static void free_stream(struct stream *s)
{
    free(s->scratch);
    free(s);
}

struct stream *stream_open(const struct plan *plan)
{
    struct stream *s = malloc(sizeof *s);

    if (!s)
        return NULL;
    *s = (struct stream){ .plan = *plan, .state = STREAM_OPENING, .wish = WISH_WAIT,
                          .delay_s = -1 };
    s->scratch = calloc((size_t)SCRATCH * plan->channels, sizeof *s->scratch);
    if (!s->scratch || pthread_create(&s->thread, NULL, live, s)) {
        free_stream(s);
        return NULL;
    }
    return s;
}

enum stream_state stream_state(const struct stream *s)
{
    return (enum stream_state)atomic_load_explicit(&s->state, memory_order_acquire);
}

void stream_run(struct stream *s)
{
    atomic_store_explicit(&s->wish, WISH_RUN, memory_order_release);
}

void stream_restart(struct stream *s)
{
    atomic_store_explicit(&s->wish, WISH_AGAIN, memory_order_release);
}

bool stream_close(struct stream *s, double patience_s)
{
    const double nap_s = 0.005;

    if (!s)
        return true;
    atomic_store_explicit(&s->wish, WISH_END, memory_order_release);
    for (double t = 0; t < patience_s && stream_state(s) != STREAM_CLOSED; t += nap_s)
        nap();
    if (stream_state(s) != STREAM_CLOSED)
        return false;
    pthread_join(s->thread, NULL);
    free_stream(s);
    return true;
}
