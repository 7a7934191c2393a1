/* SPDX-License-Identifier: MIT
 *
 * merger_signal.c - a signal in a learned filter; two signals as one, and an adapter
 * that becomes a part of its base.
 */
#include "merger.h"

#include "base/least.h"
#include "learn/blend.h"
#include "memory.h"

#include <string.h>

static bool open(struct lesson *l, const unsigned char *bytes, size_t size)
{
    return known_open(&l->signal, bytes, size);
}

/* ---- models */

/* The models of all groups of a shape, in one block; to be freed. */
struct models {
    void *memory;
    struct mixture_model *of;   /* [groups] */
};

static void place_models(struct models *m, struct arena *a, const struct known *shape)
{
    m->of = arena_take(a, shape->groups, sizeof *m->of);
    for (size_t g = 0; g < shape->groups; g++) {
        struct mixture_model unused, *const model = arena_measures(a) ? &unused : m->of + g;

        mixture_model_place(model, a, shape->channels, shape->lags, shape->parts, shape->rank);
    }
}

static bool get_models(struct models *m, const struct known *shape)
{
    struct arena a = { 0 };

    place_models(m, &a, shape);
    m->memory = memory_for(&a);
    if (!m->memory)
        return false;
    a = (struct arena){ .block = m->memory };
    place_models(m, &a, shape);
    return true;
}

static bool read_models(struct models *m, const struct known *k)
{
    if (!get_models(m, k))
        return false;
    for (size_t g = 0; g < k->groups; g++)
        known_read(k, g, m->of + g);
    return true;
}

/* The file of a with these models. */
static size_t write_models(const struct lesson *a, const struct lesson *b, struct models *m,
                           void *buf, size_t size)
{
    const size_t groups = a->signal.groups, need = known_write(m->of, groups, NULL, 0);
    unsigned char *const bytes = malloc(need);

    if (bytes)
        known_write(m->of, groups, bytes, need);
    return merger_write(a, b, bytes, need, buf, size);
}

/* A blend with room for so many parts and more directions; its memory is to be freed. */
static void *get_blend(struct blend *b, const struct known *shape, size_t parts, size_t more)
{
    struct arena a = { 0 };

    blend_place(b, &a, shape->channels, shape->lags, parts, shape->rank, more);
    void *const memory = memory_for(&a);

    if (!memory)
        return NULL;
    a = (struct arena){ .block = memory };
    blend_place(b, &a, shape->channels, shape->lags, parts, shape->rank, more);
    return memory;
}

/* ---- what is in one */

/* The squares of all numbers, each part by its share. */
static float energy(const struct mixture_model *m, size_t n)
{
    float all = 0;

    for (size_t i = 0; i < m->parts; i++) {
        const float *const mean = m->mean + i * n, *const F = m->F + i * m->rank * n;

        for (size_t t = 0; t < n; t++)
            all += m->share[i] * mean[t] * mean[t];
        for (size_t t = 0; t < m->rank * n; t++)
            all += m->share[i] * F[t] * F[t];
    }
    return all;
}

/* Frames and spectrum of the first group. */
static bool read_model(const struct known *k, lull_lesson *what)
{
    const size_t count = k->rank < LULL_LESSON_SPECTRUM ? k->rank : LULL_LESSON_SPECTRUM;
    struct models m = { 0 };
    struct blend b;
    void *const memory = get_blend(&b, k, k->parts, 0);
    const bool there = memory && read_models(&m, k);
    float power[MIXTURE_RANK_MOST];

    if (there) {
        const float all = energy(m.of, k->channels * k->lags);

        what->frames = (unsigned long long)m.of->seen;
        blend_spectrum(&b, m.of, count, power, NULL);
        for (size_t j = 0; j < count && all > 0; j++)
            what->energy[j] = power[j] / all;
    }
    free(m.memory);
    free(memory);
    return there;
}

static bool read(const struct lesson *l, lull_lesson *what)
{
    const struct known *const k = &l->signal;
    const size_t dim = k->channels * k->lags;

    *what = (lull_lesson){
        .subject = LULL_SIGNAL,
        .groups = (unsigned)k->groups,
        .dim = (unsigned)dim,
        .parts = (unsigned)k->parts,
        .rank = (unsigned)k->rank,
        .numbers = (unsigned long long)k->groups * k->parts * (1 + k->rank) * dim,
    };
    return read_model(k, what);
}

/* ---- two as one */

static bool is_adapter(const struct lesson *l)
{
    return l->kind == &content_adapter;
}

static bool same_rate(const struct lesson *a, const struct lesson *b)
{
    const double rate_hz = a->file.head.rate_hz, far = b->file.head.rate_hz - rate_hz;

    return far * far <= 1e-12 * rate_hz * rate_hz;
}

static bool fits(const struct lesson *a, const struct lesson *b)
{
    const struct known *const x = &a->signal, *const y = &b->signal;
    const struct addition *const d = &b->adapter;

    if (!same_rate(a, b))
        return false;
    if (is_adapter(b))
        return x->groups == d->groups && x->channels == d->channels && x->lags == d->lags;
    return b->kind == a->kind && x->groups == y->groups && x->channels == y->channels &&
           x->lags == y->lags && !strcmp(a->file.recipe.engine, b->file.recipe.engine);
}

static size_t merge_signals(const struct lesson *a, const struct lesson *b, void *buf,
                            size_t size)
{
    struct known shape = a->signal;
    struct models x = { 0 }, y = { 0 }, both = { 0 };
    struct blend blend;
    size_t written = 0;

    shape.parts = greater(a->signal.parts, b->signal.parts);
    shape.rank = greater(a->signal.rank, b->signal.rank);
    void *const memory = get_blend(&blend, &shape, a->signal.parts + b->signal.parts, 0);

    if (memory && read_models(&x, &a->signal) && read_models(&y, &b->signal) &&
        get_models(&both, &shape)) {
        for (size_t g = 0; g < shape.groups; g++)
            blend_models(&blend, x.of + g, y.of + g, both.of + g);
        written = write_models(a, b, &both, buf, size);
    }
    free(x.memory);
    free(y.memory);
    free(both.memory);
    free(memory);
    return written;
}

static size_t fold_in(const struct lesson *a, const struct lesson *b, void *buf, size_t size)
{
    const struct known *const k = &a->signal;
    const size_t rank = b->adapter.rank;
    struct models m = { 0 };
    struct blend blend;
    void *const memory = get_blend(&blend, k, k->parts, rank);
    float *const B = calloc(rank * k->channels * k->lags, sizeof *B);
    size_t written = 0;

    if (memory && B && read_models(&m, k)) {
        for (size_t g = 0; g < k->groups; g++) {
            addition_read(&b->adapter, g, B);
            blend_directions(&blend, m.of + g, B, rank);
        }
        written = write_models(a, b, &m, buf, size);
    }
    free(m.memory);
    free(B);
    free(memory);
    return written;
}

static size_t merge(const struct lesson *a, const struct lesson *b, void *buf, size_t size)
{
    return is_adapter(b) ? fold_in(a, b, buf, size) : merge_signals(a, b, buf, size);
}

const struct content content_signal = { "SIGN", open, read, fits, merge };
