/* SPDX-License-Identifier: MIT
 *
 * store.c - see store.h.  Nothing is assumed of the bytes, alignment included.
 */
#include "base/store.h"

#include <float.h>
#include <string.h>

/* Moves `bytes` of a word; in STORE_CHECK the old value stays and the new one is
 * given. */
static uint64_t word(struct store *s, uint64_t x, size_t bytes)
{
    if (s->mode != STORE_MEASURE && s->size - s->used < bytes) {
        s->bad = true;
        return x;
    }
    if (s->mode == STORE_WRITE)
        for (size_t i = 0; i < bytes; i++)
            s->out[s->used + i] = (unsigned char)(x >> 8 * i);
    if (s->mode == STORE_CHECK || s->mode == STORE_READ) {
        x = 0;
        for (size_t i = 0; i < bytes; i++)
            x |= (uint64_t)s->in[s->used + i] << 8 * i;
    }
    s->used += bytes;
    return x;
}

void store_floats(struct store *s, float *x, size_t count, float least, float most)
{
    if (s->mode == STORE_MEASURE) {
        s->used += 4 * count;
        return;
    }
    for (size_t i = 0; i < count && !s->bad; i++) {
        uint32_t u = 0;
        float v;

        if (s->mode == STORE_WRITE)     /* else there may be no x */
            memcpy(&u, x + i, sizeof u);
        u = (uint32_t)word(s, u, 4);
        memcpy(&v, &u, sizeof v);
        if (s->mode == STORE_CHECK && !(v >= least && v <= most))
            s->bad = true;
        if (s->mode == STORE_READ)
            memcpy(x + i, &v, sizeof v);
    }
}

void store_finite(struct store *s, float *x, size_t count)
{
    store_floats(s, x, count, -FLT_MAX, FLT_MAX);
}

void store_samples(struct store *s, float *x, size_t count, float times)
{
    store_floats(s, x, count, -times * STORE_LOUDEST, times * STORE_LOUDEST);
}

void store_powers(struct store *s, float *x, size_t count)
{
    store_floats(s, x, count, 0, STORE_STRONGEST);
}

double store_double(struct store *s, double *x, double least, double most)
{
    uint64_t u;
    double v;

    memcpy(&u, x, sizeof u);
    u = word(s, u, 8);
    memcpy(&v, &u, sizeof v);
    if (s->mode == STORE_CHECK && !(v >= least && v <= most))
        s->bad = true;
    if (s->mode == STORE_READ)
        *x = v;
    return v;
}

void store_doubles(struct store *s, double *x, size_t count, double least, double most)
{
    for (size_t i = 0; i < count && !s->bad; i++)
        store_double(s, x + i, least, most);
}

void store_demand(struct store *s, bool holds)
{
    if (s->mode == STORE_CHECK && !holds)
        s->bad = true;
}

bool store_checks(const struct store *s)
{
    return s->mode == STORE_CHECK && !s->bad;
}

float store_peek(const struct store *s, size_t from, size_t i)
{
    struct store there = {
        .mode = STORE_READ, .in = s->in, .size = s->size, .used = from + 4 * i
    };
    float x = 0;

    store_floats(&there, &x, 1, -FLT_MAX, FLT_MAX);
    return x;
}

uint32_t store_u32(struct store *s, uint32_t *x, uint32_t least, uint32_t most)
{
    const uint32_t v = (uint32_t)word(s, *x, 4);

    if (s->mode == STORE_CHECK && (v < least || v > most))
        s->bad = true;
    if (s->mode == STORE_READ)
        *x = v;
    return v;
}

size_t store_size(struct store *s, size_t *x, size_t least, size_t most)
{
    uint32_t v = (uint32_t)*x;
    const size_t seen = store_u32(s, &v, (uint32_t)least, (uint32_t)most);

    if (s->mode == STORE_READ)
        *x = seen;
    return seen;
}

void store_bytes(struct store *s, unsigned char *x, size_t count, unsigned char most)
{
    for (size_t i = 0; i < count && !s->bad; i++) {
        const unsigned char v = (unsigned char)word(s, x[i], 1);

        if (s->mode == STORE_CHECK && v > most)
            s->bad = true;
        if (s->mode == STORE_READ)
            x[i] = v;
    }
}

void store_bool(struct store *s, bool *x)
{
    unsigned char v = *x;

    store_bytes(s, &v, 1, 1);
    if (s->mode == STORE_READ)
        *x = v;
}

void store_count(struct store *s, unsigned long long *x)
{
    const uint64_t v = word(s, *x, 8);

    if (s->mode == STORE_READ)
        *x = v;
}

void store_same(struct store *s, uint32_t x)
{
    store_u32(s, &x, x, x);
}

uint32_t store_crc(uint32_t crc, const void *bytes, size_t size)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    const unsigned char *b = bytes;

    crc = ~crc;
    for (size_t i = 0; i < size; i++) {
        crc = crc >> 4 ^ table[(crc ^ b[i]) & 15];
        crc = crc >> 4 ^ table[(crc ^ (uint32_t)(b[i] >> 4)) & 15];
    }
    return ~crc;
}

enum { HEAD = 8 + 4 + 8, TAIL = 4 };

static size_t measure(const struct store_kind *k, void *self)
{
    struct store s = { .mode = STORE_MEASURE, .used = HEAD + TAIL };

    k->shape(self, &s);
    k->state(self, &s);
    return s.used;
}

/* What comes after the magic. */
static void walk_head(const struct store_kind *k, struct store *s, uint64_t size)
{
    s->used = sizeof k->magic;
    store_same(s, k->version);
    store_same(s, (uint32_t)size);
    store_same(s, (uint32_t)(size >> 32));
}

size_t store_save(const struct store_kind *k, void *self, void *buf, size_t size)
{
    const size_t need = measure(k, self);
    struct store s = { .mode = STORE_WRITE, .out = buf, .size = need };

    if (size < need)
        return need;
    memcpy(buf, k->magic, sizeof k->magic);
    walk_head(k, &s, need);
    k->shape(self, &s);
    k->state(self, &s);
    store_same(&s, store_crc(0, buf, need - TAIL));
    return need;
}

/* Whether buf is what somebody saved, undamaged. */
static bool sound(const struct store_kind *k, const unsigned char *buf, size_t size)
{
    struct store s = { .mode = STORE_CHECK, .in = buf, .size = size };

    if (size < HEAD + TAIL || memcmp(buf, k->magic, sizeof k->magic))
        return false;
    walk_head(k, &s, size);
    s.used = size - TAIL;
    store_same(&s, store_crc(0, buf, size - TAIL));
    return !s.bad;
}

enum store_verdict store_load(const struct store_kind *k, void *self, const void *buf,
                              size_t size)
{
    struct store s = { .mode = STORE_CHECK, .in = buf, .size = size, .used = HEAD };

    if (!sound(k, buf, size))
        return STORE_BAD;
    k->shape(self, &s);
    if (s.bad || size != measure(k, self))
        return STORE_WRONG;

    const size_t begin = s.used;

    k->state(self, &s); /* changes nothing yet */
    if (s.bad)
        return STORE_BAD;
    s.mode = STORE_READ;
    s.used = begin;
    k->state(self, &s);
    return STORE_TAKEN;
}
