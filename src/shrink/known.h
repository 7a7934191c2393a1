/* SPDX-License-Identifier: MIT
 *
 * known.h - what a filter of sensors has learned, as bytes: a mixture for each
 * group of channels, all of one shape.
 */
#ifndef LULL_SHRINK_KNOWN_H
#define LULL_SHRINK_KNOWN_H

#include "shrink/mixture.h"

struct known {
    size_t groups, channels, lags, parts, rank;
    const unsigned char *models;        /* one after the other */
    size_t each;                        /* bytes               */
};

/* Whether the bytes are that, undamaged and whole. */
bool known_open(struct known *k, const unsigned char *bytes, size_t size);

/* The model of group g into m, which has the shape. */
void known_read(const struct known *k, size_t g, struct mixture_model *m);

/* Writes models[groups], all of one shape, to buf[size], and gives the bytes that
 * they take; writes nothing if size is less. */
size_t known_write(struct mixture_model *models, size_t groups, unsigned char *buf, size_t size);

/* An adapter, as bytes: W = W0 + B A, where W0 is what the base makes of a vector and
 * B A, for each group, what rank directions add to it: B[rank][n] those, as long as
 * their signal is strong, A[rank][n] what each asks of a vector. */
struct addition {
    size_t groups, channels, lags, rank;
    const unsigned char *rows;          /* [groups][B, A]      */
    size_t each;                        /* bytes of B and of A */
};

/* Walks over the shape; what does not fit is bad. */
void addition_shape(const struct addition *a, struct store *s);

/* Whether the bytes are that, undamaged and whole. */
bool addition_open(struct addition *a, const unsigned char *bytes, size_t size);

/* B[rank][n] of group g. */
void addition_read(const struct addition *a, size_t g, float *B);

#endif
