/* SPDX-License-Identifier: MIT
 *
 * block.c - b frames at once: the singular vectors of (sqrt(beta^b) U S, Y W).
 *
 * Frames are only gathered, with the weights that forgetting gives them; the
 * b-th folds them all into the subspace, exactly (fold.c).  The work comes in
 * one piece every b frames: for throughput and precision, not for latency.
 */
#include "track/rule.h"

#include <math.h>
#include <string.h>

static void place(struct rule_state *s, struct arena *a)
{
    cov_place(&s->cov, a, s->U->cap, s->U->parts);
    fold_place(&s->fold, a, s->U, s->block);
    s->Y = arena_floats(a, s->block * basis_padded(s->U));
    s->weight = arena_floats(a, s->block);
}

static void reset(struct rule_state *s, size_t r, float level)
{
    cov_reset(&s->cov, r, level);
    s->filled = 0;
    s->keep = 1.0f;
}

static void update(struct rule_state *s, const struct look *f, struct motion *m)
{
    const size_t padded = basis_padded(s->U);
    const float mu = fminf(f->mu, 0.99f); /* a subspace needs more than one frame */

    m->ph = cov_solve(&s->cov, f->p, m->h);
    m->tangent = 0;
    memset(m->d, 0, s->cov.ld * sizeof *m->d);

    memcpy(s->Y + s->filled * padded, f->y, padded * sizeof *f->y);
    for (size_t i = 0; i < s->filled; i++)
        s->weight[i] *= 1.0f - mu;
    s->weight[s->filled++] = mu * f->weight * f->weight;
    s->keep *= 1.0f - mu;
}

static void settle(struct rule_state *s)
{
    const size_t r = s->U->r;

    if (s->filled < s->block)
        return;
    fold_begin(&s->fold, s->U, &s->cov, s->keep);
    for (size_t i = 0; i < s->filled; i++)
        fold_add(&s->fold, s->Y + i * basis_padded(s->U), s->weight[i]);
    fold_end(&s->fold, s->U, &s->cov, r);
    s->filled = 0;
    s->keep = 1.0f;
}

const struct rule rule_block = { place, reset, update, settle };
