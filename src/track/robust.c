/* SPDX-License-Identifier: MIT
 *
 * robust.c - gross outliers.
 *
 * Least squares lets one wrong entry pull all coefficients.  Huber's loss does
 * not; it is minimised by repeating
 *
 *   e = y - U p,   p = p + U' clip(e, theta)
 *
 * (majorisation with step 1, since U'U = I).  Entries still beyond theta = KAPPA
 * sigma are then declared unknown, and the frame is one with missing entries.
 * They are judged by the leave-one-out residual e_i/(1 - |U_i|^2): a direction
 * that has turned towards one entry would otherwise explain all its outliers,
 * and be confirmed by them.  sigma comes from the median of |e|, which only
 * half of the entries being wrong can mislead, smoothed over frames.
 *
 * Cost: ROUNDS times 4 n r flops and three passes for the exact median.
 */
#include "track/robust.h"

#include <math.h>
#include <string.h>

static const float KAPPA = 4.0f; /* sigmas: 6e-5 of ordinary entries are beyond */
static const float PACE = 0.05f;
static const float JUMP = 3.0f; /* times sigma: a frame's level is clipped at that */
static const float OWN = 0.3f;  /* times a frame's own level: sigma is at least that */
static const float MEDIAN[3] = { 0, 0.6745f, 0.8326f }; /* of |noise| over sigma, by parts */
enum { ROUNDS = 6, BINS = 2048, START = 3 };

void robust_place(struct robust *r, struct arena *a, size_t padded, size_t ld)
{
    r->size = arena_floats(a, padded);
    r->p = arena_floats(a, ld);
    r->dp = arena_floats(a, ld);
    r->e = arena_floats(a, padded);
    r->count = arena_take(a, BINS, sizeof *r->count);
}

void robust_reset(struct robust *r)
{
    r->sigma = 0;
    r->seen = 0;
}

static uint32_t bits_of(float x)
{
    uint32_t u;

    memcpy(&u, &x, sizeof u);
    return u;
}

/* The k-th smallest of x[n] >= 0, exactly: non-negative floats sort like their
 * bits, which are found 11, 11 and 10 at a time. */
static float select_nth(uint32_t *count, const float *x, size_t n, size_t k)
{
    static const unsigned shifts[] = { 21, 10, 0 };
    uint32_t prefix = 0, mask = 0;

    for (size_t pass = 0; pass < 3; pass++) {
        const unsigned shift = shifts[pass];
        const uint32_t field = pass < 2 ? BINS - 1 : 1023;
        uint32_t bin = 0;

        memset(count, 0, BINS * sizeof *count);
        for (size_t i = 0; i < n; i++) {
            const uint32_t u = bits_of(x[i]);

            if ((u & mask) == prefix)
                count[u >> shift & field]++;
        }
        while (k >= count[bin])
            k -= count[bin++];
        prefix |= bin << shift;
        mask |= field << shift;
    }
    float nth;

    memcpy(&nth, &prefix, sizeof nth);
    return nth;
}

/* Sizes of the known entries of e, one after the other; gives their number. */
static size_t sizes(struct robust *r, const struct guard *g, const float *e)
{
    size_t count = 0;

    for (size_t i = 0; i < g->n; i += g->parts)
        if (g->known[i] != 0.0f)
            r->size[count++] = g->parts == 1 ? fabsf(e[i]) : hypotf(e[i], e[i + 1]);
    return count;
}

static void rest(const struct guard *g, const struct kernel *k, const struct basis *U,
                 const float *p, float *e)
{
    k->combine(U, p, e);
    for (size_t i = 0; i < g->padded; i++)
        e[i] = g->known[i] * (g->y[i] - e[i]);
}

static float size_at(const struct guard *g, const float *e, size_t i)
{
    return g->parts == 1 ? fabsf(e[i]) : hypotf(e[i], e[i + 1]);
}

static void clip(const struct guard *g, float *e, float theta)
{
    for (size_t i = 0; i < g->n; i += g->parts) {
        const float size = size_at(g, e, i);

        if (size > theta)
            for (size_t m = 0; m < g->parts; m++)
                e[i + m] *= theta / size;
    }
}

/* Least value of 1 - |U_i|^2. */
static const float OWN_SAY = 0.02f;

/* e_i becomes what the other entries leave of entry i: e_i/(1 - |U_i|^2). */
static void leave_one_out(struct robust *r, const struct guard *g, const struct basis *U,
                          float *e)
{
    basis_leverage(U, r->size);
    for (size_t i = 0; i < g->n; i++)
        e[i] /= fmaxf(1.0f - r->size[i], OWN_SAY);
}

/* sigma of this frame alone. */
static float own_sigma(struct robust *r, const struct guard *g, const float *e)
{
    const size_t count = sizes(r, g, e);

    return count ? select_nth(r->count, r->size, count, count / 2) / MEDIAN[g->parts] : 0.0f;
}

/* theta for this frame, whose gain may differ from the common unit. */
static float threshold(const struct robust *r, const struct guard *g, float own)
{
    const float usual = r->sigma * (g->gain / g->unit);

    return KAPPA * (r->seen < START ? own : fmaxf(usual, OWN * own));
}

static void learn(struct robust *r, const struct guard *g, float of_frame)
{
    const float own = of_frame * (g->unit / g->gain);

    if (r->seen < START)
        r->sigma = own;
    else
        r->sigma += PACE * (fminf(own, JUMP * r->sigma) - r->sigma);
    r->seen += r->seen < UINT32_MAX;
}

/* p without the outliers, and what it leaves. */
static void fit(struct robust *r, const struct guard *g, const struct kernel *k,
                const struct basis *U)
{
    rest(g, k, U, r->p, r->e);
    for (int round = 0; round < ROUNDS; round++) {
        clip(g, r->e, threshold(r, g, own_sigma(r, g, r->e)));
        k->gather(U, r->e, r->dp);
        for (size_t i = 0; i < U->r * U->parts; i++)
            r->p[i] += r->dp[i];
        rest(g, k, U, r->p, r->e);
    }
}

bool robust_update(struct robust *r, struct guard *g, const struct kernel *k,
                   const struct basis *U, const float *p)
{
    const size_t known = g->count;
    size_t beyond = 0;

    if (!guard_masked(g))
        for (size_t i = 0; i < g->n; i++)
            g->known[i] = 1.0f;
    memcpy(r->p, p, U->r * U->parts * sizeof *p);
    fit(r, g, k, U);
    const float own = own_sigma(r, g, r->e), theta = threshold(r, g, own);

    if (!(theta > 0.0f)) /* most of it is exactly what was expected: silence */
        return false;
    learn(r, g, own);
    leave_one_out(r, g, U, r->e);
    for (size_t i = 0; i < g->n; i += g->parts)
        beyond += size_at(g, r->e, i) > theta;
    if (!beyond || 2 * beyond >= known || beyond + U->r >= known)
        return false; /* none, or the subspace is what is wrong */
    for (size_t i = 0; i < g->n; i += g->parts)
        if (size_at(g, r->e, i) > theta)
            for (size_t m = 0; m < g->parts; m++)
                g->known[i + m] = 0.0f;
    guard_recount(g);
    guard_enter_again(g);
    return true;
}
