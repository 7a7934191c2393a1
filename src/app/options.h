/* SPDX-License-Identifier: MIT
 *
 * options.h - what can be asked of the program.  One table in options.c is
 * the parser's, the help's, and whatever else lists options.
 */
#ifndef LULL_APP_OPTIONS_H
#define LULL_APP_OPTIONS_H

#include "source/sound.h"
#include <stdbool.h>
#include <stdio.h>

enum { NOT_GIVEN = -1 };        /* a number that the filter or the input decides */

struct options {
    const char *in, *out;       /* "-" is standard input or output */
    bool named;                 /* an input was named              */

    const char *filter;
    double reduction_db, mix, latency_ms;
    bool residual;

    const char *type;           /* "raw", "csv", "npy", or NULL: the input says what it is */
    double rate_hz, channels;
    const char *encoding;
    struct sound given;         /* the four above, for source_open() */

    bool no_dither;
    const char *log;            /* file for readings, "-" for standard output, or NULL */
    bool progress, quiet, verbose;
    bool help, version;
};

/* Reads the command line; 0, or an exit status after a complaint. */
int options_read(struct options *o, int argc, char **argv);

void options_help(FILE *to);
void options_usage(FILE *to);

#endif
