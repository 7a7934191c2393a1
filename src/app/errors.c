/* SPDX-License-Identifier: MIT
 *
 * errors.c - one line on standard error.
 */
#include "app/errors.h"
#include <stdarg.h>
#include <stdio.h>

static void say(const char *format, va_list args)
{
    fputs("lull: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

int complain(int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(format, args);
    va_end(args);
    return code;
}

void remark(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    say(format, args);
    va_end(args);
}
