/* SPDX-License-Identifier: MIT
 *
 * taps.c - see taps.h.
 *
 * Let y_k be the vector of the L samples of z that end at frame k, and A y_k its estimate.
 * Frame s lies in the vectors k = s..s + delay, in each of them at another place, and so in
 * another row of A.  The mean of their estimates is one filter over z, whose taps are the
 * rows of A, each one tap further than the one below:
 *
 *   x(s) = 1/(delay + 1) sum_k A[L-1-(k-s)] y_k = sum_m h[m] z(s - L + 1 + m),
 *   h[m] = 1/(delay + 1) sum_i A[i][m - (L-1-i)].
 *
 * A is symmetric about both diagonals.  If all rows count (delay = L - 1) h is symmetric, too,
 * and a quarter of A determines it.
 *
 * A follows the signal: its rows are computed anew one after the other, and the sums of 2^bits
 * rows, called parts, are replaced one at a time.  So h is half a round old on average, and
 * never jumps.
 *
 * If some of the vectors were estimated apart, the filter's output is scaled down to the share
 * of the others.  If vectors were loud, the taps are restricted to the vectors between them:
 * otherwise a loud sample would leak to before and after its place.
 *
 * Cost: up to 2 L flops a row, and 2 (L + delay) a frame.
 */
#include "rebuild/taps.h"

#include "base/slot.h"
#include "base/sum.h"

#include <string.h>

static const float MOST = 100; /* bound of a stored tap: a mean of entries of A, <= 1 */

static size_t length(const struct taps *t)
{
    return t->lags + t->delay;
}

void taps_place(struct taps *t, struct arena *a, size_t lags, size_t delay)
{
    *t = (struct taps){ .lags = lags, .delay = delay, .even = delay == lags - 1 };
    t->rows = t->even ? lags / 2 : delay + 1;
    while ((t->rows - 1) >> t->bits >= TAPS_PARTS)
        t->bits++;
    t->part = arena_floats(a, TAPS_PARTS * length(t));
    t->next = arena_floats(a, length(t));
    t->h = arena_floats(a, length(t));
    t->apart = arena_take(a, delay + 1, 1);
}

void taps_restart(struct taps *t)
{
    t->row = t->fresh = 0;
    memset(t->next, 0, length(t) * sizeof *t->next);
}

void taps_reset(struct taps *t)
{
    taps_restart(t);
    memset(t->part, 0, TAPS_PARTS * length(t) * sizeof *t->part);
    memset(t->h, 0, length(t) * sizeof *t->h);
    t->at = t->folded = 0;
    memset(t->apart, 1, t->delay + 1);
}

size_t taps_due(const struct taps *t)
{
    return t->lags - 1 - t->delay + t->row;
}

size_t taps_from(const struct taps *t)
{
    return t->even ? t->row : 0;
}

static void add(float *restrict sum, const float *restrict x, float f, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += f * x[i];
}

/* Replaces a part by `next`, which is complete, and sums h anew. */
static void take_over(struct taps *t, float *part)
{
    const size_t from = t->even ? t->delay : 0, n = length(t) - from;
    float *const h = t->h + from;

    memcpy(part + from, t->next + from, n * sizeof *part);
    memset(t->next + from, 0, n * sizeof *part);
    memset(h, 0, n * sizeof *h);
    for (size_t i = 0; i < TAPS_PARTS; i++)
        add(h, t->part + i * length(t) + from, 1, n);
    for (size_t i = 0; i < from; i++)
        t->h[i] = t->h[2 * from - i];
}

/* Adds the entries of a row between the diagonals, twice but for the last: by symmetry. */
static void add_between(struct taps *t, const float *row)
{
    const size_t i = t->row, n = t->lags - 2 * i;
    const float unit = 1 / (float)(t->delay + 1);

    add(t->next + t->delay, row + i, 2 * unit, n - 1);
    t->next[t->delay + n - 1] += unit * row[t->lags - 1 - i];
}

void taps_renew(struct taps *t, const float *row)
{
    const size_t part = t->row >> t->bits;

    if (t->even)
        add_between(t, row);
    else
        add(t->next + t->delay - t->row, row, 1 / (float)(t->delay + 1), t->lags);
    t->fresh += t->fresh < t->rows;
    t->row = slot_after(t->row, 1, t->rows);
    if (t->row >> t->bits != part || t->row == 0)
        take_over(t, t->part + part * length(t));
}

void taps_count(struct taps *t, enum taps_way way)
{
    t->folded += t->apart[t->at] != TAPS_FOLDED;
    t->folded -= way != TAPS_FOLDED;
    t->apart[t->at] = (unsigned char)way;
    t->at = slot_after(t->at, 1, t->delay + 1);
}

static bool is_loud(const struct taps *t, size_t k)
{
    return t->apart[slot_after(t->at, k, t->delay + 1)] == TAPS_LOUD;
}

float taps_estimate(const struct taps *t, const float *z)
{
    size_t first = 0, last = t->delay;

    if (!t->folded)
        return 0;
    while (is_loud(t, first))
        first++;
    while (is_loud(t, last))
        last--;
    return (float)t->folded / (float)(t->delay + 1) *
           sum_product(t->h + first, z + first, last - first + t->lags);
}

void taps_state(struct taps *t, struct store *s)
{
    store_size(s, &t->row, 0, t->rows - 1);
    store_size(s, &t->fresh, 0, t->rows);
    store_floats(s, t->part, TAPS_PARTS * length(t), -MOST, MOST);
    store_floats(s, t->next, length(t), -MOST, MOST);
    store_floats(s, t->h, length(t), -MOST, MOST);
    store_size(s, &t->at, 0, t->delay);
    store_bytes(s, t->apart, t->delay + 1, TAPS_LOUD);
    if (s->mode != STORE_READ)
        return;
    t->folded = t->delay + 1;
    for (size_t i = 0; i <= t->delay; i++)
        t->folded -= t->apart[i] != TAPS_FOLDED;
}
