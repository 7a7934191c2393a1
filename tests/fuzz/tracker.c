/* SPDX-License-Identifier: MIT
 *
 * tracker.c - states that no tracker has saved, well sealed: they are refused, or the
 * tracker goes on: what comes of an absurd model may be absurd, too, until it is reset.
 *
 * The bytes: which tracker, then what is written into a state of it, four bytes at a place
 * of two.
 */
#include "base/store.h"
#include "fuzz.h"
#include "lull_tracker.h"
#include <math.h>
#include <string.h>

enum { N = 24, RANK = 4, KINDS = 11, ROOM = 1 << 16, LESSON = 25 };
enum { HEAD = 8 + 4 + 8 + 4 * 13, TAIL = 4, PLACE = 2, VALUE = 4 };

/* Trackers that between them have every part, then the same once more, portable. */
static lull_tracker_config kind(unsigned which)
{
    const unsigned part = which % KINDS;
    lull_tracker_config c = lull_tracker_defaults(N, RANK);

    c.rule = part < 4 ? (lull_rule)part : part == 10 ? LULL_BLOCK : LULL_RLS;
    c.block = 7;
    c.auto_rank = part == 4 || part == 6 || part == 9;
    c.robust = part == 5 || part == 9;
    c.complex_numbers = part == 6 || part == 10;
    c.noise = part == 5 ? LULL_LEVELS_ESTIMATED : part == 7 ? LULL_AR1_ESTIMATED : LULL_WHITE;
    c.hop = part == 7 ? 2 : 0;
    c.step = part == 8 ? 0.05f : 0;
    c.portable = which >= KINDS;
    return c;
}

/* Frame f: oscillations, hardly any noise, here and there a number that is none. */
static void make_frame(unsigned f, float *y)
{
    for (unsigned i = 0; i < 2 * N; i++)
        y[i] = (float)((f * (7 + i % 3 * 4) + i * i) % 23) - 11 + 1e-3f * (float)(f * i % 17);
    if (f % 7 == 6)
        y[f % N] = NAN;
}

static void hear(lull_tracker *t, unsigned frames)
{
    float y[2 * N], x_hat[2 * N];

    for (unsigned f = 0; f < frames; f++) {
        make_frame(f, y);
        lull_tracker_update(t, y, NULL, x_hat);
    }
}

static void seal(uint8_t *state, size_t size)
{
    const uint32_t crc = store_crc(0, state, size - TAIL);

    for (size_t i = 0; i < TAIL; i++)
        state[size - TAIL + i] = (uint8_t)(crc >> 8 * i);
}

static void forge(uint8_t *state, size_t size, const uint8_t *bytes, size_t n)
{
    const size_t room = size - HEAD - TAIL - VALUE + 1;

    for (; n >= PLACE + VALUE; bytes += PLACE + VALUE, n -= PLACE + VALUE)
        memcpy(state + HEAD + (bytes[0] | (size_t)bytes[1] << 8) % room, bytes + PLACE, VALUE);
    seal(state, size);
}

/* Goes on, and after a reset knows no more of it. */
static void go_on(lull_tracker *t, const uint8_t *learned, size_t size)
{
    static uint8_t again[ROOM];
    float basis[RANK * 2 * N], energies[RANK];

    hear(t, 12);
    demand(lull_tracker_rank(t) <= RANK, "the rank is one");
    demand(lull_tracker_step(t) > 0 && lull_tracker_step(t) <= 1, "the step is one");
    lull_tracker_basis(t, basis, energies);
    lull_tracker_reset(t);
    hear(t, LESSON);
    lull_tracker_save(t, again, size);
    demand(!memcmp(again, learned, size), "a reset is as good as new");
}

/* A state of such a tracker that has heard something; the bytes that it takes. */
static size_t learn(const lull_tracker_config *cfg, uint8_t *state)
{
    lull_tracker *const t = lull_tracker_new(cfg, NULL);

    hear(t, LESSON);
    const size_t size = lull_tracker_save(t, state, ROOM);

    demand(size <= ROOM, "there is room");
    lull_tracker_free(t);
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static uint8_t learned[2 * KINDS][ROOM], state[ROOM];
    static size_t size[2 * KINDS];
    const unsigned which = n ? bytes[0] % (2 * KINDS) : 0;
    const lull_tracker_config cfg = kind(which);
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);

    if (!size[which])
        size[which] = learn(&cfg, learned[which]);
    memcpy(state, learned[which], size[which]);
    forge(state, size[which], bytes + 1, n ? n - 1 : 0);
    if (lull_tracker_load(t, state, size[which]) == LULL_OK)
        go_on(t, learned[which], size[which]);
    lull_tracker_free(t);
    return 0;
}
