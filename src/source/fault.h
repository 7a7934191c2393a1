/* SPDX-License-Identifier: MIT
 *
 * fault.h - what went wrong, as a sentence for people and a code for scripts.
 */
#ifndef LULL_SOURCE_FAULT_H
#define LULL_SOURCE_FAULT_H

#include <stdbool.h>

#if defined(__GNUC__)
#define FAULT_PRINTF __attribute__((format(printf, 3, 4)))
#else
#define FAULT_PRINTF
#endif

struct fault {
    int code;               /* after sysexits.h                  */
    int err;                /* errno where the system said no, or 0 */
    char text[320];         /* "FILE: reason"                    */
};

/* Both return false, so that `return fault_set(...)` reads well. */
bool fault_set(struct fault *f, int code, const char *format, ...) FAULT_PRINTF;
bool fault_errno(struct fault *f, int code, const char *name);  /* the reason is errno's */

#endif
