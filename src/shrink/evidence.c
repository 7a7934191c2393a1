/* SPDX-License-Identifier: MIT
 *
 * evidence.c - the speech share of each band as a logistic function of clues.
 *
 * The SNR of one frequency in one frame says little.  Its surroundings say more:
 * how far its neighbours, the whole frame and the last frames are above the
 * noise, whether the frame is voiced, whether the band is one sharp line, and
 * the gains before.  With x those clues, pooled in ERB bands,
 *
 *   belief = 1 / (1 + exp(-(w0 + sum_i w_i x_i))).
 *
 * The weights are constants like any other here: one row of nineteen numbers
 * for all bands, fitted once by least squares between compressed amplitudes,
 * |gain belief Y|^(1/2) against |S|^(1/2), on mixtures of voices (VCTK, CMU
 * ARCTIC, VoiceBank) and noises, recorded and synthetic.  Fitted on one
 * half of the noises they serve the other as well, within .003 of ESTOI.
 *
 * Cost: about 20 operations a frequency, and 6 logarithms a band.
 */
#include "shrink/evidence.h"

#include "base/fastmath.h"

#include <math.h>
#include <string.h>

static const float EAR_TOP = 33.3f;             /* ERB at 8 kHz: clue `place` is 1 there */
static const float HEARD = 28.3f;               /* ERB: bands below count for the frame */
static const float SOFT = 0.1f;                 /* -10 dB: ratios below are all silence */

/* The clues.  Ratios are logarithms of power over noise. */
enum clue {
    NOW, SHORT, MIDDLE, LONG,           /* ratio of this frame; of the last 16, 50, 150 ms  */
    ONSET,                              /* how far NOW is above MIDDLE a frame before       */
    BELOW, ABOVE,                       /* SHORT of the bands beside                        */
    NEAR, WIDE, FRAME, FRAME_LATELY,    /* NOW averaged over 3, 9, all bands; and over time */
    VOICED, VOICED_LATELY,              /* struct voicing: value, now                       */
    GAIN, LAST_GAIN, LAST_GAIN_NEAR,    /* log of the gain so far; a frame ago; and around  */
    LINE,                               /* strongest frequency over the band's mean         */
    PLACE                               /* of the band: 0 at the lowest, 1 at 8 kHz         */
};
_Static_assert(PLACE + 1 == EVIDENCE_CLUES, "every clue has a row");

static const float BIAS = -0.92f;
static const float WEIGHT[EVIDENCE_CLUES] = {
    [NOW] = -0.719f,    [SHORT] = 0.469f,         [MIDDLE] = -0.052f,
    [LONG] = 0.706f,    [ONSET] = 0.067f,         [BELOW] = -0.169f,
    [ABOVE] = 0.103f,   [NEAR] = 0.531f,          [WIDE] = 1.053f,
    [FRAME] = 0.453f,   [FRAME_LATELY] = -0.478f, [VOICED] = -0.771f,
    [VOICED_LATELY] = 4.262f,                     [GAIN] = -0.937f,
    [LAST_GAIN] = -0.875f,                        [LAST_GAIN_NEAR] = 1.619f,
    [LINE] = -0.646f,   [PLACE] = -1.051f,
};

void evidence_place(struct evidence *e, struct arena *a, const struct bands *bands,
                    double frame_hz)
{
    const double frames = 125 / frame_hz;

    *e = (struct evidence){ .bands = bands };
    e->keep_short = (float)pow(0.6, frames);
    e->keep_middle = (float)pow(0.85, frames);
    e->keep_long = (float)pow(0.95, frames);
    e->keep_frame = (float)pow(0.9, frames);

    float **const rows[] = { &e->pooled_noise, &e->pooled_clean, &e->peak,
                             &e->short_power,  &e->middle_power, &e->long_power,
                             &e->last_gain,    &e->belief };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        *rows[i] = arena_floats(a, e->bands->count);
    e->clue = arena_floats(a, EVIDENCE_CLUES * e->bands->count);
    e->running = arena_floats(a, e->bands->count + 1);
    e->spread = arena_floats(a, bands->n);
}

void evidence_reset(struct evidence *e)
{
    const size_t size = e->bands->count * sizeof(float);

    memset(e->short_power, 0, size);
    memset(e->middle_power, 0, size);
    memset(e->long_power, 0, size);
    memset(e->last_gain, 0, size);
    memset(e->belief, 0, size);
    e->frame_lately = 0;
    e->begun = false;
}

static float *clue(struct evidence *e, enum clue i)
{
    return e->clue + (size_t)i * e->bands->count;
}

/* Pools the frame into bands. */
static void pool(struct evidence *e, const struct evidence_frame *now)
{
    const struct bands *const b = e->bands;
    float *restrict const x = e->spread;
    const float *restrict const P = now->power, *restrict const N = now->noise;
    const float *restrict const G = now->gain;

    bands_pool(b, N, e->pooled_noise);
    for (size_t f = 0; f < b->n; f++)
        x[f] = G[f] * G[f] * P[f];
    bands_pool(b, x, e->pooled_clean);
    for (size_t f = 0; f < b->n; f++)
        x[f] = P[f] / N[f];
    bands_peak(b, x, e->peak);
}

static void smooth(float *restrict to, const float *restrict x, float keep, size_t n)
{
    for (size_t b = 0; b < n; b++)
        to[b] = keep * to[b] + (1 - keep) * x[b];
}

/* Row `to` = log(SOFT + power/noise). */
static void ratio(struct evidence *e, enum clue to, const float *restrict power)
{
    float *restrict const x = clue(e, to);

    for (size_t b = 0; b < e->bands->count; b++)
        x[b] = fast_log(SOFT + power[b] / e->pooled_noise[b]);
}

/* running[b] = sum of x over the bands before b. */
static void run(struct evidence *e, const float *restrict x)
{
    float *restrict const running = e->running;

    running[0] = 0;
    for (size_t b = 0; b < e->bands->count; b++)
        running[b + 1] = running[b] + x[b];
}

/* Row `to` = mean of what has been run over, over the bands within `reach`. */
static void surround(struct evidence *e, enum clue to, size_t reach)
{
    const size_t count = e->bands->count;
    const float *restrict const running = e->running;
    float *restrict const mean = clue(e, to);

    for (size_t b = 0; b < count; b++) {
        const size_t low = b > reach ? b - reach : 0;
        const size_t high = b + reach < count ? b + reach + 1 : count;

        mean[b] = (running[high] - running[low]) / (float)(int)(high - low);
    }
}

static void fill(struct evidence *e, enum clue to, float value)
{
    float *const x = clue(e, to);

    for (size_t b = 0; b < e->bands->count; b++)
        x[b] = value;
}

/* Mean of what has been run over, over the bands that count for the frame. */
static float frame_mean(const struct evidence *e)
{
    size_t b = 0;

    while (b < e->bands->count && e->bands->centre[b] < HEARD)
        b++;
    return e->running[b] / (float)b;
}

static void look(struct evidence *e, const struct evidence_frame *now)
{
    const size_t count = e->bands->count;
    float *const gain = clue(e, GAIN), *const onset = clue(e, ONSET);
    float *const line = clue(e, LINE), *const place = clue(e, PLACE);

    memcpy(clue(e, LAST_GAIN), e->last_gain, count * sizeof *e->last_gain);
    run(e, e->last_gain);
    surround(e, LAST_GAIN_NEAR, 2);
    ratio(e, NOW, now->pooled_power);
    ratio(e, SHORT, e->short_power);
    ratio(e, MIDDLE, e->middle_power);
    ratio(e, LONG, e->long_power);
    run(e, clue(e, NOW));
    surround(e, NEAR, 1);
    surround(e, WIDE, 4);
    for (size_t b = 0; b < count; b++) {
        gain[b] = 0.5f * fast_log(e->pooled_clean[b] / now->pooled_power[b]);
        line[b] = fast_log(SOFT + e->peak[b]) - clue(e, NOW)[b];
        onset[b] = clue(e, NOW)[b] - onset[b];
        clue(e, BELOW)[b] = clue(e, SHORT)[b ? b - 1 : b];
        clue(e, ABOVE)[b] = clue(e, SHORT)[b + 1 < count ? b + 1 : b];
        place[b] = e->bands->centre[b] / EAR_TOP;
    }
    const float frame = frame_mean(e);

    e->frame_lately = e->keep_frame * e->frame_lately + (1 - e->keep_frame) * frame;
    fill(e, FRAME, frame);
    fill(e, FRAME_LATELY, e->frame_lately);
    fill(e, VOICED, now->voiced);
    fill(e, VOICED_LATELY, now->voiced_lately);
}

static void believe(struct evidence *e)
{
    const size_t count = e->bands->count;
    float *restrict const belief = e->belief;

    for (size_t b = 0; b < count; b++)
        belief[b] = BIAS;
    for (size_t i = 0; i < EVIDENCE_CLUES; i++) {
        const float *restrict const x = e->clue + i * count;

        for (size_t b = 0; b < count; b++)
            belief[b] += WEIGHT[i] * x[b];
    }
    for (size_t b = 0; b < count; b++)
        belief[b] = 1 / (1 + fast_exp(fast_min(-belief[b], 87)));
}

void evidence_update(struct evidence *e, const struct evidence_frame *now)
{
    const size_t count = e->bands->count;
    const float *const pooled = now->pooled_power;

    pool(e, now);
    if (!e->begun) {
        memcpy(e->short_power, pooled, count * sizeof *e->short_power);
        memcpy(e->middle_power, pooled, count * sizeof *e->middle_power);
        memcpy(e->long_power, pooled, count * sizeof *e->long_power);
        e->begun = true;
    }
    smooth(e->short_power, pooled, e->keep_short, count);
    ratio(e, ONSET, e->middle_power);
    smooth(e->middle_power, pooled, e->keep_middle, count);
    smooth(e->long_power, pooled, e->keep_long, count);
    look(e, now);
    believe(e);
    memcpy(e->last_gain, clue(e, GAIN), count * sizeof *e->last_gain);
    bands_spread(e->bands, e->belief, e->spread);
}

void evidence_state(struct evidence *e, struct store *s)
{
    const size_t count = e->bands->count;

    store_finite(s, e->short_power, count);
    store_finite(s, e->middle_power, count);
    store_finite(s, e->long_power, count);
    store_finite(s, e->last_gain, count);
    store_finite(s, &e->frame_lately, 1);
    store_bool(s, &e->begun);
}
