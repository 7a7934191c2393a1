/* SPDX-License-Identifier: MIT
 *
 * merger.h - what can be in a learned filter: a signal, a noise, or an adapter; a row of
 * functions each, to merger.c.
 */
#ifndef LULL_MERGER_H
#define LULL_MERGER_H

#include "lull_learn.h"

#include "filter/file.h"
#include "shrink/known.h"

/* The section of a noise, and its frequencies. */
struct heard {
    const unsigned char *bytes;
    size_t size, n;
};

/* A file, understood; points into its bytes. */
struct lesson {
    struct filter_file file;
    const struct content *kind;
    union {
        struct known signal;
        struct addition adapter;
        struct heard noise;
    };
};

struct content {
    const char *tag;            /* of its section, four letters */

    /* Whether the section is one, whole and in range. */
    bool (*open)(struct lesson *l, const unsigned char *bytes, size_t size);

    /* What is in it; false: no memory. */
    bool (*read)(const struct lesson *l, lull_lesson *what);

    /* Whether b can become a part of a, and what they are then, as merger_write() says;
     * NULL: nothing can. */
    bool (*fits)(const struct lesson *a, const struct lesson *b);
    size_t (*merge)(const struct lesson *a, const struct lesson *b, void *buf, size_t size);
};

extern const struct content content_signal, content_noise, content_adapter;

/* Writes to buf[size] the file of a with the remark of b, and this section in place of
 * its own, whose bytes are freed; gives what it takes, 0: no memory. */
size_t merger_write(const struct lesson *a, const struct lesson *b, unsigned char *bytes,
                    size_t bytes_size, void *buf, size_t size);

#endif
