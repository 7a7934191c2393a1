/* SPDX-License-Identifier: MIT
 *
 * filter.h - filters as text: "key = value" lines, # begins a comment.
 */
#ifndef LULL_FILTER_FILTER_H
#define LULL_FILTER_FILTER_H

#include "engine/recipe.h"

#include <stdbool.h>

struct filter_text {
    const char *name, *text;
};

/* The files of filters/, in alphabetical order; the last has no name. */
extern const struct filter_text filter_builtin[];

/* Why a text is none: the line, from 1, the word there, and what is wrong. */
struct filter_fault {
    int line;
    char word[32];
    const char *reason;
};

/* The text of a filter: of the built-in one of that name, or `name` itself if
 * it is a text, which has a '=' somewhere; else NULL. */
const char *filter_find(const char *name);

/* What the text before a learned filter's bytes says beside the recipe; file.h. */
struct filter_head {
    double major, minor;        /* of the format                       */
    double rate_hz, channels;   /* that it was learned at; 0: not said */
    double body;                /* bytes                               */
    bool ended;                 /* there was a `body`                  */
};

/* Reads a text into r, but for the stream that it is for; false at the first
 * line that is not understood, with the reason in *why. */
bool filter_parse(const char *text, struct recipe *r, struct filter_fault *why);

/* The same for a learned filter's: `format` comes first, `body` last, and of a
 * later minor version keys may be unknown. */
bool filter_parse_head(const char *text, struct recipe *r, struct filter_head *h,
                       struct filter_fault *why);

#endif
