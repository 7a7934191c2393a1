/* SPDX-License-Identifier: MIT
 *
 * lesson.h - a screen about a learned filter: where it comes from, what is in it.
 */
#ifndef LULL_APP_LESSON_H
#define LULL_APP_LESSON_H

#include <stdbool.h>

/* By its name, or how it begins. */
bool lesson_is_one(const char *path);

int lesson_inspect(const char *path);

#endif
