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

#endif
