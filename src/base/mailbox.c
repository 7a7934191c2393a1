/* SPDX-License-Identifier: MIT
 *
 * mailbox.c - a sequence lock [B12] over a few slots.
 *
 * The writer fills the slot after the newest and then turns the version.  What
 * a reader copied is whole unless the writer came round to that slot meanwhile,
 * that is, turned the version three times; then the reader takes the newest
 * again.  The words are atomics themselves: a torn copy is stale, never
 * undefined.
 */
#include "base/mailbox.h"

#include <string.h>

enum { TRIES = 64 };

void mailbox_put(struct mailbox *m, const void *value, size_t size)
{
    const uint32_t next = atomic_load_explicit(&m->version, memory_order_relaxed) + 1;
    _Atomic uint32_t *const slot = m->word[next % MAILBOX_SLOTS];
    uint32_t words[MAILBOX_WORDS];

    memcpy(words, value, size);
    atomic_thread_fence(memory_order_release);
    for (size_t i = 0; i < size / sizeof *words; i++)
        atomic_store_explicit(slot + i, words[i], memory_order_relaxed);
    atomic_store_explicit(&m->version, next, memory_order_release);
}

void mailbox_get(const struct mailbox *m, void *value, size_t size)
{
    uint32_t words[MAILBOX_WORDS];

    for (int i = 0; i < TRIES; i++) {
        const uint32_t v = atomic_load_explicit(&m->version, memory_order_acquire);
        const _Atomic uint32_t *const slot = m->word[v % MAILBOX_SLOTS];

        for (size_t k = 0; k < size / sizeof *words; k++)
            words[k] = atomic_load_explicit(slot + k, memory_order_relaxed);
        atomic_thread_fence(memory_order_acquire);
        if (atomic_load_explicit(&m->version, memory_order_relaxed) - v < MAILBOX_SLOTS - 1)
            break;
    }
    memcpy(value, words, size);
}
