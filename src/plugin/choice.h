/* SPDX-License-Identifier: MIT
 *
 * choice.h - filters as numbers, for hosts that know nothing but numbers: 0 is
 * speech, the others follow in alphabetical order.
 */
#ifndef LULL_PLUGIN_CHOICE_H
#define LULL_PLUGIN_CHOICE_H

#include "lull.h"
#include <string.h>

/* The filter of that number, or NULL. */
static inline const char *choice_name(size_t number)
{
    const char *name = "speech";

    for (size_t i = 0, n = 0; n < number && name; i++) {
        name = lull_filter_name(i);
        n += name && strcmp(name, "speech") != 0;
    }
    return name;
}

/* The number of that filter, or -1. */
static inline int choice_number(const char *filter)
{
    const char *name;

    for (size_t i = 0; (name = choice_name(i)); i++)
        if (!strcmp(name, filter))
            return (int)i;
    return -1;
}

#endif
