/* SPDX-License-Identifier: MIT
 *
 * average.c - see average.h.
 *
 * The mean along the anti-diagonals of the Hankel matrix, as in singular spectrum
 * analysis [VG89], but only over the newest delay + 1 entries of each vector.
 */
#include "rebuild/average.h"

#include "base/fastmath.h"
#include "base/slot.h"

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

static void add(float *restrict sum, const float *restrict x_hat, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += x_hat[i];
}

void average_pass(struct average *r, float *restrict x)
{
    const size_t slots = r->delay + 1;

    r->at = slot_after(r->at, 1, slots);
    for (size_t c = 0; c < r->channels; c++) {
        float *const done = r->sum + c * slots + r->at;

        x[c] = *done * r->unit;
        *done = 0;
    }
}

/* Slots and vectors both go from old to new, the slots from the one after `at`
 * round to it: two runs a channel.  The next slot is the oldest. */
void average_update(struct average *r, const float *restrict x_hat, float *restrict x)
{
    const size_t slots = r->delay + 1, newer = r->at + 1, older = slots - newer;

    for (size_t c = 0; c < r->channels; c++) {
        float *const sum = r->sum + c * slots;
        const float *const tail = x_hat + (c + 1) * r->lags - slots;

        add(sum + newer, tail, older);
        add(sum, tail + older, newer);
    }
    average_pass(r, x);
}

void average_scale(struct average *r, size_t c, float f)
{
    const size_t slots = r->delay + 1;

    for (size_t t = 0; t < slots; t++)
        r->sum[c * slots + t] *= f;
}

void average_limit(struct average *r, size_t c, float most)
{
    const size_t slots = r->delay + 1;

    for (size_t t = 0; t < slots; t++)
        r->sum[c * slots + t] = fast_clamp(r->sum[c * slots + t], -most, most);
}

void average_state(struct average *r, struct store *s)
{
    store_size(s, &r->at, 0, r->delay);
    store_finite(s, r->sum, (r->delay + 1) * r->channels);
}
