/* SPDX-License-Identifier: MIT
 *
 * merger.c - the public face of filters that have learned: what is in them, and two
 * of them as one.
 */
#include "merger.h"

#include <stdlib.h>
#include <string.h>

static bool open(struct lesson *l, const void *bytes, size_t size)
{
    static const struct content *const kinds[] = { &content_noise, &content_adapter,
                                                   &content_signal };
    const unsigned char *at;
    size_t section;
    struct filter_fault unused;

    if (!filter_file_open(bytes, size, &l->file, &unused))
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (filter_file_section(&l->file, kinds[i]->tag, &at, &section)) {
            l->kind = kinds[i];
            return l->kind->open(l, at, section);
        }
    return false;
}

lull_status lull_filter_read(const void *file, size_t size, lull_lesson *what)
{
    struct lesson l;

    *what = (lull_lesson){ 0 };
    if (!open(&l, file, size))
        return LULL_BAD_FILTER;
    return l.kind->read(&l, what) ? LULL_OK : LULL_NO_MEMORY;
}

/* ---- two as one */

/* Where what is said of where it comes from ends. */
static size_t remarks_end(const char *text)
{
    static const char remark[] = "# learned from";
    size_t at = strcspn(text, "\n") + 1;

    while (!strncmp(text + at, remark, sizeof remark - 1) && strchr(text + at, '\n'))
        at += strcspn(text + at, "\n") + 1;
    return at;
}

/* The text before the sections but for `body`, with the other's remark in it; to be
 * freed. */
static char *join_texts(const char *a, const char *b)
{
    const size_t first = remarks_end(a), end = strlen(a);
    const char *const remark = b + strcspn(b, "\n") + 1;
    const size_t more = *remark == '#' ? strcspn(remark, "\n") + 1 : 0;
    size_t last = end - 1;

    while (last && a[last - 1] != '\n')
        last--;
    char *const text = malloc(last + more + 1);

    if (!text)
        return NULL;
    memcpy(text, a, first);
    memcpy(text + first, remark, more);
    memcpy(text + first + more, a + first, last - first);
    text[last + more] = '\0';
    return text;
}

size_t merger_write(const struct lesson *a, const struct lesson *b, unsigned char *bytes,
                    size_t bytes_size, void *buf, size_t size)
{
    char *const text = join_texts(a->file.text, b->file.text);
    const struct filter_section section = { a->kind->tag, bytes, bytes_size };
    size_t written = 0;

    if (bytes && text)
        written = filter_file_write(text, &section, 1, buf, size);
    free(text);
    free(bytes);
    return written;
}

size_t lull_filter_merge(const void *a, size_t a_size, const void *b, size_t b_size, void *buf,
                         size_t size, lull_status *why)
{
    lull_status unwanted, *const status = why ? why : &unwanted;
    struct lesson x, y;

    *status = LULL_BAD_FILTER;
    if (!open(&x, a, a_size) || !open(&y, b, b_size) || !x.kind->merge)
        return 0;
    *status = LULL_WRONG_STATE;
    if (!x.kind->fits(&x, &y))
        return 0;

    const size_t written = x.kind->merge(&x, &y, buf, size);

    *status = written ? LULL_OK : LULL_NO_MEMORY;
    return written;
}
