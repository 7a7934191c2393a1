/* SPDX-License-Identifier: MIT
 *
 * filters.c - see filters.h.  A word is a built-in filter's name, or else a
 * file: with a '/' or the ending .filter it is one in any case.
 */
#include "app/filters.h"
#include "app/errors.h"
#include "app/whole.h"
#include "lull.h"
#include "source/name.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { LONGEST = 1 << 16, LARGEST = 1 << 26 };  /* bytes of a text; of what was learned */

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
    return strchr(word, '/') || name_ends_in(word, ".filter");
}

static bool check_learned(const char *path, const unsigned char *bytes, size_t size,
                          struct fault *why)
{
    char message[160];

    return !lull_filter_check_file(bytes, size, message, sizeof message) ||
           fault_set(why, EX_CONFIG, strchr("123456789", *message) ? "%s:%s" : "%s: %s", path,
                     message);
}

/* A text without one '=' would be taken for a name. */
static bool check_text(const char *path, const char *text, size_t size, struct fault *why)
{
    char message[160];

    if (size > LONGEST)
        return fault_set(why, EX_CONFIG, "%s: more than 64 kB, too long for a filter", path);
    if (lull_filter_check(text, message, sizeof message))
        return fault_set(why, EX_CONFIG, "%s:%s", path, message);
    if (!strchr(text, '='))
        return fault_set(why, EX_CONFIG, "%s: has no line such as engine = subspace", path);
    return true;
}

unsigned char *filter_read(const char *path, size_t *size, struct fault *why)
{
    unsigned char *const bytes = whole_read(path, LARGEST, size, why);

    if (!bytes && why->code == EX_DATAERR)
        why->code = EX_CONFIG;
    return bytes;
}

/* What was learned has zeros in it, a text has none. */
static bool check(const char *path, const unsigned char *bytes, size_t size, struct fault *why)
{
    return memchr(bytes, 0, size) ? check_learned(path, bytes, size, why)
                                  : check_text(path, (const char *)bytes, size, why);
}

static bool load(struct options *o, struct fault *why)
{
    static unsigned char *kept;         /* until the end */
    size_t size;
    unsigned char *const bytes = filter_read(o->filter, &size, why);

    if (!bytes || !check(o->filter, bytes, size, why)) {
        free(bytes);
        return false;
    }
    free(kept);
    kept = bytes;
    o->filter_text = (char *)bytes;
    o->filter_size = memchr(bytes, 0, size) ? size : 0;
    return true;
}

int filter_settle(struct options *o)
{
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
    return load(o, &why) ? 0 : complain(why.code, "%s", why.text);
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
