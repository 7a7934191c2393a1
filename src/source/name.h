/* SPDX-License-Identifier: MIT
 *
 * name.h - what the name of a file ends in.
 */
#ifndef LULL_SOURCE_NAME_H
#define LULL_SOURCE_NAME_H

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* extension: with its dot. */
static inline bool name_ends_in(const char *name, const char *extension)
{
    const char *const dot = strrchr(name, '.');

    return dot && !strcasecmp(dot, extension);
}

#endif
