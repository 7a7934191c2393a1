/* SPDX-License-Identifier: MIT
 *
 * merge.h - the command that makes one filter of several that have learned.
 */
#ifndef LULL_APP_MERGE_H
#define LULL_APP_MERGE_H

#include "app/options.h"

int merge(const struct options *o);

#endif
