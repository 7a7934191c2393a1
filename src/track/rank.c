/* SPDX-License-Identifier: MIT
 *
 * rank.c - the number of directions, with hysteresis.
 *
 * Up: when the scout calls, its direction is taken in, made orthogonal to the
 * rest.  It calls at the chi^2 bound for x = 15.  Down: the last direction (they
 * are kept strongest first) goes when its power has been below the bound for
 * x = 2 for HOLD frames.  Between 2 and 15 lies the hysteresis.
 *
 * With Wiener shrinkage a direction too many costs next to nothing in error:
 * the rank is a matter of resources.
 */
#include "track/rank.h"

#include <math.h>
#include <string.h>

static const float PACE = 0.02f;        /* of the powers: 100 frames      */
static const float HOLD = 50.0f;        /* frames                         */
static const float WEAK = 2.0f;         /* x of the bound to go below     */

void rank_place(struct rank *k, struct arena *a, size_t cap, size_t padded)
{
    k->power = arena_floats(a, cap);
    k->weak = arena_floats(a, cap);
    k->age = arena_floats(a, cap);
    k->x = arena_floats(a, padded);
}

void rank_reset(struct rank *k, size_t cap)
{
    memset(k->power, 0, cap * sizeof *k->power);
    memset(k->weak, 0, cap * sizeof *k->weak);
    memset(k->age, 0, cap * sizeof *k->age);
}

static void swap(float *x, size_t j, size_t k)
{
    const float was = x[j];

    x[j] = x[k];
    x[k] = was;
}

void rank_swap(struct rank *k, const struct align *a)
{
    swap(k->power, a->j, a->k);
    swap(k->weak, a->j, a->k);
    swap(k->age, a->j, a->k);
}

static float square(const float *p, size_t j, size_t parts)
{
    return parts == 1 ? p[j] * p[j] : p[2 * j] * p[2 * j] + p[2 * j + 1] * p[2 * j + 1];
}

void rank_update(struct rank *k, struct basis *U, struct cov *c, const float *p, float weight,
                 float sigma2)
{
    const float bar = sigma2 * scout_bound(PACE, WEAK, U->parts);

    for (size_t j = 0; j < U->r; j++) {
        const float pace = fmaxf(PACE, 1.0f / (k->age[j] + 1.0f));
        const float power = weight * weight * square(p, j, U->parts);

        k->age[j] += 1.0f;
        k->power[j] += pace * (power - k->power[j]);
        k->weak[j] = k->power[j] < bar ? k->weak[j] + 1.0f : fmaxf(k->weak[j] - 1.0f, 0.0f);
    }
    if (U->r && k->weak[U->r - 1] > HOLD && k->age[U->r - 1] > HOLD) {
        cov_drop_last(c);
        U->r--;
    }
}

bool rank_grow(struct rank *k, struct basis *U, struct cov *c, const struct scout *s, float *p)
{
    if (U->r == U->cap) {
        if (cov_power(c, U->r - 1) >= s->along)
            return false;
        cov_drop_last(c);
        U->r--;
    }
    /* w - U U'w, to length 1. */
    float length2 = 0;

    c->kernel->gather(U, s->w, p);
    c->kernel->combine(U, p, k->x);
    for (size_t i = 0; i < U->n; i++) {
        k->x[i] = s->shrink * (s->w[i] - k->x[i]);
        length2 += k->x[i] * k->x[i];
    }
    if (!(length2 > 0.01f))                     /* nearly within the subspace */
        return false;
    for (size_t i = 0; i < U->n; i++)
        k->x[i] /= sqrtf(length2);

    const size_t j = U->r++;

    basis_set(U, j, k->x);
    cov_grow(c, s->along);
    k->power[j] = s->along;
    k->weak[j] = 0;
    k->age[j] = 1.0f / s->pace;
    return true;
}
