/* SPDX-License-Identifier: MIT
 *
 * gap.c - least-squares interpolation under linear prediction [JVV86].
 *
 * Of sum_t e_t^2 with e_t = sum_k a_k x_{t-k} only the missing x_u are free:
 *
 *   B z = -c,   B_ij = b(u_i - u_j),   c_i = sum over known v of b(u_i - v) x_v
 *
 * with b_l = sum_k a_k a_{k+l}, zero beyond the order p.  B is positive definite
 * and banded, so B = L L' costs n p^2 / 2 and any pattern of gaps is as good as
 * another.  In double: B is as badly conditioned as the signal is predictable.
 */
#include "guard/gap.h"

#include "base/least.h"

#include <math.h>

enum { ROW = PREDICTOR_FINE + 1 };

/* Keeps the pivots from zero where the model is sharpest; -90 dB of b_0. */
static const double RIDGE = 1e-9;

void gap_place(struct gap *g, struct arena *a, size_t most)
{
    *g = (struct gap){ .most = most };
    g->L = arena_take(a, most * ROW, sizeof *g->L);
    g->z = arena_take(a, most, sizeof *g->z);
}

/* What the known samples around place u ask of it; the missing ones hold 0. */
static double asked(const struct prediction *m, const float *x)
{
    double c = 0;

    for (ptrdiff_t l = 1; l <= (ptrdiff_t)m->order; l++)
        c += m->b[l] * ((double)x[-l] + (double)x[l]);
    return -c;
}

/* Row i of L from those before it, and z with it: L z' = z.  L_ij is at
 * L[i][i - j], so that the band lies in columns 0..p. */
static void eliminate(struct gap *g, const struct prediction *m, const unsigned *at, size_t i)
{
    const size_t p = m->order, band = least(i, p);
    double *const Li = g->L + i * ROW;
    double pivot = m->b[0] * (1 + RIDGE), z = g->z[i];

    for (size_t d = band; d >= 1; d--) {
        const double *const Lj = g->L + (i - d) * ROW;
        const size_t apart = at[i] - at[i - d], shared = least(band - d, p);
        double s = apart <= p ? m->b[apart] : 0;

        for (size_t e = 1; e <= shared; e++)
            s -= Li[d + e] * Lj[e];
        Li[d] = s / Lj[0];
        pivot -= Li[d] * Li[d];
        z -= Li[d] * g->z[i - d];
    }
    Li[0] = sqrt(fmax(pivot, RIDGE));
    g->z[i] = z / Li[0];
}

void gap_fill(struct gap *g, const struct prediction *m, float *x, const unsigned *at,
              size_t n)
{
    const size_t p = m->order;

    for (size_t i = 0; i < n; i++)
        x[at[i]] = 0;
    for (size_t i = 0; i < n; i++) {
        g->z[i] = asked(m, x + at[i]);
        eliminate(g, m, at, i);
    }
    for (size_t i = n; i-- > 0;) {
        double z = g->z[i];

        for (size_t e = 1; e <= p && i + e < n; e++)
            z -= g->L[(i + e) * ROW + e] * g->z[i + e];
        g->z[i] = z / g->L[i * ROW];
        x[at[i]] = (float)g->z[i];
    }
}
