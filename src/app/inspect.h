/* SPDX-License-Identifier: MIT
 *
 * inspect.h - the command that says what a signal is like, and what would suit it.
 */
#ifndef LULL_APP_INSPECT_H
#define LULL_APP_INSPECT_H

#include "app/options.h"

int inspect(const struct options *o);

#endif
