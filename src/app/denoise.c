/* SPDX-License-Identifier: MIT
 *
 * denoise.c - one sound in, one sound out, as long as the first and in step
 * with it.
 *
 *   source -> lull_process -> drop the first `latency` frames -> sink
 *
 * and, when the source has ended, lull_flush gives the same number of frames
 * back at the end.  Of a stream in chunks (resume.h) only the first chunk begins
 * so, and only the last one ends so.  A file of sensors is rehearsed before
 * (rehearse.h).
 */
#include "app/denoise.h"
#include "app/adapt.h"
#include "app/errors.h"
#include "app/filters.h"
#include "app/log.h"
#include "app/pass.h"
#include "app/rehearse.h"
#include "app/report.h"
#include "app/stop.h"
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

enum { BLOCK = 16384 };         /* samples of all channels */

static double energy(const float *x, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += isfinite(x[i]) ? (double)x[i] * (double)x[i] : 0;
    return sum;
}

static unsigned long long count_invalid(const float *x, size_t n)
{
    unsigned long long count = 0;

    for (size_t i = 0; i < n; i++)
        count += isfinite(x[i]) ? 0 : 1;
    return count;
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

/* A chunk that is not the last leaves the tail to the next. */
static bool ends(const struct pass *p)
{
    return !p->options->state || (p->options->last && !stop_signal);
}

static bool flush(struct pass *p, struct fault *why)
{
    const size_t room = BLOCK / p->source.sound.channels;
    float block[BLOCK];
    size_t n;

    while ((n = lull_flush(p->lull, block, room)))
        if (!emit(p, block, n, why))
            return false;
    return true;
}

/* Blocks end where a tenth of a second does, so that readings belong to the
 * same frames whether they come from a file or in pieces from a pipe. */
static bool stream(struct pass *p, struct fault *why)
{
    const unsigned channels = p->source.sound.channels;
    const size_t room = BLOCK / channels;
    const size_t tenth = (size_t)fmax(p->source.sound.rate_hz / 10, 1);
    size_t due = tenth, n;
    float block[BLOCK];

    while (!stop_signal && (n = source_read(&p->source, block, room < due ? room : due, why))) {
        p->in_energy += energy(block, n * channels);
        p->invalid += count_invalid(block, n * channels);
        lull_process(p->lull, block, block, n);
        if (!emit(p, block, n, why))
            return false;
        due -= n;
        if (!due) {
            report_tenth(p);
            due = tenth;
        }
    }
    p->ended = ends(p);
    return !why->code && (!p->ended || flush(p, why));
}

lull_config config_of(const struct options *o, const struct sound *sound)
{
    const char *const filter = filter_text(o, sound);
    lull_config cfg = o->filter_size ? lull_preset_file(filter, o->filter_size, sound->rate_hz,
                                                        sound->channels)
                                     : lull_preset(filter, sound->rate_hz, sound->channels);

    if (o->reduction_db >= 0)
        cfg.reduction_db = (float)o->reduction_db;
    if (o->mix >= 0)
        cfg.mix = (float)o->mix;
    if (o->latency_ms >= 0)
        cfg.latency_ms = (float)o->latency_ms;
    if (o->adapt > 0)
        cfg.adapt = (unsigned)o->adapt;
    return cfg;
}

/* A signal that was learned is another at another rate. */
static bool refuse_learned(const struct pass *p, struct fault *why)
{
    const struct sound *const s = &p->source.sound;
    const lull_config as =
        lull_preset_file(p->options->filter_text, p->options->filter_size, 0, 0);

    return fault_set(why, EX_DATAERR, "%s: %.10g Hz, %u channel%s: %s was learned at %.10g Hz "
                     "from %u", p->source.name, s->rate_hz, s->channels,
                     s->channels == 1 ? "" : "s", p->options->filter, as.rate_hz, as.channels);
}

bool refuse_latency(const struct options *o, const struct sound *sound, struct fault *why)
{
    if (o->filter_text != o->filter) /* a file */
        return fault_set(why, EX_USAGE, "--latency %g: %s does not offer it", o->latency_ms,
                         o->filter);
    return fault_set(why, EX_USAGE, "--latency %g: the filter does not offer it (lull filters "
                     "%s tells)", o->latency_ms, filter_called(o, sound));
}

/* Rate and channels are the input's fault, unless they were given by hand. */
static bool refuse(const struct pass *p, lull_status status, struct fault *why)
{
    const char *reason = lull_strerror(status), *in = p->source.name;
    const struct options *o = p->options;

    if (o->filter_size && (status == LULL_BAD_RATE || status == LULL_BAD_CHANNELS))
        return refuse_learned(p, why);
    if (o->filter_size && status == LULL_BAD_FILTER)
        return fault_set(why, EX_CONFIG,
                         "%s: is an adapter, for --adapter beside the filter that it adds to",
                         o->filter);
    switch (status) {
    case LULL_NO_MEMORY:
        return fault_set(why, EX_OSERR, "%s", reason);
    case LULL_BAD_RATE:
        return fault_set(why, o->rate_hz > 0 ? EX_USAGE : EX_DATAERR, "%s: %.10g Hz: %s", in,
                         p->source.sound.rate_hz, reason);
    case LULL_BAD_CHANNELS:
        return fault_set(why, o->channels > 0 ? EX_USAGE : EX_DATAERR, "%s: %u channels: %s",
                         in, p->source.sound.channels, reason);
    case LULL_BAD_LATENCY:
        return refuse_latency(o, &p->source.sound, why);
    case LULL_BAD_ADAPT:
        return fault_set(why, EX_USAGE, "--adapt: %s has learned no signal; lull learn makes a "
                         "filter that has, for -f", filter_called(o, &p->source.sound));
    default:
        return fault_set(why, EX_USAGE, "%s", reason);
    }
}

static bool open_lull(struct pass *p, struct fault *why)
{
    lull_status status = LULL_OK;

    p->config = config_of(p->options, &p->source.sound);
    p->lull = lull_new(&p->config, &status);
    if (!p->lull)
        return refuse(p, status, why);
    if (p->options->residual)
        lull_set(p->lull, LULL_RESIDUAL, 1);
    return true;
}

/* What tells one stream in chunks from another, to people. */
static const char *about(const struct pass *p, char *to, size_t room)
{
    const struct sound *const s = &p->source.sound;

    snprintf(to, room, "%s filter, %.10g Hz, %u channel%s, latency %zu frames",
             filter_called(p->options, s), s->rate_hz, s->channels, s->channels == 1 ? "" : "s",
             lull_latency(p->lull));
    return to;
}

/* What is still to be dropped of the first frames, of all chunks. */
static bool go_on(struct pass *p, struct fault *why)
{
    const size_t latency = lull_latency(p->lull);
    char text[256];
    lull_readings r;

    if (!p->resume.found && !adapt_load(p->options, p->lull, why))
        return false;
    if (!resume_load(&p->resume, p->lull, about(p, text, sizeof text), why))
        return false;
    lull_read(p->lull, &r);
    p->drop = r.frames < latency ? latency - (size_t)r.frames : 0;
    return true;
}

/* Up to here a signal may kill: there is nothing yet that it could spoil. */
static bool open_sink(struct pass *p, struct fault *why)
{
    stop_watch();
    p->existed = access(p->options->out, F_OK) == 0;
    return sink_open(&p->sink, p->options->out, &p->source, !p->options->no_dither, why);
}

static bool same_place(const char *a, const char *b)
{
    struct stat x, y;

    if (stat(a, &x) || stat(b, &y))
        return !strcmp(a, b);
    return S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Whether a new log is where the sound will be shows once it is there. */
static bool open_log(struct pass *p, struct fault *why)
{
    const struct options *o = p->options;
    const bool fresh = o->log && access(o->log, F_OK);

    if (!log_open(&p->log, o->log, why))
        return false;
    if (!fresh || !same_place(o->log, o->out))
        return true;
    unlink(o->log);
    return fault_set(why, EX_USAGE, "--log %s: that is where the sound is", o->log);
}

static bool open_all(struct pass *p, struct fault *why)
{
    const struct options *o = p->options;

    if (!resume_open(&p->resume, o->state, why) ||
        !source_open(&p->source, o->in, &o->given, &stop_signal, why))
        return false;
    resume_rate(&p->resume, &p->source);
    return open_lull(p, why) && go_on(p, why) && open_log(p, why) && open_sink(p, why) &&
           resume_sink(&p->resume, &p->source, &p->sink, lull_latency(p->lull) - p->drop, why);
}

/* With everything open: the sound, and what there is to say about it. */
static bool run(struct pass *p, struct fault *why)
{
    report_begin(p);
    p->heard = rehearse(p);

    const bool streamed = stream(p, why);

    report_end(p, streamed);
    if (streamed && !p->source.frames && !stop_signal && !(p->resume.found && p->ended))
        return fault_set(why, EX_DATAERR, "%s: holds no samples", p->source.name);
    return streamed;
}

/* A recording that is already there is not given up for a part of another. */
static bool would_spoil(const struct pass *p)
{
    return stop_signal && p->existed && p->source.frames < p->source.sound.frames;
}

/* On the disk before the sound is in its place, in its own place after it: whatever
 * happens between, nothing of the sound is lost. */
static bool save(struct pass *p, struct fault *why)
{
    char text[256];

    if (!adapt_save(p->options, p->lull, &p->adapter, why))
        return false;
    return p->ended || resume_save(&p->resume, p->lull, about(p, text, sizeof text), &p->source,
                                   &p->sink, why);
}

static bool conclude(struct pass *p, struct fault *why)
{
    if (!would_spoil(p))
        return save(p, why) && sink_close(&p->sink, why) && resume_place(&p->resume, why) &&
               (!p->adapter.temp || whole_place(&p->adapter, why));
    remark("%s: interrupted; left as it was", p->sink.name);
    return true;
}

/* What was never opened is all 0, and let go of without harm. */
static bool pass_through(struct pass *p, struct fault *why)
{
    struct fault later;
    const bool done = open_all(p, why) && run(p, why) && conclude(p, why);

    sink_discard(&p->sink);
    lull_free(p->lull);
    source_close(&p->source);
    resume_close(&p->resume);
    whole_discard(&p->adapter);
    return log_close(p->log, p->options->log, done ? why : &later) && done;
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
    if (o->log && (same_place(o->log, o->out) ||
                   (strcmp(o->log, "-") && same_place(o->log, o->in))))
        return complain(EX_USAGE, "--log %s: that is where the sound is", o->log);
    if (o->last && !o->state)
        return complain(EX_USAGE, "--last: of what?  --state FILE says");
    if (o->state && (same_place(o->state, o->in) || same_place(o->state, o->out) ||
                     (o->log && same_place(o->state, o->log))))
        return complain(EX_USAGE, "--state %s: that is another file of this run", o->state);
    return adapt_check(o);
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
    if (pass_through(&p, &why))
        return stop_signal ? 128 + stop_signal : report_missing(&p) ? EX_DATAERR : 0;
    if (why.err == EPIPE)
        die_of_pipe();
    return complain(why.code, "%s", why.text);
}
