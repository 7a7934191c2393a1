/* SPDX-License-Identifier: MIT
 *
 * live.c - from microphone to speaker while somebody speaks.
 *
 *   device.c's thread      microphone -> through_process() -> speaker
 *   record.c's thread                         |-> file
 *   this one               looks every 50 ms at how it goes
 *
 * Sound is processed where it arrives, in the device's callback: no queue, no
 * delay but the devices' and lull's own.  This thread never calls the sound
 * library, so it always gets to say what is wrong and to leave.
 */
#include "app/live.h"
#include "app/denoise.h"
#include "app/duplex.h"
#include "app/errors.h"
#include "app/learnt.h"
#include "app/log.h"
#include "app/panel.h"
#include "app/progress.h"
#include "app/record.h"
#include "app/stop.h"
#include "app/watch.h"
#include "device/hush.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { TICK_MS = 50, RETRY_MS = 500 };

struct live {
    struct options o;
    struct hush hush;
    struct duplex duplex;
    lull_config config;
    lull *l;
    struct through through;
    struct record record;
    struct learnt learnt;
    FILE *log;
    unsigned long long logged;          /* tenths of a second               */
    struct panel panel;
    struct watch watch;
    char delays[96];
    double began_s;
};

/* ---- what was asked for */

/* low and high stand for the whole way; a number is lull's own part of it. */
static int settle_latency(struct options *o, struct plan *plan)
{
    const char *word = o->delay;
    char *end;

    if (!word)
        return 0;
    plan->high = !strcmp(word, "high");
    plan->low = !strcmp(word, "low");
    if (plan->high || plan->low) {
        o->latency_ms = plan->high ? 32 : 10;
        return 0;
    }
    o->latency_ms = strtod(word, &end);
    if (end == word || *end || !(o->latency_ms > 0 && o->latency_ms <= 1000))
        return complain(EX_USAGE, "--latency %s: must be low, high or milliseconds", word);
    return 0;
}

static bool no_speaker(const struct options *o)
{
    return o->speaker ? !strcmp(o->speaker, "none") : o->record != NULL;
}

static int settle(struct live *v)
{
    struct duplex *const d = &v->duplex;
    const struct options *o = &v->o;

    if (o->device_channels != floor(o->device_channels))
        return complain(EX_USAGE, "--channels %g: must be a whole number", o->device_channels);
    if (o->block != floor(o->block))
        return complain(EX_USAGE, "--block %g: must be a whole number", o->block);
    d->mute = no_speaker(o);
    d->microphone = o->microphone;
    d->speaker = o->speaker;
    d->plan = (struct plan){
        .rate_hz = o->device_rate_hz > 0 ? o->device_rate_hz : 0,
        .channels = o->device_channels > 0 ? (unsigned)o->device_channels : 1,
        .block = o->block > 0 ? (size_t)o->block : 0,
        .buffer_s = o->buffer_ms > 0 ? o->buffer_ms / 1000 : 0,
        .process = through_process,
        .user = &v->through,
    };
    return settle_latency(&v->o, &d->plan);
}

/* ---- the rest */

/* Ten milliseconds unless somebody wants better or the filter cannot. */
static lull *new_lull(struct live *v, lull_status *status)
{
    const struct duplex *const d = &v->duplex;
    const struct sound sound = { .rate_hz = d->stream->rate_hz, .channels = d->plan.channels };
    const bool asked = v->o.latency_ms >= 0;

    v->config = config_of(&v->o, &sound);
    if (asked)
        return lull_new(&v->config, status);

    const float own = v->config.latency_ms;

    v->config.latency_ms = 10;

    lull *l = lull_new(&v->config, status);

    if (l || *status != LULL_BAD_LATENCY)
        return l;
    v->config.latency_ms = own;
    return lull_new(&v->config, status);
}

static bool open_lull(struct live *v, struct fault *why)
{
    struct duplex *const d = &v->duplex;
    const struct sound sound = { .rate_hz = d->stream->rate_hz, .channels = d->plan.channels };
    lull_status status = LULL_OK;

    v->l = new_lull(v, &status);
    if (status == LULL_NO_MEMORY)
        return fault_set(why, EX_OSERR, "%s", lull_strerror(status));
    if (status == LULL_BAD_LATENCY)
        return refuse_latency(&v->o, &sound, why);
    if (!v->l)
        return fault_set(why, EX_USAGE, "%g Hz, %u channels: %s", d->stream->rate_hz,
                         d->plan.channels, lull_strerror(status));
    lull_set(v->l, LULL_RESIDUAL, v->o.residual);
    lull_set(v->l, LULL_BYPASS, v->o.bypass);
    if (!through_open(&v->through, v->l, d->stream->rate_hz, d->plan.channels))
        return fault_set(why, EX_OSERR, "out of memory");
    if (v->o.duration_s > 0)
        v->through.left = (unsigned long long)llround(v->o.duration_s * d->stream->rate_hz);
    return true;
}

static bool open_learnt(struct live *v, struct fault *why)
{
    return learnt_open(&v->learnt, v->o.learnt, &v->through, why);
}

static bool open_record(struct live *v, struct fault *why)
{
    const struct duplex *const d = &v->duplex;

    if (!v->o.record)
        return true;
    if (!record_open(&v->record, v->o.record, d->stream->rate_hz, d->plan.channels, why))
        return false;
    v->through.record = &v->record.ring;
    return true;
}

static double ms(double s)
{
    return s < 0 ? -1 : 1000 * s;
}

static void describe(struct live *v)
{
    struct duplex *const d = &v->duplex;
    struct view *const view = &v->panel.view;

    view->in = d->in;
    view->out = d->plan.out ? d->out : NULL;
    view->record = v->o.record;
    view->rate_hz = d->stream->rate_hz;
    view->channels = d->plan.channels;
    view->in_ms = ms(d->stream->in_s);
    view->own_ms = 1000 * (double)v->through.latency / d->stream->rate_hz;
    view->out_ms = ms(d->stream->out_s);
    view->reduction_db = v->config.reduction_db;
    view->bypass = v->o.bypass;
    view->residual = v->o.residual;
    screen_delays(v->delays, sizeof v->delays, view);
}

static void announce(struct live *v)
{
    struct duplex *const d = &v->duplex;
    struct panel *const p = &v->panel;

    if (!p->terminal || v->o.verbose)
        panel_tell(p, "%s%s%s, %.10g Hz, %s", d->in, d->plan.out ? " to " : "", d->out,
                   d->stream->rate_hz, v->delays);
    if (v->o.device_rate_hz > 0 && fabs(v->o.device_rate_hz - d->stream->rate_hz) > 1)
        panel_tell(p, "%g Hz was refused; running at %g Hz", v->o.device_rate_hz,
                   d->stream->rate_hz);
}

/* ---- while it runs */

static void log_tenth(struct live *v)
{
    const double seconds = (double)atomic_load(&v->through.frames) / v->through.rate_hz;
    const unsigned long long tenths = (unsigned long long)(seconds * 10);
    lull_readings r;

    if (!v->log || tenths == v->logged)
        return;
    v->logged = tenths;
    lull_read(v->l, &r);
    log_readings(v->log, seconds, &r);
}

/* What the key s asked for. */
static void save(struct live *v)
{
    struct fault why;

    if (v->panel.asked && !learnt_ask(&v->learnt, &v->through))
        panel_tell(&v->panel, "save it where?  lull live --state FILE says");
    v->panel.asked = false;
    if (learnt_write(&v->learnt, &v->through, &why))
        panel_tell(&v->panel, "%s%s", why.code ? why.text : v->learnt.path,
                   why.code ? "" : ": what was learned is saved");
}

/* The devices again, as soon as there are some of those names and that rate. */
static bool reconnect(struct live *v)
{
    struct duplex *const d = &v->duplex;
    const double rate_hz = d->stream->rate_hz;
    struct fault not_yet;

    panel_tell(&v->panel, "%s is gone; waiting for it", d->lost);
    duplex_close(d);
    d->plan.rate_hz = rate_hz;
    while (!stop_signal) {
        if (!panel_tick(&v->panel, &v->through, RETRY_MS))
            return false;
        if (!duplex_find(d, &not_yet))
            continue;
        if (duplex_open(d, &not_yet) && fabs(d->stream->rate_hz - rate_hz) < 1) {
            duplex_remember(d);         /* the words may fit another one now */
            describe(v);
            panel_tell(&v->panel, "%s is back", d->lost);
            through_begin(&v->through);
            watch_begin(&v->watch, &v->through);
            stream_run(d->stream);
            return true;
        }
        duplex_close(d);
    }
    return false;
}

/* `which`, or NULL: one of them. */
static bool gone(struct live *v, const char *which, struct fault *why)
{
    duplex_lose(&v->duplex, which);
    if (v->o.reconnect)
        return reconnect(v);
    return fault_set(why, EX_UNAVAILABLE, "%s is gone", v->duplex.lost);
}

/* A sound library may wait for ever for a server that is dead: then the device
 * is no longer on the list. */
static bool act_on_quiet(struct live *v, struct fault *why)
{
    const char *const which = duplex_missing(&v->duplex);

    v->duplex.stuck = true;
    return !which || gone(v, which, why);
}

/* What the watch has seen; false ends it. */
static bool act(struct live *v, struct fault *why)
{
    struct duplex *const d = &v->duplex;

    switch (watch_look(&v->watch, &v->through, atomic_load(&d->stream->delay_s))) {
    case WATCH_QUIET:
        return act_on_quiet(v, why);
    case WATCH_SILENT:
        d->stuck = true;
        panel_tell(&v->panel, "no sound for a second: the device or its server is stuck");
        return true;
    case WATCH_STUCK:
        d->stuck = true;
        if (v->o.reconnect)
            return true;
        return fault_set(why, EX_UNAVAILABLE, "%s is stuck", d->in);
    case WATCH_LATE:
        panel_tell(&v->panel, "sound had piled up: dropped");
        through_begin(&v->through);
        stream_restart(d->stream);
        return true;
    case WATCH_RELIEF:
        panel_tell(&v->panel, "%s", watch_relief(&v->watch));
        return true;
    case WATCH_WELL:
        d->stuck = v->watch.quiet;
        break;
    }
    return true;
}

static bool run(struct live *v, struct fault *why)
{
    struct duplex *const d = &v->duplex;

    through_begin(&v->through);
    watch_begin(&v->watch, &v->through);
    stream_run(d->stream);
    while (!stop_signal) {
        const enum stream_state state = stream_state(d->stream);

        log_tenth(v);
        save(v);
        if (state == STREAM_OVER)
            return true;
        if (state == STREAM_FAILED) {
            *why = d->stream->why;
            return false;
        }
        if (state == STREAM_GONE && !gone(v, duplex_missing(d), why))
            return !why->code;
        if (v->o.record && record_failed(&v->record))
            return false;                       /* record_close() says why */
        if (!act(v, why))
            return !why->code;
        if (!panel_tick(&v->panel, &v->through, TICK_MS))
            return true;
    }
    return true;
}

/* ---- when it is over */

static double known(double ms)
{
    return ms < 0 ? (double)NAN : ms;
}

static void conclude(struct live *v)
{
    const struct through *t = &v->through;
    const unsigned long long frames = atomic_load(&t->frames);
    const unsigned lost = atomic_load(&t->lost), unrecorded = atomic_load(&t->unrecorded);
    lull_readings r;

    lull_read(v->l, &r);
    log_live(v->log, &(struct live_summary){
        .xruns = lost,
        .restarts = v->watch.restarts,
        .relieved = atomic_load(&t->relieved),
        .load = atomic_load(&t->load),
        .first_ms = 1000 * (atomic_load(&t->first_s) - v->began_s),
        .in_ms = known(v->panel.view.in_ms),
        .own_ms = v->panel.view.own_ms,
        .out_ms = known(v->panel.view.out_ms),
    });
    log_summary(v->log, &(struct summary){
        .rate_hz = t->rate_hz,
        .wall_s = seconds_now() - v->watch.began_s,
        .channels = v->duplex.plan.channels,
        .latency_frames = t->latency,
        .frames = (long long)frames,
        .invalid = r.invalid,
        .in_db = (double)NAN,
        .out_db = (double)NAN,
    }, &r);
    if (v->o.quiet)
        return;
    if (lost || v->watch.restarts || v->o.verbose)
        fprintf(v->hush.voice, "lull: %.1f s of sound; xruns %u, backlogs dropped %u\n",
                (double)frames / t->rate_hz, lost, v->watch.restarts);
    if (unrecorded)
        fprintf(v->hush.voice, "lull: %s: %u gaps: the disk was too slow\n", v->o.record,
                unrecorded);
}

static bool set_up(struct live *v, struct fault *why)
{
    struct duplex *const d = &v->duplex;

    if (!asker_open(&d->asker, why) || !duplex_find(d, why) ||
        !log_open(&v->log, v->o.log, why))
        return false;
    stop_watch();
    return duplex_open(d, why) && !stop_signal && open_lull(v, why) && open_learnt(v, why) &&
           open_record(v, why);
}

static bool perform(struct live *v, struct fault *why)
{
    if (!set_up(v, why))
        return false;
    duplex_remember(&v->duplex);
    panel_begin(&v->panel, v->hush.voice, v->o.quiet);
    describe(v);
    announce(v);

    const bool done = run(v, why);

    panel_end(&v->panel);
    conclude(v);
    return done;
}

/* A device that does not let go still has a thread in our memory: that stays. */
static bool clean_up(struct live *v, struct fault *why)
{
    struct duplex *const d = &v->duplex;
    bool done = true;

    duplex_close(d);
    asker_close(&d->asker);
    if (v->through.record)
        done = record_close(&v->record, why);
    if (!d->haunted)
        done = learnt_close(&v->learnt, &v->through, done ? why : &(struct fault){ 0 }) && done;
    else if (v->learnt.known)
        remark("%s: left as it was: the device does not let go", v->learnt.path);
    done = log_close(v->log, v->o.log, why) && done;
    hush_end(&v->hush);
    if (!d->haunted) {
        through_close(&v->through);
        lull_free(v->l);
    }
    return done;
}

int live(const struct options *o)
{
    struct live *v = calloc(1, sizeof *v);
    struct fault why = { 0 }, later = { 0 };

    if (!v)
        return complain(EX_OSERR, "out of memory");
    v->o = *o;
    v->duplex.asker.line = -1;
    v->began_s = seconds_now();

    int status = settle(v);

    if (!status) {
        hush_begin(&v->hush, o->verbose);

        const bool ran = perform(v, &why), cleaned = clean_up(v, &later);
        const struct fault *said = why.code ? &why : &later;

        status = stop_signal ? 128 + stop_signal : 0;
        if (!(ran && cleaned) && said->code)
            status = complain(said->code, "%s", said->text);
        if (v->duplex.haunted) {
            fflush(NULL);
            _exit(status);
        }
    }
    free(v);
    return status;
}
