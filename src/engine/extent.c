/* SPDX-License-Identifier: MIT */
#include "engine/extent.h"

#include "base/least.h"

#include <stdbool.h>

static const size_t LAGS_USUAL = 32, LAGS_MOST = 512, VECTOR_MOST = 4096;

/* The most numbers in a vector whose length is given in ms: many channels need less time, and
 * 64 of them at 1 kHz would take a sixth of a core instead of a twentieth. */
static const size_t WINDOW_MOST = 1024;

/* The most directions of an automatic rank; of vectors beyond WINDOW_MOST fewer. */
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

/* The greatest of: half the lags, for the waveform, and two a channel, for its differences;
 * three quarters of the numbers, up to 24; half of the numbers without one channel (so that
 * one can be forgotten), up to 48, or a third of them, which oversampled electrodes need. */
static size_t own_rank(size_t channels, size_t lags)
{
    const size_t n = channels * lags, others = n - lags;
    const size_t pattern = lags / 2 + 2 * channels - 1, few = least(3 * n / 4, 24);
    const size_t most = greater(least(others / 2, 48), others / 3);

    return least(greater(greater(pattern, few), most),
                 n < WINDOW_MOST ? RANK_MOST : RANK_OF_MANY);
}

size_t extent_rank(const struct recipe *r, size_t channels, size_t lags)
{
    const size_t n = channels * lags;
    const size_t rank = r->rank > 0 ? (size_t)r->rank : own_rank(channels, lags);

    return least(rank, n > 1 ? n - 1 : 1);
}
