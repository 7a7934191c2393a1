/* SPDX-License-Identifier: MIT
 *
 * main.c - lull, the program.
 */
#include "app/commands.h"
#include "app/errors.h"
#include "lull.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

/* A file opened while a standard stream is closed would get its number, and
 * sound would go where messages should, or the other way.  A closed one is
 * opened the wrong way round, so that its use fails as it would have. */
static void occupy_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
                exit(EX_OSERR);
}

static void version(FILE *to, const struct options *o)
{
    (void)o;
    fprintf(to, "lull %s\n", lull_version());
}

static int print(void (*text)(FILE *to, const struct options *o), const struct options *o)
{
    text(stdout, o);
    if (fflush(stdout) || ferror(stdout))
        return complain(EX_IOERR, "standard output: cannot write");
    return 0;
}

int main(int argc, char **argv)
{
    struct options o;

    occupy_standard_streams();
    signal(SIGPIPE, SIG_IGN);           /* these two become errors of write() */
    signal(SIGXFSZ, SIG_IGN);

    const int status = options_read(&o, argc, argv);

    if (status)
        return status;
    if (o.help)
        return print(options_help, &o);
    if (o.version)
        return print(version, &o);
    return o.command->run(&o);
}
