/* SPDX-License-Identifier: MIT
 *
 * filters.c - see filters.h.  A word is a built-in filter's name, or else a
 * file: with a '/' or the ending .filter it is one in any case.
 */
#include "app/filters.h"
#include "app/errors.h"
#include "lull.h"
#include "source/fault.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

enum { LONGEST = 1 << 16 };     /* bytes of a filter file */

/* ---- which */

bool is_measured(const struct sound *sound)
{
    return sound->container == CONTAINER_CSV || sound->container == CONTAINER_NPY ||
           sound->rate_hz < 8000;
}

const char *filter_called(const struct options *o, const struct sound *sound)
{
    return o->filter ? o->filter : is_measured(sound) ? "sensor" : "speech";
}

const char *filter_text(const struct options *o, const struct sound *sound)
{
    return o->filter_text ? o->filter_text : filter_called(o, sound);
}

static int complain_of_name(const char *name)
{
    char all[256] = "";
    const char *one;

    for (size_t i = 0; (one = lull_filter_name(i)); i++) {
        const size_t n = strlen(all);

        snprintf(all + n, sizeof all - n, " %s", one);
    }
    return complain(EX_CONFIG, "%s: no such filter; there are%s", name, all);
}

/* ---- from a file */

static bool is_path(const char *word)
{
    const size_t n = strlen(word), ending = sizeof ".filter" - 1;

    return strchr(word, '/') || (n > ending && !strcmp(word + n - ending, ".filter"));
}

/* Up to `room` bytes; -1 with errno. */
static ssize_t read_up_to(int fd, char *text, size_t room)
{
    size_t n = 0;

    while (n < room) {
        const ssize_t got = read(fd, text + n, room - n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    return (ssize_t)n;
}

/* The text of an open file into text[LONGEST + 1]. */
static bool read_text(int fd, const char *path, char *text, struct fault *why)
{
    struct stat is;

    if (fstat(fd, &is))
        return fault_errno(why, EX_NOINPUT, path);
    if (!S_ISREG(is.st_mode) && !S_ISFIFO(is.st_mode))
        return fault_set(why, EX_NOINPUT, "%s: not a file", path);

    const ssize_t n = read_up_to(fd, text, LONGEST + 1);

    if (n < 0)
        return fault_errno(why, EX_IOERR, path);
    if (n > LONGEST)
        return fault_set(why, EX_CONFIG, "%s: more than 64 kB, too long for a filter", path);
    text[n] = '\0';
    if (strlen(text) < (size_t)n)
        return fault_set(why, EX_CONFIG, "%s: not a text", path);
    return true;
}

static bool load(const char *path, char *text, struct fault *why)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return fault_errno(why, EX_NOINPUT, path);

    const bool loaded = read_text(fd, path, text, why);

    close(fd);
    return loaded;
}

/* A text without one '=' would be taken for a name. */
static bool check(const char *path, const char *text, struct fault *why)
{
    char message[160];

    if (lull_filter_check(text, message, sizeof message))
        return fault_set(why, EX_CONFIG, "%s:%s", path, message);
    if (!strchr(text, '='))
        return fault_set(why, EX_CONFIG, "%s: has no line such as engine = subspace", path);
    return true;
}

int filter_settle(struct options *o)
{
    static char text[LONGEST + 1];
    struct fault why;

    if (!o->filter)
        return 0;
    o->filter_text = o->filter;
    if (!is_path(o->filter)) {
        if (lull_filter_text(o->filter))
            return 0;
        if (access(o->filter, F_OK))
            return complain_of_name(o->filter);
    }
    if (!load(o->filter, text, &why) || !check(o->filter, text, &why))
        return complain(why.code, "%s", why.text);
    o->filter_text = text;
    return 0;
}

/* ---- to be seen */

/* What follows "# name - " in the first line. */
static void print_line(const char *name)
{
    const char *text = lull_filter_text(name), *dash = strstr(text, " - ");
    const char *const about = dash ? dash + 3 : text;

    printf("%-10s %.*s\n", name, (int)strcspn(about, "\n"), about);
}

int filters(const struct options *o)
{
    const char *const text = o->named ? lull_filter_text(o->in) : NULL, *name;

    if (o->named && !text)
        return complain_of_name(o->in);
    if (text)
        fputs(text, stdout);
    for (size_t i = 0; !text && (name = lull_filter_name(i)); i++)
        print_line(name);
    if (fflush(stdout) || ferror(stdout))
        return complain(EX_IOERR, "standard output: cannot write");
    return 0;
}
