/* SPDX-License-Identifier: MIT
 *
 * gradient.c - steepest descent on |y - U p|^2/2, as GROUSE [BNR10].
 *
 * The gradient with respect to U is -e p', so the turn is along p, and
 *
 *   g = mu r p / tr C
 *
 * makes the step a pure number whatever the scale.  Only the powers of the
 * coefficients are kept, not their correlations: O(r) instead of O(r^2).
 * The price: a weak direction converges as much slower as it is weaker.
 */
#include "track/rule.h"

#include <math.h>
#include <string.h>

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

    m->ph = 0;
    for (size_t j = 0; j < r; j++) {
        float own = 0;

        for (size_t i = j * parts; i < (j + 1) * parts; i++) {
            m->h[i] = f->p[i] / s->power[j]; /* positive: a mean that began so */
            m->ph += f->p[i] * m->h[i];
            own += f->p[i] * f->p[i];
        }
        s->power[j] += fminf(f->mu, 0.99f) * (own - s->power[j]);
        total += s->power[j];
        p2 += own;
    }
    const float length = sqrtf(p2);

    for (size_t i = 0; i < r * parts; i++)
        m->d[i] = length > 0.0f ? f->p[i] / length : 0.0f;
    m->along_p = true;
    m->tangent = 0;
    if (total > 0.0f)
        m->tangent = sqrtf(f->e2) * f->trust * f->mu * (float)r * length / total;
}

const struct rule rule_gradient = { place, reset, update, NULL, NULL };
