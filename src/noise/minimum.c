/* SPDX-License-Identifier: MIT
 *
 * minimum.c - minimum statistics [M01] in their plainest form.
 *
 * The minimum over a sliding window costs no search: the window is cut into
 * sub-windows, each keeps one minimum, and the oldest is dropped whole.  Half
 * of that minimum is a lower bound of any noise estimate: it frees one that got
 * stuck below a noise that rose, and has no effect otherwise.
 *
 * Invariant: past = min over part; least = min(past, now)/2.
 * Cost: 6 operations a frequency; 12 more once in a sub-window.
 */
#include "noise/minimum.h"

#include "base/fastmath.h"

#include <math.h>
#include <string.h>

enum { PARTS = 10 };
static const float HALF = 0.5f;
static const double KEEP = 0.8;         /* a frame of 8 ms: smooths over 40 ms */

void minimum_place(struct minimum *m, struct arena *a, size_t n, double frame_hz,
                   double memory_s)
{
    *m = (struct minimum){ .n = n, .parts = PARTS };
    m->length = (size_t)(memory_s * frame_hz / PARTS);
    m->keep = (float)pow(KEEP, 125 / frame_hz);
    m->smooth = arena_floats(a, n);
    m->now = arena_floats(a, n);
    m->past = arena_floats(a, n);
    m->part = arena_floats(a, PARTS * n);
    m->least = arena_floats(a, n);
}

void minimum_reset(struct minimum *m)
{
    for (size_t f = 0; f < m->n; f++) {
        m->smooth[f] = -1;              /* none yet */
        m->now[f] = m->past[f] = INFINITY;
        m->least[f] = 0;
    }
    for (size_t i = 0; i < m->parts * m->n; i++)
        m->part[i] = INFINITY;
    m->at = m->oldest = 0;
}

void minimum_begin(struct minimum *m, const float *P)
{
    memcpy(m->smooth, P, m->n * sizeof *P);
}

/* The sub-window is full: it takes the place of the oldest. */
static void turn(struct minimum *m)
{
    float *const full = m->part + m->oldest * m->n;

    for (size_t f = 0; f < m->n; f++) {
        full[f] = m->now[f];
        m->now[f] = m->smooth[f];
        m->past[f] = INFINITY;
    }
    for (size_t k = 0; k < m->parts; k++)
        for (size_t f = 0; f < m->n; f++)
            m->past[f] = fast_min(m->past[f], m->part[k * m->n + f]);
    m->oldest = (m->oldest + 1) % m->parts;
    m->at = 0;
}

void minimum_update(struct minimum *m, const float *restrict P)
{
    const float a = m->keep;

    for (size_t f = 0; f < m->n; f++) {
        const float s = m->smooth[f];

        m->smooth[f] = s < 0 ? P[f] : a * s + (1 - a) * P[f];
        m->now[f] = fast_min(m->now[f], m->smooth[f]);
        m->least[f] = HALF * fast_min(m->past[f], m->now[f]);
    }
    if (++m->at >= m->length)
        turn(m);
}

void minimum_state(struct minimum *m, struct store *s)
{
    store_size(s, &m->at, 0, m->length);
    store_size(s, &m->oldest, 0, m->parts - 1);
    store_finite(s, m->smooth, m->n);
    store_floats(s, m->now, m->n, -1, INFINITY);
    store_floats(s, m->past, m->n, -1, INFINITY);
    store_floats(s, m->part, m->parts * m->n, -1, INFINITY);
}
