/* SPDX-License-Identifier: MIT
 *
 * known.h - the bytes of a learned filter for sensors: a mixture for each group of
 * channels, all of one shape.
 */
#ifndef LULL_SHRINK_KNOWN_H
#define LULL_SHRINK_KNOWN_H

#include "shrink/mixture.h"

struct known {
    size_t groups, channels, lags, parts, rank;
    const unsigned char *models;        /* one after the other */
    size_t each;                        /* bytes               */
};

/* Whether the bytes are valid. */
bool known_open(struct known *k, const unsigned char *bytes, size_t size);

/* The model of group g into m, which has the shape. */
void known_read(const struct known *k, size_t g, struct mixture_model *m);

/* Writes models[groups], all of one shape, to buf[size], and gives the bytes that
 * they take; writes nothing if size is less. */
size_t known_write(struct mixture_model *models, size_t groups, unsigned char *buf,
                   size_t size);

/* The bytes of an adapter.  With one the filter is W = W0 + B A: W0 is the base, and for each
 * group the rows of B[rank][n] are directions, each as long as the root mean square of its
 * signal, and the rows of A[rank][n] give their coefficients from a vector. */
struct addition {
    size_t groups, channels, lags, rank;
    const unsigned char *rows;          /* [groups][B, A]      */
    size_t each;                        /* bytes of B and of A */
};

/* Walks over the shape; read, another shape is an error. */
void addition_shape(const struct addition *a, struct store *s);

/* Whether the bytes are valid. */
bool addition_open(struct addition *a, const unsigned char *bytes, size_t size);

/* B[rank][n] of group g. */
void addition_read(const struct addition *a, size_t g, float *B);

#endif
