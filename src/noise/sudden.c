/* SPDX-License-Identifier: MIT
 *
 * sudden.c - see sudden.h.
 *
 * Sensor signals are mostly smooth, noise is not: the second difference
 * d = x(t) - 2 x(t-1) + x(t-2) is small even in a high blink, and large in noise.  So a
 * contact that comes loose shows at once, long before a spectrum tells (floor.c).  Where
 * half of the channels or more are rougher, it is an event.
 *
 * Cost: 8 operations a channel.
 */
#include "noise/sudden.h"

#include "base/fastmath.h"

#include <float.h>
#include <string.h>

static const float MUCH = 100;    /* 20 dB of power                              */
static const float YOUTH = 512;   /* frames that are only looked at              */
static const float MEMORY = 1024; /* so that tenfold is usual after 25 frames    */

void sudden_place(struct sudden *s, struct arena *a, size_t channels, size_t span)
{
    *s = (struct sudden){ .channels = channels, .span = span };
    s->last = arena_floats(a, channels);
    s->before = arena_floats(a, channels);
    s->rough = arena_floats(a, channels);
}

void sudden_reset(struct sudden *s)
{
    s->hold = 0;
    s->age = 0;
    memset(s->last, 0, s->channels * sizeof *s->last);
    memset(s->before, 0, s->channels * sizeof *s->before);
    memset(s->rough, 0, s->channels * sizeof *s->rough);
}

/* Takes in a frame; gives how many channels have d^2 > MUCH times its mean, if `old`. */
static uint32_t look(struct sudden *s, const float *restrict x,
                     const unsigned char *restrict known, bool old, float pace)
{
    float *restrict const last = s->last, *restrict const before = s->before;
    float *restrict const rough = s->rough;
    const size_t channels = s->channels;
    const float least = old ? 0 : FLT_MAX;
    uint32_t loud = 0;

    for (size_t c = 0; c < channels; c++) {
        const float d = x[c] - 2 * last[c] + before[c], most = MUCH * rough[c];
        const float d2 = known[c] ? d * d : rough[c];
        const bool new = most > least && d2 > most;

        before[c] = last[c];
        last[c] = x[c];
        loud += new;
        rough[c] += pace * ((new ? most : d2) - rough[c]);
    }
    return loud;
}

bool sudden_update(struct sudden *s, const float *x, const unsigned char *known, bool freeze)
{
    if (!freeze)
        s->age = fast_min(s->age + 1, MEMORY);
    const uint32_t loud = look(s, x, known, s->age > YOUTH, freeze ? 0 : 1 / s->age);

    if (loud > 0 && 2 * loud < s->channels)
        s->hold = s->span;
    else if (s->hold > 0)
        s->hold--;
    return s->hold > 0;
}

void sudden_state(struct sudden *s, struct store *store)
{
    store_size(store, &s->hold, 0, s->span);
    store_floats(store, &s->age, 1, 0, MEMORY);
    store_samples(store, s->last, s->channels, 100);
    store_samples(store, s->before, s->channels, 100);
    store_floats(store, s->rough, s->channels, 0, FLT_MAX);
}
