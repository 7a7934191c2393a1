/* SPDX-License-Identifier: MIT
 *
 * choice.h - filters as numbers, for hosts that know nothing but numbers.
 *
 * The numbers are in people's configurations: a new filter goes to the end, and
 * one that is no more leaves its place empty ("").
 */
#ifndef LULL_PLUGIN_CHOICE_H
#define LULL_PLUGIN_CHOICE_H

#include <stddef.h>
#include <string.h>

static const char *const choices[] = { "speech", "array", "declick", "ecg",     "eeg",
                                       "hum",    "music", "seismic", "sensor",  "tonal",
                                       "vibration" };

enum {
    CHOICES = sizeof choices / sizeof *choices,
    CHOICE_FILE = -1 /* the file that the variable names, in the host's environment */
};
#define CHOICE_VARIABLE "LULL_FILTER"

/* The filter of that number, or NULL. */
static inline const char *choice_name(int number)
{
    return number >= 0 && number < CHOICES ? choices[number] : NULL;
}

/* The number of that filter, or CHOICE_FILE. */
static inline int choice_number(const char *filter)
{
    for (int i = 0; i < CHOICES; i++)
        if (!strcmp(choices[i], filter))
            return i;
    return CHOICE_FILE;
}

#endif
