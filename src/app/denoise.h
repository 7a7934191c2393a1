/* SPDX-License-Identifier: MIT
 *
 * denoise.h - the program's first purpose: one sound in, one sound out.
 */
#ifndef LULL_APP_DENOISE_H
#define LULL_APP_DENOISE_H

#include "app/options.h"

/* Does what the options say; gives the exit status. */
int denoise(const struct options *o);

#endif
