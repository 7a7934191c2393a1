/* SPDX-License-Identifier: MIT
 *
 * pipewire.c - prints a drop-in for PipeWire's filter chain that runs the
 * LADSPA plugin between the microphone and whoever listens.
 *
 * The plugin is named by its whole path, so that no search path matters: where
 * it is installed with this program, or, not installed yet, beside it.  A filter from a
 * file comes to it by way of the environment of the process that it is in, which
 * for PipeWire's own is not ours to set.
 */
#include "app/pipewire.h"
#include "app/errors.h"
#include "lull.h"
#include "plugin/choice.h"
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { PATH_ROOM = PATH_MAX };
#define PLUGIN "lull_ladspa.so"

static const char in_the_daemon[] =
    "# lull as a microphone for every program, by way of PipeWire.\n"
    "#\n"
    "#   mkdir -p ~/.config/pipewire/pipewire.conf.d\n"
    "#   lull pipewire-conf > ~/.config/pipewire/pipewire.conf.d/lull.conf\n"
    "#   systemctl --user restart pipewire\n"
    "#\n"
    "# Then choose the microphone \"lull\".  To undo it, remove the file and restart.\n"
    "\n"
    "context.modules = [\n";

static const char alone[] =
    "# lull as a microphone for every program, in a process of its own beside PipeWire.\n"
    "#\n"
    "#   lull pipewire-conf --alone > ~/.config/pipewire/lull.conf\n"
    "#\n"
    "# and in ~/.config/systemd/user/lull.service\n"
    "#\n"
    "#   [Unit]\n"
    "#   Description=lull, a microphone without noise\n"
    "#   After=pipewire.service\n"
    "#   BindsTo=pipewire.service\n"
    "#   [Service]\n"
    "%s"
    "#   ExecStart=/usr/bin/pipewire -c lull.conf\n"
    "#   Restart=on-failure\n"
    "#   [Install]\n"
    "#   WantedBy=pipewire.service\n"
    "#\n"
    "# Then systemctl --user enable --now lull, and choose the microphone \"lull\".\n"
    "\n"
    "context.spa-libs = {\n"
    "    audio.convert.* = audioconvert/libspa-audioconvert\n"
    "    support.*       = support/libspa-support\n"
    "}\n"
    "context.modules = [\n"
    "    { name = libpipewire-module-rt\n"
    "        args = { nice.level = -11 }\n"
    "        flags = [ ifexists nofail ]\n"
    "    }\n"
    "    { name = libpipewire-module-protocol-native }\n"
    "    { name = libpipewire-module-client-node }\n"
    "    { name = libpipewire-module-adapter }\n";

static const char chain[] =
    "    { name = libpipewire-module-filter-chain\n"
    "        args = {\n"
    "            node.description = \"lull\"\n"
    "            media.name = \"lull\"\n"
    "            filter.graph = {\n"
    "                nodes = [\n"
    "                    { type = ladspa\n"
    "                        name = lull\n"
    "                        plugin = \"%s\"\n"
    "                        label = lull_mono\n"
    "                        control = {\n"
    "                            \"Reduction (dB)\" = %g\n"
    "                            \"Mix\" = %g\n"
    "                            \"Filter\" = %d\n"
    "                            \"Delay (ms)\" = %g\n"
    "                        }\n"
    "                    }\n"
    "                ]\n"
    "            }\n"
    "            audio.rate = 48000\n"
    "            audio.channels = 1\n"
    "            audio.position = [ MONO ]\n"
    "            capture.props = {\n"
    "                node.name = \"capture.lull\"\n"
    "                node.passive = true\n"
    "            }\n"
    "            playback.props = {\n"
    "                node.name = \"lull\"\n"
    "                media.class = Audio/Source\n"
    "            }\n"
    "        }\n"
    "    }\n"
    "]\n";

/* The plugin, looked for from the directory of this program; false: not there. */
static bool from_us(const char *place, char *path)
{
    char seen[PATH_ROOM];
    const ssize_t n = readlink("/proc/self/exe", seen, sizeof seen - 1);

    seen[n > 0 ? n : 0] = 0;

    char *const slash = strrchr(seen, '/');
    const size_t room = slash ? (size_t)(seen + sizeof seen - slash - 1) : 0;

    return slash && (size_t)snprintf(slash + 1, room, "%s" PLUGIN, place) < room &&
           realpath(seen, path);
}

static const char *plugin_path(char *room)
{
    static const char installed[] = LULL_LADSPA;

    if (from_us("../lib/ladspa/", room))
        return room;
    if (access(installed, R_OK) == 0)
        return installed;
    if (from_us("", room))
        return room;
    remark("%s: not there yet; make install puts it there, if it was built (it needs ladspa.h)",
           installed);
    return installed;
}

/* The line of the unit that names the file; nothing for a filter that has a number. */
static void print_head(const struct options *o, const char *path)
{
    char line[PATH_ROOM + 64] = "";

    if (path)
        snprintf(line, sizeof line, "#   Environment=\"" CHOICE_VARIABLE "=%s\"\n", path);
    if (o->alone)
        printf(alone, line);
    else
        fputs(in_the_daemon, stdout);
}

int pipewire_conf(const struct options *o)
{
    const char *const filter = o->filter ? o->filter : "speech";
    const int number = choice_number(filter);
    const bool from_file = number == CHOICE_FILE;
    const lull_config usual = lull_preset(from_file ? o->filter_text : filter, 48000, 1);
    char room[PATH_ROOM], path[PATH_ROOM];

    if (from_file && !o->alone)
        return complain(EX_USAGE, "%s: a filter from a file needs a process of its own: "
                        "add --alone", filter);
    if (from_file && !realpath(filter, path))
        return complain(EX_NOINPUT, "%s: %s", filter, strerror(errno));
    if (from_file && strpbrk(path, "\"\\%\n"))
        return complain(EX_USAGE, "%s: a unit cannot name it: no \", \\, %% or line ends",
                        filter);
    print_head(o, from_file ? path : NULL);
    printf(chain, plugin_path(room),
           o->reduction_db < 0 ? (double)usual.reduction_db : o->reduction_db,
           o->mix < 0 ? (double)usual.mix : o->mix, number,
           o->latency_ms < 0 ? 10 : o->latency_ms);
    if (fflush(stdout) || ferror(stdout))
        return complain(EX_IOERR, "standard output: cannot write");
    return 0;
}
