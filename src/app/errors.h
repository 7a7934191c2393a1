/* SPDX-License-Identifier: MIT
 *
 * errors.h - what the program says when something is wrong: one line, on
 * standard error, "lull: FILE: reason".
 */
#ifndef LULL_APP_ERRORS_H
#define LULL_APP_ERRORS_H

#if defined(__GNUC__)
#define ERRORS_PRINTF(at) __attribute__((format(printf, at, (at) + 1)))
#else
#define ERRORS_PRINTF(at)
#endif

/* Says so and gives `code` back, for `return complain(EX_USAGE, ...)`. */
int complain(int code, const char *format, ...) ERRORS_PRINTF(2);

/* The same for what is no error. */
void remark(const char *format, ...) ERRORS_PRINTF(1);

#endif
