/* SPDX-License-Identifier: MIT
 *
 * store.h - a state as bytes: little-endian on every machine, the same walk
 * over the fields for measuring, writing, checking and reading, so that they
 * cannot disagree.
 */
#ifndef LULL_TRACK_STORE_H
#define LULL_TRACK_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum store_mode { STORE_MEASURE, STORE_WRITE, STORE_CHECK, STORE_READ };

struct store {
    enum store_mode mode;
    unsigned char *out;      /* STORE_WRITE: where to                       */
    const unsigned char *in; /* STORE_CHECK, STORE_READ: where from         */
    size_t size, used;       /* bytes there are, bytes so far               */
    bool bad;                /* a value out of range, or the end came early */
};

/* Numbers that lie within least..most (finite in any case). */
void store_floats(struct store *s, float *x, size_t count, float least, float most);
void store_u32(struct store *s, uint32_t *x, uint32_t least, uint32_t most);
void store_size(struct store *s, size_t *x, size_t least, size_t most);

/* A number that must be what it is: bad if another is read. */
void store_same(struct store *s, uint32_t x);

/* CRC-32 (IEEE 802.3) of more bytes, going on from crc; 0 to begin. */
uint32_t store_crc(uint32_t crc, const void *bytes, size_t size);

struct track;

/* Walks over all that track_update() reads and is not scratch. */
void state_walk(struct track *t, struct store *s);

/* A fingerprint of the base and the noise's shape as they were given. */
uint32_t state_given(const struct track *t);

/* The numbers two trackers must share to exchange a state. */
enum { STATE_SHAPE = 13 };
void state_shape(const struct track *t, uint32_t shape[STATE_SHAPE]);

#endif
