/* SPDX-License-Identifier: MIT
 *
 * filters.h - which filter: by its name, from a file, or by what comes in; and
 * the command that shows those there are.
 */
#ifndef LULL_APP_FILTERS_H
#define LULL_APP_FILTERS_H

#include "app/options.h"
#include "source/fault.h"

/* Without a name all filters, a line each; with one, its text. */
int filters(const struct options *o);

/* Makes o->filter_text of o->filter; 0, or an exit status after a complaint. */
int filter_settle(struct options *o);

/* The bytes of a filter's file, with a 0 after them, to be freed; or NULL. */
unsigned char *filter_read(const char *path, size_t *size, struct fault *why);

/* What lull_config.filter is to be for such a sound, and what to call it. */
const char *filter_text(const struct options *o, const struct sound *sound);
const char *filter_called(const struct options *o, const struct sound *sound);

/* Does it look measured rather than heard?  A table, an array, a slow rate. */
bool is_measured(const struct sound *sound);

#endif
