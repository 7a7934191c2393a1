/* SPDX-License-Identifier: MIT
 *
 * whole.h - files that are read, and written, as a whole or not at all.
 */
#ifndef LULL_APP_WHOLE_H
#define LULL_APP_WHOLE_H

#include "source/fault.h"
#include <stddef.h>

/* The bytes of a file or pipe, with a 0 after them, to be freed; NULL: there is none
 * (why->err is ENOENT), more than `most` bytes are in it, or an error. */
unsigned char *whole_read(const char *path, size_t most, size_t *size, struct fault *why);

/* A file beside the place where it is to be.  All 0 is fine for whole_discard(). */
struct whole {
    const char *name;           /* as it was given */
    char *path, *temp;
};

/* Writes it there, down to the disk; until whole_place() what was at `name` stays. */
bool whole_write(struct whole *w, const char *name, const void *bytes, size_t size,
                 struct fault *why);
bool whole_place(struct whole *w, struct fault *why);
void whole_discard(struct whole *w);

#endif
