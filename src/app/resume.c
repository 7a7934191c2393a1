/* SPDX-License-Identifier: MIT
 *
 * resume.c - see resume.h.  The file, little-endian:
 *
 *   "LULLRUN1"  rate (double)  seed (u32)  sizes of the three (u64 each)
 *   about  rows  state  CRC-32 of all before
 */
#include "app/resume.h"
#include "base/store.h"
#include "source/table.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static const char magic[] = "LULLRUN1";
static const double FINE = 1e-3;        /* relative; what a table's times may be off by */

enum { MAGIC = 8, PARTS = 3, HEAD = MAGIC + 8 + 4 + PARTS * 8, TAIL = 4 };
static const size_t MOST = (size_t)1 << 30;

/* The numbers of the head, in order. */
static void walk(struct resume *r, unsigned long long size[PARTS], struct store *s)
{
    s->used = MAGIC;
    store_doubles(s, &r->rate_hz, 1, 1e-9, 1e12);
    store_u32(s, &r->seed, 0, UINT32_MAX);
    for (int i = 0; i < PARTS; i++)
        store_count(s, size + i);
}

static uint32_t seal(const unsigned char *bytes, size_t size)
{
    return store_crc(0, bytes, size - TAIL);
}

/* ---- the file read */

static bool is_sound(const unsigned char *bytes, size_t size)
{
    struct store s = { .mode = STORE_CHECK, .in = bytes, .size = size };

    if (size < HEAD + TAIL || memcmp(bytes, magic, MAGIC))
        return false;
    s.used = size - TAIL;
    store_same(&s, seal(bytes, size));
    return !s.bad;
}

/* The parts, which must fill the file. */
static bool find_parts(struct resume *r, size_t size)
{
    unsigned long long part[PARTS] = { 0 };
    struct store check = { .mode = STORE_CHECK, .in = r->bytes, .size = size }, s = check;
    size_t left = size - HEAD - TAIL;

    s.mode = STORE_READ;
    walk(r, part, &check);
    walk(r, part, &s);
    for (int i = 0; i < PARTS; i++) {
        if (part[i] > left)
            return false;
        left -= (size_t)part[i];
    }
    r->about = (char *)r->bytes + HEAD;
    r->rows = r->about + part[0];
    r->rows_n = (size_t)part[1];
    r->state = (unsigned char *)r->rows + part[1];
    r->state_n = (size_t)part[2];
    return !check.bad && !left && part[0] && !r->about[part[0] - 1];
}

bool resume_open(struct resume *r, const char *path, struct fault *why)
{
    size_t size;

    *r = (struct resume){ .path = path };
    if (!path)
        return true;
    why->code = 0;
    r->bytes = whole_read(path, MOST, &size, why);
    if (!r->bytes)
        return why->err == ENOENT;
    r->found = true;
    if (!is_sound(r->bytes, size) || !find_parts(r, size))
        return fault_set(why, EX_DATAERR, "%s: %s", path, lull_strerror(LULL_BAD_STATE));
    return true;
}

void resume_rate(const struct resume *r, struct source *s)
{
    if (r->found && s->table && fabs(s->sound.rate_hz / r->rate_hz - 1) < FINE)
        s->sound.rate_hz = r->rate_hz;
}

bool resume_load(const struct resume *r, lull *l, const char *about, struct fault *why)
{
    const lull_status status = r->found ? lull_load(l, r->state, r->state_n) : LULL_OK;

    if (status == LULL_WRONG_STATE)
        return fault_set(why, EX_DATAERR, "%s: is of another stream: %s, not %s", r->path,
                         r->about, about);
    return status == LULL_OK ||
           fault_set(why, EX_DATAERR, "%s: %s", r->path, lull_strerror(status));
}

/* ---- rows of a table */

static bool keeps_rows(const struct source *s)
{
    return s->table && s->table->lines.kept;
}

bool resume_sink(const struct resume *r, struct source *from, struct sink *to, size_t inside,
                 struct fault *why)
{
    if (!r->found)
        return true;
    to->seed = r->seed;
    if (!keeps_rows(from))
        return true;
    if (table_rows(from->table, r->rows, r->rows_n) != inside)
        return fault_set(why, EX_DATAERR, "%s: is of another table than %s", r->path,
                         from->name);
    return lines_insert(&from->table->lines, r->rows, r->rows_n) ||
           fault_set(why, EX_OSERR, "%s: out of memory", r->path);
}

/* ---- the file written */

bool resume_save(struct resume *r, const lull *l, const char *about, struct source *from,
                 const struct sink *to, struct fault *why)
{
    struct line rows = { .start = "" };
    const size_t state = lull_save(l, NULL, 0), name = strlen(about) + 1;

    if (keeps_rows(from))
        rows = lines_rest(&from->table->lines);

    unsigned long long part[PARTS] = { name, rows.whole, state };
    const size_t size = HEAD + name + rows.whole + state + TAIL;
    unsigned char *const bytes = malloc(size);
    struct store s = { .mode = STORE_WRITE, .out = bytes, .size = size };
    struct resume head = { .rate_hz = from->sound.rate_hz, .seed = to->seed };

    if (!bytes)
        return fault_set(why, EX_OSERR, "%s: out of memory", r->path);
    memcpy(bytes, magic, MAGIC);
    walk(&head, part, &s);
    memcpy(bytes + HEAD, about, name);
    memcpy(bytes + HEAD + name, rows.start, rows.whole);
    lull_save(l, bytes + HEAD + name + rows.whole, state);
    s.used = size - TAIL;
    store_same(&s, seal(bytes, size));

    const bool written = whole_write(&r->next, r->path, bytes, size, why);

    free(bytes);
    return written;
}

bool resume_place(struct resume *r, struct fault *why)
{
    if (!r->path)
        return true;
    if (r->next.temp)
        return whole_place(&r->next, why);
    return !r->found || !unlink(r->path) || fault_errno(why, EX_IOERR, r->path);
}

void resume_close(struct resume *r)
{
    whole_discard(&r->next);
    free(r->bytes);
}
