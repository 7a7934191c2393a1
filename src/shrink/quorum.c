/* SPDX-License-Identifier: MIT
 *
 * quorum.c - see quorum.h.
 *
 * The ground moves in all directions and under all sensors; what a boot, a cable or a
 * failing plug does to one of them, the others do not see.  So an event is, in a quarter
 * of the channels but in two at least,
 *
 *   now > RISE usual,
 *
 * two means of the power [All78], `now` over about as long as an event lasts at least,
 * `usual` over LONG times that.  No frame counts for more than MOST times the usual, lest
 * what is short last by being loud.  It goes on for as long as as many are above FALL:
 * the tail of an event is weaker than what anyone would take for one.  Meanwhile what is
 * usual hardly moves.
 *
 * Cost: 10 operations a channel.
 */
#include "shrink/quorum.h"

#include "base/fastmath.h"

#include <float.h>

static const float RISE = 2, FALL = 1.25f;
static const float MOST = 6;
static const float LONG = 64;
static const float CAREFUL = 64;        /* times more slowly moves what is usual, in an event */

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
