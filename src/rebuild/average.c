/* SPDX-License-Identifier: MIT
 *
 * average.c - see average.h.  The mean along the anti-diagonals of the Hankel
 * matrix, as in singular spectrum analysis [VG89], but only of those entries
 * that are there in time: the newest delay + 1 of each vector.
 */
#include "rebuild/average.h"

#include <string.h>

void average_place(struct average *r, struct arena *a, size_t channels, size_t lags,
                   size_t delay)
{
    *r = (struct average){ .channels = channels, .lags = lags, .delay = delay };
    r->sum = arena_floats(a, (delay + 1) * channels);
    r->unit = 1.0f / (float)(delay + 1);
}

void average_reset(struct average *r)
{
    memset(r->sum, 0, (r->delay + 1) * r->channels * sizeof *r->sum);
    r->at = 0;
}

void average_update(struct average *r, const float *restrict x_hat, float *restrict x)
{
    const size_t slots = r->delay + 1, M = r->channels;

    for (size_t t = 0; t < slots; t++) {        /* t frames before the newest */
        float *const sum = r->sum + (r->at + slots - t) % slots * M;
        const float *const tap = x_hat + r->lags - 1 - t;

        for (size_t c = 0; c < M; c++)
            sum[c] += tap[c * r->lags];
    }
    r->at = (r->at + 1) % slots;

    float *const done = r->sum + r->at * M;

    for (size_t c = 0; c < M; c++) {
        x[c] = done[c] * r->unit;
        done[c] = 0;
    }
}

void average_state(struct average *r, struct store *s)
{
    store_size(s, &r->at, 0, r->delay);
    store_finite(s, r->sum, (r->delay + 1) * r->channels);
}
