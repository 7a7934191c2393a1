/* SPDX-License-Identifier: MIT
 *
 * known.c - see known.h.
 */
#include "shrink/known.h"

enum { HEAD = 5 * 4 };

static const size_t DIM_MOST = 1 << 16, GROUPS_MOST = 1 << 16;

static size_t bytes_of(const struct known *k)
{
    struct store s = { .mode = STORE_MEASURE };
    struct mixture_model m = {
        .channels = k->channels, .lags = k->lags, .parts = k->parts, .rank = k->rank
    };

    mixture_model_state(&m, &s);
    return s.used;
}

static void walk_head(struct known *k, struct store *s)
{
    store_size(s, &k->groups, 1, GROUPS_MOST);
    store_size(s, &k->channels, 1, DIM_MOST);
    store_size(s, &k->lags, 1, DIM_MOST);
    store_size(s, &k->parts, 1, MIXTURE_PARTS_MOST);
    store_size(s, &k->rank, 1, MIXTURE_RANK_MOST);
}

/* Whether all numbers of the models are in their range. */
static bool sound(const struct known *k)
{
    struct mixture_model m = {
        .channels = k->channels, .lags = k->lags, .parts = k->parts, .rank = k->rank
    };
    struct store s = { .mode = STORE_CHECK, .in = k->models, .size = k->groups * k->each };

    for (size_t g = 0; g < k->groups; g++)
        mixture_model_state(&m, &s);
    return !s.bad;
}

bool known_open(struct known *k, const unsigned char *bytes, size_t size)
{
    struct store s = { .mode = STORE_CHECK, .in = bytes, .size = size };

    *k = (struct known){ 0 };
    walk_head(k, &s);
    if (s.bad)
        return false;
    s.mode = STORE_READ;
    s.used = 0;
    walk_head(k, &s);
    if (k->channels * k->lags > DIM_MOST)
        return false;
    k->models = bytes + HEAD;
    k->each = bytes_of(k);
    return (size - HEAD) / k->each == k->groups && (size - HEAD) % k->each == 0 && sound(k);
}

void known_read(const struct known *k, size_t g, struct mixture_model *m)
{
    struct store s = {
        .mode = STORE_READ, .in = k->models + g * k->each, .size = k->each
    };

    mixture_model_state(m, &s);
}

size_t known_write(struct mixture_model *models, size_t groups, unsigned char *buf, size_t size)
{
    struct known k = {
        .groups = groups,
        .channels = models->channels,
        .lags = models->lags,
        .parts = models->parts,
        .rank = models->rank,
    };
    const size_t need = HEAD + groups * bytes_of(&k);
    struct store s = { .mode = STORE_WRITE, .out = buf, .size = size };

    if (size < need)
        return need;
    walk_head(&k, &s);
    for (size_t g = 0; g < groups; g++)
        mixture_model_state(models + g, &s);
    return need;
}

/* ---- adapters */

enum { SHAPE = 4 * 4 };

static void walk_addition(struct addition *a, struct store *s)
{
    store_size(s, &a->groups, 1, GROUPS_MOST);
    store_size(s, &a->channels, 1, DIM_MOST);
    store_size(s, &a->lags, 1, DIM_MOST);
    store_size(s, &a->rank, 1, MIXTURE_RANK_MOST);
}

void addition_shape(const struct addition *a, struct store *s)
{
    store_same(s, (uint32_t)a->groups);
    store_same(s, (uint32_t)a->channels);
    store_same(s, (uint32_t)a->lags);
    store_same(s, (uint32_t)a->rank);
}

bool addition_open(struct addition *a, const unsigned char *bytes, size_t size)
{
    struct store s = { .mode = STORE_CHECK, .in = bytes, .size = size };

    *a = (struct addition){ 0 };
    walk_addition(a, &s);
    if (s.bad)
        return false;
    s.mode = STORE_READ;
    s.used = 0;
    walk_addition(a, &s);
    if (a->channels * a->lags > DIM_MOST)
        return false;
    a->rows = bytes + SHAPE;
    a->each = a->rank * a->channels * a->lags * 4;
    if (size - SHAPE != 2 * a->each * a->groups)
        return false;
    s = (struct store){ .mode = STORE_CHECK, .in = a->rows, .size = size - SHAPE };
    store_floats(&s, NULL, (size - SHAPE) / 4, -1e18f, 1e18f);
    return !s.bad;
}

void addition_read(const struct addition *a, size_t g, float *B)
{
    struct store s = {
        .mode = STORE_READ, .in = a->rows + 2 * g * a->each, .size = a->each
    };

    store_finite(&s, B, a->each / 4);
}
