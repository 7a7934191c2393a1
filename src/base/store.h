/* SPDX-License-Identifier: MIT
 *
 * store.h - a state as bytes: little-endian on every machine, the same walk
 * over the fields for measuring, writing, checking and reading, so that they
 * cannot disagree.
 *
 * Whoever has a state to keep has a walk: a function that names each field once,
 * in order.  How many there are depends on the configuration alone, never on
 * what is in them.
 */
#ifndef LULL_BASE_STORE_H
#define LULL_BASE_STORE_H

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

/* A sample, and the power of a long window of them, as far as guard/guard.h lets them in. */
#define STORE_LOUDEST 3e13f
#define STORE_STRONGEST 1e35f

/* Numbers that lie within least..most; any but NaN and the infinite; sums of so many samples,
 * or samples times as much; powers. */
void store_floats(struct store *s, float *x, size_t count, float least, float most);
void store_finite(struct store *s, float *x, size_t count);
void store_samples(struct store *s, float *x, size_t count, float times);
void store_powers(struct store *s, float *x, size_t count);
void store_doubles(struct store *s, double *x, size_t count, double least, double most);

/* One number: what it is, or will be once all is read. */
double store_double(struct store *s, double *x, double least, double most);
uint32_t store_u32(struct store *s, uint32_t *x, uint32_t least, uint32_t most);
size_t store_size(struct store *s, size_t *x, size_t least, size_t most);

/* What numbers must be to each other.  While checking, before anything is taken over, `peek`
 * gives float i of those that began when so many bytes were used. */
void store_demand(struct store *s, bool holds);
bool store_checks(const struct store *s);
float store_peek(const struct store *s, size_t from, size_t i);

void store_bytes(struct store *s, unsigned char *x, size_t count, unsigned char most);
void store_bool(struct store *s, bool *x);
void store_count(struct store *s, unsigned long long *x);

/* A number that must be what it is: bad if another is read. */
void store_same(struct store *s, uint32_t x);

/* CRC-32 (IEEE 802.3) of more bytes, going on from crc; 0 to begin. */
uint32_t store_crc(uint32_t crc, const void *bytes, size_t size);

/* A whole state: magic, version, bytes in all; what two must share to exchange
 * one, by store_same() alone; what is exchanged; the CRC-32 of all before. */
struct store_kind {
    unsigned char magic[8];
    uint32_t version;
    void (*shape)(void *self, struct store *s);
    void (*state)(void *self, struct store *s);
};

enum store_verdict {
    STORE_TAKEN,
    STORE_BAD,  /* damaged, of another version, or no state of this kind */
    STORE_WRONG /* of another shape                                      */
};

/* Writes it to buf[size] and gives the bytes it takes; writes nothing if size is
 * less. */
size_t store_save(const struct store_kind *k, void *self, void *buf, size_t size);

/* Takes it over, or changes nothing. */
enum store_verdict store_load(const struct store_kind *k, void *self, const void *buf,
                              size_t size);

#endif
