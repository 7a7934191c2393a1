/* SPDX-License-Identifier: MIT
 *
 * completion.h - the command that shells complete lull with.
 */
#ifndef LULL_APP_COMPLETION_H
#define LULL_APP_COMPLETION_H

#include "app/options.h"

int completion(const struct options *o);

#endif
