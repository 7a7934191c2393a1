/* SPDX-License-Identifier: MIT
 *
 * options.h - what can be asked of the program.  One table in options.c is
 * the parser's, the help's, and whatever else lists options, for all commands.
 */
#ifndef LULL_APP_OPTIONS_H
#define LULL_APP_OPTIONS_H

#include "source/sound.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { NOT_GIVEN = -1 };        /* a number that the filter or the input decides */

/* A bit for each command (commands.c), in the rows that it knows. */
enum { DENOISE = 1 << 0, LIVE = 1 << 1, DEVICES = 1 << 2, PIPEWIRE = 1 << 3,
       COMPLETION = 1 << 4, FILTERS = 1 << 5, INSPECT = 1 << 6, LEARN = 1 << 7,
       MERGE = 1 << 8 };
#define ANY (~0u)

struct command;

struct options {
    const struct command *command;
    const char *in, *out;       /* first and second place named; "-": none, the standard one */
    bool named;                 /* there was a first            */
    char *const *file;          /* [files], all places named    */
    int files;

    const char *filter;         /* a name or a file, NULL: the input decides  */
    const char *filter_text;    /* the name or the file's text, for lull_new(), or ... */
    size_t filter_size;         /* ... so many bytes of what was learned; else 0       */
    double reduction_db, mix, latency_ms;
    bool residual;

    const char *state;          /* file between the chunks of a stream, or NULL */
    bool last;
    double adapt;
    const char *adapter, *save_adapter; /* files, or NULL */

    const char *to;             /* what learn and merge make, or NULL */
    const char *section, *part, *budget;
    bool learn_noise, learn_signal;

    const char *type;           /* "raw", "csv", "npy", or NULL: the input says what it is */
    double rate_hz, channels;
    const char *encoding;
    struct sound given;         /* the four above, for source_open() */

    const char *microphone, *speaker, *record, *delay;  /* NULL: not given */
    const char *learnt;         /* file of what was learned, or NULL */
    double device_rate_hz, device_channels, block, buffer_ms, duration_s;
    bool bypass, reconnect, alone;

    bool no_dither;
    const char *log;            /* file for readings, "-" for standard output, or NULL */
    bool progress, quiet, verbose;
    bool help, brief, version;  /* brief: -h, not --help */
};

enum kind { FLAG, NUMBER, WORD };       /* bool, double, const char * */

/* An option. */
struct row {
    unsigned of;                /* the commands that know it     */
    int letter;                 /* 0: long name only             */
    const char *name;
    const char *argument;       /* as the help calls it, or NULL */
    enum kind kind;
    size_t field;               /* in struct options             */
    double least, most;         /* of a number                   */
    const char *help;
};

/* Visits the options that a command knows. */
void options_each(const struct command *command,
                  void (*visit)(void *user, const struct row *row), void *user);

/* Reads the command line; 0, or an exit status after a complaint. */
int options_read(struct options *o, int argc, char **argv);

void options_help(FILE *to, const struct options *o);    /* of the command it names */
void options_usage(FILE *to);

#endif
