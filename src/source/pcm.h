/* SPDX-License-Identifier: MIT
 *
 * pcm.h - samples as bytes: integers of 8 to 32 bits and IEEE floats, in
 * either byte order, to and from float in [-1, 1), or of their own size if
 * they are counts.
 */
#ifndef LULL_SOURCE_PCM_H
#define LULL_SOURCE_PCM_H

#include <stdbool.h>
#include <stddef.h>

enum pcm_type { PCM_U8, PCM_S8, PCM_S16, PCM_S24, PCM_S32, PCM_F32, PCM_F64 };

struct pcm {
    enum pcm_type type;
    bool big_endian;
    bool counts;            /* integers (not u8) are what they are, not parts of full scale */
};

/* The encoding called "s16", "s16le", "s16be", ...; false: no such. */
bool pcm_named(const char *name, struct pcm *p);

size_t pcm_bytes(struct pcm p);         /* of one sample                         */
unsigned pcm_bits(struct pcm p);        /* 8..32 of integers, 0 of floats        */
unsigned pcm_depth(struct pcm p);       /* the same, but floats beat all integers */

/* What an integer of 1 is to float: counts ? 1 : 2^-(bits-1); of floats 1. */
double pcm_unit(struct pcm p);

/* "container, 16 bit" or "container, 32 bit float" */
void pcm_describe(struct pcm p, const char *container, char *to, size_t room);

void pcm_decode(struct pcm p, const unsigned char *bytes, float *x, size_t n);

/* x[n] has to lie on the grid of p already, in range: nothing is rounded here. */
void pcm_encode(struct pcm p, const float *x, unsigned char *bytes, size_t n);

#endif
