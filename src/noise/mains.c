/* SPDX-License-Identifier: MIT
 *
 * mains.c - see mains.h.
 *
 * Each channel (or group of channels, added with varying signs) is demodulated by each
 * harmonic of 50 and of 60 Hz and summed over two periods, a tick: Z[k], a band of 25 or
 * 30 Hz around the harmonic.  A hum that is d Hz off turns in it by h d T a tick, all else
 * has random phases.  For one harmonic
 *
 *   rho(d) = |sum_k Z[k] e^(-2 pi j h d T k)|^2 / (K sum_k |Z[k]|^2)
 *
 * is the share of the band's power that is a line, and -K log(1 - rho) the generalised log
 * likelihood ratio of a line against noise of any level.  It grows with each line that stands
 * out, and a loud but broad harmonic cannot outvote the others.  Its sum over the harmonics,
 * each less what noise reaches, is the score of d.
 *
 * A line may also be a note.  But notes are not held as long as hum: the same frequency must
 * be found in several searches in a row.  And they lie at any frequency: the peak must lie
 * within the range that is asked for, not at the border of the grid.
 *
 * Cost: 4 harmonics x mixes a sample, a few points of the grid a tick.
 */
#include "noise/mains.h"

#include "base/fastmath.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846;
static const double GRID_HZ = 1;
static const float SHARE_OF_NOISE = 3;    /* noise exceeds it once in e^3 times */
static const float ENOUGH = 12;           /* of score                          */
static const double SAME_HZ = 0.2;        /* two searches found the same       */
enum { HIGH = 100 };                      /* times the largest sample: bound of a sum */
enum { SLICE = 6 };         /* points a tick: 7 ticks a search   */
enum { PATIENCE_GONE = 8 }; /* searches: 2.2 s                   */

static double grid_hz(double point)
{
    return GRID_HZ * (2 * point / (MAINS_GRID - 1) - 1);
}

static void band_place(struct mains_band *b, struct arena *a, double rate_hz, double hz,
                       size_t harmonics)
{
    *b = (struct mains_band){ .hz = hz };
    while (b->harmonics < harmonics &&
           (double)(b->harmonics + 1) * (hz + GRID_HZ) < 0.48 * rate_hz)
        b->harmonics++;
    b->span = (size_t)lround(2 * rate_hz / hz);
    b->step_re = cos(2 * PI * hz / rate_hz);
    b->step_im = sin(2 * PI * hz / rate_hz);
    b->acc = arena_take(a, MAINS_HARMONICS, sizeof *b->acc);
    b->ring = arena_take(a, MAINS_WINDOW, sizeof *b->ring);
    b->turn = arena_take(a, MAINS_GRID, sizeof *b->turn);
    if (arena_measures(a))
        return;
    for (size_t p = 0; p < MAINS_GRID; p++)
        for (size_t h = 0; h < MAINS_HARMONICS; h++) {
            const double angle =
                2 * PI * (double)(h + 1) * grid_hz((double)p) * (double)b->span / rate_hz;

            b->turn[p][h][0] = (float)cos(angle);
            b->turn[p][h][1] = (float)sin(angle);
        }
}

static void band_reset(struct mains_band *b)
{
    b->filled = b->ticks = b->at = b->point = b->seen = b->missed = 0;
    b->last_hz = 0;
    b->best = 0;
    b->re = 1;
    b->im = 0;
    memset(b->acc, 0, MAINS_HARMONICS * sizeof *b->acc);
    memset(b->ring, 0, MAINS_WINDOW * sizeof *b->ring);
    memset(b->score, 0, sizeof b->score);
}

void mains_place(struct mains *m, struct arena *a, double rate_hz, size_t channels,
                 size_t harmonics, double range_hz, size_t patience)
{
    *m = (struct mains){ .channels = channels, .range_hz = range_hz, .patience = patience };
    m->mixes = channels < MAINS_MIXES ? channels : MAINS_MIXES;
    m->every = (size_t)fmax(rate_hz / 4, 1);
    m->scale = arena_floats(a, channels);
    m->power = arena_floats(a, channels);
    if (harmonics > MAINS_HARMONICS)
        harmonics = MAINS_HARMONICS;
    band_place(m->band, a, rate_hz, 50, harmonics);
    band_place(m->band + 1, a, rate_hz, 60, harmonics);
}

void mains_reset(struct mains *m)
{
    m->count = 0;
    m->hz = m->nominal = 0;
    for (size_t c = 0; c < m->channels; c++) {
        m->scale[c] = 1;
        m->power[c] = 0;
    }
    band_reset(m->band);
    band_reset(m->band + 1);
}

/* Channels are added at equal power, with the signs of a Walsh function of its own for each
 * group, so that hum of equal or opposite sign in the channels cannot cancel in all. */
static void rescale(struct mains *m)
{
    for (size_t c = 0; c < m->channels; c++) {
        const float rms = sqrtf(m->power[c] / (float)m->count);
        const size_t bits = c % MAINS_MIXES & c / MAINS_MIXES;
        const float sign = (bits ^ bits >> 1) & 1 ? -1.0f : 1.0f;

        m->scale[c] = rms > 0 ? sign / rms : 0;
        m->power[c] = 0;
    }
    m->count = 0;
}

static void mix_channels(struct mains *m, const float *restrict x, float *restrict mix)
{
    memset(mix, 0, MAINS_MIXES * sizeof *mix);
    if (m->channels <= MAINS_MIXES) {
        memcpy(mix, x, m->channels * sizeof *mix);
        return;
    }
    for (size_t c = 0; c < m->channels; c++) {
        m->power[c] += x[c] * x[c];
        mix[c % MAINS_MIXES] += fast_clamp(m->scale[c] * x[c], -100, 100);
    }
    if (++m->count == m->every)
        rescale(m);
}

/* How likely a line at point p of the grid is, over all harmonics. */
static float score(const struct mains_band *b, size_t p, size_t mixes)
{
    float sum = 0;

    for (size_t h = 0; h < b->harmonics; h++) {
        const float wr = b->turn[p][h][0], wi = b->turn[p][h][1];
        float re[MAINS_MIXES] = { 0 }, im[MAINS_MIXES] = { 0 }, all[MAINS_MIXES] = { 0 };

        /* Horner: the oldest tick is turned most often. */
        for (size_t k = 0, at = b->at; k < MAINS_WINDOW; k++, at = (at + 1) % MAINS_WINDOW) {
            const float *restrict const zr = b->ring[at][h][0];
            const float *restrict const zi = b->ring[at][h][1];

            for (size_t g = 0; g < MAINS_MIXES; g++) {
                const float r = re[g] * wr - im[g] * wi, i = re[g] * wi + im[g] * wr;

                re[g] = r + zr[g];
                im[g] = i + zi[g];
                all[g] += zr[g] * zr[g] + zi[g] * zi[g];
            }
        }
        const float K = (float)b->ticks;
        float l = 0;

        for (size_t g = 0; g < mixes; g++)
            if (all[g] > 0) {
                const float rho = (re[g] * re[g] + im[g] * im[g]) / (K * all[g]);

                l += fast_max(-K * fast_log(1 - fast_min(rho, 0.9999f)) - SHARE_OF_NOISE, 0);
            }
        sum += l / (float)mixes;
    }
    return sum;
}

/* The frequency of the best score, between the points of the grid; 0: none is good. */
static double best_hz(struct mains_band *b, double range_hz)
{
    size_t p = 0;

    for (size_t i = 1; i < MAINS_GRID; i++)
        if (b->score[i] > b->score[p])
            p = i;
    b->best = b->score[p];
    if (b->score[p] < ENOUGH || p == 0 || p == MAINS_GRID - 1 || b->ticks < MAINS_WINDOW / 2)
        return 0;
    const double low = (double)b->score[p - 1], top = (double)b->score[p],
                 high = (double)b->score[p + 1], bend = 2 * top - low - high;
    const double shift = bend > 0 ? (high - low) / (2 * bend) : 0;

    const double off = grid_hz((double)p + shift);

    return fabs(off) < range_hz ? b->hz + off : 0;
}

static void band_judge(struct mains_band *b, double range_hz)
{
    const double hz = best_hz(b, range_hz);

    if (hz > 0 && (b->last_hz == 0 || fabs(hz - b->last_hz) < SAME_HZ)) {
        b->seen++;
        b->missed = 0;
    } else {
        b->seen = hz > 0;
        b->missed++;
    }
    b->last_hz = hz;
}

/* A tick has ended.  True if a search has as well. */
static bool band_tick(struct mains_band *b, double range_hz, size_t mixes)
{
    const double size = sqrt(b->re * b->re + b->im * b->im);

    b->re /= size;
    b->im /= size;
    for (size_t h = 0; h < b->harmonics; h++)
        for (size_t g = 0; g < MAINS_MIXES; g++) {
            b->ring[b->at][h][0][g] = b->acc[h][0][g] / (float)b->span;
            b->ring[b->at][h][1][g] = b->acc[h][1][g] / (float)b->span;
        }
    memset(b->acc, 0, MAINS_HARMONICS * sizeof *b->acc);
    b->at = (b->at + 1) % MAINS_WINDOW;
    b->ticks += b->ticks < MAINS_WINDOW;
    b->filled = 0;
    for (size_t i = 0; i < SLICE && b->point < MAINS_GRID; i++, b->point++)
        b->score[b->point] = score(b, b->point, mixes);
    if (b->point < MAINS_GRID)
        return false;
    b->point = 0;
    band_judge(b, range_hz);
    return true;
}

static bool band_update(struct mains_band *b, const float *restrict mix, double range_hz,
                        size_t mixes)
{
    if (b->harmonics == 0)
        return false;
    const float ur = (float)b->re, ui = (float)b->im;
    float cr = ur, ci = ui;

    for (size_t h = 0; h < b->harmonics; h++) {
        for (size_t g = 0; g < MAINS_MIXES; g++) {
            b->acc[h][0][g] += mix[g] * cr;
            b->acc[h][1][g] -= mix[g] * ci;
        }
        const float r = cr * ur - ci * ui;

        ci = cr * ui + ci * ur;
        cr = r;
    }
    const double r = b->re * b->step_re - b->im * b->step_im;

    b->im = b->re * b->step_im + b->im * b->step_re;
    b->re = r;
    return ++b->filled == b->span && band_tick(b, range_hz, mixes);
}

/* Keeps what was found until it has been missed for long.  Each fifth harmonic of 60 Hz is a
 * sixth of 50 Hz: of two that are found the one with the better score counts. */
static void decide(struct mains *m)
{
    const struct mains_band *const b = m->band + (m->band[1].best > m->band[0].best);

    for (size_t i = 0; i < 2; i++)
        if (m->nominal == m->band[i].hz && m->band[i].missed > PATIENCE_GONE)
            m->hz = m->nominal = 0;
    if (b->seen >= m->patience) {
        m->nominal = b->hz;
        m->hz = b->last_hz;
    }
}

bool mains_update(struct mains *m, const float *x)
{
    float mix[MAINS_MIXES];

    mix_channels(m, x, mix);
    const bool low = band_update(m->band, mix, m->range_hz, m->mixes);
    const bool high = band_update(m->band + 1, mix, m->range_hz, m->mixes);

    if (low || high)
        decide(m);
    return low || high;
}

static void band_state(struct mains_band *b, struct store *s)
{
    store_size(s, &b->filled, 0, b->span - 1);
    store_size(s, &b->ticks, 0, MAINS_WINDOW);
    store_size(s, &b->at, 0, MAINS_WINDOW - 1);
    store_size(s, &b->point, 0, MAINS_GRID - 1);
    store_size(s, &b->seen, 0, UINT32_MAX);
    store_size(s, &b->missed, 0, UINT32_MAX);
    store_double(s, &b->last_hz, 0, b->hz + GRID_HZ);
    store_finite(s, &b->best, 1);
    const double re = store_double(s, &b->re, -2, 2), im = store_double(s, &b->im, -2, 2);

    store_demand(s, mains_turns(re, im));
    store_samples(s, b->acc[0][0], MAINS_HARMONICS * 2 * MAINS_MIXES, (float)(HIGH * b->span));
    store_samples(s, b->ring[0][0][0], MAINS_WINDOW * MAINS_HARMONICS * 2 * MAINS_MIXES, HIGH);
    store_finite(s, b->score, MAINS_GRID);
}

double mains_state(struct mains *m, struct store *s)
{
    store_size(s, &m->count, 0, m->every - 1);
    const double hz = store_double(s, &m->hz, 0, 100);
    const double nominal = store_double(s, &m->nominal, 0, 100);
    const bool found = nominal == m->band[0].hz || nominal == m->band[1].hz;

    store_demand(s, found ? fabs(hz - nominal) <= GRID_HZ : hz == 0 && nominal == 0);
    store_floats(s, m->scale, m->channels, -1e30f, 1e30f);
    store_floats(s, m->power, m->channels, 0, FLT_MAX);
    band_state(m->band, s);
    band_state(m->band + 1, s);
    return nominal;
}
