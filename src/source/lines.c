/* SPDX-License-Identifier: MIT
 *
 * lines.c - one buffer, through which three marks move: from <= at <= end.
 *
 * What is before `from` is given up when room is needed, and when that is not
 * enough the buffer grows; so its size is what lies between reading and
 * writing, and a line's.
 */
#include "source/lines.h"
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static const size_t LEAST_ROOM = 1 << 16, MOST_ROOM = (size_t)1 << 28;

static void make_room(struct lines *l)
{
    if (!l->kept) {
        l->from = l->at;
        l->written = l->number;
    }
    if (!l->from)
        return;
    memmove(l->text, l->text + l->from, l->end - l->from);
    l->at -= l->from;
    l->end -= l->from;
    l->searched -= l->from;
    l->from = 0;
}

static bool grow(struct lines *l, const char *name, struct fault *why)
{
    const size_t room = l->room ? 2 * l->room : LEAST_ROOM;
    char *const text = room <= MOST_ROOM ? realloc(l->text, room) : NULL;

    if (!text)
        return fault_set(why, EX_OSERR, "%s: line %lld: out of memory", name, l->number);
    l->text = text;
    l->room = room;
    return true;
}

static bool read_more(struct lines *l, struct tap *tap, const char *name, struct fault *why)
{
    if (l->end == l->room) {
        make_room(l);
        if (l->room - l->end <= l->room / 2 && !grow(l, name, why))
            return false;
    }

    const ssize_t got = tap_some(tap, l->text + l->end, l->room - l->end);

    if (got < 0)
        return fault_errno(why, EX_IOERR, name);
    l->end += (size_t)got;
    l->ended = !got && !(tap->stop && *tap->stop);
    return got || l->ended;
}

bool lines_ready(struct lines *l)
{
    const char *const end = l->end > l->searched
                                ? memchr(l->text + l->searched, '\n', l->end - l->searched)
                                : NULL;

    l->searched = end ? (size_t)(end - l->text) : l->end;
    return end || (l->ended && l->at < l->end);
}

bool lines_wait(struct lines *l, struct tap *tap, const char *name, struct fault *why)
{
    bool ready;

    while (!(ready = lines_ready(l)) && !l->ended && l->searched - l->at <= LINE_LONGEST)
        if (!read_more(l, tap, name, why))
            return false;
    return l->searched - l->at <= LINE_LONGEST
               ? ready
               : fault_set(why, EX_DATAERR, "%s: line %lld: is longer than 1 MiB", name,
                           l->number);
}

static struct line line_at(const struct lines *l, size_t at, size_t end, long long number)
{
    struct line line = { l->text + at, end - at, l->text + at, end - at };

    if (number == 1 && line.n >= 3 && !memcmp(line.text, "\xef\xbb\xbf", 3)) {
        line.text += 3;
        line.n -= 3;
    }
    line.n -= line.n && line.text[line.n - 1] == '\n';
    line.n -= line.n && line.text[line.n - 1] == '\r';
    return line;
}

struct line lines_take(struct lines *l)
{
    const size_t end = l->searched + (l->searched < l->end);    /* with the '\n' */
    const struct line line = line_at(l, l->at, end, l->number++);

    l->at = l->searched = end;
    return line;
}

void lines_back(struct lines *l, size_t at, long long number)
{
    l->at = l->searched = at;
    l->number = number;
}

bool lines_give(struct lines *l, struct line *line)
{
    if (l->from == l->at)
        return false;

    const char *const newline = memchr(l->text + l->from, '\n', l->at - l->from);
    const size_t end = newline ? (size_t)(newline - l->text) + 1 : l->at;

    *line = line_at(l, l->from, end, l->written++);
    l->from = end;
    return true;
}

struct line lines_rest(struct lines *l)
{
    const struct line rest = { .start = l->text + l->from, .whole = l->at - l->from };

    l->from = l->at;
    return rest;
}

/* The last one may have been the end of its file, without a '\n'. */
bool lines_insert(struct lines *l, const char *text, size_t n)
{
    const bool open = n && text[n - 1] != '\n';
    const size_t more = n + open;
    char *const moved = more < MOST_ROOM ? realloc(l->text, l->room + more) : NULL;

    if (!moved)
        return false;
    l->text = moved;
    l->room += more;
    memmove(l->text + l->at + more, l->text + l->at, l->end - l->at);
    memcpy(l->text + l->at, text, n);
    if (open)
        l->text[l->at + n] = '\n';
    l->at += more;
    l->end += more;
    l->searched += more;
    return true;
}

void lines_free(struct lines *l)
{
    free(l->text);
}
