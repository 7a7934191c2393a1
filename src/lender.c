/* SPDX-License-Identifier: MIT
 *
 * lender.c - the public face of adapters: what a denoiser has added to its filter,
 * as a file of its own.
 */
#include "lull_learn.h"

#include "filter/file.h"
#include "inside.h"

#include <stdlib.h>

static const char TEXT[] = "engine = subspace\n";
enum { HEAD = 320 };            /* more than its head takes */

/* The head of the file for this denoiser. */
static void write_head(const lull *l, char *head)
{
    filter_head_write("what was added to a learned filter; an adapter, for lull --adapter",
                      TEXT, l->recipe.rate_hz, l->channels, head, HEAD);
}

/* Walks over the adapter; false: there is none. */
static bool walk(const lull *l, struct store *s)
{
    return l->kind->adapter && l->kind->adapter(l->engine, s);
}

size_t lull_adapter_save(const lull *l, void *buf, size_t size)
{
    struct store s = { .mode = STORE_MEASURE };
    char head[HEAD];

    if (!walk(l, &s))
        return 0;
    unsigned char *const bytes = malloc(s.used);
    const struct filter_section section = { "ADAP", bytes, s.used };

    write_head(l, head);
    if (!bytes)
        return 0;
    s = (struct store){ .mode = STORE_WRITE, .out = bytes, .size = section.size };
    walk(l, &s);
    const size_t need = filter_file_write(head, &section, 1, buf, size);

    free(bytes);
    return need;
}

lull_status lull_adapter_load(lull *l, const void *buf, size_t size)
{
    struct filter_file f;
    struct filter_fault unused;
    struct store s = { .mode = STORE_CHECK };

    if (!filter_file_open(buf, size, &f, &unused) ||
        !filter_file_section(&f, "ADAP", &s.in, &s.size))
        return LULL_BAD_STATE;
    if (!walk(l, &s) || s.bad || s.used != s.size)
        return LULL_WRONG_STATE;
    s.mode = STORE_READ;
    s.used = 0;
    walk(l, &s);
    return LULL_OK;
}
