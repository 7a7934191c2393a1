/* SPDX-License-Identifier: MIT
 *
 * pupil.c - see pupil.h.
 *
 * Reservoir sampling [Vit85]: each vector has the same chance to be kept, however many
 * there are, so that an hour takes the memory of a minute.
 *
 * Cost a frame: n moves at most.
 */
#include "learn/pupil.h"

#include "base/least.h"


static const size_t ROWS_MOST = 16384, NUMBERS_MOST = 1 << 22;

/* [Vig17], splitmix64. */
uint64_t pupil_dice(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void pupil_place(struct pupil *p, struct arena *a, size_t channels, size_t lags)
{
    *p = (struct pupil){ .n = channels * lags };
    p->room = least(NUMBERS_MOST / p->n, ROWS_MOST);
    lags_place(&p->lags, a, channels, lags, 0);
    p->rows = arena_floats(a, p->room * p->n);
    p->when = arena_take(a, p->room, sizeof *p->when);
    p->known = arena_take(a, p->n, 1);
}

void pupil_reset(struct pupil *p)
{
    p->seen = p->frames = 0;
    p->dice = 1;
    pupil_cut(p);
}

void pupil_cut(struct pupil *p)
{
    lags_reset(&p->lags);
    p->run = 0;
}

size_t pupil_rows(const struct pupil *p)
{
    return p->seen < p->room ? (size_t)p->seen : p->room;
}

void pupil_add(struct pupil *p, const float *x, const unsigned char *known)
{
    lags_push(&p->lags, x, known);
    p->frames++;
    p->run += p->run < p->lags.count;
    if (p->run < p->lags.count || p->lags.gaps)
        return;

    const uint64_t at = p->seen < p->room ? p->seen : pupil_dice(&p->dice) % (p->seen + 1);

    p->seen++;
    if (at >= p->room)
        return;
    lags_vector(&p->lags, 0, p->rows + (size_t)at * p->n, p->known);
    p->when[at] = p->frames;
}
