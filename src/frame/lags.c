/* SPDX-License-Identifier: MIT
 *
 * lags.c - see lags.h.
 *
 * The vectors of lags of a channel form a Hankel matrix, which is low-rank where
 * the signal is a sum of few oscillations [BK86].  With M channels it is a block
 * Hankel matrix, and what the channels share counts once.
 *
 * Every sample is written twice, R apart, so that the newest R are always
 * contiguous: no wrap to handle, nothing to move.
 *
 * Invariant: ring[c][i] == ring[c][i + R] for all i < R.
 */
#include "frame/lags.h"

#include "base/fastmath.h"
#include "base/slot.h"

#include <string.h>

void lags_place(struct lags *g, struct arena *a, size_t channels, size_t count, size_t past)
{
    *g = (struct lags){ .channels = channels, .count = count, .kept = count + past };
    g->ring = arena_floats(a, 2 * channels * g->kept);
    g->known = arena_take(a, 2 * channels * g->kept, 1);
}

void lags_reset(struct lags *g)
{
    const size_t size = 2 * g->channels * g->kept;

    memset(g->ring, 0, size * sizeof *g->ring);
    memset(g->known, 1, size);
    g->at = 0;
    g->gaps = 0;
}

void lags_push(struct lags *g, const float *x, const unsigned char *known)
{
    const size_t M = g->channels, R = g->kept;
    float *restrict const ring = g->ring + g->at;
    unsigned char *restrict const there = g->known + g->at;
    size_t gaps = g->gaps;

    for (size_t c = 0; c < M; c++) {
        const size_t i = 2 * c * R;

        gaps += there[i];
        gaps -= known[c];
        ring[i] = ring[i + R] = x[c];
        there[i] = there[i + R] = known[c];
    }
    g->gaps = gaps;
    g->at = slot_after(g->at, 1, R);
}

void lags_scale(struct lags *g, size_t c, float f)
{
    float *const ring = g->ring + 2 * c * g->kept;

    for (size_t i = 0; i < 2 * g->kept; i++)
        ring[i] *= f;
}

void lags_vector(const struct lags *g, size_t ago, float *y, unsigned char *known)
{
    const size_t L = g->count, R = g->kept, from = g->at + R - L - ago;

    for (size_t c = 0; c < g->channels; c++) {
        memcpy(y + c * L, g->ring + 2 * c * R + from, L * sizeof *y);
        if (g->gaps)
            memcpy(known + c * L, g->known + 2 * c * R + from, L);
    }
}

const float *lags_newest(const struct lags *g, size_t c, size_t n)
{
    return g->ring + (2 * c + 1) * g->kept + g->at - n;
}

void lags_limit(struct lags *g, size_t c, float most)
{
    float *const ring = g->ring + 2 * c * g->kept;

    for (size_t i = 0; i < 2 * g->kept; i++)
        ring[i] = fast_clamp(ring[i], -most, most);
}

void lags_state(struct lags *g, struct store *s)
{
    const size_t size = 2 * g->channels * g->kept;

    store_finite(s, g->ring, size);
    store_bytes(s, g->known, size, 1);
    store_size(s, &g->at, 0, g->kept - 1);
    store_size(s, &g->gaps, 0, size);
    if (s->mode != STORE_READ)
        return;
    g->gaps = 0;
    for (size_t c = 0; c < g->channels; c++)
        for (size_t i = 0; i < g->kept; i++)
            g->gaps += !g->known[2 * c * g->kept + i];
}
