/* SPDX-License-Identifier: MIT
 *
 * merge.c - learned filters, or a filter and adapters, one after the other into one.
 */
#include "app/merge.h"
#include "app/errors.h"
#include "app/filters.h"
#include "app/stop.h"
#include "app/whole.h"
#include "lull_learn.h"
#include <stdlib.h>
#include <sysexits.h>

/* What all up to now have become. */
struct sum {
    unsigned char *bytes;
    size_t size;
};

static bool refuse(const struct options *o, const char *path, const unsigned char *bytes,
                   size_t size, lull_status status, struct fault *why)
{
    char message[160];

    if (status == LULL_NO_MEMORY)
        return fault_set(why, EX_OSERR, "%s: %s", path, lull_strerror(status));
    if (status == LULL_WRONG_STATE)
        return fault_set(why, EX_CONFIG, "%s: learned something of another kind than %s", path,
                         o->in);
    if (lull_filter_check_file(bytes, size, message, sizeof message) && *message)
        return fault_set(why, EX_CONFIG, "%s: %s", path, message);
    return fault_set(why, EX_CONFIG, "%s: has learned nothing by itself", path);
}

/* Most sums are no larger than their parts: a second try is for the others. */
static bool add(const struct options *o, struct sum *sum, const char *path,
                const unsigned char *bytes, size_t size, struct fault *why)
{
    size_t room = sum->size + size, need = room;
    unsigned char *both = NULL;

    for (int i = 0; i < 2 && need >= room; i++) {
        lull_status status = LULL_NO_MEMORY;

        room = need + 1;
        free(both);
        both = malloc(room);
        need = both ? lull_filter_merge(sum->bytes, sum->size, bytes, size, both, room, &status)
                    : 0;
        if (!need) {
            free(both);
            return refuse(o, path, bytes, size, status, why);
        }
    }
    free(sum->bytes);
    *sum = (struct sum){ both, need };
    return true;
}

static bool take(const struct options *o, struct sum *sum, const char *path, struct fault *why)
{
    size_t size;
    unsigned char *const bytes = filter_read(path, &size, why);
    lull_lesson l;

    if (!bytes)
        return false;
    if (!sum->bytes && !lull_filter_read(bytes, size, &l) && l.subject != LULL_ADAPTER) {
        *sum = (struct sum){ bytes, size };
        return true;
    }

    const bool added = sum->bytes ? add(o, sum, path, bytes, size, why)
                                  : refuse(o, path, bytes, size, LULL_BAD_FILTER, why);

    free(bytes);
    return added;
}

static bool save(const struct options *o, const struct sum *sum, struct fault *why)
{
    struct whole file = { 0 };
    const bool done = whole_write(&file, o->to, sum->bytes, sum->size, why) && !stop_signal &&
                      whole_place(&file, why);

    whole_discard(&file);
    return done || stop_signal;
}

int merge(const struct options *o)
{
    struct sum sum = { 0 };
    struct fault why = { 0 };
    bool done = true;

    if (o->files < 2)
        return complain(EX_USAGE,
                        "name two or more, as in lull merge a.filter b.filter -o new.filter");
    if (!o->to)
        return complain(EX_USAGE, "name what to make, as in -o new.filter");
    stop_watch();
    for (int i = 0; i < o->files && done && !stop_signal; i++)
        done = take(o, &sum, o->file[i], &why);
    done = done && (stop_signal || save(o, &sum, &why));
    free(sum.bytes);
    if (!done)
        return complain(why.code, "%s", why.text);
    return stop_signal ? 128 + stop_signal : 0;
}
