/* SPDX-License-Identifier: MIT
 *
 * completion.c - the option table as bash, zsh and fish want to read it.
 * `make install` puts the three where the shells look.
 */
#include "app/completion.h"
#include "app/commands.h"
#include "app/errors.h"
#include "lull.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

/* Between single quotes of a shell; zsh also minds brackets. */
static void put_quoted(const char *text, bool brackets)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (brackets && strchr("[]:\\", *text))
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

static void put_filters(void)
{
    const char *name;

    for (size_t i = 0; (name = lull_filter_name(i)); i++)
        printf("%s%s", i ? " " : "", name);
}

/* ---- bash */

static void bash_option(void *user, const struct row *row)
{
    (void)user;
    if (row->letter)
        printf(" -%c", row->letter);
    printf(" --%s", row->name);
}

static void bash(void)
{
    const struct command *c;

    puts("_lull() {\n"
         "    local now=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options\n"
         "    case $before in");
    fputs("    -f|--filter|filters) COMPREPLY=($(compgen -W '", stdout);
    put_filters();
    puts("' -f -- \"$now\")); return ;;\n"
         "    esac\n"
         "    case ${COMP_WORDS[1]} in");
    for (size_t i = 1; (c = command_at(i)); i++) {
        printf("    %s) options='", c->name);
        options_each(c, bash_option, NULL);
        puts("' ;;");
    }
    fputs("    *) options='", stdout);
    options_each(command_at(0), bash_option, NULL);
    puts("' ;;\n"
         "    esac\n"
         "    if [[ $now == -* ]]; then\n"
         "        COMPREPLY=($(compgen -W \"$options\" -- \"$now\"))\n"
         "    elif [[ $COMP_CWORD == 1 ]]; then");
    fputs("        COMPREPLY=($(compgen -W '", stdout);
    for (size_t i = 1; (c = command_at(i)); i++)
        if (c->summary)
            printf("%s ", c->name);
    puts("' -f -- \"$now\"))\n"
         "    fi\n"
         "}\n"
         "complete -o default -F _lull lull");
}

/* ---- zsh */

static void zsh_argument(const struct row *row)
{
    if (!row->argument)
        return;
    printf(":%s:", row->argument);
    if (!strcmp(row->name, "filter")) {
        putchar('(');
        put_filters();
        putchar(')');
    } else if (!strcmp(row->argument, "FILE")) {
        fputs("_files", stdout);
    }
}

static void zsh_option(void *user, const struct row *row)
{
    (void)user;
    fputs(" \\\n        ", stdout);
    if (row->letter)
        printf("'(-%c --%s)'{-%c,--%s}'[", row->letter, row->name, row->letter, row->name);
    else
        printf("'--%s[", row->name);
    put_quoted(row->help, true);
    putchar(']');
    zsh_argument(row);
    putchar('\'');
}

static void zsh_command(const struct command *c)
{
    fputs("    _arguments -s", stdout);
    options_each(c, zsh_option, NULL);
    if (!strcmp(c->name, "filters")) {
        fputs(" \\\n        '1:filter:(", stdout);
        put_filters();
        fputs(")'", stdout);
    } else if (c->places) {
        fputs(" \\\n        '*:file:_files'", stdout);
    }
    puts(" ;;");
}

static void zsh(void)
{
    const struct command *c;

    puts("#compdef lull\n"
         "if (( CURRENT == 2 )); then\n"
         "    local -a commands=(");
    for (size_t i = 1; (c = command_at(i)); i++)
        if (c->summary) {
            printf("        '%s:", c->name);
            put_quoted(c->summary, false);
            puts("'");
        }
    puts("    )\n"
         "    [[ $words[2] == -* ]] || _describe command commands\n"
         "fi\n"
         "case $words[2] in");
    for (size_t i = 1; (c = command_at(i)); i++) {
        printf("%s)\n    shift words; (( CURRENT-- ))\n", c->name);
        zsh_command(c);
    }
    puts("*)");
    zsh_command(command_at(0));
    puts("esac");
}

/* ---- fish */

static void fish_names(void)
{
    const struct command *c;

    for (size_t i = 1; (c = command_at(i)); i++)
        printf(" %s", c->name);
}

static void fish_option(void *user, const struct row *row)
{
    const struct command *c = user;

    fputs("complete -c lull -n '", stdout);
    if (*c->name) {
        printf("__fish_seen_subcommand_from %s", c->name);
    } else {
        fputs("not __fish_seen_subcommand_from", stdout);
        fish_names();
    }
    putchar('\'');
    if (row->letter)
        printf(" -s %c", row->letter);
    printf(" -l %s", row->name);
    if (row->argument && !strcmp(row->name, "filter")) {
        fputs(" -x -a '", stdout);
        put_filters();
        putchar('\'');
    } else if (row->argument) {
        fputs(" -r", stdout);
    }
    fputs(" -d '", stdout);
    put_quoted(row->help, false);
    puts("'");
}

static void fish(void)
{
    const struct command *c;

    for (size_t i = 0; (c = command_at(i)); i++) {
        if (*c->name && c->summary) {
            printf("complete -c lull -n __fish_use_subcommand -a %s -d '", c->name);
            put_quoted(c->summary, false);
            puts("'");
        }
        options_each(c, fish_option, (void *)(uintptr_t)c);
    }
    fputs("complete -c lull -n '__fish_seen_subcommand_from filters' -x -a '", stdout);
    put_filters();
    puts("'");
}

int completion(const struct options *o)
{
    static const struct {
        const char *shell;
        void (*print)(void);
    } shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
        if (!strcmp(o->in, shells[i].shell)) {
            shells[i].print();
            if (fflush(stdout) || ferror(stdout))
                return complain(EX_IOERR, "standard output: cannot write");
            return 0;
        }
    return complain(EX_USAGE, "%s: must be bash, zsh or fish", o->in);
}
