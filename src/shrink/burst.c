/* SPDX-License-Identifier: MIT
 *
 * burst.c - what no tracker of noise can follow: keys, clicks, claps, steps, doors.
 *
 * A burst is over before a noise estimate can follow it.  What tells it from a voice is its
 * kind: it is broad-band, it has begun all at once and no longer rises, and it has no pitch.
 * Each band gets a gain by a logistic function of such clues x,
 *
 *   g = FLOOR + (1 - FLOOR) / (1 + exp(-(w0 + sum_i w_i x_i))).
 *
 * But a plosive (t, k), and a word that begins with sh, have all of these clues, too.  They
 * differ in what follows: a consonant has a vowel beside it, a key stroke has not.  To wait
 * for that would be latency; so what follows does not judge this burst but the stream.  If
 * nobody spoke in the tenth of a second before an onset without pitch, nor in the fifth
 * after it, and the sound is over by then, a burst has been met.  If it still sounds, it is
 * a whisper, surf or a crowd.  The more bursts were met lately, the more g is applied:
 *
 *   gain = g^open,        open = 1 - exp(-met^2).
 *
 * So the first key stroke passes, those after it do not.
 *
 * Pitch is measured by the greatest autocorrelation r(t)/r(0) from 65 to 400 Hz of the
 * spectrum P^(1/4) up to 4 kHz: so compressed [TK00] all harmonics count, resonances hardly.
 *
 * The weights are constants like any other here, one row for all bands, fitted once, as those
 * of evidence.c.  Fitted on one half of voices and bursts they serve the other as well.
 *
 * Cost: one transform, two roots for each frequency below 4 kHz, and six logarithms or
 * exponentials a band.
 */
#include "shrink/burst.h"

#include "base/fastmath.h"
#include "base/sum.h"

#include <math.h>
#include <string.h>

static const double HEARD_HZ = 4000;
static const float EAR_TOP = 33.4f;             /* ERB: bands below, to 8 kHz, count */

/* The clues; logarithms are natural. */
static const float BIAS = -2.65f;
static const float HARMONY = 47.4f;             /* r(t)/r(0): .06 without a pitch, .2 with */
static const float FLAT = -1.73f;               /* geometric over arithmetic mean of bands */
static const float FLUX = 1.40f;                /* mean rise above the last 50 ms          */
static const float FLUX_LATELY = -1.85f;        /* its peak of the last 100 ms             */
static const float LOUDNESS = -0.363f;          /* of the frame against the voice          */
static const float FRAME = 0.228f;              /* mean of ratios                          */
static const float RATIO = -0.363f;             /* of power to noise, in the band          */

static const float FLOOR = 0.06f;               /* -24 dB */
static const float HARMONY_MOST = 0.5f, RISE_MOST = 6, LOUDNESS_MOST = 6;
static const float RATIO_LEAST = -3, RATIO_MOST = 10;
static const float DEEP = 1e-5f;                /* -50 dB: bands below are all silence */
static const float SOFT = 0.01f;                /* -20 dB: ratios below likewise       */

static const double CALM_S = 0.1;               /* without a voice before an onset counts */
static const double WAIT_S = 0.2;               /* for a voice after it                   */
static const double ATTACK_S = 0.032;           /* the window is full of it by then       */
static const float SPEAKS = 0.07f;              /* smoothed harmony of somebody who speaks */
static const float VOICED = 0.12f;              /* harmony from which a frame is in part,  */
static const float VOICED_FULLY = 0.22f;        /* and from which it is wholly voice      */
static const float VOICED_MOST = 0.3f;          /* at which one frame's harmony is clipped */
static const float FAINT = 1.5f, SURE = 3;      /* flux of onsets of strength 0, and 1    */
static const float QUIET = -3;                  /* -13 dB re the voice: breath and lips   */
static const float LASTING = 0.2f;              /* -7 dB re its peak: it still sounds     */
static const float LASTED = 0.5f;               /* of the wait: what sounds so long is none, */
static const float UNMET = 0.5f;                /* and `met` is multiplied by this           */
static const double MEMORY_S = 26.7;            /* of `met`                               */
static const float MET_MOST = 3;                /* `open` is .1 a minute after the last   */

void burst_place(struct burst *b, struct arena *a, const struct bands *bands, double rate_hz,
                 double frame_hz)
{
    const double frames = 125 / frame_hz, bin_hz = rate_hz / 2 / (double)(bands->n - 1);
    const size_t n = bands->n;

    *b = (struct burst){ .bands = bands };
    b->low = (size_t)(rate_hz / 400);
    b->high = (size_t)fmin(rate_hz / 65, (double)n - 2);
    b->heard = (size_t)fmin(ceil(HEARD_HZ / bin_hz), (double)n);
    b->keep_level = (float)pow(0.85, frames);
    b->keep_flux = (float)pow(0.93, frames);
    b->keep_voiced = (float)pow(0.8, frames);
    b->keep_met = (float)exp(-1 / (MEMORY_S * frame_hz));
    b->learn_voice = (float)(0.1 * frames);
    b->calm = (size_t)(CALM_S * frame_hz);
    b->wait = (size_t)(WAIT_S * frame_hz);
    b->attack = (size_t)(ATTACK_S * frame_hz);
    b->weight = arena_floats(a, n);
    b->level = arena_floats(a, bands->count);
    b->kept = arena_floats(a, bands->count);
    b->spread = arena_floats(a, n);
    if (arena_measures(a))
        return;
    while (b->count < bands->count && bands->centre[b->count] < EAR_TOP)
        b->count++;
    for (size_t f = 0; f < n; f++) {
        const double hz = (double)f * bin_hz;

        b->weight[f] = hz > 60 ? (float)fmin(fmax((HEARD_HZ - hz) / 1000, 0), 1) : 0;
    }
}

void burst_reset(struct burst *b)
{
    memset(b->level, 0, b->bands->count * sizeof *b->level);
    b->harmony = b->flux = b->loudness = b->all = b->power = b->peak = 0;
    b->flux_lately = b->voiced = b->voice = 0;
    b->unvoiced = b->waited = b->lasted = 0;
    b->strength = b->met = 0;
    b->begun = false;
}

/* The greatest autocorrelation in the range of pitch. */
static float harmony(const struct burst *b, struct fft *t, const float *restrict P)
{
    for (size_t f = 0; f < b->heard; f++) {
        t->freq[f][0] = b->weight[f] * sqrtf(sqrtf(P[f]));
        t->freq[f][1] = 0;
    }
    memset(t->freq + b->heard, 0, (b->bands->n - b->heard) * sizeof *t->freq);
    fft_inverse(t);

    const float peak = greatest(t->time + b->low, b->high - b->low, 0);

    return fast_min(peak / t->time[0], HARMONY_MOST);
}

/* What the whole frame says; the ratios of its bands into b->kept. */
static float look(struct burst *b, const struct burst_frame *now)
{
    const float *restrict const P = now->pooled_power, *restrict const N = now->pooled_noise;
    float *restrict const level = b->level, *restrict const ratio = b->kept;
    const float power = sum(P, b->count), unit = 1 / (float)b->count, deep = DEEP * power;
    float flat = 0, rise = 0;

    for (size_t i = 0; i < b->bands->count; i++)
        ratio[i] = fast_clamp(fast_log(SOFT + P[i] / N[i]), RATIO_LEAST, RATIO_MOST);
    for (size_t i = 0; i < b->count; i++) {
        flat += fast_log(P[i] + deep);
        rise += fast_clamp(fast_log(P[i] / level[i]), 0, RISE_MOST);
        level[i] = b->keep_level * level[i] + (1 - b->keep_level) * P[i];
    }
    b->all = power;
    b->power = fast_max(power - sum(N, b->count), 0);
    b->flux = unit * rise;
    b->flux_lately = fast_max(b->flux, b->keep_flux * b->flux_lately);
    b->loudness = fast_clamp(fast_log(power / b->voice), -LOUDNESS_MOST, LOUDNESS_MOST);
    return BIAS + HARMONY * b->harmony + FLAT * (unit * flat - fast_log(unit * power)) +
           FLUX * b->flux + FLUX_LATELY * b->flux_lately + LOUDNESS * b->loudness +
           FRAME * unit * sum(ratio, b->count);
}

void burst_update(struct burst *b, struct fft *t, const struct burst_frame *now)
{
    const size_t count = b->bands->count;
    float *restrict const kept = b->kept;
    const float open = 1 - fast_exp(-b->met * b->met);

    if (!b->begun) {
        memcpy(b->level, now->pooled_power, count * sizeof *b->level);
        b->voice = sum(now->pooled_power, b->count);
        b->begun = true;
    }
    b->harmony = harmony(b, t, now->power);
    const float frame = look(b, now);

    for (size_t i = 0; i < count; i++) {
        const float odds = fast_exp(fast_min(-(frame + RATIO * kept[i]), 87));

        kept[i] = fast_exp(open * fast_log(FLOOR + (1 - FLOOR) / (1 + odds)));
    }
    bands_spread(b->bands, kept, b->spread);
}

/* Whether the frame is an onset that may be of a burst. */
static bool begins(const struct burst *b)
{
    return b->flux > FAINT && b->harmony < VOICED && b->loudness > QUIET &&
           b->unvoiced >= b->calm;
}

static void wait_from(struct burst *b)
{
    b->waited = 1;
    b->lasted = 0;
    b->strength = b->flux;
    b->peak = b->power;
}

/* The wait is over: it was a burst, or sound without a pitch that lasts, as a whisper. */
static void settle(struct burst *b)
{
    const float proof = fast_clamp((b->strength - FAINT) / (SURE - FAINT), 0, 1);
    const bool lasts = (float)b->lasted > LASTED * (float)(b->wait - b->attack);

    b->waited = 0;
    b->met = lasts ? b->met * UNMET : fast_min(b->met + proof, MET_MOST);
}

/* Updates the power of the voice, as far as the frame is voiced. */
static void learn_voice(struct burst *b)
{
    const float voiced = fast_clamp((b->harmony - VOICED) / (VOICED_FULLY - VOICED), 0, 1);

    b->voice += b->learn_voice * voiced * (b->all - b->voice);
}

void burst_learn(struct burst *b)
{
    learn_voice(b);
    b->voiced += (1 - b->keep_voiced) * (fast_min(b->harmony, VOICED_MOST) - b->voiced);
    b->met *= b->keep_met;
    if (b->voiced > SPEAKS) {
        b->unvoiced = b->waited = 0;
        return;
    }
    if (b->unvoiced < b->calm)
        b->unvoiced++;
    if (!b->waited) {
        if (begins(b))
            wait_from(b);
        return;
    }
    if (b->waited++ < b->attack) {
        b->strength = fast_max(b->strength, b->flux);
        b->peak = fast_max(b->peak, b->power);
    } else {
        b->lasted += b->power > LASTING * b->peak;
    }
    if (b->waited > b->wait)
        settle(b);
}

void burst_silence(struct burst *b)
{
    b->harmony = b->flux = b->all = b->power = 0;
    b->loudness = -LOUDNESS_MOST;
    b->flux_lately *= b->keep_flux;
    for (size_t i = 0; i < b->bands->count; i++)
        b->level[i] *= b->keep_level;
    burst_learn(b);
}

void burst_state(struct burst *b, struct store *s)
{
    store_finite(s, b->level, b->bands->count);
    store_floats(s, &b->harmony, 1, 0, HARMONY_MOST);
    store_floats(s, &b->flux, 1, 0, RISE_MOST);
    store_floats(s, &b->loudness, 1, -LOUDNESS_MOST, LOUDNESS_MOST);
    store_floats(s, &b->flux_lately, 1, 0, RISE_MOST);
    store_floats(s, &b->voiced, 1, 0, VOICED_MOST);
    store_finite(s, &b->voice, 1);
    store_size(s, &b->unvoiced, 0, b->calm);
    store_size(s, &b->waited, 0, b->wait);
    store_size(s, &b->lasted, 0, b->wait);
    store_finite(s, &b->peak, 1);
    store_floats(s, &b->strength, 1, 0, RISE_MOST);
    store_floats(s, &b->met, 1, 0, MET_MOST);
    store_bool(s, &b->begun);
}
