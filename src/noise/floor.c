/* SPDX-License-Identifier: MIT
 *
 * floor.c - see floor.h.
 *
 * The residual of a low-rank model is no measure of the noise: it vanishes where the rank is
 * too large and grows where it is too small.  But few signals fill their whole band.  So the
 * mean periodogram of short segments (Hann, half overlapping) [Wel67] is taken, and the
 * geometric mean of the LOWEST two of its FLOOR_BINS frequencies is the level of white noise
 * (geometric: the lowest of a slope must not pass for a floor).  contact.c tells when the
 * level of a channel has changed.
 *
 * What the channels share of the noise is found by common.c.  With D = diag(sqrt(level)) and
 * T as there,
 *
 *   W = T / D,    W^-1 = D T^-1.
 *
 * Work is spread: each frame of a hop settles a part of the channels.  The new levels come
 * into force all at once, with the last of them: otherwise channels in different units would
 * be compared meanwhile.
 *
 * Cost: a transform of 32 a channel in 16 frames, besides what is shared.
 */
#include "noise/floor.h"

#include <math.h>
#include <string.h>

enum { HOP = FLOOR_SPAN / 2, KEPT = FLOOR_SPAN + HOP };
_Static_assert(FLOOR_BINS == FLOOR_SPAN / 2 - 1, "all frequencies but the first and the last");

static const float MEMORY = 256;        /* segments: 4096 frames                          */
static const float UNCERTAIN = 1.3f;    /* bias of the lowest two, / sqrt(segments) */
static const float SURE = 64;           /* segments before a slope is told from a floor,  */
static const float TOGETHER = 4;        /* seen by so many channels; by fewer, more       */
static const float NEAR = 1.25f, SPREAD = 0.7f; /* of level, and / sqrt(segments): noise  */
static const float BARE_PACE = 1 / 16.0f; /* per segment, of a rising share of noise alone; */
static const float COVERED = 1 / 64.0f; /* of a falling one, which may be an event        */
static const float TINY = 1e-30f;       /* power: keeps divisors from zero                */
static const float SILENT = 1e-11f;     /* of a channel's power: less is rounding         */

void floor_place(struct floor *f, struct arena *a, size_t channels, bool shared)
{
    *f = (struct floor){ .channels = channels, .shared = shared && channels > 1 };
    f->each = (channels + HOP - 1) / HOP;
    f->ring = arena_floats(a, KEPT * channels);
    f->power = arena_floats(a, channels * FLOOR_BINS);
    f->level = arena_floats(a, channels);
    f->fresh = arena_floats(a, channels);
    f->was = arena_floats(a, channels);
    f->ratio = arena_floats(a, channels);
    f->bare = arena_floats(a, channels);
    f->whole = arena_take(a, channels, sizeof *f->whole);
    f->moved = arena_take(a, channels, sizeof *f->moved);
    f->age = arena_floats(a, channels);
    contact_place(&f->contact, a, channels, f->whole, FLOOR_SPAN);
    f->u = arena_floats(a, channels);
    if (f->shared)
        common_place(&f->common, a, channels);
    double energy = 0;

    for (size_t t = 0; t < FLOOR_SPAN; t++) {
        const double w = 0.5 - 0.5 * cos(2 * 3.14159265358979 * ((double)t + 0.5) / FLOOR_SPAN);

        f->window[t] = (float)w;
        energy += w * w;
    }
    for (size_t t = 0; t < FLOOR_SPAN; t++)
        f->window[t] *= (float)(1 / sqrt(energy));
}

void floor_reset(struct floor *f)
{
    const size_t M = f->channels;

    memset(f->ring, 0, KEPT * M * sizeof *f->ring);
    memset(f->power, 0, M * FLOOR_BINS * sizeof *f->power);
    memset(f->level, 0, M * sizeof *f->level);
    memset(f->fresh, 0, M * sizeof *f->fresh);
    memset(f->ratio, 0, M * sizeof *f->ratio);
    memset(f->bare, 0, M * sizeof *f->bare);
    memset(f->whole, 0, M * sizeof *f->whole);
    memset(f->moved, 0, M * sizeof *f->moved);
    memset(f->age, 0, M * sizeof *f->age);
    contact_reset(&f->contact);
    if (f->shared)
        common_reset(&f->common);
    f->at = 0;
    f->segments = f->jumps = 0;
    f->due = FLOOR_SPAN;
    f->from = f->next = M;
    f->last = 0;
}

/* Frames since the end of the segment that is being settled. */
static size_t frames_since(const struct floor *f)
{
    return HOP - f->due;
}

/* Frame i of that segment. */
static const float *frame(const struct floor *f, size_t i)
{
    const size_t slot = f->at + HOP - frames_since(f) + i;

    return f->ring + (slot < KEPT ? slot : slot - KEPT) * f->channels;
}

/* Whether no sample of channel c is missing in that segment and since. */
static bool whole(const struct floor *f, size_t c)
{
    return f->whole[c] >= FLOOR_SPAN + frames_since(f);
}

/* The powers x[FLOOR_BINS] of channel c over the segment, and in t its spectrum. */
static void transform(const struct floor *f, struct fft *t, size_t c, float *x)
{
    for (size_t i = 0; i < FLOOR_SPAN; i++)
        t->time[i] = frame(f, i)[c] * f->window[i];
    fft_forward(t);
    for (size_t b = 0; b < FLOOR_BINS; b++) {
        const float *const X = t->freq[b + 1];

        x[b] = X[0] * X[0] + X[1] * X[1];
    }
}

/* Indices of the two lowest of x[FLOOR_BINS]. */
static void find_lowest(const float *x, size_t *lowest)
{
    size_t first = x[1] < x[0], second = !first;

    for (size_t b = 2; b < FLOOR_BINS; b++) {
        if (x[b] < x[first]) {
            second = first;
            first = b;
        } else if (x[b] < x[second]) {
            second = b;
        }
    }
    lowest[0] = first;
    lowest[1] = second;
}

/* Learns this segment's powers x[FLOOR_BINS] of a channel. */
static void learn_powers(struct floor *f, size_t c, const float *x)
{
    float *restrict const P = f->power + c * FLOOR_BINS;
    const float age = fminf(f->age[c] + 1, MEMORY);

    f->age[c] = age;
    for (size_t b = 0; b < FLOOR_BINS; b++)
        P[b] += (x[b] - P[b]) / age;
}

static float total(const float *x)
{
    float sum = 0;

    for (size_t b = 0; b < FLOOR_BINS; b++)
        sum += x[b];
    return sum;
}

/* The two frequencies of a channel with the least power; gives the power of all. */
static float find_least(const struct floor *f, size_t c, size_t *lowest)
{
    const float *const P = f->power + c * FLOOR_BINS;

    find_lowest(P, lowest);
    return total(P);
}

/* Below this level it is rounding, in a channel of the power `all`. */
static float least_level(float all)
{
    return SILENT * all + TINY;
}

/* Whether the segment with powers x[FLOOR_BINS] is to be left out of the channel's mean. */
static bool stands_apart(struct floor *f, size_t c, const float *x)
{
    size_t lowest[2] = { 0 };

    const float all = find_least(f, c, lowest);
    const struct hearing heard = {
        .x = x,
        .n = FLOOR_BINS,
        .sum = total(x),
        .now = 0.5f * (x[lowest[0]] + x[lowest[1]]),
        .level = f->level[c],
        .least = least_level(all),
        .all = all,
        .ratio = f->ratio[c],
    };
    const enum contact_verdict verdict = contact_hear(&f->contact, c, &heard);

    if (verdict == CONTACT_AS_EVER)
        return false;
    if (verdict == CONTACT_APART)
        return f->age[c] >= CONTACT_ROW;
    f->moved[c] += verdict == CONTACT_MOVED;
    f->age[c] = 0;
    return false;
}

/* The share of the frequencies that hold no more than noise of that level; 0 while fewer
 * than SURE segments were seen by all `eyes`. */
static float bare_share(const float *P, float level, float age, float eyes)
{
    const float most = (NEAR + SPREAD / sqrtf(age)) * level;
    size_t bare = 0;

    for (size_t b = 0; b < FLOOR_BINS; b++)
        bare += P[b] <= most;
    return age * eyes < SURE ? 0 : (float)bare / FLOOR_BINS;
}

/* Level, ratio and bare share of a channel, with the powers x[FLOOR_BINS] of its segment. */
static void settle_level(struct floor *f, size_t c, const float *x)
{
    size_t lowest[2] = { 0 };

    learn_powers(f, c, x);
    const float all = find_least(f, c, lowest), *const P = f->power + c * FLOOR_BINS;
    const float bias = 1 + UNCERTAIN / sqrtf(f->age[c]);
    const float level = bias * sqrtf(P[lowest[0]]) * sqrtf(P[lowest[1]]);
    const float least = least_level(all), eyes = fminf((float)f->channels, TOGETHER);

    f->fresh[c] = level > least ? level : 0;
    f->ratio[c] = all / (FLOOR_BINS * fmaxf(level, least));
    const float share = bare_share(P, level, f->age[c], eyes);
    const float pace = share > f->bare[c] ? BARE_PACE : COVERED;

    f->bare[c] += eyes * pace * (share - f->bare[c]);
}

/* The two frequencies with the least sum of power over level over all channels. */
static void find_shared(const struct floor *f, size_t *lowest)
{
    float x[FLOOR_BINS] = { 0 };

    for (size_t b = 0; b < FLOOR_BINS; b++)
        for (size_t c = 0; c < f->channels; c++)
            if (f->level[c] > 0)
                x[b] += f->power[c * FLOOR_BINS + b] / f->level[c];
    find_lowest(x, lowest);
}

/* Whether the segment is digital silence. */
static bool silent(const struct floor *f)
{
    for (size_t i = 0; i < FLOOR_SPAN; i++) {
        const float *const x = frame(f, i);

        for (size_t c = 0; c < f->channels; c++)
            if (x[c] != 0)
                return false;
    }
    return true;
}

static void begin(struct floor *f)
{
    f->from = f->next = 0;
    f->jumps = 0;
    if (f->shared)
        common_begin(&f->common);
}

static void settle_channel(struct floor *f, struct fft *t, size_t c)
{
    const unsigned moved = f->moved[c];
    float x[FLOOR_BINS];
    bool counts = whole(f, c);

    if (counts) {
        transform(f, t, c, x);
        counts = !stands_apart(f, c, x);
    }
    if (counts)
        settle_level(f, c, x);
    if (f->shared)
        common_show(&f->common, c, counts ? t->freq + 1 : NULL);
    if (f->moved[c] != moved) {
        f->jumps++;
        f->last = c;
    }
}

/* Harmonic mean over channels of power over level: one with hardly any noise does not
 * dominate. */
static float usual_ratio(const struct floor *f)
{
    float sum = 0, count = 0;

    for (size_t c = 0; c < f->channels; c++)
        if (f->level[c] > 0) {
            sum += 1 / fmaxf(f->ratio[c], 1);
            count++;
        }
    return count > 0 ? count / sum : 1;
}

/* All channels are settled. */
static void finish(struct floor *f)
{
    const size_t bytes = f->channels * sizeof *f->level;

    f->segments += f->segments < 1u << 30;
    contact_settle(&f->contact);
    memcpy(f->was, f->level, bytes);
    memcpy(f->level, f->fresh, bytes);
    if (!f->shared)
        return;
    size_t lowest[2] = { 0 };

    if (f->jumps)
        common_forget(&f->common, f->last, f->jumps);
    find_shared(f, lowest);
    common_settle(&f->common, lowest, f->level, usual_ratio(f));
}

/* This frame's part of the channels. */
static void settle(struct floor *f, struct fft *t)
{
    const size_t left = f->channels - f->from;

    f->next += left < f->each ? left : f->each;
    for (size_t c = f->from; c < f->next; c++)
        settle_channel(f, t, c);
    if (f->shared)
        common_learn(&f->common, f->from, f->next);
    if (f->next == f->channels)
        finish(f);
}

void floor_update(struct floor *f, struct fft *t, const float *x, const unsigned char *known)
{
    memcpy(f->ring + f->at * f->channels, x, f->channels * sizeof *x);
    for (size_t c = 0; c < f->channels; c++)
        f->whole[c] = known[c] ? f->whole[c] + (f->whole[c] < KEPT) : 0;
    f->at = (f->at + 1) % KEPT;
    f->from = f->next;
    if (!--f->due) {
        f->due = HOP;
        if (!silent(f))
            begin(f);
    }
    if (f->next < f->channels)
        settle(f, t);
}

void floor_fill(struct floor *f, float *x, const unsigned char *known)
{
    const size_t M = f->channels;

    if (!f->shared || !(f->common.root[0] > 1) || !memchr(known, 0, M))
        return;
    for (size_t c = 0; c < M; c++)
        f->u[c] = known[c] && f->level[c] > 0 ? x[c] / sqrtf(f->level[c]) : 0;
    common_fill(&f->common, f->u, known);
    for (size_t c = 0; c < M; c++)
        x[c] = known[c] ? x[c] : f->u[c] * sqrtf(f->level[c]);
}

bool floor_doubts(const struct floor *f)
{
    return contact_doubts(&f->contact);
}

void floor_distrust(const struct floor *f, unsigned char *known)
{
    for (size_t c = 0; c < f->channels; c++)
        known[c] = known[c] && !contact_is_loose(&f->contact, c);
}

void floor_whiten(const struct floor *f, const float *restrict x, float *restrict z)
{
    for (size_t c = 0; c < f->channels; c++)
        z[c] = f->level[c] > 0 ? x[c] / sqrtf(f->level[c]) : 0;
    if (f->shared)
        common_stretch(&f->common, z, false);
}

void floor_restore(const struct floor *f, float *restrict z, float *restrict x)
{
    if (f->shared)
        common_stretch(&f->common, z, true);
    for (size_t c = 0; c < f->channels; c++)
        x[c] = z[c] * sqrtf(f->level[c]);
}

void floor_turn_back(const struct floor *f, float *restrict z, float *restrict x)
{
    if (f->shared)
        common_stretch(&f->common, z, false);
    for (size_t c = 0; c < f->channels; c++)
        x[c] = f->level[c] > 0 ? z[c] / sqrtf(f->level[c]) : 0;
}

void floor_state(struct floor *f, struct store *s)
{
    const size_t M = f->channels;

    store_size(s, &f->at, 0, KEPT - 1);
    store_size(s, &f->next, 0, M);
    store_size(s, &f->last, 0, M - 1);
    store_u32(s, &f->jumps, 0, UINT32_MAX);
    store_u32(s, &f->segments, 0, 1u << 30);
    store_u32(s, &f->due, 1, FLOOR_SPAN);
    store_samples(s, f->ring, M * KEPT, 100);
    store_powers(s, f->power, M * FLOOR_BINS);
    for (size_t c = 0; c < M; c++) {
        store_size(s, f->whole + c, 0, KEPT);
        store_u32(s, f->moved + c, 0, UINT32_MAX);
    }
    store_floats(s, f->age, M, 0, MEMORY);
    contact_state(&f->contact, s);
    store_powers(s, f->level, M);
    store_powers(s, f->fresh, M);
    store_finite(s, f->ratio, M);
    store_floats(s, f->bare, M, 0, 1);
    if (f->shared)
        common_state(&f->common, s);
}
