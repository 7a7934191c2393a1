/* SPDX-License-Identifier: MIT
 *
 * file.h - learned filters: a text that a person can read, then bytes.
 *
 *     format = 1.0            "key = value" lines as in any filter, and these four
 *     # learned from ...
 *     engine = subspace
 *     rate = 360              Hz that it was learned at
 *     channels = 2
 *     body = 4120             the last line: bytes of the body
 *     \0                      one zero byte
 *     sections                the body: tag (4 letters), size (u32), so many bytes
 *     CRC-32                  of all before (u32); little-endian, as all numbers are
 *
 * A later minor version may have keys and sections that are not known here: they are
 * passed over.  Another major version is refused.
 */
#ifndef LULL_FILTER_FILE_H
#define LULL_FILTER_FILE_H

#include "filter/filter.h"

struct filter_file {
    const char *text;           /* up to the zero byte */
    const unsigned char *body;
    size_t body_size;
    struct filter_head head;
    struct recipe recipe;       /* but for the stream and what was learned */
};

struct filter_section {
    const char *tag;            /* 4 letters */
    const void *bytes;
    size_t size;
};

/* Understands bytes[size], which f points into from then on; false: they are none,
 * or not all of one; why->line is 0 where the text is not to blame. */
bool filter_file_open(const void *bytes, size_t size, struct filter_file *f,
                      struct filter_fault *why);

/* The section of that tag; false: there is none. */
bool filter_file_section(const struct filter_file *f, const char *tag, const unsigned char **at,
                         size_t *size);

/* Writes a learned filter to buf[size] and gives the bytes it takes; writes nothing if
 * size is less.  The text begins with `format` and has no `body`. */
size_t filter_file_write(const char *text, const struct filter_section *sections, size_t count,
                         void *buf, size_t size);

/* The text of a learned filter but for `body`, with its 0: a remark on what it was made
 * from, the filter's own text, and of what sound; returns likewise. */
size_t filter_head_write(const char *about, const char *filter, double rate_hz, size_t channels,
                         char *buf, size_t size);

/* The same for a remark of one line, "# text\n", whatever is in the text; a 0 follows. */
size_t filter_remark(const char *text, char *buf, size_t size);

#endif
