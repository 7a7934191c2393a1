/* SPDX-License-Identifier: MIT
 *
 * report.c - what is said about a pass.
 *
 * Unasked, only what may surprise: an input that ends early, samples that are
 * no numbers, clipping, an output that is the input.  With -v also what was decided and
 * how it went.
 */
#include "app/report.h"
#include "app/errors.h"
#include "app/filters.h"
#include "app/log.h"
#include "app/stop.h"
#include <math.h>

static double mean_db(double sum, double n)
{
    return sum > 0 ? 10 * log10(sum / n) : -200;
}

static void announce(const struct pass *p)
{
    const struct sound *sound = &p->source.sound;
    const size_t latency = lull_latency(p->lull);

    remark("%s: %s, %.10g Hz, %u channel%s", p->source.name, p->source.kind, sound->rate_hz,
           sound->channels, sound->channels == 1 ? "" : "s");
    remark("%s: %s%s", p->sink.name, p->sink.kind, p->sink.dither ? ", dithered" : "");
    remark("%s filter%s, at most %g dB, mix %g%s; latency %zu frames (%.1f ms), made up for",
           filter_called(p->options, sound), p->options->filter ? "" : " (-f takes another)",
           (double)p->config.reduction_db, (double)p->config.mix,
           p->options->residual ? ", residual" : "", latency,
           1000.0 * (double)latency / sound->rate_hz);
}

void report_begin(struct pass *p)
{
    const struct options *o = p->options;

    if (o->verbose)
        announce(p);
    p->began = seconds_now();
    progress_begin(&p->progress, o->progress, o->quiet, p->source.sound.rate_hz,
                   p->source.sound.frames);
}

void report_tenth(struct pass *p)
{
    lull_readings r;

    lull_read(p->lull, &r);
    log_readings(p->log, (double)p->source.frames / p->source.sound.rate_hz, &r);
    progress_update(&p->progress, p->source.frames,
                    mean_db(p->out_energy, 1) - mean_db(p->in_energy, 1));
}

long long report_missing(const struct pass *p)
{
    const long long promised = p->source.promised, got = p->source.frames;

    return !stop_signal && promised > got ? promised - got : 0;
}

static struct summary sum_up(const struct pass *p)
{
    const struct sound *sound = &p->source.sound;
    const double samples = (double)p->source.frames * sound->channels;

    return (struct summary){
        .rate_hz = sound->rate_hz,
        .wall_s = seconds_now() - p->began,
        .channels = sound->channels,
        .latency_frames = lull_latency(p->lull),
        .frames = p->source.frames,
        .missing = report_missing(p),
        .clipped = p->sink.clipped,
        .invalid = p->invalid,
        .in_db = mean_db(p->in_energy, samples),
        .out_db = mean_db(p->out_energy, samples),
    };
}

/* Whether what went out is what came in, though something was to be taken; energies are
 * sums of blocks, which are not cut alike. */
static bool took_nothing(const struct pass *p)
{
    const lull_config *const c = &p->config;
    const bool same = fabs(p->out_energy - p->in_energy) <= 1e-12 * p->in_energy;

    return same && p->in_energy > 0 && p->ended && c->mix > 0 && c->reduction_db > 0 &&
           !p->options->residual;
}

static void remark_uneven(const struct source *in)
{
    char others[64] = "", lost[64] = "";

    if (in->uneven > 1)
        snprintf(others, sizeof others, " and in %lld other row%s", in->uneven - 1,
                 in->uneven == 2 ? "" : "s");
    if (in->lost > 0)
        snprintf(lost, sizeof lost, ", as if %.0f row%s were missing", in->lost,
                 in->lost > 1 ? "s" : "");
    remark("%s: line %lld: time does not go on evenly there%s%s; the rows count as evenly spaced",
           in->name, in->uneven_line, others, lost);
}

/* Below, a learned filter is told to be at a loss. */
static const float FITS = 0.9f;

static void warn(const struct pass *p, const struct summary *s, const lull_readings *r)
{
    if (r->fit < FITS && !p->config.adapt)
        remark("%s: %.0f %% of what stands above the noise is nothing that %s has learned: "
               "other noise, or another signal; --adapt 32 would follow it",
               p->source.name, (double)(100 - 100 * r->fit), p->options->filter);
    if (took_nothing(p))
        remark("%s: nothing was found to take away", p->source.name);
    if (s->missing)
        remark("%s: ends %lld frames (%.3f s) before its header says; the rest is done",
               p->source.name, s->missing, (double)s->missing / s->rate_hz);
    if (p->source.leftover)
        remark("%s: left out %zu bytes at the end, which are no whole frame", p->source.name,
               p->source.leftover);
    if (p->source.uneven)
        remark_uneven(&p->source);
    if (s->invalid)
        remark("%s: %llu sample%s not finite; counted as missing", p->source.name, s->invalid,
               s->invalid == 1 ? " is" : "s are");
    if (s->clipped)
        remark("%s: clipped %lld samples", p->sink.name, s->clipped);
}

static void conclude(const struct pass *p, const struct summary *s)
{
    const double sound = (double)s->frames / s->rate_hz;

    if (p->heard)
        remark("heard the first %zu frame%s beforehand", p->heard, p->heard == 1 ? "" : "s");
    remark("%.3f s of sound in %.3f s, %.0f times real time", sound, s->wall_s,
           sound / s->wall_s);
    remark("level %.1f dB in, %.1f dB out; %lld samples clipped", s->in_db, s->out_db,
           s->clipped);
}

void report_end(struct pass *p, bool whole)
{
    lull_readings r;

    progress_end(&p->progress);
    if (!whole)
        return;
    lull_read(p->lull, &r);

    const struct summary s = sum_up(p);

    log_summary(p->log, &s, &r);
    if (!p->options->quiet)
        warn(p, &s, &r);
    if (p->options->verbose)
        conclude(p, &s);
}
