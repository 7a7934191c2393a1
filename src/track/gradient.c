/* SPDX-License-Identifier: MIT
 *
 * gradient.c - steepest descent on |y - U p|^2/2, as GROUSE [BNR10].
 *
 * The gradient with respect to U is -e p', so the turn is along p, and
 *
 *   g = mu r p / tr C
 *
 * makes the step a pure number whatever the scale; but g'p <= 1, where the turned
 * subspace contains y.  A turn beyond y, which a frame louder than usual would ask for,
 * moves U away from it, and beyond g'p = 2 an error of U'U = I grows from turn to turn.
 *
 * Only the powers of the coefficients are kept, not their correlations: O(r) instead
 * of O(r^2).  The price: a weak direction converges as much slower as it is weaker.
 */
#include "track/rule.h"

#include <math.h>

static const float FLOOR = 1e-19f; /* power; far below that of any frame (guard.c) */

static void place(struct rule_state *s, struct arena *a)
{
    s->power = arena_floats(a, s->U->cap);
}

static void reset(struct rule_state *s, size_t r, float level)
{
    for (size_t j = 0; j < r; j++)
        s->power[j] = level;
}

static void update(struct rule_state *s, const struct look *f, struct motion *m)
{
    const size_t r = s->U->r, parts = s->U->parts;
    float total = 0, p2 = 0;

    m->ph = m->h2 = 0;
    for (size_t j = 0; j < r; j++) {
        float own = 0;

        for (size_t i = j * parts; i < (j + 1) * parts; i++) {
            m->h[i] = f->p[i] / (s->power[j] + FLOOR);
            m->ph += f->p[i] * m->h[i];
            m->h2 += m->h[i] * m->h[i];
            m->room[i] = f->p[i];
            own += f->p[i] * f->p[i];
        }
        s->power[j] += fminf(f->mu, 0.99f) * (own - s->power[j]);
        total += s->power[j];
        p2 += own;
    }
    m->d = m->room;
    m->d2 = p2;
    m->per = 0;
    m->along_p = true;
    m->pull = f->trust * fminf(f->mu * (float)r / (total + FLOOR), 1.0f / (p2 + FLOOR));
}

const struct rule rule_gradient = { place, reset, update, NULL, NULL };
