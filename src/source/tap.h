/* SPDX-License-Identifier: MIT
 *
 * tap.h - bytes from a file descriptor, of which the first may be looked at
 * before they are taken: a pipe cannot be asked twice what it carries.
 */
#ifndef LULL_SOURCE_TAP_H
#define LULL_SOURCE_TAP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { TAP_LOOK = 12 };     /* bytes that tell what an input is */

struct tap {
    int fd;
    const volatile sig_atomic_t *stop;      /* not 0: waiting is over; or NULL */
    size_t held;                            /* looked at and not yet taken     */
    unsigned char look[TAP_LOOK];           /* they stand at the end of it     */
};

/* Up to n bytes, at least one if there are any, waiting for it; 0 at the end
 * or when stopped, -1 with errno. */
ssize_t tap_some(struct tap *t, void *bytes, size_t n);

/* All n bytes; false: there were fewer, or an error. */
bool tap_all(struct tap *t, void *bytes, size_t n);

/* Copies the next n <= TAP_LOOK bytes without taking them; as many as there
 * are before the end; -1 with errno. */
ssize_t tap_peek(struct tap *t, void *bytes, size_t n);

#endif
