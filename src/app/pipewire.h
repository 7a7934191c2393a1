/* SPDX-License-Identifier: MIT
 *
 * pipewire.h - the command that makes lull a microphone of the desktop.
 */
#ifndef LULL_APP_PIPEWIRE_H
#define LULL_APP_PIPEWIRE_H

#include "app/options.h"

int pipewire_conf(const struct options *o);

#endif
