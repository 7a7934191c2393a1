/* SPDX-License-Identifier: MIT */
#include "room.h"

#include <math.h>
#include <stdlib.h>

static double wander(struct dice *d, double x, double sigma)
{
    return 0.97 * x + sqrt(1 - 0.97 * 0.97) * sigma * dice_normal(d);
}

double room_mean(const struct room *s, double hz)
{
    return exp(-s->tilt * hz / 8000 + s->low + (hz > 4000 ? s->high : 0));
}

void room_frame(struct room *s, float *P, size_t bins, double bin_hz)
{
    s->low = wander(&s->dice, s->low, s->level);
    s->high = wander(&s->dice, s->high, s->upper);
    for (size_t f = 0; f < bins; f++)
        P[f] = dice_power(&s->dice, room_mean(s, (double)f * bin_hz));
}

void hear(struct acquaint *q, struct room *s, size_t frames)
{
    float P[ROOM_BINS];

    for (size_t k = 0; k < frames; k++) {
        room_frame(s, P, q->bins, ROOM_BIN_HZ);
        acquaint_update(q, P);
    }
}

void place_learner(struct acquaint *q)
{
    struct arena a = fresh_arena();

    acquaint_place(q, &a, ROOM_BINS, ROOM_BIN_HZ, ROOM_FRAME_HZ);
    acquaint_reset(q);
}

void place_model(struct learned_noise *l, size_t n)
{
    struct arena a = { .block = aligned_alloc(ARENA_ALIGN, sizeof l->numbers) };

    assert_non_null(a.block);
    familiar_model_place(&l->m, &a, n);
    assert_true(a.used <= sizeof l->numbers);
}

void drop_model(struct learned_noise *l)
{
    free(l->m.shape);           /* the first of the block */
}

void learn_room(struct learned_noise *l, struct room s, size_t frames)
{
    struct acquaint q;

    place_learner(&q);
    place_model(l, q.n);
    hear(&q, &s, frames);
    assert_true(acquaint_model(&q, &l->m));
}
