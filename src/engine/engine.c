/* SPDX-License-Identifier: MIT
 *
 * engine.c - the engines there are.
 */
#include "engine/engine.h"

#include <string.h>

const struct engine *engine_named(const char *name)
{
    static const struct engine *const known[] = { &engine_spectral, &engine_subspace,
                                                 &engine_declick, &engine_music };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i]->name, name))
            return known[i];
    return NULL;
}
