/* SPDX-License-Identifier: MIT
 *
 * live.h - the command that listens: microphone in, quieter, speaker out.
 */
#ifndef LULL_APP_LIVE_H
#define LULL_APP_LIVE_H

#include "app/options.h"

int live(const struct options *o);

#endif
