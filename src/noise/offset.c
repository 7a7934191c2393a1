/* SPDX-License-Identifier: MIT
 *
 * offset.c - see offset.h.
 *
 * Beside a large offset events and tones are small in single precision, and the offset would
 * take up a direction of the model.  So the mean of each channel is subtracted: that of all
 * samples at first, an exponential one later, which moves too slowly to show within a vector.
 * Samples are clipped at FAR spreads, so that bursts do not move it; after MOVED samples in a
 * row beyond that on one side the offset has jumped, and the mean begins anew.
 *
 * Cost: 12 operations a channel.
 */
#include "noise/offset.h"

#include "base/fastmath.h"

#include <math.h>
#include <string.h>

static const float MEMORY = 16384;      /* frames: leaves noise at -45 dB in the mean     */
static const float YOUTH = 64;          /* frames before samples are clipped              */
static const float NEAR = 4;            /* standard errors: a smaller mean may be chance  */
static const float AGED = 512;          /* frames from which the mean is taken as it is   */
static const float FAR = 4;             /* spreads at which samples are clipped           */
static const float MOVED = 1024;        /* samples in a row beyond: the offset has jumped */

void offset_place(struct offset *o, struct arena *a, size_t channels)
{
    *o = (struct offset){ .channels = channels };
    o->level = arena_floats(a, channels);
    o->spread = arena_floats(a, channels);
    o->age = arena_floats(a, channels);
    o->away = arena_floats(a, channels);
}

void offset_reset(struct offset *o)
{
    memset(o->level, 0, o->channels * sizeof *o->level);
    memset(o->spread, 0, o->channels * sizeof *o->spread);
    memset(o->age, 0, o->channels * sizeof *o->age);
    memset(o->away, 0, o->channels * sizeof *o->away);
}

/* Samples in a row, with this one, beyond `most` on the same side: its sign is the side. */
static float hear_away(const struct offset *o, size_t c, float far, float most)
{
    if (fabsf(far) <= most)
        return 0;
    return far > 0 ? fast_max(o->away[c], 0) + 1 : fast_min(o->away[c], 0) - 1;
}

/* A channel begins anew when its offset has jumped, or when it first moves at all. */
static void learn(struct offset *o, size_t c, float x)
{
    if (fabsf(o->away[c]) >= MOVED)
        o->level[c] = o->spread[c] = o->age[c] = o->away[c] = 0;
    const float far = x - o->level[c], most = FAR * o->spread[c];
    const bool begins = !(o->spread[c] > 0);

    o->away[c] = begins ? 0 : hear_away(o, c, far, most);
    const float age = begins ? 1 : fast_min(o->age[c] + 1, MEMORY);
    const float d = age < YOUTH ? far : fast_clamp(far, -most, most), pace = 1 / age;

    o->spread[c] = o->age[c] > 0 ? o->spread[c] + pace * (fabsf(d) - o->spread[c]) : 0;
    o->level[c] += pace * d;
    o->age[c] = age;
}

/* The part of the mean to subtract: in the first AGED frames it is shrunk towards 0 the
 * nearer it is to its own standard error (a garrote [Gao98]). */
static float believed(const struct offset *o, size_t c)
{
    const float level = o->level[c], age = fast_max(o->age[c], 1);

    if (age >= AGED)
        return level;
    const float doubt = NEAR * (1 - age / AGED) * o->spread[c] / sqrtf(age);

    return fabsf(level) > doubt ? level - doubt * (doubt / level) : 0;
}

void offset_update(struct offset *o, float *restrict x, const unsigned char *restrict known,
                   bool freeze)
{
    for (size_t c = 0; c < o->channels; c++) {
        if (known[c] && !freeze)
            learn(o, c, x[c]);
        x[c] -= believed(o, c);
    }
}

void offset_state(struct offset *o, struct store *s)
{
    store_samples(s, o->level, o->channels, 2); /* a mean of samples, but for rounding */
    store_samples(s, o->spread, o->channels, 2);
    store_floats(s, o->age, o->channels, 0, MEMORY);
    store_floats(s, o->away, o->channels, -MOVED, MOVED);
}
