/* SPDX-License-Identifier: MIT
 *
 * commands.c - see commands.h.  A new command is a file of its name with its
 * one function, a row here, a bit in options.h.
 *
 * A first argument that is a command's name is that command; a file of such a
 * name is ./live.
 */
#include "app/commands.h"
#include "app/denoise.h"
#include <string.h>

static const struct command commands[] = {
    { DENOISE, "", "[options] [IN [OUT]]", 2, "take the noise out of a recording",
      "  lull noisy.wav clean.wav            OUT has the format, rate and length of IN\n"
      "  lull noisy.flac clean.ogg           ... or the format its name says\n"
      "  lull -x noisy.wav removed.wav       hear what would be taken away\n"
      "  ffmpeg -i talk.mp4 -f wav - | lull | sox -t wav - talk.flac\n"
      "  arecord -t raw -f S16_LE -r 16000 | lull -t raw -r 16000 -l 10 > clean.raw\n"
      "\n"
      "Without OUT, or with -, sound goes to standard output as WAV; without IN it is\n"
      "read from standard input.\n",
      denoise },
};

enum { COMMANDS = sizeof commands / sizeof *commands };

const struct command *command_named(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i].name, name))
            return commands + i;
    return NULL;
}

void commands_help(FILE *to)
{
    if (COMMANDS > 1)
        fputs("\nCommands (lull COMMAND -h says more)\n", to);
    for (size_t i = 0; i < COMMANDS; i++)
        if (*commands[i].name)
            fprintf(to, "  %-22s %s\n", commands[i].name, commands[i].summary);
}
