/* SPDX-License-Identifier: MIT
 *
 * offset.c - see offset.h.  Seen beside an offset a step is no event, a tone no more than
 * a direction among others, and of both little is left in single precision.  So it is the
 * mean of all there was; of late, once that is long, and then it moves too slowly to be
 * heard in a vector.  A burst moves it no more than other samples do; where a thousand
 * frames are far away on one side, it has jumped, and the mean begins anew.
 *
 * Cost: 12 operations a channel.
 */
#include "noise/offset.h"

#include "base/fastmath.h"

#include <math.h>
#include <string.h>

static const float MEMORY = 16384;      /* frames: of noise 45 dB less is left in the mean */
static const float YOUTH = 64;          /* frames: before, nobody knows what a burst is  */
static const float NEAR = 4;            /* errors of the mean: chance may be as large */
static const float AGED = 512;          /* frames: from then on it is the mean        */
static const float FAR = 4;             /* spreads: nothing counts as being farther away */
static const float MOVED = 1024;        /* frames in a row as far on one side: it jumped */

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

/* Whether x is one more, in a row, that is far away on the same side. */
static float hear_away(const struct offset *o, size_t c, float far, float most)
{
    if (fabsf(far) <= most)
        return 0;
    return far > 0 ? fast_max(o->away[c], 0) + 1 : fast_min(o->away[c], 0) - 1;
}

/* A channel that never moved begins anew when it does, and one whose offset jumped. */
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

/* What is believed of the mean, which in few frames is mostly their own: less the nearer to
 * its error it is. */
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
