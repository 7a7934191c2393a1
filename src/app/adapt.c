/* SPDX-License-Identifier: MIT
 *
 * adapt.c - see adapt.h.
 */
#include "app/adapt.h"
#include "app/errors.h"
#include "app/filters.h"
#include "lull_learn.h"
#include <math.h>
#include <stdlib.h>
#include <sysexits.h>

int adapt_check(const struct options *o)
{
    if (o->adapt < 0 && (o->adapter || o->save_adapter))
        return complain(EX_USAGE, "--%s: of how many directions?  --adapt R says",
                        o->adapter ? "adapter" : "save-adapter");
    if (o->adapt >= 0 && o->adapt != floor(o->adapt))
        return complain(EX_USAGE, "--adapt %g: must be a whole number", o->adapt);
    return 0;
}

static bool refuse(const struct options *o, const unsigned char *bytes, size_t size,
                   lull_status status, struct fault *why)
{
    char message[160];

    if (status == LULL_WRONG_STATE)
        return fault_set(why, EX_CONFIG, "%s: not for %s, or not of %g directions", o->adapter,
                         o->filter, o->adapt);
    if (lull_filter_check_file(bytes, size, message, sizeof message))
        return fault_set(why, EX_CONFIG, "%s: %s", o->adapter, message);
    return fault_set(why, EX_CONFIG, "%s: no adapter", o->adapter);
}

bool adapt_load(const struct options *o, lull *l, struct fault *why)
{
    size_t size;

    if (!o->adapter)
        return true;
    unsigned char *const bytes = filter_read(o->adapter, &size, why);

    if (!bytes)
        return false;

    const lull_status status = lull_adapter_load(l, bytes, size);
    const bool loaded = status == LULL_OK || refuse(o, bytes, size, status, why);

    free(bytes);
    return loaded;
}

bool adapt_save(const struct options *o, const lull *l, struct whole *to, struct fault *why)
{
    if (!o->save_adapter)
        return true;
    const size_t size = lull_adapter_save(l, NULL, 0);
    void *const bytes = size ? malloc(size) : NULL;

    if (!bytes)
        return fault_set(why, EX_OSERR, "%s: out of memory", o->save_adapter);
    lull_adapter_save(l, bytes, size);

    const bool written = whole_write(to, o->save_adapter, bytes, size, why);

    free(bytes);
    return written;
}
