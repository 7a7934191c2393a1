/* SPDX-License-Identifier: MIT
 *
 * devices.h - the command that lists microphones and speakers.
 */
#ifndef LULL_APP_DEVICES_H
#define LULL_APP_DEVICES_H

#include "app/options.h"

int devices(const struct options *o);

#endif
