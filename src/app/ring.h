/* SPDX-License-Identifier: MIT
 *
 * ring.h - floats from one thread to one other, neither of which waits.
 */
#ifndef LULL_APP_RING_H
#define LULL_APP_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct ring {
    float *x;                           /* [size], size a power of 2     */
    size_t size;
    _Atomic size_t written, read;       /* so far; they wrap at SIZE_MAX */
};

bool ring_new(struct ring *r, size_t least);    /* false: no memory */
void ring_free(struct ring *r);

/* All n or none of them. */
bool ring_put(struct ring *r, const float *x, size_t n);

/* At most n; gives how many. */
size_t ring_get(struct ring *r, float *x, size_t n);

#endif
