/* SPDX-License-Identifier: MIT
 *
 * spectral.c - frame -> noise -> track -> shrink -> rebuild on power spectra.
 *
 * All channels are framed alone but judged together: their mean power spectrum
 * is what the noise is tracked in, and one gain serves them all, so that a
 * stereo image stays where it is.
 *
 * Latency: input goes into the frame's last hop while output leaves the
 * overlap's first, M samples older; nothing else delays.
 *
 * Cost a hop: two transforms a channel, three more for all; beside them about
 * 10 logarithms or exponentials a frequency, whatever the number of channels.
 */
#include "engine/spectral.h"

#include "base/fastmath.h"
#include "base/sum.h"
#include "guard/guard.h"

#include <math.h>
#include <string.h>

static const double WINDOW_MS = 32;
static const double SPACING = 0.8325;           /* ERB between the bands of the ear */
static const double MEMORY_S = 1.5;             /* of the minimum: longer than a word */
static const float MASKED_SHARE = 0.55f;        /* of the masked model in log N; rest: presence */
static const float REACH_DB = 24;               /* to which gain and belief turn noise down */
static const float TINY = 1e-30f;               /* added to power: silence has a logarithm */

static struct frame_plan plan_for(double rate_hz, float latency_ms)
{
    if (latency_ms < 11)
        return frame_plan(rate_hz, 30, 5, 2);
    return frame_plan(rate_hz, WINDOW_MS, 8, latency_ms < 17 ? 2 : 4);
}

static bool takes_latency(float ms)
{
    return ms < 0 || ms == 32 || ms == 16 || ms == 10;
}

static void place(void *engine, struct arena *a, const struct recipe *r)
{
    struct spectral measured, *const s = engine ? engine : &measured;
    const double rate_hz = r->rate_hz;
    const size_t channels = r->channels;
    const struct frame_plan plan = plan_for(rate_hz, r->latency_ms < 0 ? 32 : r->latency_ms);
    const double frame_hz = rate_hz / (double)plan.hop, bin_hz = rate_hz / (double)plan.span;
    struct channel *channel = arena_take(a, channels, sizeof *channel);

    *s = (struct spectral){ .plan = plan, .channels = channels, .channel = channel };
    s->bins = plan.span / 2 + 1;
    fft_place(&s->fft, a, plan.span);
    s->analysis = arena_floats(a, plan.span);
    s->synthesis = arena_floats(a, plan.span);
    s->power = arena_floats(a, s->bins);
    s->gain = arena_floats(a, s->bins);
    s->noise = arena_floats(a, s->bins);
    minimum_place(&s->minimum, a, s->bins, frame_hz, MEMORY_S);
    bands_place(&s->bands, a, s->bins, bin_hz, SPACING);
    s->pooled = arena_floats(a, s->bands.count);
    stationary_place(&s->stationary, a, &s->bands, frame_hz);
    voicing_place(&s->voicing, a, s->bins, rate_hz, frame_hz);
    masked_place(&s->masked, a, s->bins, bin_hz, frame_hz);
    presence_place(&s->presence, a, s->bins, frame_hz);
    directed_place(&s->directed, a, s->bins, rate_hz, frame_hz);
    evidence_place(&s->evidence, a, &s->bands, frame_hz);
    for (size_t c = 0; c < channels; c++) {
        struct channel unused, *const ch = arena_measures(a) ? &unused : channel + c;

        frame_place(&ch->frame, a, &plan);
        overlap_place(&ch->overlap, a, plan.tail, plan.hop);
        ch->ready = arena_floats(a, plan.hop);
        ch->spectrum = arena_take(a, s->bins, sizeof *ch->spectrum);
    }
    meter_place(&s->meter, s->bins, bin_hz);
    if (arena_measures(a))
        return;
    frame_windows(&plan, s->analysis, s->synthesis);
    meter_calibrate(&s->meter, s->analysis);
    onset_place(&s->onset, s->bins, frame_hz, s->analysis, plan.span, plan.hop);
}

static bool ready(const void *engine)
{
    const struct spectral *const s = engine;

    return fft_ready(&s->fft);
}

static void close(void *engine)
{
    struct spectral *const s = engine;

    fft_close(&s->fft);
}

/* All that was learned goes; the stream itself goes on. */
static void forget(struct spectral *s)
{
    onset_again(&s->onset);
    minimum_reset(&s->minimum);
    stationary_reset(&s->stationary);
    voicing_reset(&s->voicing);
    masked_reset(&s->masked);
    presence_reset(&s->presence);
    directed_reset(&s->directed);
    evidence_reset(&s->evidence);
    for (size_t f = 0; f < s->bins; f++) {
        s->gain[f] = 1;
        s->noise[f] = TINY;             /* none known: nothing is removed */
    }
    s->speech = 0;
}

static void reset(void *engine)
{
    struct spectral *const s = engine;

    for (size_t c = 0; c < s->channels; c++) {
        frame_reset(&s->channel[c].frame);
        overlap_reset(&s->channel[c].overlap);
        memset(s->channel[c].ready, 0, s->plan.hop * sizeof *s->channel[c].ready);
    }
    onset_reset(&s->onset);
    forget(s);
    meter_reset(&s->meter);
    s->at = 0;
    s->invalid = 0;
    s->wet = 1;
    s->dry = 0;
}

static size_t latency(const void *engine)
{
    const struct spectral *const s = engine;

    return s->plan.tail;
}

static size_t room(const void *engine)
{
    const struct spectral *const s = engine;

    return s->plan.hop - s->at;
}

/* New samples in for as many of the output, channel by channel. */
static void exchange(struct spectral *s, const struct block *b)
{
    const size_t newest = s->plan.span - s->plan.hop + s->at;

    for (size_t c = 0; c < s->channels; c++) {
        struct channel *const ch = s->channel + c;
        const float *const done = ch->ready + s->at;

        s->invalid += guard_copy(ch->frame.x + newest, b->in[c], b->in_stride, b->frames);
        for (size_t t = 0; t < b->frames; t++)
            b->out[c][t * b->out_stride] = done[t];
    }
    s->at += b->frames;
}

/* Transforms every channel; their mean power per frequency into s->power. */
static void analyse(struct spectral *s)
{
    const float unit = 1 / (float)s->channels;

    for (size_t f = 0; f < s->bins; f++)
        s->power[f] = TINY;
    for (size_t c = 0; c < s->channels; c++) {
        struct channel *const ch = s->channel + c;

        for (size_t t = 0; t < s->plan.span; t++)
            s->fft.time[t] = ch->frame.x[t] * s->analysis[t];
        fft_forward(&s->fft);
        memcpy(ch->spectrum, s->fft.freq, s->bins * sizeof *ch->spectrum);
        for (size_t f = 0; f < s->bins; f++)
            s->power[f] += unit * (s->fft.freq[f][0] * s->fft.freq[f][0] +
                                   s->fft.freq[f][1] * s->fft.freq[f][1]);
    }
}

/* The noise believed in: both trackers' geometric mean, A^c B^(1 - c). */
static void combine(const float *restrict A, const float *restrict B, float *restrict N,
                    size_t n)
{
    for (size_t f = 0; f < n; f++)
        N[f] = B[f] * fast_exp(MASKED_SHARE * fast_log(A[f] / B[f]));
}

/* Both floors in one: no tracker need go below the higher. */
static void raise(const float *restrict A, float *restrict B, size_t n)
{
    for (size_t f = 0; f < n; f++)
        B[f] = fast_max(A[f], B[f]);
}

static void learn(struct spectral *s)
{
    if (onset_lost(&s->onset, s->power, s->noise))
        forget(s);

    const bool unknown = onset_update(&s->onset, s->power, s->noise);

    if (unknown) {
        masked_begin(&s->masked, s->noise);
        presence_begin(&s->presence, s->noise);
    }
    minimum_update(&s->minimum, s->power);
    stationary_update(&s->stationary, s->power, s->pooled, s->masked.noise);
    voicing_update(&s->voicing, &s->fft, s->power, s->masked.noise);
    raise(s->minimum.least, s->stationary.floor, s->bins);
    presence_lift(&s->presence, s->stationary.floor);
    masked_update(&s->masked, s->power, voicing_prior(&s->voicing));
    presence_update(&s->presence, s->power);
    if (!unknown || s->onset.seen == ONSET_FRAMES)
        combine(s->masked.noise, s->presence.noise, s->noise, s->bins);
    masked_lift(&s->masked, s->stationary.floor);
}

/* The gain of each frequency: what it says for itself times what is believed of
 * its band.  The two reach REACH_DB; where more is asked for, what is believed to
 * be no speech sinks the rest of the way. */
static void decide(struct spectral *s, float reduction_db)
{
    const float floor = powf(10, -reduction_db / 20);
    const float log_deep = fast_min(REACH_DB - reduction_db, 0) * 0.115129255f;    /* nepers */

    directed_update(&s->directed, &s->fft, s->power, s->noise, s->gain);
    evidence_update(&s->evidence, &(struct evidence_frame){
        .power = s->power,
        .noise = s->noise,
        .gain = s->gain,
        .pooled_power = s->pooled,
        .voiced = s->voicing.value,
        .voiced_lately = s->voicing.now,
    });
    for (size_t f = 0; f < s->bins; f++) {
        const float belief = s->evidence.spread[f], doubt = 1 - belief;
        const float sunk = fast_exp(doubt * doubt * log_deep);

        s->gain[f] = fast_clamp(s->gain[f] * belief * sunk, floor, 1);
    }
    s->speech = sum(s->evidence.belief, s->bands.count) / (float)s->bands.count;
}

/* Digital silence teaches nothing, and whatever gain it had will do. */
static bool silent(const struct spectral *s)
{
    return sum(s->power, s->bins) < 2 * TINY * (float)s->bins;
}

/* Back to samples, channel by channel, with the weights ramped over the hop. */
static void rebuild(struct spectral *s, float wet, float dry)
{
    const size_t hop = s->plan.hop, before = s->plan.span - s->plan.tail;
    const float unit = 1.0f / (float)s->plan.span;
    const float dwet = (wet - s->wet) / (float)hop, ddry = (dry - s->dry) / (float)hop;

    for (size_t c = 0; c < s->channels; c++) {
        struct channel *const ch = s->channel + c;
        const float *const x = ch->frame.x + before;

        for (size_t f = 0; f < s->bins; f++) {
            const float g = s->gain[f] * unit;

            s->fft.freq[f][0] = ch->spectrum[f][0] * g;
            s->fft.freq[f][1] = ch->spectrum[f][1] * g;
        }
        fft_inverse(&s->fft);
        const float *const y =
            overlap_update(&ch->overlap, s->fft.time + before, s->synthesis + before);

        for (size_t t = 0; t < hop; t++) {
            const float i = (float)(int)(t + 1);        /* an int converts in one instruction */

            ch->ready[t] = (s->wet + i * dwet) * y[t] + (s->dry + i * ddry) * x[t];
        }
        frame_update(&ch->frame);
    }
    s->wet = wet;
    s->dry = dry;
}

static void update(struct spectral *s, const struct controls *c)
{
    analyse(s);
    if (silent(s)) {
        onset_silence(&s->onset);
    } else {
        bands_pool(&s->bands, s->power, s->pooled);
        if (!c->freeze)
            learn(s);
        decide(s, c->reduction_db);
    }
    meter_update(&s->meter, s->power, s->gain, s->noise);

    /* kept = mix wet + (1 - mix) dry;  removed = dry - kept = mix (dry - wet) */
    const float wet = c->bypass ? 0 : c->residual ? -c->mix : c->mix;
    const float dry = c->bypass ? 1 : c->residual ? c->mix : 1 - c->mix;

    rebuild(s, wet, dry);
}

static bool process(void *engine, const struct block *b, const struct controls *c)
{
    struct spectral *const s = engine;

    exchange(s, b);
    if (s->at < s->plan.hop)
        return false;
    s->at = 0;
    update(s, c);
    return true;
}

static void report(const void *engine, struct report *r)
{
    const struct spectral *const s = engine;

    *r = (struct report){
        .meter = s->meter.values,
        .speech = s->speech,
        .step = s->masked.step,
        .rank = MASKED_RANK,
        .invalid = s->invalid,
    };
    for (size_t b = 0; b < METER_BANDS; b++)
        r->edge_hz[b] = (float)s->meter.edge_hz[b];
}

const struct engine engine_spectral = {
    .name = "spectral",
    .size = sizeof(struct spectral),
    .least_hz = 8000,
    .most_hz = 192000,
    .takes_latency = takes_latency,
    .place = place,
    .ready = ready,
    .close = close,
    .reset = reset,
    .latency = latency,
    .room = room,
    .process = process,
    .report = report,
};
