/* SPDX-License-Identifier: MIT
 *
 * presence.c - noise power by speech presence probability, after [GH12].
 *
 * With the speech, where present, assumed XI above the noise,
 *
 *   p = 1 / (1 + (1 + XI) exp(-P/M  XI/(1 + XI)))      presence, eq. 18
 *   M = a M + (1 - a) (p M + (1 - p) P)                noise,    eq. 22
 *     = M + (1 - a) (1 - p) (P - M).
 *
 * A p that stays near 1 may mean that M is stuck below a louder noise.  The paper
 * keeps p from reaching 1 then (section III); but so it stays through any long
 * vowel of a clean voice, whose harmonics would soon be noise.  What frees M
 * here is a floor (see `presence_lift`).
 *
 * Cost: one exponential and one division a frequency.
 */
#include "noise/presence.h"

#include "base/fastmath.h"

#include <math.h>
#include <string.h>

static const float XI = 31.6f;          /* 15 dB: the fixed a-priori SNR of the paper */

void presence_place(struct presence *p, struct arena *a, size_t n, double frame_hz)
{
    *p = (struct presence){ .n = n };
    p->keep = (float)pow(0.8, 125.0 / frame_hz);
    p->noise = arena_floats(a, n);
}

void presence_reset(struct presence *p)
{
    memset(p->noise, 0, p->n * sizeof *p->noise);
}

void presence_begin(struct presence *p, const float *restrict N)
{
    memcpy(p->noise, N, p->n * sizeof *N);
}

void presence_lift(struct presence *p, const float *restrict floor)
{
    for (size_t f = 0; f < p->n; f++)
        p->noise[f] = fast_max(p->noise[f], floor[f]);
}

void presence_update(struct presence *p, const float *restrict P)
{
    const float learn = 1 - p->keep;
    float *restrict const noise = p->noise;

    for (size_t f = 0; f < p->n; f++) {
        const float M = noise[f];
        const float seen = 1 / (1 + (1 + XI) * fast_exp(P[f] / M * (-XI / (1 + XI))));

        noise[f] = M + learn * (1 - seen) * (P[f] - M);
    }
}

void presence_state(struct presence *p, struct store *s)
{
    store_finite(s, p->noise, p->n);
}
