/* SPDX-License-Identifier: MIT
 *
 * hush.h - standard error without the chatter of sound libraries.
 */
#ifndef LULL_DEVICE_HUSH_H
#define LULL_DEVICE_HUSH_H

#include <stdbool.h>
#include <stdio.h>

struct hush {
    int kept;           /* what standard error was, or -1        */
    FILE *voice;        /* for what lull itself has to say       */
};

/* From here on what others write to standard error is lost, unless `loud`. */
void hush_begin(struct hush *h, bool loud);
void hush_end(struct hush *h);

#endif
