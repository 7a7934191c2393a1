/* SPDX-License-Identifier: MIT
 *
 * pcm.c - samples as bytes.
 *
 * A sample is first a word of 64 bits, put together byte by byte, so neither
 * alignment nor the byte order of this machine matters.
 */
#include "source/pcm.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    size_t bytes;
    unsigned bits;
} types[] = {
    [PCM_U8]  = { "u8",  1, 8 },
    [PCM_S8]  = { "s8",  1, 8 },
    [PCM_S16] = { "s16", 2, 16 },
    [PCM_S24] = { "s24", 3, 24 },
    [PCM_S32] = { "s32", 4, 32 },
    [PCM_F32] = { "f32", 4, 0 },
    [PCM_F64] = { "f64", 8, 0 },
};

bool pcm_named(const char *name, struct pcm *p)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const size_t length = strlen(types[i].name);

        if (strncmp(name, types[i].name, length))
            continue;
        *p = (struct pcm){ .type = (enum pcm_type)i };
        p->big_endian = !strcmp(name + length, "be");
        return !name[length] || p->big_endian || !strcmp(name + length, "le");
    }
    return false;
}

size_t pcm_bytes(struct pcm p)
{
    return types[p.type].bytes;
}

unsigned pcm_bits(struct pcm p)
{
    return types[p.type].bits;
}

unsigned pcm_depth(struct pcm p)
{
    return pcm_bits(p) ? pcm_bits(p) : 8 * (unsigned)pcm_bytes(p) + 1;
}

double pcm_unit(struct pcm p)
{
    return p.counts || !pcm_bits(p) ? 1 : 1 / (double)(1LL << (pcm_bits(p) - 1));
}

void pcm_describe(struct pcm p, const char *container, char *to, size_t room)
{
    snprintf(to, room, "%s, %zu bit%s", container, 8 * pcm_bytes(p),
             pcm_bits(p) ? "" : " float");
}

static uint64_t load(const unsigned char *bytes, size_t n, bool big_endian)
{
    uint64_t word = 0;

    for (size_t i = 0; i < n; i++)
        word |= (uint64_t)bytes[big_endian ? n - 1 - i : i] << 8 * i;
    return word;
}

static void store(uint64_t word, unsigned char *bytes, size_t n, bool big_endian)
{
    for (size_t i = 0; i < n; i++)
        bytes[big_endian ? n - 1 - i : i] = (unsigned char)(word >> 8 * i);
}

static float float_of(uint64_t word)
{
    const uint32_t half = (uint32_t)word;
    float x;

    memcpy(&x, &half, sizeof x);
    return x;
}

static float double_of(uint64_t word)
{
    double x;

    memcpy(&x, &word, sizeof x);
    return (float)x;
}

/* The word holds `bits` bits of two's complement: moved to the top of 32, it
 * has its sign and one scale for all widths. */
static float integer_of(uint64_t word, unsigned bits, float scale)
{
    return (float)(int32_t)(uint32_t)(word << (32 - bits)) * scale;
}

void pcm_decode(struct pcm p, const unsigned char *bytes, float *x, size_t n)
{
    const size_t width = pcm_bytes(p);
    const unsigned bits = pcm_bits(p);
    const float scale = p.counts ? 1 / (float)(1LL << (32 - bits)) : 0x1p-31f;

    for (size_t i = 0; i < n; i++) {
        const uint64_t word = load(bytes + i * width, width, p.big_endian);

        if (p.type == PCM_F32)
            x[i] = float_of(word);
        else if (p.type == PCM_F64)
            x[i] = double_of(word);
        else
            x[i] = integer_of(p.type == PCM_U8 ? word ^ 0x80 : word, bits, scale);
    }
}

static uint64_t word_of_float(float x)
{
    uint32_t word;

    memcpy(&word, &x, sizeof word);
    return word;
}

static uint64_t word_of_double(double x)
{
    uint64_t word;

    memcpy(&word, &x, sizeof word);
    return word;
}

/* Full scale of 32 bits, 2^31 - 1, is no float: it arrives as 1. */
static uint64_t word_of_integer(float x, unsigned bits, double unit)
{
    const double top = (double)(1LL << (bits - 1));
    const double v = (double)x / unit;

    return (uint64_t)(int64_t)(v < top ? v : top - 1);
}

void pcm_encode(struct pcm p, const float *x, unsigned char *bytes, size_t n)
{
    const size_t width = pcm_bytes(p);
    const unsigned bits = pcm_bits(p);
    const double unit = pcm_unit(p);

    for (size_t i = 0; i < n; i++) {
        uint64_t word;

        if (p.type == PCM_F32)
            word = word_of_float(x[i]);
        else if (p.type == PCM_F64)
            word = word_of_double((double)x[i]);
        else
            word = word_of_integer(x[i], bits, unit) ^ (p.type == PCM_U8 ? 0x80 : 0);
        store(word, bytes + i * width, width, p.big_endian);
    }
}
