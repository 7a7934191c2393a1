/* SPDX-License-Identifier: MIT
 *
 * balance.c - see balance.h.
 *
 * One gain for all channels keeps the stereo image, but takes too much from a channel with
 * hardly any noise: of two microphones one may hang in the wind.  Let r be the channel's
 * share of the noise, measured where speech is surely absent, over its share of the speech,
 * measured where it is sure.  With the common gain G = S / (S + N) the channel's own is
 *
 *   G_c = S / (S + r N) = G / (G + r (1 - G)),
 *
 * which is applied where r < NEAR; other channels are too alike for r to be told from the
 * image.
 *
 * Cost: 6 operations a frequency and channel, and as many again where r < NEAR.
 */
#include "shrink/balance.h"

#include "base/fastmath.h"

#include <float.h>

static const double MEMORY_S = 2;
static const float TINY = 1e-30f;
static const float NEAR = 0.25f;        /* 6 dB                                     */
static const float YOUTH = 8;           /* frames of noise, and of speech: fewer do not count */
static const float SPEECH = 0.9f, NOISE = 0.1f; /* belief in speech: above, below  */
static const float FARTHEST = 20;       /* nepers of power: bound of far_from()      */

void balance_place(struct balance *b, struct arena *a, size_t channels, size_t bins,
                   double frame_hz)
{
    *b = (struct balance){ .channels = channels, .bins = bins };
    b->memory = (float)(MEMORY_S * frame_hz);
    b->noise = arena_floats(a, channels);
    b->speech = arena_floats(a, channels);
    b->share = arena_floats(a, channels);
}

void balance_reset(struct balance *b)
{
    b->quiet = b->loud = 0;
    for (size_t c = 0; c < b->channels; c++) {
        b->noise[c] = b->speech[c] = 0;
        b->share[c] = 1;
    }
}

void balance_begin(struct balance *b, const struct balance_frame *f)
{
    b->frequencies = b->power = 0;
    for (size_t i = 0; i < b->bins; i++) {
        b->frequencies += f->belief[i] < NOISE;
        b->power += f->belief[i] > SPEECH ? f->P[i] : 0;
    }
    b->quiet = fast_min(b->quiet + (b->frequencies > 0), b->memory);
    b->loud = fast_min(b->loud + (b->power > 0), b->memory);
}

/* log(power/N), in nepers.  Its mean tells steady noise from speech that leaks in now and
 * then, which a mean of powers does not. */
static float far_from(float power, float N)
{
    return fast_clamp(fast_log((power + TINY) / N), -FARTHEST, FARTHEST);
}

void balance_hear(struct balance *b, const struct balance_frame *f, size_t c,
                  float (*restrict X)[2])
{
    float noise = 0, speech = 0;

    for (size_t i = 0; i < b->bins; i++) {
        const float power = X[i][0] * X[i][0] + X[i][1] * X[i][1];

        noise += f->belief[i] < NOISE ? far_from(power, f->N[i]) : 0;
        speech += f->belief[i] > SPEECH ? power : 0;
    }
    if (b->frequencies > 0)
        b->noise[c] += (noise / b->frequencies - b->noise[c]) / b->quiet;
    if (b->power > 0)
        b->speech[c] += (speech / b->power - b->speech[c]) / b->loud;
}

void balance_settle(struct balance *b)
{
    float noise = 0, speech = 0;

    for (size_t c = 0; c < b->channels; c++) {
        noise += fast_exp(b->noise[c]);
        speech += b->speech[c];
    }
    for (size_t c = 0; c < b->channels; c++) {
        const float most = NEAR * noise * b->speech[c], r = fast_exp(b->noise[c]) * speech;

        b->share[c] = b->quiet > YOUTH && b->loud > YOUTH && r < most ? r / most : 1;
    }
}

void balance_apply(const struct balance *b, size_t c, const float *restrict gain,
                   float (*restrict X)[2])
{
    const float r = b->share[c];

    for (size_t i = 0; r < 1 && i < b->bins; i++) {
        const float less = 1 / (gain[i] + r * (1 - gain[i]));

        X[i][0] *= less;
        X[i][1] *= less;
    }
}

void balance_state(struct balance *b, struct store *s)
{
    store_floats(s, b->noise, b->channels, -FARTHEST, FARTHEST);
    store_floats(s, b->speech, b->channels, 0, FLT_MAX);
    store_floats(s, b->share, b->channels, 0, 1);
    store_floats(s, &b->quiet, 1, 0, b->memory);
    store_floats(s, &b->loud, 1, 0, b->memory);
}
