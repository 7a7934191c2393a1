/* SPDX-License-Identifier: MIT
 *
 * mailbox.c - a sequence lock [B12]: the version is odd while words change, so
 * a reader that saw the same even version before and after has one whole value.
 * The words are atomics themselves: a torn copy is stale, never undefined.
 */
#include "base/mailbox.h"

#include <string.h>

enum { TRIES = 64 };

void mailbox_put(struct mailbox *m, const void *value, size_t size)
{
    const uint32_t v = atomic_load_explicit(&m->version, memory_order_relaxed);
    uint32_t words[MAILBOX_WORDS];

    memcpy(words, value, size);
    atomic_store_explicit(&m->version, v + 1, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    for (size_t i = 0; i < size / sizeof *words; i++)
        atomic_store_explicit(&m->word[i], words[i], memory_order_relaxed);
    atomic_store_explicit(&m->version, v + 2, memory_order_release);
}

void mailbox_get(const struct mailbox *m, void *value, size_t size)
{
    uint32_t words[MAILBOX_WORDS];

    for (int i = 0; i < TRIES; i++) {
        const uint32_t v = atomic_load_explicit(&m->version, memory_order_acquire);

        for (size_t k = 0; k < size / sizeof *words; k++)
            words[k] = atomic_load_explicit(&m->word[k], memory_order_relaxed);
        atomic_thread_fence(memory_order_acquire);
        if (v % 2 == 0 && v == atomic_load_explicit(&m->version, memory_order_relaxed))
            break;
    }
    memcpy(value, words, size);
}
