/* SPDX-License-Identifier: MIT
 *
 * learnt.c - see learnt.h.  The file is lull_save()'s, byte for byte.
 *
 * While sound flows the denoiser belongs to the callback.  So the callback makes the
 * copy, between two blocks, in memory that is there already (a fifteenth of a block of
 * 10 ms for speech); this side writes it.  What was on its way through lull when it was
 * saved is let out, unheard, before it goes on.
 */
#include "app/learnt.h"
#include "app/whole.h"
#include <errno.h>
#include <stdlib.h>
#include <sysexits.h>

static const size_t MOST = (size_t)1 << 30;     /* bytes of a file */

static bool load(const char *path, struct through *t, struct fault *why)
{
    size_t size;
    unsigned char *const bytes = whole_read(path, MOST, &size, why);

    if (!bytes)
        return why->err == ENOENT;

    const lull_status status = lull_load(t->l, bytes, size);

    free(bytes);
    return status == LULL_OK ||
           fault_set(why, EX_DATAERR, "%s: %s", path, lull_strerror(status));
}

/* Into the silence before the sound; nothing is learned of that. */
static void let_out(struct through *t)
{
    lull_set(t->l, LULL_FREEZE, 1);
    while (lull_flush(t->l, t->wet, THROUGH_CHUNK))
        ;
    lull_set(t->l, LULL_FREEZE, 0);
}

static bool write_copy(const struct learnt *k, const struct through *t, struct fault *why)
{
    struct whole w;
    const bool written = whole_write(&w, k->path, t->learnt, t->learnt_size, why) &&
                         whole_place(&w, why);

    whole_discard(&w);
    return written;
}

/* Written at once: what cannot be is told before the sound, not after it. */
bool learnt_open(struct learnt *k, const char *path, struct through *t, struct fault *why)
{
    *k = (struct learnt){ .path = path };
    if (!path)
        return true;
    why->err = 0;
    if (!load(path, t, why))
        return false;
    why->code = 0;
    let_out(t);
    t->learnt_size = lull_save(t->l, NULL, 0);
    t->learnt = calloc(t->learnt_size, 1);
    if (!t->learnt)
        return fault_set(why, EX_OSERR, "%s: out of memory", path);
    lull_save(t->l, t->learnt, t->learnt_size);
    k->known = write_copy(k, t, why);
    return k->known;
}

bool learnt_ask(const struct learnt *k, struct through *t)
{
    if (k->known)
        atomic_store(&t->copy, COPY_WANTED);
    return k->known;
}

bool learnt_write(const struct learnt *k, struct through *t, struct fault *why)
{
    if (!k->known || atomic_load(&t->copy) != COPY_MADE)
        return false;
    why->code = 0;
    write_copy(k, t, why);
    atomic_store(&t->copy, COPY_NONE);
    return true;
}

bool learnt_close(const struct learnt *k, struct through *t, struct fault *why)
{
    if (!k->known || !atomic_load(&t->frames))
        return true;
    lull_save(t->l, t->learnt, t->learnt_size);
    return write_copy(k, t, why);
}
