/* SPDX-License-Identifier: MIT
 *
 * music.c - frame -> noise -> track -> shrink -> rebuild for hiss under music.
 *
 * Two estimates are made of every frame.  One is the frame times a gain that
 * looks back (wiener.c); it is quick, and leaves noise beside what it keeps.
 * The other is what the frame has in common with its neighbours (lapped.c); it
 * knows tones from noise, and smears what begins.  They err differently, so
 * their mean is better than either.  It is not the output but a pilot: its power
 * S says how much music there is at each frequency, and the frame gets the gain
 *
 *   G = S/(S + PILOT N),   at least `reduction`.
 *
 * A gain never adds energy, and one for all channels leaves a stereo image
 * where it is.
 *
 * Latency: the window, and three hops for the frames to be compared with.
 *
 * Cost a hop: two transforms a channel, and lapped.c.
 */
#include "engine/music.h"

#include "base/fastmath.h"

#include <math.h>
#include <string.h>

static const double WINDOW_MS = 32;
static const float LATENCY_MS = 56;             /* seven hops */
static const float PILOT = 0.5f;                /* below 1: the pilot errs on the low side */

static bool takes_latency(float ms)
{
    return ms < 0 || ms == LATENCY_MS;
}

static void place(void *engine, struct arena *a, const struct recipe *r)
{
    struct music measured, *const s = engine ? engine : &measured;
    const struct frame_plan plan =
        frame_plan(r->rate_hz, WINDOW_MS, WINDOW_MS / LAPPED, LAPPED);
    const double frame_hz = r->rate_hz / (double)plan.hop;
    const double bin_hz = r->rate_hz / (double)plan.span;

    *s = (struct music){ .bins = plan.span / 2 + 1 };
    stft_place(&s->stft, a, &plan, LAPPED - 1, r->channels);
    s->power = arena_floats(a, s->bins);
    for (size_t k = 0; k < LAPPED; k++)
        s->first[k] = arena_floats(a, s->bins);
    s->common = arena_take(a, s->bins, sizeof *s->common);
    s->before = arena_floats(a, s->bins);
    s->pilot = arena_floats(a, s->bins);
    s->gain = arena_floats(a, s->bins);
    hiss_place(&s->hiss, a, s->bins, bin_hz, frame_hz);
    wiener_place(&s->wiener, a, s->bins, frame_hz);
    lapped_place(&s->lapped, a, s->bins, r->channels, frame_hz);
    meter_place(&s->meter, s->bins, bin_hz);
    if (arena_measures(a))
        return;
    meter_calibrate(&s->meter, s->stft.analysis);
    lapped_calibrate(&s->lapped, s->stft.analysis, plan.span, plan.hop);
}

static bool ready(const void *engine)
{
    const struct music *const s = engine;

    return fft_ready(&s->stft.fft);
}

static void close(void *engine)
{
    struct music *const s = engine;

    fft_close(&s->stft.fft);
}

static void reset(void *engine)
{
    struct music *const s = engine;

    stft_reset(&s->stft);
    hiss_reset(&s->hiss);
    wiener_reset(&s->wiener);
    lapped_reset(&s->lapped);
    meter_reset(&s->meter);
    for (size_t k = 0; k < LAPPED; k++)
        memset(s->first[k], 0, s->bins * sizeof *s->first[k]);
    s->t = 0;
    s->sounding = 0;
}

static size_t latency(const void *engine)
{
    const struct music *const s = engine;

    return stft_latency(&s->stft);
}

static size_t room(const void *engine)
{
    const struct music *const s = engine;

    return stft_room(&s->stft);
}

/* A frame that is partly digital silence would teach a floor that is too low. */
static void learn(struct music *s)
{
    s->sounding = stft_hop_is_zero(&s->stft) ? 0 : s->sounding + (s->sounding < LAPPED);
    if (s->sounding >= LAPPED)
        hiss_update(&s->hiss, s->power);
}

/* The frame that leaves goes back into its channels' spectra; its powers, as it
 * came and as estimated, are summed over them. */
static void estimate(struct music *s)
{
    const float *const first = s->first[(s->t + 1) % LAPPED];

    memset(s->before, 0, s->bins * sizeof *s->before);
    memset(s->pilot, 0, s->bins * sizeof *s->pilot);
    for (size_t c = 0; c < s->stft.channels; c++) {
        float(*const X)[2] = s->stft.channel[c].spectrum, (*const E)[2] = s->common;

        lapped_pull(&s->lapped, c, X, E);
        for (size_t f = 0; f < s->bins; f++) {
            const float re = 0.5f * (first[f] * X[f][0] + E[f][0]);
            const float im = 0.5f * (first[f] * X[f][1] + E[f][1]);

            s->before[f] += X[f][0] * X[f][0] + X[f][1] * X[f][1];
            s->pilot[f] += re * re + im * im;
        }
    }
}

static void decide(struct music *s, float reduction_db)
{
    const float floor = powf(10, -reduction_db / 20), share = 1 / (float)s->stft.channels;

    for (size_t f = 0; f < s->bins; f++) {
        const float S = share * s->pilot[f];

        s->before[f] *= share;
        s->gain[f] = fast_max(S / (S + PILOT * s->hiss.noise[f]), floor);
    }
}

static void update(struct music *s, const struct controls *c)
{
    stft_analyse(&s->stft, s->power);
    if (!c->freeze)
        learn(s);
    wiener_update(&s->wiener, s->power, s->hiss.noise, s->first[s->t]);
    for (size_t ch = 0; ch < s->stft.channels; ch++)
        lapped_push(&s->lapped, ch, (const float(*)[2])s->stft.channel[ch].spectrum);
    lapped_update(&s->lapped, s->hiss.noise);
    estimate(s);
    decide(s, c->reduction_db);
    meter_update(&s->meter, s->before, s->gain, s->hiss.noise);
    stft_rebuild(&s->stft, s->gain, c);
    lapped_advance(&s->lapped);
    s->t = (s->t + 1) % LAPPED;
}

static bool process(void *engine, const struct block *b, const struct controls *c)
{
    struct music *const s = engine;

    if (!stft_exchange(&s->stft, b))
        return false;
    update(s, c);
    return true;
}

static void report(const void *engine, struct report *r)
{
    const struct music *const s = engine;

    *r = (struct report){ .meter = s->meter.values, .invalid = s->stft.invalid };
    for (size_t b = 0; b < METER_BANDS; b++)
        r->edge_hz[b] = (float)s->meter.edge_hz[b];
}

static void state(void *engine, struct store *s)
{
    struct music *const m = engine;

    stft_state(&m->stft, s);
    store_size(s, &m->t, 0, LAPPED - 1);
    store_size(s, &m->sounding, 0, LAPPED);
    for (size_t k = 0; k < LAPPED; k++)
        store_floats(s, m->first[k], m->bins, 0, 1);
    hiss_state(&m->hiss, s);
    wiener_state(&m->wiener, s);
    lapped_state(&m->lapped, s);
    meter_state(&m->meter, s);
}

const struct engine engine_music = {
    .name = "music",
    .size = sizeof(struct music),
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
    .state = state,
};
