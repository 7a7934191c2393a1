/* SPDX-License-Identifier: MIT
 *
 * quorum.c - see quorum.h.
 *
 * The ground moves in all directions and under all sensors; a footstep, a cable or a loose
 * plug disturbs one of them.  So an event is, in a quarter of the channels but at least two,
 *
 *   now > RISE usual,
 *
 * the ratio of a short-term and a long-term mean of the power (STA/LTA) [All78]: `now` over
 * the shortest duration of an event, `usual` over LONG times that.  A frame's power is
 * clipped at MOST times the usual, lest a short pulse last by being loud.  The event lasts
 * while as many channels are above FALL: the tail of an event is weaker than anything that
 * would start one.  Meanwhile `usual` hardly moves.
 *
 * Cost: 10 operations a channel.
 */
#include "shrink/quorum.h"

#include "base/fastmath.h"

#include <float.h>

static const float RISE = 2, FALL = 1.25f;
static const float MOST = 6;
static const float LONG = 64;
static const float CAREFUL = 64;        /* times slower is `usual` during an event */

void quorum_place(struct quorum *q, struct arena *a, size_t channels, size_t span)
{
    *q = (struct quorum){ .channels = channels, .pace = 1 / (float)span };
    q->least = channels > 8 ? channels / 4 : 2;
    q->now = arena_floats(a, channels);
    q->usual = arena_floats(a, channels);
}

void quorum_reset(struct quorum *q)
{
    for (size_t c = 0; c < q->channels; c++) {
        q->now[c] = 0;
        q->usual[c] = 1;
    }
    q->frames = 0;
    q->met = false;
}

void quorum_update(struct quorum *q, const float *z, const unsigned char *known, bool freeze)
{
    const float bar = q->met ? FALL : RISE;
    const float slow = q->met ? q->pace / (LONG * CAREFUL) : 1 / (1 / q->pace + q->frames);
    size_t votes = 0;

    if (!freeze)
        q->frames = fast_min(q->frames + 1, LONG / q->pace);
    for (size_t c = 0; c < q->channels; c++) {
        const float power = fast_min(z[c] * z[c], MOST * q->usual[c]);

        if (known[c])
            q->now[c] += q->pace * (power - q->now[c]);
        if (known[c] && !freeze)
            q->usual[c] = fast_max(q->usual[c] + slow * (power - q->usual[c]), 1);
        votes += known[c] && q->now[c] > bar * q->usual[c];
    }
    q->met = votes >= q->least;
}

void quorum_state(struct quorum *q, struct store *s)
{
    store_floats(s, &q->frames, 1, 0, LONG / q->pace);
    store_floats(s, q->now, q->channels, 0, FLT_MAX);
    store_floats(s, q->usual, q->channels, 1, FLT_MAX);
    store_bool(s, &q->met);
}
