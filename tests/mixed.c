/* SPDX-License-Identifier: MIT */
#include "mixed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void whiten(const void *self, const float *x, float *z)
{
    const struct mixed *const s = self;

    for (size_t c = 0; c < s->channels; c++)
        z[c] = s->level[c] > 0 ? x[c] / sqrtf(s->level[c]) : 0;
}

void mixed_open(struct mixed *s, size_t channels, size_t lags, size_t parts, size_t rank)
{
    struct arena a = { 0 };

    mixture_place(&s->mixture, &a, channels, lags, parts, rank);
    s->memory = aligned_alloc(ARENA_ALIGN, a.used);
    a = (struct arena){ .block = s->memory };
    mixture_place(&s->mixture, &a, channels, lags, parts, rank);
    s->channels = channels;
    s->noise = (struct mixture_noise){ whiten, s, s->level, s->scratch };
    mixture_reset(&s->mixture);
}

void mixed_draw(struct mixture_model *m, const float *unit, uint64_t seed)
{
    const size_t n = m->channels * m->lags;
    struct dice d = { seed };

    m->seen = 1000;
    memcpy(m->unit, unit, m->channels * sizeof *unit);
    for (size_t k = 0; k < m->parts; k++) {
        m->share[k] = 2 * (float)(k + 1) / (float)(m->parts * (m->parts + 1));
        m->rest[k] = 0.1f * (float)(k + 1);
    }
    for (size_t i = 0; i < m->parts * n; i++)
        m->mean[i] = 0.7f * unit[i % n / m->lags] * (float)dice_normal(&d);
    for (size_t i = 0; i < m->parts * m->rank * n; i++)
        m->F[i] = unit[i % n / m->lags] * (float)dice_normal(&d);
}

void mixed_follow(struct mixed *s, size_t calls)
{
    for (size_t i = 0; i < calls; i++)
        mixture_follow(&s->mixture, &s->noise);
}
