/* SPDX-License-Identifier: MIT
 *
 * learn.h - the command that makes a filter of its own from recordings.
 */
#ifndef LULL_APP_LEARN_H
#define LULL_APP_LEARN_H

#include "app/options.h"

int learn(const struct options *o);

#endif
