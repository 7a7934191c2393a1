/* SPDX-License-Identifier: MIT
 *
 * merger_noise.c - a noise in a learned filter, and two noises as one.
 */
#include "merger.h"

#include "memory.h"
#include "noise/familiar.h"

static bool open(struct lesson *l, const unsigned char *bytes, size_t size)
{
    l->noise.bytes = bytes;
    l->noise.size = size;
    return familiar_open(bytes, size, &l->noise.n);
}

static bool read(const struct lesson *l, lull_lesson *what)
{
    *what = (lull_lesson){
        .subject = LULL_NOISE_ALONE,
        .groups = 1,
        .dim = (unsigned)l->noise.n,
        .numbers = l->noise.size / sizeof(float),
    };
    return true;
}

static bool fits(const struct lesson *a, const struct lesson *b)
{
    return b->kind == a->kind && b->noise.n == a->noise.n;
}

/* Two models of n frequencies, in memory to be freed. */
static void *get_models(struct familiar_model *x, struct familiar_model *y, size_t n)
{
    struct arena a = { 0 };

    familiar_model_place(x, &a, n);
    familiar_model_place(y, &a, n);
    void *const memory = memory_for(&a);

    if (!memory)
        return NULL;
    a = (struct arena){ .block = memory };
    familiar_model_place(x, &a, n);
    familiar_model_place(y, &a, n);
    return memory;
}

static size_t merge(const struct lesson *a, const struct lesson *b, void *buf, size_t size)
{
    struct familiar_model x, y;
    void *const memory = get_models(&x, &y, a->noise.n);

    if (!memory)
        return 0;
    familiar_read(&x, a->noise.bytes, a->noise.size);
    familiar_read(&y, b->noise.bytes, b->noise.size);
    familiar_model_merge(&x, &y);
    const size_t need = familiar_write(&x, NULL, 0);
    unsigned char *const bytes = malloc(need);

    if (bytes)
        familiar_write(&x, bytes, need);
    free(memory);
    return merger_write(a, b, bytes, need, buf, size);
}

const struct content content_noise = { "NOIS", open, read, fits, merge };
