/* SPDX-License-Identifier: MIT
 *
 * fault.c - what went wrong.
 */
#include "source/fault.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool fault_set(struct fault *f, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    f->code = code;
    f->err = 0;
    vsnprintf(f->text, sizeof f->text, format, args);
    va_end(args);
    return false;
}

bool fault_errno(struct fault *f, int code, const char *name)
{
    const int err = errno;

    fault_set(f, code, "%s: %s", name, strerror(err));
    f->err = err;
    return false;
}
