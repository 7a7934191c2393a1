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

struct options {
    const char *in, *out;       /* "-" is standard input or output */
    bool named;                 /* an input was named              */

    const char *filter;
    double reduction_db;        /* NAN: as the filter has it; so the next two */
    double mix;
    double latency_ms;
    bool residual;

    const char *type;           /* "raw", or NULL: the input says what it is */
    double rate_hz, channels;   /* NAN: not given */
    const char *encoding;
    struct sound raw;           /* the four above, if type is "raw" */

    bool no_dither;
    const char *log;            /* file for readings, or NULL */
    bool progress, quiet, verbose;
    bool help, version;
};

/* Reads the command line; 0, or an exit status after a complaint. */
int options_read(struct options *o, int argc, char **argv);

void options_help(FILE *to);
void options_usage(FILE *to);

#endif
