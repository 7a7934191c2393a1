/* SPDX-License-Identifier: MIT
 *
 * spectral.c - frame -> noise -> track -> shrink -> rebuild on power spectra.
 *
 * All channels are framed alone but judged together: their mean power spectrum
 * is what the noise is tracked in, and one gain serves them all, so that a
 * stereo image stays where it is (but see shrink/balance).
 *
 * Cost a hop: two transforms a channel, four more for all; beside them about
 * 10 logarithms or exponentials a frequency, whatever the number of channels.
 */
#include "engine/spectral.h"

#include "base/fastmath.h"
#include "base/sum.h"

#include <math.h>

static const double WINDOW_MS = 32;
static const double SPACING = 0.8325;           /* ERB between the bands of the ear */
static const double MEMORY_S = 1.5;             /* of the minimum: longer than a word */
static const float MASKED_SHARE = 0.55f;        /* of masked in log N; rest: presence */
static const float REACH_DB = 24;               /* to which gain and belief turn noise down */

struct frame_plan spectral_plan(double rate_hz, float latency_ms)
{
    if (latency_ms < 11)
        return frame_plan(rate_hz, 30, 5, 2);
    return frame_plan(rate_hz, WINDOW_MS, 8, latency_ms < 17 ? 2 : 4);
}

static bool takes_latency(float ms)
{
    return ms < 0 || ms == 32 || ms == 16 || ms == 10;
}

/* The learned noise, if there is one; its bytes were checked before. */
static void place_familiar(struct spectral *s, struct arena *a, const struct recipe *r,
                           double bin_hz, double frame_hz)
{
    const struct learned *const l = &r->learned;
    size_t n;

    s->knows = l->noise && familiar_open(l->noise, l->noise_size, &n);
    if (!s->knows)
        return;

    struct familiar_model m;

    familiar_model_place(&m, a, n);
    if (!arena_measures(a))
        familiar_read(&m, l->noise, l->noise_size);
    familiar_place(&s->familiar, a, &s->bands, bin_hz, frame_hz, &m);
}

static bool takes_learned(const struct recipe *r)
{
    const struct learned *const l = &r->learned;
    size_t n;

    return !l->signal && !l->adapt && (!l->noise || familiar_open(l->noise, l->noise_size, &n));
}

static void place(void *engine, struct arena *a, const struct recipe *r)
{
    struct spectral measured, *const s = engine ? engine : &measured;
    const double rate_hz = r->rate_hz;
    const float latency_ms = r->latency_ms < 0 ? 32 : r->latency_ms;
    const struct frame_plan plan = spectral_plan(rate_hz, latency_ms);
    const double frame_hz = rate_hz / (double)plan.hop, bin_hz = rate_hz / (double)plan.span;

    *s = (struct spectral){ .bins = plan.span / 2 + 1 };
    stft_place(&s->stft, a, &plan, 0, r->channels);
    s->power = arena_floats(a, s->bins);
    s->gain = arena_floats(a, s->bins);
    s->noise = arena_floats(a, s->bins);
    onset_place(&s->onset, a, s->bins, bin_hz, frame_hz);
    minimum_place(&s->minimum, a, s->bins, frame_hz, MEMORY_S);
    bands_place(&s->bands, a, s->bins, bin_hz, SPACING);
    s->pooled = arena_floats(a, s->bands.count);
    stationary_place(&s->stationary, a, &s->bands, frame_hz);
    voicing_place(&s->voicing, a, s->bins, rate_hz, frame_hz);
    masked_place(&s->masked, a, s->bins, bin_hz, frame_hz);
    presence_place(&s->presence, a, s->bins, frame_hz);
    directed_place(&s->directed, a, s->bins, rate_hz, frame_hz);
    evidence_place(&s->evidence, a, &s->bands, frame_hz);
    burst_place(&s->burst, a, &s->bands, rate_hz, frame_hz);
    balance_place(&s->balance, a, r->channels, s->bins, frame_hz);
    place_familiar(s, a, r, bin_hz, frame_hz);
    meter_place(&s->meter, s->bins, bin_hz);
    if (arena_measures(a))
        return;
    meter_calibrate(&s->meter, s->stft.analysis);
    onset_calibrate(&s->onset, s->stft.analysis, plan.span, plan.hop);
}

static bool ready(const void *engine)
{
    const struct spectral *const s = engine;

    return fft_ready(&s->stft.fft);
}

static void close(void *engine)
{
    struct spectral *const s = engine;

    fft_close(&s->stft.fft);
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
    burst_reset(&s->burst);
    balance_reset(&s->balance);
    if (s->knows)
        familiar_reset(&s->familiar);
    for (size_t f = 0; f < s->bins; f++) {
        s->gain[f] = 1;
        s->noise[f] = STFT_TINY;        /* none known: nothing is removed */
    }
    s->speech = 0;
}

static void reset(void *engine)
{
    struct spectral *const s = engine;

    stft_reset(&s->stft);
    onset_reset(&s->onset);
    forget(s);
    meter_reset(&s->meter);
}

static size_t latency(const void *engine)
{
    const struct spectral *const s = engine;

    return stft_latency(&s->stft);
}

static size_t room(const void *engine)
{
    const struct spectral *const s = engine;

    return stft_room(&s->stft);
}

/* N = A^c B^(1 - c): the geometric mean of both noise estimates. */
static void combine(const float *restrict A, const float *restrict B, float *restrict N,
                    size_t n)
{
    for (size_t f = 0; f < n; f++)
        N[f] = B[f] * fast_exp(MASKED_SHARE * fast_log(A[f] / B[f]));
}

/* B = max(A, B), of two lower bounds of the noise. */
static void take_higher(const float *restrict A, float *restrict B, size_t n)
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
        if (voicing_alone(&s->voicing, &s->stft.fft, s->noise))
            onset_voiced(&s->onset, s->noise);
        masked_begin(&s->masked, s->noise);
        presence_begin(&s->presence, s->noise);
    }
    minimum_update(&s->minimum, s->power);
    voicing_update(&s->voicing, &s->stft.fft, s->power, s->masked.noise);
    stationary_update(&s->stationary, s->power, s->pooled, s->masked.noise);
    take_higher(s->minimum.least, s->stationary.floor, s->bins);
    presence_lift(&s->presence, s->stationary.floor);
    masked_update(&s->masked, s->power, voicing_prior(&s->voicing));
    presence_update(&s->presence, s->power);
    if (!unknown || s->onset.seen == ONSET_FRAMES) {
        combine(s->masked.noise, s->presence.noise, s->noise, s->bins);
        if (s->knows)
            familiar_update(&s->familiar, s->evidence.belief, s->noise);
    }
    masked_lift(&s->masked, s->stationary.floor);
}

/* The gain of each frequency: its own times the belief in speech of its band.  Both together
 * attenuate by up to REACH_DB; if more is asked for, the belief attenuates the rest.  Bursts
 * are attenuated beyond that. */
static void decide(struct spectral *s, float reduction_db)
{
    const float floor = powf(10, -reduction_db / 20);
    const float log_deep = FAST_DB * fast_min(REACH_DB - reduction_db, 0);    /* nepers */

    directed_update(&s->directed, &s->stft.fft, s->power, s->noise, s->gain);
    evidence_update(&s->evidence, &(struct evidence_frame){
        .power = s->power,
        .noise = s->noise,
        .gain = s->gain,
        .pooled_power = s->pooled,
        .voiced = s->voicing.value,
        .voiced_lately = s->voicing.now,
    });
    burst_update(&s->burst, &s->stft.fft, &(struct burst_frame){
        .power = s->power,
        .pooled_power = s->pooled,
        .pooled_noise = s->evidence.pooled_noise,
    });
    for (size_t f = 0; f < s->bins; f++) {
        const float belief = s->evidence.spread[f], doubt = 1 - belief;
        const float sunk = fast_exp(doubt * doubt * log_deep), kept = s->burst.spread[f];

        s->gain[f] = fast_clamp(s->gain[f] * belief * sunk * kept, floor, 1);
    }
    s->speech = sum(s->evidence.belief, s->bands.count) / (float)s->bands.count;
}

/* How the noise lies in the channels. */
static void weigh_channels(struct spectral *s)
{
    const struct balance_frame f = { s->power, s->noise, s->evidence.spread };

    balance_begin(&s->balance, &f);
    for (size_t c = 0; c < s->stft.channels; c++)
        balance_hear(&s->balance, &f, c, s->stft.channel[c].spectrum);
    balance_settle(&s->balance);
}

static void update(struct spectral *s, const struct controls *c)
{
    const bool many = s->stft.channels > 1;

    stft_analyse(&s->stft, s->power);
    if (stft_silent(s->power, s->bins)) { /* whatever gain it had will do */
        onset_silence(&s->onset);
        if (!c->freeze)
            burst_silence(&s->burst);
    } else {
        bands_pool(&s->bands, s->power, s->pooled);
        if (!c->freeze)
            learn(s);
        decide(s, c->reduction_db);
        if (!c->freeze)
            burst_learn(&s->burst);
        if (many && !c->freeze)
            weigh_channels(s);
    }
    for (size_t i = 0; many && i < s->stft.channels; i++)
        balance_apply(&s->balance, i, s->gain, s->stft.channel[i].spectrum);
    meter_update(&s->meter, s->power, s->gain, s->noise);
    stft_rebuild(&s->stft, s->gain, c);
}

static bool process(void *engine, const struct block *b, const struct controls *c)
{
    struct spectral *const s = engine;

    if (!stft_exchange(&s->stft, b))
        return false;
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
        .invalid = s->stft.invalid,
    };
    for (size_t b = 0; b < METER_BANDS; b++)
        r->edge_hz[b] = (float)s->meter.edge_hz[b];
}

static void state(void *engine, struct store *s)
{
    struct spectral *const p = engine;

    stft_state(&p->stft, s);
    store_floats(s, p->gain, p->bins, 0, 2);
    store_powers(s, p->noise, p->bins);
    minimum_state(&p->minimum, s);
    stationary_state(&p->stationary, s);
    voicing_state(&p->voicing, s);
    masked_state(&p->masked, s);
    presence_state(&p->presence, s);
    directed_state(&p->directed, s);
    evidence_state(&p->evidence, s);
    burst_state(&p->burst, s);
    balance_state(&p->balance, s);
    onset_state(&p->onset, s);
    if (p->knows) {
        store_floats(s, p->evidence.belief, p->bands.count, 0, 1);
        familiar_state(&p->familiar, s);
    }
    store_floats(s, &p->speech, 1, 0, 1);
    meter_state(&p->meter, s);
}

const struct engine engine_spectral = {
    .name = "spectral",
    .size = sizeof(struct spectral),
    .least_hz = 8000,
    .most_hz = 192000,
    .takes_latency = takes_latency,
    .takes_learned = takes_learned,
    .place = place,
    .ready = ready,
    .close = close,
    .reset = reset,
    .latency = latency,
    .room = room,
    .process = process,
    .report = report,
    .state = state,
};
