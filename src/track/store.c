/* SPDX-License-Identifier: MIT
 *
 * store.c - see store.h.  Nothing is assumed of the bytes, alignment included.
 */
#include "track/store.h"

#include <string.h>

/* Moves one word; in STORE_CHECK the old value stays and the new one is given. */
static uint32_t word(struct store *s, uint32_t x)
{
    if (s->mode != STORE_MEASURE && s->size - s->used < 4) {
        s->bad = true;
        return x;
    }
    if (s->mode == STORE_WRITE)
        for (size_t i = 0; i < 4; i++)
            s->out[s->used + i] = (unsigned char)(x >> 8 * i);
    if (s->mode == STORE_CHECK || s->mode == STORE_READ) {
        x = 0;
        for (size_t i = 0; i < 4; i++)
            x |= (uint32_t)s->in[s->used + i] << 8 * i;
    }
    s->used += 4;
    return x;
}

void store_floats(struct store *s, float *x, size_t count, float least, float most)
{
    if (s->mode == STORE_MEASURE) {
        s->used += 4 * count;
        return;
    }
    for (size_t i = 0; i < count && !s->bad; i++) {
        uint32_t u;
        float v;

        memcpy(&u, x + i, sizeof u);
        u = word(s, u);
        memcpy(&v, &u, sizeof v);
        if (s->mode == STORE_CHECK && !(v >= least && v <= most))
            s->bad = true;
        if (s->mode == STORE_READ)
            x[i] = v;
    }
}

void store_u32(struct store *s, uint32_t *x, uint32_t least, uint32_t most)
{
    const uint32_t v = word(s, *x);

    if (s->mode == STORE_CHECK && (v < least || v > most))
        s->bad = true;
    if (s->mode == STORE_READ)
        *x = v;
}

void store_size(struct store *s, size_t *x, size_t least, size_t most)
{
    uint32_t v = (uint32_t)*x;

    store_u32(s, &v, (uint32_t)least, (uint32_t)most);
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
