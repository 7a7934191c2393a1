/* SPDX-License-Identifier: MIT
 *
 * adapt.h - what a denoiser has added to its learned filter: from a file, into one.
 */
#ifndef LULL_APP_ADAPT_H
#define LULL_APP_ADAPT_H

#include "app/options.h"
#include "app/whole.h"
#include "lull.h"

/* Whether what is asked for goes together; 0, or an exit status after a complaint. */
int adapt_check(const struct options *o);

/* l begins with the adapter that is asked for, if any. */
bool adapt_load(const struct options *o, lull *l, struct fault *why);

/* At the end: writes its adapter beside the place, for whole_place(), if that is asked for. */
bool adapt_save(const struct options *o, const lull *l, struct whole *to, struct fault *why);

#endif
