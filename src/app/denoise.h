/* SPDX-License-Identifier: MIT
 *
 * denoise.h - the program's first purpose: one sound in, one sound out.
 */
#ifndef LULL_APP_DENOISE_H
#define LULL_APP_DENOISE_H

#include "app/options.h"
#include "source/fault.h"
#include "lull.h"

/* Does what the options say; gives the exit status. */
int denoise(const struct options *o);

/* The settings for such a sound: the filter's but for what was given by hand. */
lull_config config_of(const struct options *o, const struct sound *sound);

/* Says that the filter does not offer the latency that is asked for; gives false. */
bool refuse_latency(const struct options *o, const struct sound *sound, struct fault *why);

#endif
