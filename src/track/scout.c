/* SPDX-License-Identifier: MIT
 *
 * scout.c - abrupt change, seen as one direction standing out of the residual.
 *
 * A vector w does power iteration on e, one frame a step:
 *
 *   q = w'e,  along += ms (|q|^2 - along),  across += ms (|e|^2/free - across)
 *   w += ms (e - w q) conj(q) / along,  then to length 1
 *
 * Noise of any level gives along/across near 1; a lost direction of the signal
 * raises it.  The scout calls when it is above the chi^2 bound for x = CALL.  A
 * frame counts at most LOUD times the mean: after a jump in level few frames would
 * otherwise dominate.  Every 8/pace looks the pace is raised again for a while, so
 * that w can turn to a direction that comes late.
 *
 * Cost: 8 n flops; memory n.
 */
#include "track/scout.h"

#include <math.h>
#include <string.h>

static const float CALL = 16.0f;               /* exp(-16) is 1e-7 a look    */
static const float LOUD = 3.0f;                /* times the mean             */
enum { SETTLED = 8, LOOSE = 3, WARM_UP = 20 }; /* looks, looks, frames */

void scout_place(struct scout *s, struct arena *a, size_t padded, size_t parts, float pace,
                 uint32_t stride)
{
    *s = (struct scout){ .padded = padded, .parts = parts, .pace = pace, .stride = stride };
    s->w = arena_floats(a, padded);
}

void scout_reset(struct scout *s, size_t n)
{
    uint32_t x = 0x2545f491u;

    memset(s->w, 0, s->padded * sizeof *s->w);
    for (size_t i = 0; i < n; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        s->w[i] = x & 1 ? 1.0f : -1.0f;
    }
    s->shrink = 1.0f / sqrtf((float)n);
    s->along = s->across = 0;
    s->looks = s->phase = 0;
    s->wait = WARM_UP;
}

void scout_hold(struct scout *s, uint32_t frames)
{
    s->wait = frames;
}

float scout_bound(float pace, float x, size_t parts)
{
    const float k = pace / (float)parts;

    return 1.0f + sqrtf(2.0f * x * k) + x * k;
}

/* q = w'e; the imaginary part only if complex. */
static void project(const struct scout *s, const struct kernel *k, const float *e, float q[2])
{
    q[1] = 0;
    k->inner(s->w, e, s->padded, q);
    q[0] *= s->shrink;
    q[1] *= s->shrink;
}

void scout_deflate(const struct scout *s, const struct kernel *k, const float *e, float *rest)
{
    float q[2];

    project(s, k, e, q);
    for (size_t i = 0; i < s->padded; i++)
        rest[i] = e[i] - s->shrink * q[0] * s->w[i];
    for (size_t i = 0; s->parts == 2 && i < s->padded; i += 2) {
        rest[i] += s->shrink * q[1] * s->w[i + 1];
        rest[i + 1] -= s->shrink * q[1] * s->w[i];
    }
}

void scout_swap(struct scout *a, struct scout *b)
{
    const struct scout was = *a;

    *a = *b;
    *b = was;
}

bool scout_update(struct scout *s, const struct kernel *k, const float *e, float e2,
                  size_t free)
{
    s->wait -= s->wait > 0;
    s->phase += s->phase < s->stride;
    if (s->phase < s->stride || !(e2 > 0.0f))
        return false;
    s->phase = 0;
    s->looks++;

    const float power = e2 / (float)free, ms = fmaxf(s->pace, 1.0f / (float)(s->looks + 3));
    const float most = s->looks > 1 ? LOUD * s->across : power;
    const float weight = fminf(1.0f, most / power);
    float q[2];

    project(s, k, e, q);
    const float q2 = weight * (q[0] * q[0] + q[1] * q[1]);

    s->along += ms * (q2 - s->along);
    s->across += ms * (weight * power - s->across);
    if (!(s->along > 0.0f))
        return false;

    const bool calls = !s->wait && s->looks > SETTLED &&
                       s->along > s->across * scout_bound(ms, CALL, s->parts);
    const float pull = weight * ms / s->along;

    /* 1 - ms |q|^2/along lies in [0, 1 - ms]: along holds at least ms |q|^2. */
    const float keep = fmaxf(1.0f - ms / s->along * q2, 1e-3f);
    const float c[2] = { pull * q[0], -pull * q[1] };
    const float length2 = k->nudge(s->w, e, s->padded, s->shrink * keep, c);

    s->shrink = length2 > 0.0f ? 1.0f / sqrtf(length2) : 0.0f;
    if (!calls && (float)s->looks > 8.0f / s->pace)
        s->looks = LOOSE;
    return calls;
}
