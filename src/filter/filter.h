/* SPDX-License-Identifier: MIT
 *
 * filter.h - filters as text: "key = value" lines, # begins a comment.
 */
#ifndef LULL_FILTER_FILTER_H
#define LULL_FILTER_FILTER_H

#include <stdbool.h>

struct filter_text {
    const char *name, *text;
};

/* The files of filters/, in alphabetical order; the last has no name. */
extern const struct filter_text filter_builtin[];

struct filter {
    float latency_ms, reduction_db, mix;
};

/* The built-in text of that name, NULL if there is none. */
const char *filter_find(const char *name);

/* Reads a text; false at the first line that is not understood, whose number
 * (from 1) is then in *line. */
bool filter_parse(const char *text, struct filter *f, int *line);

#endif
