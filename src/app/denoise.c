/* SPDX-License-Identifier: MIT
 *
 * denoise.c - one sound in, one sound out, as long as the first and in step
 * with it.
 *
 *   source -> lull_process -> drop the first `latency` frames -> sink
 *
 * and, when the source has ended, lull_flush gives the same number of frames
 * back at the end.
 */
#include "app/denoise.h"
#include "app/errors.h"
#include "app/log.h"
#include "app/progress.h"
#include "app/stop.h"
#include "lull.h"
#include "sink/sink.h"
#include "source/source.h"
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

enum { BLOCK = 16384 };         /* samples of all channels */

struct pass {
    const struct options *options;
    struct source source;
    struct sink sink;
    lull *lull;
    FILE *log;
    struct progress progress;
    size_t drop;                        /* frames that belong before the start */
    double in_energy, out_energy;       /* sums of squares */
    double began;
};

static double energy(const float *x, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += isfinite(x[i]) ? (double)x[i] * (double)x[i] : 0;
    return sum;
}

static double mean_db(double sum, double n)
{
    return sum > 0 ? 10 * log10(sum / n) : -200;
}

/* What lull has given goes out, less what is still to be dropped. */
static bool emit(struct pass *p, float *block, size_t frames, struct fault *why)
{
    const unsigned channels = p->source.sound.channels;
    const size_t drop = p->drop < frames ? p->drop : frames;

    p->drop -= drop;
    block += drop * channels;
    frames -= drop;
    p->out_energy += energy(block, frames * channels);
    return !frames || sink_write(&p->sink, block, frames, why);
}

/* Once for each tenth of a second: blocks end where one does. */
static void report(struct pass *p)
{
    lull_readings r;

    lull_read(p->lull, &r);
    log_readings(p->log, &r, p->source.sound.rate_hz);
    progress_update(&p->progress, p->source.frames, (double)r.removed_db);
}

static bool stream(struct pass *p, struct fault *why)
{
    const unsigned channels = p->source.sound.channels;
    const size_t room = BLOCK / channels, tenth = (size_t)(p->source.sound.rate_hz / 10);
    size_t due = tenth, n;
    float block[BLOCK];

    while (!stop_signal && (n = source_read(&p->source, block, room < due ? room : due, why))) {
        p->in_energy += energy(block, n * channels);
        lull_process(p->lull, block, block, n);
        if (!emit(p, block, n, why))
            return false;
        due -= n;
        if (!due) {
            report(p);
            due = tenth;
        }
    }
    if (why->code)
        return false;
    while ((n = lull_flush(p->lull, block, room)))
        if (!emit(p, block, n, why))
            return false;
    return true;
}

static lull_config config_of(const struct options *o, const struct sound *sound)
{
    lull_config cfg = lull_preset(o->filter, sound->rate_hz, sound->channels);

    if (!isnan(o->reduction_db))
        cfg.reduction_db = (float)o->reduction_db;
    if (!isnan(o->mix))
        cfg.mix = (float)o->mix;
    if (!isnan(o->latency_ms))
        cfg.latency_ms = (float)o->latency_ms;
    return cfg;
}

static bool refuse(const struct pass *p, lull_status status, struct fault *why)
{
    const char *reason = lull_strerror(status), *in = p->source.name;
    const int blame = p->options->type ? EX_USAGE : EX_DATAERR;

    switch (status) {
    case LULL_NO_MEMORY:
        return fault_set(why, EX_OSERR, "%s", reason);
    case LULL_BAD_FILTER:
        return fault_set(why, EX_CONFIG, "%s: %s", p->options->filter, reason);
    case LULL_BAD_RATE:
        return fault_set(why, blame, "%s: %.10g Hz: %s", in, p->source.sound.rate_hz, reason);
    case LULL_BAD_CHANNELS:
        return fault_set(why, blame, "%s: %u channels: %s", in, p->source.sound.channels, reason);
    default:
        return fault_set(why, EX_USAGE, "%s", reason);
    }
}

static bool open_lull(struct pass *p, struct fault *why)
{
    const lull_config cfg = config_of(p->options, &p->source.sound);
    lull_status status = LULL_OK;

    p->lull = lull_new(&cfg, &status);
    if (!p->lull)
        return refuse(p, status, why);
    if (p->options->residual)
        lull_set(p->lull, LULL_RESIDUAL, 1);
    p->drop = lull_latency(p->lull);
    return true;
}

static long long missing(const struct pass *p)
{
    const long long promised = p->source.promised, got = p->source.frames;

    return !stop_signal && promised > got ? promised - got : 0;
}

static struct summary sum_up(const struct pass *p, const lull_readings *r)
{
    const struct sound *sound = &p->source.sound;
    const double samples = (double)p->source.frames * sound->channels;

    return (struct summary){
        .rate_hz = sound->rate_hz,
        .wall_s = seconds_now() - p->began,
        .channels = sound->channels,
        .latency_frames = lull_latency(p->lull),
        .frames = p->source.frames,
        .missing = missing(p),
        .clipped = p->sink.clipped,
        .invalid = r->invalid,
        .in_db = mean_db(p->in_energy, samples),
        .out_db = mean_db(p->out_energy, samples),
    };
}

static void announce(const struct pass *p)
{
    const struct sound *sound = &p->source.sound;
    const double ms = 1000.0 * (double)lull_latency(p->lull) / sound->rate_hz;

    remark("%s: %s, %.10g Hz, %u channel%s", p->source.name, p->source.kind, sound->rate_hz,
           sound->channels, sound->channels == 1 ? "" : "s");
    remark("%s filter, latency %zu frames (%.1f ms), made up for in the output",
           p->options->filter, lull_latency(p->lull), ms);
    remark("%s: %s%s", p->sink.name, p->sink.kind, p->sink.dither ? ", dithered" : "");
}

static void warn(const struct pass *p, const struct summary *s)
{
    if (s->missing)
        remark("%s: ends %lld frames (%.3f s) before its header says; the rest is done",
               p->source.name, s->missing, (double)s->missing / s->rate_hz);
    if (s->invalid)
        remark("%s: %llu samples are not finite; they count as 0", p->source.name, s->invalid);
    if (s->clipped)
        remark("%s: clipped %lld samples", p->sink.name, s->clipped);
}

static void conclude(const struct summary *s)
{
    const double sound = (double)s->frames / s->rate_hz;

    remark("%.3f s of sound in %.3f s, %.0f times real time", sound, s->wall_s, sound / s->wall_s);
    remark("level %.1f dB in, %.1f dB out; %lld samples clipped", s->in_db, s->out_db, s->clipped);
}

static bool finish(struct pass *p, struct fault *why)
{
    lull_readings r;

    lull_read(p->lull, &r);

    const struct summary s = sum_up(p, &r);

    log_summary(p->log, &s, &r);
    if (!p->options->quiet)
        warn(p, &s);
    if (p->options->verbose)
        conclude(&s);
    if (p->source.frames || stop_signal)
        return true;
    return fault_set(why, EX_DATAERR, "%s: holds no sound", p->source.name);
}

/* With everything open: the sound, and what there is to say about it. */
static bool run(struct pass *p, struct fault *why)
{
    const struct options *o = p->options;

    if (o->verbose)
        announce(p);
    p->began = seconds_now();
    progress_begin(&p->progress, o->progress, o->quiet, p->source.sound.rate_hz,
                   p->source.sound.frames);

    const bool streamed = stream(p, why);

    progress_end(&p->progress);
    return streamed && finish(p, why);
}

static bool with_sink(struct pass *p, struct fault *why)
{
    if (!sink_open(&p->sink, p->options->out, &p->source, !p->options->no_dither, why))
        return false;
    if (run(p, why))
        return sink_close(&p->sink, why);
    sink_discard(&p->sink);
    return false;
}

static bool with_log(struct pass *p, struct fault *why)
{
    struct fault later;

    if (!log_open(&p->log, p->options->log, why))
        return false;

    const bool done = with_sink(p, why);

    return log_close(p->log, p->options->log, done ? why : &later) && done;
}

static bool with_lull(struct pass *p, struct fault *why)
{
    if (!open_lull(p, why))
        return false;

    const bool done = with_log(p, why);

    lull_free(p->lull);
    return done;
}

static bool with_source(struct pass *p, struct fault *why)
{
    const struct options *o = p->options;

    if (!source_open(&p->source, o->in, o->type ? &o->raw : NULL, &stop_signal, why))
        return false;

    const bool done = with_lull(p, why);

    source_close(&p->source);
    return done;
}

static bool same_place(const char *a, const char *b)
{
    struct stat x, y;

    if (!strcmp(a, "-") || !strcmp(b, "-"))
        return false;
    if (stat(a, &x) || stat(b, &y))
        return !strcmp(a, b);
    return S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* What would surprise whoever asked for it. */
static int check(const struct options *o)
{
    if (!strcmp(o->in, "-") && isatty(STDIN_FILENO)) {
        if (o->named)
            return complain(EX_USAGE, "standard input is a terminal: there is no sound in it");
        options_usage(stderr);
        return EX_USAGE;
    }
    if (!strcmp(o->out, "-") && isatty(STDOUT_FILENO))
        return complain(EX_USAGE, "standard output is a terminal: name a file for the sound, "
                        "as in lull noisy.wav clean.wav");
    if (o->log && (same_place(o->log, o->in) || same_place(o->log, o->out)))
        return complain(EX_USAGE, "--log %s: that is where the sound is", o->log);
    return 0;
}

/* Nobody reads any more: end as a program ends that never knew of it. */
static void die_of_pipe(void)
{
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
}

int denoise(const struct options *o)
{
    struct pass p = { .options = o };
    struct fault why = { 0 };
    const int refused = check(o);

    if (refused)
        return refused;
    if (with_source(&p, &why))
        return stop_signal ? 128 + stop_signal : 0;
    if (why.err == EPIPE)
        die_of_pipe();
    return complain(why.code, "%s", why.text);
}
