/* SPDX-License-Identifier: MIT
 *
 * mailbox.h - the newest value of a struct, left by one thread for any others.
 *
 * Neither side waits: the writer never, a reader tries a few times and then
 * takes what it has.
 */
#ifndef LULL_BASE_MAILBOX_H
#define LULL_BASE_MAILBOX_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MAILBOX_WORDS = 96,         /* the largest struct, in 32-bit words */
    MAILBOX_SLOTS = 4
};

struct mailbox {
    _Atomic uint32_t version;   /* values written so far; the newest is in slot version % 4 */
    _Atomic uint32_t word[MAILBOX_SLOTS][MAILBOX_WORDS];
};

/* `size` is a multiple of 4 and at most 4 MAILBOX_WORDS, the same for both. */
void mailbox_put(struct mailbox *m, const void *value, size_t size);
void mailbox_get(const struct mailbox *m, void *value, size_t size);

#endif
