/* SPDX-License-Identifier: MIT
 *
 * teach.c - see teach.h.  Signal of power |b|^2 and noise of 1 have 1 + |b|^2 along a
 * direction b.
 */
#include "track/teach.h"
#include "track/vec.h"

#include <float.h>
#include <math.h>

static const float LONGEST = 1e9f;

/* Direction j, orthogonal to those before it; one of no length stays what it was. */
static void set_direction(struct track *t, size_t j, const float *row)
{
    const float length = sqrtf(vec_square(row, t->U.n));
    struct basis so_far = t->U;

    if (length > 0.0f && length <= FLT_MAX) {
        for (size_t i = 0; i < t->U.n; i++)
            t->e[i] = row[i] / length;
        basis_set(&t->U, j, t->e);
        cov_stretch(&t->rule.cov, j, sqrtf(1.0f + fminf(length, LONGEST) * fminf(length, LONGEST)));
    }
    so_far.r = j + 1;
    for (int pass = 0; pass < 2; pass++)
        orth_direction(&t->orth, t->kernel, &so_far, j);
}

void track_teach(struct track *t, const float *rows, float frames)
{
    track_reset(t);
    t->plan.rule->reset(&t->rule, t->U.r, 1.0f);
    for (size_t j = 0; j < t->U.r; j++)
        set_direction(t, j, rows + j * t->U.n);
    t->seen = (uint32_t)frames + (uint32_t)t->U.r + 3; /* warm */
    t->sigma2 = 1.0f;
    step_remember(&t->step, frames);
}
