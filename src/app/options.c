/* SPDX-License-Identifier: MIT
 *
 * options.c - the option table, and its readers.
 *
 * A row says which commands know an option, what it is called, what it takes,
 * where its value goes and how it is explained; a new option is a new row.
 */
#include "app/options.h"
#include "app/commands.h"
#include "app/errors.h"
#include "app/filters.h"
#include "lull.h"
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct section {
    const char *title;
    bool rare;                  /* left to --help: not of every day */
    const struct row *rows;     /* up to one without a name */
};

#define AT(field) offsetof(struct options, field)

static const struct row denoising[] = {
    { DENOISE | LIVE | PIPEWIRE | INSPECT | LEARN, 'f', "filter", "NAME", WORD, AT(filter), 0,
      0, "what the signal is: a name in lull filters, or a file" },
    { DENOISE | LIVE | PIPEWIRE, 'n', "reduction", "DB", NUMBER, AT(reduction_db), 0, 60,
      "turn noise down by at most DB, 0..60" },
    { DENOISE | LIVE | PIPEWIRE, 'm', "mix", "0..1", NUMBER, AT(mix), 0, 1,
      "1 all denoised (default), 0 all as it came" },
    { DENOISE, 'l', "latency", "MS", NUMBER, AT(latency_ms), 0, 1000,
      "32 (best, default), 16 or 10 ms; sensors: any" },
    { PIPEWIRE, 'l', "latency", "MS", NUMBER, AT(latency_ms), 10, 32,
      "10 (default), 16 or 32 (best) ms" },
    { LIVE, 'l', "latency", "MS", WORD, AT(delay), 0, 0,
      "low, high or MS: 10 (low, default), 16 or 32 (high)" },
    { DENOISE | LIVE, 'x', "residual", NULL, FLAG, AT(residual), 0, 0,
      "give what was removed instead: listen to it" },
    { 0 }
};

static const struct row learning[] = {
    { LEARN | MERGE, 'o', "output", "FILE", WORD, AT(to), 0, 0, "the filter that is made" },
    { LEARN, 0, "noise", NULL, FLAG, AT(learn_noise), 0, 0,
      "learn the noise where nobody speaks, as -f speech does" },
    { LEARN, 0, "signal", NULL, FLAG, AT(learn_signal), 0, 0,
      "learn a clean signal; without -f, from -f sensor" },
    { LEARN, 0, "section", "A:B", WORD, AT(section), 0, 0,
      "from A to B: 10:20 in seconds, 1:30:2:00 in minutes" },
    { LEARN, 0, "part", "I/N", WORD, AT(part), 0, 0,
      "the I-th of N equal stretches, for lull merge" },
    { LEARN, 0, "budget", "SIZE", WORD, AT(budget), 0, 0,
      "at most 64k or 2M bytes, or 5us for each frame" },
    { 0 }
};

static const struct row raw_input[] = {
    { DENOISE | INSPECT | LEARN, 't', "type", "TYPE", WORD, AT(type), 0, 0,
      "IN is raw (no header; -c and -e say more), csv or npy" },
    { DENOISE | INSPECT | LEARN, 'r', "rate", "HZ", NUMBER, AT(rate_hz), 1e-9, 1e6,
      "frames per second, of raw, npy, csv without time" },
    { DENOISE | INSPECT | LEARN, 'c', "channels", "N", NUMBER, AT(channels), 1, 8192,
      "channels (1)" },
    { DENOISE | INSPECT | LEARN, 'e', "encoding", "ENC", WORD, AT(encoding), 0, 0,
      "u8 s8 s16 s24 s32 f32 f64 (s16); s16be for big-endian" },
    { 0 }
};

static const struct row devices[] = {
    { LIVE, 'I', "input", "DEVICE", WORD, AT(microphone), 0, 0,
      "number or words of a name in lull devices" },
    { LIVE, 'O', "output", "DEVICE", WORD, AT(speaker), 0, 0, "the same; none: no speaker" },
    { LIVE, 0, "record", "FILE", WORD, AT(record), 0, 0,
      "into a WAV file; to the speaker as well if -O is given" },
    { LIVE, 'c', "channels", "N", NUMBER, AT(device_channels), 1, 64,
      "1 mono (default), 2 stereo" },
    { PIPEWIRE, 0, "alone", NULL, FLAG, AT(alone), 0, 0,
      "for a process of its own: a user unit, or with -f FILE" },
    { 0 }
};

static const struct row more_devices[] = {
    { LIVE, 0, "state", "FILE", WORD, AT(learnt), 0, 0,
      "keep what is learned in FILE from run to run" },
    { LIVE, 'r', "rate", "HZ", NUMBER, AT(device_rate_hz), 1, 1e6,
      "frames per second (48000)" },
    { LIVE, 0, "block", "N", NUMBER, AT(block), 1, 65536,
      "frames at once (as the device likes)" },
    { LIVE, 0, "buffer", "MS", NUMBER, AT(buffer_ms), 1, 1000,
      "of the devices; more avoids xruns (low ~10, high ~35)" },
    { LIVE, 0, "reconnect", NULL, FLAG, AT(reconnect), 0, 0,
      "wait for a device that is gone, go on when it is back" },
    { LIVE, 'b', "bypass", NULL, FLAG, AT(bypass), 0, 0,
      "begin with the sound as it is (key b)" },
    { LIVE, 'd', "duration", "S", NUMBER, AT(duration_s), 0.001, 1e9,
      "end after so many seconds" },
    { 0 }
};

static const struct row adapting[] = {
    { DENOISE, 0, "adapt", "R", NUMBER, AT(adapt), 1, LULL_MAX_ADAPT,
      "R directions follow what the filter has not learned" },
    { DENOISE, 0, "adapter", "FILE", WORD, AT(adapter), 0, 0,
      "... which begin as they were saved there" },
    { DENOISE, 0, "save-adapter", "FILE", WORD, AT(save_adapter), 0, 0,
      "save them at the end, for --adapter or lull merge" },
    { 0 }
};

static const struct row chunks[] = {
    { DENOISE, 0, "state", "FILE", WORD, AT(state), 0, 0,
      "go on from the state in FILE, save it for the next run" },
    { DENOISE, 0, "last", NULL, FLAG, AT(last), 0, 0,
      "the last chunk: OUT is complete, FILE is removed" },
    { 0 }
};

static const struct row telling[] = {
    { DENOISE, 'D', "no-dither", NULL, FLAG, AT(no_dither), 0, 0,
      "do not dither where OUT has fewer bits than IN" },
    { DENOISE | LIVE, 0, "log", "FILE", WORD, AT(log), 0, 0,
      "write readings there, as lines of JSON" },
    { DENOISE | LEARN, 0, "progress", NULL, FLAG, AT(progress), 0, 0,
      "show progress even if stderr is no terminal" },
    { DENOISE | LIVE | LEARN, 'q', "quiet", NULL, FLAG, AT(quiet), 0, 0,
      "say nothing but errors" },
    { DENOISE | LIVE | DEVICES, 'v', "verbose", NULL, FLAG, AT(verbose), 0, 0,
      "say what is done, and how it went" },
    { ANY, 'h', "help", NULL, FLAG, AT(help), 0, 0, "-h the most of it, --help all" },
    { ANY, 'V', "version", NULL, FLAG, AT(version), 0, 0, "the version" },
    { 0 }
};

static const struct section sections[] = {
    { "Denoising", false, denoising },
    { "Learning", false, learning },
    { "Input without a header", true, raw_input },
    { "Beside a learned filter", true, adapting },
    { "A stream in chunks", true, chunks },
    { "Devices", false, devices },
    { "More of devices", true, more_devices },
    { "The rest", true, telling },
};

enum { SECTIONS = sizeof sections / sizeof *sections, ROWS_MAX = 64, LONG_ONLY = 256 };

/* The rows that a command knows, for getopt_long: row i answers to its letter
 * and to LONG_ONLY + i. */
struct parser {
    const struct row *rows[ROWS_MAX];
    struct option longs[ROWS_MAX + 1];
    char shorts[2 * ROWS_MAX + 2];
};

static void add_row(struct parser *p, size_t i, const struct row *row)
{
    const size_t n = strlen(p->shorts);

    p->rows[i] = row;
    p->longs[i] = (struct option){
        .name = row->name,
        .has_arg = row->argument ? required_argument : no_argument,
        .val = LONG_ONLY + (int)i,
    };
    if (row->letter) {
        p->shorts[n] = (char)row->letter;
        p->shorts[n + 1] = row->argument ? ':' : '\0';
    }
}

static struct parser parser_of(const struct command *command)
{
    struct parser p = { .shorts = ":" };    /* a missing argument is no unknown option */
    size_t i = 0;

    for (size_t s = 0; s < SECTIONS; s++)
        for (const struct row *row = sections[s].rows; row->name; row++)
            if (row->of & command->bit)
                add_row(&p, i++, row);
    return p;
}

void options_each(const struct command *command,
                  void (*visit)(void *user, const struct row *row), void *user)
{
    for (size_t s = 0; s < SECTIONS; s++)
        for (const struct row *row = sections[s].rows; row->name; row++)
            if (row->of & command->bit)
                visit(user, row);
}

/* The row that answers to val, or NULL. */
static const struct row *row_of(const struct parser *p, int val)
{
    for (size_t i = 0; p->rows[i]; i++)
        if (p->longs[i].val == val || (val && p->rows[i]->letter == val))
            return p->rows[i];
    return NULL;
}

/* A whole, finite number in C's notation, whatever the locale says. */
static bool parse_number(const char *text, double *value)
{
    char *end;

    if (text[strspn(text, "+-.0123456789eE")])
        return false;
    *value = strtod(text, &end);
    return end != text && !*end && isfinite(*value);
}

static int store_number(const struct row *row, const char *text, double *field)
{
    if (!parse_number(text, field))
        return complain(EX_USAGE, "--%s %s: not a number", row->name, text);
    if (*field < row->least || *field > row->most)
        return complain(EX_USAGE, "--%s %s: must be %g to %g", row->name, text, row->least,
                        row->most);
    return 0;
}

static int store(struct options *o, const struct row *row, const char *text)
{
    void *field = (char *)o + row->field;

    switch (row->kind) {
    case FLAG:
        *(bool *)field = true;
        return 0;
    case WORD:
        *(const char **)field = text;
        return 0;
    case NUMBER:
        return store_number(row, text, field);
    }
    return 0;
}

/* Between "lull", a name that may be empty, and what follows. */
static const char *gap(const struct options *o)
{
    return *o->command->name ? " " : "";
}

/* Says what getopt_long did not like: optopt is the option, known or not, or
 * 0 for a long name that nobody has. */
static int reject(const struct options *o, const struct parser *p, char **argv, int why)
{
    const struct row *row = optopt ? row_of(p, optopt) : NULL;
    const char *command = o->command->name;

    if (row)
        return complain(EX_USAGE, "--%s: %s", row->name,
                        why == ':' ? "needs an argument" : "takes no argument");
    if (optopt)
        return complain(EX_USAGE, "-%c: no such option (try lull %s%s-h)", optopt, command,
                        gap(o));
    return complain(EX_USAGE, "%s: no such option (try lull %s%s-h)", argv[optind - 1], command,
                    gap(o));
}

static int read_named(struct options *o, int argc, char **argv)
{
    const struct parser p = parser_of(o->command);
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, p.shorts, p.longs, NULL)) != -1) {
        const int status = c == '?' || c == ':' ? reject(o, &p, argv, c)
                                                : store(o, row_of(&p, c), optarg);
        if (status)
            return status;
        o->brief |= c == 'h';
    }
    return 0;
}

static int read_places(struct options *o, int n, char **places)
{
    if (n > o->command->places)
        return complain(EX_USAGE, "%s: one too many (try lull %s%s-h)",
                        places[o->command->places], o->command->name, gap(o));
    o->named = n > 0;
    o->file = places;
    o->files = n;
    if (n > 0)
        o->in = places[0];
    if (n > 1)
        o->out = places[1];
    return 0;
}

static int settle_raw(struct options *o)
{
    if (o->rate_hz < 0)
        return complain(EX_USAGE, "raw input needs a rate, as in -t raw -r 16000 -c 1 -e s16");
    if (o->channels != floor(o->channels))
        return complain(EX_USAGE, "--channels %g: must be a whole number", o->channels);
    o->given.channels = o->channels < 0 ? 1 : (unsigned)o->channels;
    if (!pcm_named(o->encoding ? o->encoding : "s16", &o->given.pcm))
        return complain(EX_USAGE, "--encoding %s: must be u8, s8, s16, s24, s32, f32 or f64",
                        o->encoding);
    return 0;
}

/* The four options that describe the input make one description. */
static int settle_input(struct options *o)
{
    static const char *const types[] = {
        [CONTAINER_RAW] = "raw", [CONTAINER_CSV] = "csv", [CONTAINER_NPY] = "npy"
    };

    o->given = (struct sound){ .frames = FRAMES_UNKNOWN };
    o->given.rate_hz = o->rate_hz > 0 ? o->rate_hz : 0;
    for (int i = CONTAINER_RAW; o->type && i <= CONTAINER_NPY; i++)
        if (!strcmp(o->type, types[i]))
            o->given.container = (enum container)i;
    if (o->type && !o->given.container)
        return complain(EX_USAGE, "--type %s: must be raw, csv or npy; "
                        "other formats say what they are", o->type);
    if (o->given.container == CONTAINER_RAW)
        return settle_raw(o);
    if (o->channels >= 0 || o->encoding)
        return complain(EX_USAGE, "-c and -e describe raw input: add -t raw");
    return 0;
}

int options_read(struct options *o, int argc, char **argv)
{
    const struct command *const named = argc > 1 ? command_named(argv[1]) : NULL;
    const int skip = named ? 1 : 0;
    int status;

    *o = (struct options){
        .command = named ? named : command_named(""),
        .in = "-",
        .out = "-",
        .reduction_db = NOT_GIVEN,
        .mix = NOT_GIVEN,
        .latency_ms = NOT_GIVEN,
        .adapt = NOT_GIVEN,
        .rate_hz = NOT_GIVEN,
        .channels = NOT_GIVEN,
        .device_rate_hz = NOT_GIVEN,
        .device_channels = NOT_GIVEN,
        .block = NOT_GIVEN,
        .buffer_ms = NOT_GIVEN,
        .duration_s = NOT_GIVEN,
    };
    argc -= skip;
    argv += skip;
    if ((status = read_named(o, argc, argv)) || o->help || o->version)
        return status;
    if ((status = read_places(o, argc - optind, argv + optind)))
        return status;
    if ((status = filter_settle(o)))
        return status;
    return settle_input(o);
}

void options_usage(FILE *to)
{
    fputs("usage: lull [options] [IN [OUT]]\n"
          "       lull noisy.wav clean.wav\n"
          "lull -h says more\n", to);
}

static void help_row(FILE *to, const struct row *row)
{
    char left[40];

    snprintf(left, sizeof left, "%c%c%c --%s %s", row->letter ? '-' : ' ',
             row->letter ? row->letter : ' ', row->letter ? ',' : ' ', row->name,
             row->argument ? row->argument : "");
    fprintf(to, "  %-22s %s\n", left, row->help);
}

static void help_section(FILE *to, const struct section *section, unsigned command)
{
    bool any = false;

    for (const struct row *row = section->rows; row->name; row++)
        if (row->of & command) {
            if (!any)
                fprintf(to, "\n%s\n", section->title);
            any = true;
            help_row(to, row);
        }
}

/* -h, one screen: what a command is for and the options of every day. */
void options_help(FILE *to, const struct options *o)
{
    const struct command *c = o->command;

    fprintf(to, "lull %s%s%s - %s\n%s%s", c->name, gap(o), c->synopsis,
            c->summary ? c->summary : "print what a shell completes lull with",
            *c->text ? "\n" : "", c->text);
    for (size_t s = 0; s < SECTIONS; s++)
        if (!o->brief || !sections[s].rare)
            help_section(to, sections + s, c->bit);
    if (!*c->name)
        commands_help(to);
    else if (o->brief)
        fprintf(to, "\nlull %s --help has every option\n", c->name);
}
