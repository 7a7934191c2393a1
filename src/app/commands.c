/* SPDX-License-Identifier: MIT
 *
 * commands.c - see commands.h.  A new command is a file of its name with its
 * one function, a row here, a bit in options.h.
 *
 * A first argument that is a command's name is that command; a file of such a
 * name is ./live.
 */
#include "app/commands.h"
#include "app/completion.h"
#include "app/denoise.h"
#include "app/devices.h"
#include "app/filters.h"
#include "app/inspect.h"
#include "app/learn.h"
#include "app/live.h"
#include "app/merge.h"
#include "app/pipewire.h"
#include <limits.h>
#include <string.h>

static const struct command commands[] = {
    { DENOISE, "", "[options] [IN [OUT]]", 2, "take the noise out of a recording",
      "  lull noisy.wav clean.wav            OUT has the format, rate and length of IN\n"
      "  lull noisy.flac clean.ogg           ... or the format its name says\n"
      "  ffmpeg -i talk.mp4 -f wav - | lull | sox -t wav - talk.flac\n"
      "Without IN or OUT, or with -: standard input or output, where sound is WAV.\n",
      denoise },
    { LIVE, "live", "[options]", 0, "take the noise out of a microphone as you speak",
      "  lull live                           microphone to speaker: wear headphones\n"
      "  lull live -I usb -O headset -c 2    by words of their names, in stereo\n"
      "  lull live --record talk.wav         into a file, which is whole at any time\n"
      "Keys: b bypass, r residual, + and - more and less reduction, f freeze,\n"
      "l learn the noise anew, s save what was learned (--state), q quit.\n",
      live },
    { DEVICES, "devices", "[options]", 0, "list microphones (>) and speakers (<)", "",
      devices },
    { PIPEWIRE, "pipewire-conf", "[options]", 0,
      "print what makes lull a microphone of the desktop",
      "  mkdir -p ~/.config/pipewire/pipewire.conf.d\n"
      "  lull pipewire-conf > ~/.config/pipewire/pipewire.conf.d/lull.conf\n"
      "  systemctl --user restart pipewire   then choose the microphone lull\n",
      pipewire_conf },
    { LEARN, "learn", "[options] IN... -o FILE.filter", INT_MAX,
      "make a filter from recordings",
      "  lull learn -f ecg good.csv -o heart.filter      from a clean recording ...\n"
      "  lull -f heart.filter noisy.csv clean.csv        ... for others like it\n"
      "  lull learn -f ecg a.csv b.csv --section 10:70 --budget 64k -o heart.filter\n"
      "\n"
      "Many at once, each a part, then all as one:\n"
      "  parallel lull learn day.csv --part {}/8 -o {}.filter ::: 1 2 3 4 5 6 7 8\n"
      "  lull merge [1-8].filter -o heart.filter\n",
      learn },
    { MERGE, "merge", "A B [C...] -o NEW", INT_MAX, "make one of filters that have learned",
      "  lull merge monday.filter tuesday.filter -o both.filter\n"
      "  lull merge heart.filter new.adapter -o new.filter\n",
      merge },
    { INSPECT, "inspect", "[options] [IN]", 1,
      "say what a signal holds, and what would suit it",
      "  lull inspect heart.csv              levels, hum, rank, a filter and its cost\n"
      "  lull inspect -f ecg heart.csv       ... of a filter that you choose\n"
      "  lull inspect heart.filter           what a filter has learned, and from what\n",
      inspect },
    { FILTERS, "filters", "[NAME]", 1, "list the filters, or print one to be edited",
      "  lull filters                        what there is for -f\n"
      "  lull filters ecg > my.filter        one of your own: change what you like\n"
      "  lull -f my.filter in.csv out.csv\n",
      filters },
    { COMPLETION, "completion", "bash|zsh|fish", 1, NULL, "", completion },
};

enum { COMMANDS = sizeof commands / sizeof *commands };

const struct command *command_at(size_t i)
{
    return i < COMMANDS ? commands + i : NULL;
}

const struct command *command_named(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i].name, name))
            return commands + i;
    return NULL;
}

void commands_help(FILE *to)
{
    fputs("\nCommands (lull COMMAND -h says more, --help has every option)\n", to);
    for (size_t i = 0; i < COMMANDS; i++)
        if (*commands[i].name && commands[i].summary)
            fprintf(to, "  %-22s %s\n", commands[i].name, commands[i].summary);
}
