/* SPDX-License-Identifier: MIT
 *
 * commands.h - what lull can be asked to do: a row for each command.
 */
#ifndef LULL_APP_COMMANDS_H
#define LULL_APP_COMMANDS_H

#include "app/options.h"

struct command {
    unsigned bit;               /* marks its options in the table       */
    const char *name;           /* "" is what lull does without a name  */
    const char *synopsis;       /* "[options] [IN [OUT]]"               */
    int places;                 /* how many of these there can be       */
    const char *summary;        /* "take the noise out of a recording"; NULL: not listed */
    const char *text;           /* of its help: examples, paragraphs    */
    int (*run)(const struct options *o);        /* gives the exit status */
};

/* The i-th command, NULL after the last; the first is the one without a name. */
const struct command *command_at(size_t i);

/* The command of that name, or NULL. */
const struct command *command_named(const char *name);

void commands_help(FILE *to);   /* a line each */

#endif
