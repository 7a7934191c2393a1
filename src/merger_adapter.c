/* SPDX-License-Identifier: MIT
 *
 * merger_adapter.c - what an adapter adds to a learned filter.  It becomes a part of
 * its base, merger_signal.c; nothing becomes a part of it.
 */
#include "merger.h"

static bool open(struct lesson *l, const unsigned char *bytes, size_t size)
{
    return addition_open(&l->adapter, bytes, size);
}

static bool read(const struct lesson *l, lull_lesson *what)
{
    const struct addition *const d = &l->adapter;
    const size_t dim = d->channels * d->lags;

    *what = (lull_lesson){
        .subject = LULL_ADAPTER,
        .groups = (unsigned)d->groups,
        .dim = (unsigned)dim,
        .rank = (unsigned)d->rank,
        .numbers = 2ULL * d->groups * d->rank * dim,    /* B and A */
    };
    return true;
}

const struct content content_adapter = { "ADAP", open, read, NULL, NULL };
