/* SPDX-License-Identifier: MIT */
#include "engine/extent.h"

#include "base/least.h"

#include <stdbool.h>

static const size_t LAGS_USUAL = 32, LAGS_MOST = 512, VECTOR_MOST = 4096;

/* Of a window of so many ms no more than these numbers: many channels have enough to say
 * in less, and 64 of them at 1 kHz would take a sixth of a core instead of a twentieth. */
static const size_t WINDOW_MOST = 1024;

/* Directions, if nobody says how many; of many numbers fewer, for the same reason. */
static const size_t RANK_MOST = 96, RANK_OF_MANY = 80;

size_t extent_lags(const struct recipe *r, size_t channels)
{
    const bool timed = r->window_ms > 0;
    const size_t told = r->lags > 0 ? (size_t)r->lags : timed ? 1 : LAGS_USUAL;
    const size_t wanted = greater(told, timed ? recipe_frames(r, (double)r->window_ms) : 1);
    const size_t room = (timed ? WINDOW_MOST : VECTOR_MOST) / channels;
    const size_t most = least(room, LAGS_MOST);

    return least(wanted, greater(most, 1));
}

/* Half the lags for what one channel does, and two a channel for how they differ.  Where
 * that is more, three in four of few numbers; and of what all channels but one have, so
 * that one can be forgotten, half, or a third of much: oversampled electrodes need it. */
static size_t own_rank(size_t channels, size_t lags)
{
    const size_t n = channels * lags, others = n - lags;
    const size_t pattern = lags / 2 + 2 * channels - 1, few = least(3 * n / 4, 24);
    const size_t most = greater(least(others / 2, 48), others / 3);

    return least(greater(greater(pattern, few), most), n < WINDOW_MOST ? RANK_MOST : RANK_OF_MANY);
}

size_t extent_rank(const struct recipe *r, size_t channels, size_t lags)
{
    const size_t n = channels * lags;
    const size_t rank = r->rank > 0 ? (size_t)r->rank : own_rank(channels, lags);

    return least(rank, n > 1 ? n - 1 : 1);
}
