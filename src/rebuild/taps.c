/* SPDX-License-Identifier: MIT
 *
 * taps.c - see taps.h.  A vector y_k that ends at frame k says A y_k, and of frame s
 * speak the vectors k = s..s + delay, each with another row of A.  Their mean is a
 * filter, the rows of A one above the other, each a tap further:
 *
 *   x(s) = 1/(delay + 1) sum_k A[L-1-(k-s)] y_k = sum_m h[m] z(s - L + 1 + m),
 *   h[m] = 1/(delay + 1) sum_i A[i][m - (L-1-i)].
 *
 * A follows a signal.  Each frame one row of it goes into the filter to come, so that
 * each row is as it was at another time, as it is where vectors speak one by one.
 *
 * Cost a frame: L flops, and 2 (L + delay) to filter.
 */
#include "rebuild/taps.h"

#include "base/sum.h"

#include <string.h>

static size_t length(const struct taps *t)
{
    return t->lags + t->delay;
}

void taps_place(struct taps *t, struct arena *a, size_t lags, size_t delay)
{
    *t = (struct taps){ .lags = lags, .delay = delay };
    t->next = arena_floats(a, length(t));
    t->h = arena_floats(a, length(t));
    t->apart = arena_take(a, delay + 1, 1);
}

void taps_restart(struct taps *t)
{
    t->row = t->lags - 1 - t->delay;
    t->ready = false;
    memset(t->next, 0, length(t) * sizeof *t->next);
}

void taps_reset(struct taps *t)
{
    taps_restart(t);
    memset(t->h, 0, length(t) * sizeof *t->h);
    t->at = t->folded = 0;
    memset(t->apart, 1, t->delay + 1);
}

void taps_renew(struct taps *t, const float *restrict row)
{
    const float share = 1 / (float)(t->delay + 1);
    float *restrict const to = t->next + t->lags - 1 - t->row;

    for (size_t i = 0; i < t->lags; i++)
        to[i] += share * row[i];
    if (++t->row < t->lags)
        return;
    float *const h = t->next;

    t->next = t->h;
    t->h = h;
    t->row = t->lags - 1 - t->delay;
    t->ready = true;
    memset(t->next, 0, length(t) * sizeof *t->next);
}

void taps_count(struct taps *t, bool folded)
{
    t->folded += t->apart[t->at];
    t->folded -= !folded;
    t->apart[t->at] = !folded;
    t->at = (t->at + 1) % (t->delay + 1);
}

float taps_estimate(const struct taps *t, const float *z)
{
    if (!t->folded)
        return 0;
    return (float)t->folded / (float)(t->delay + 1) * sum_product(t->h, z, length(t));
}

void taps_state(struct taps *t, struct store *s)
{
    store_size(s, &t->row, t->lags - 1 - t->delay, t->lags - 1);
    store_finite(s, t->next, length(t));
    store_finite(s, t->h, length(t));
    store_bool(s, &t->ready);
    store_size(s, &t->at, 0, t->delay);
    store_bytes(s, t->apart, t->delay + 1, 1);
    if (s->mode != STORE_READ)
        return;
    t->folded = t->delay + 1;
    for (size_t i = 0; i <= t->delay; i++)
        t->folded -= t->apart[i];
}
