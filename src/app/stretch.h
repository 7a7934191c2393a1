/* SPDX-License-Identifier: MIT
 *
 * stretch.h - a part of a recording: from one time to another, or the i-th of n.
 */
#ifndef LULL_APP_STRETCH_H
#define LULL_APP_STRETCH_H

#include <stdbool.h>

struct section {
    double from, to;            /* s; to < 0: the end */
};

struct part {
    unsigned i, n;              /* the i-th of n, from 1 */
};

/* "10:20" (seconds) or "1:30:2:00" (minutes and seconds), and hours likewise; "10:"
 * goes to the end, ":20" begins there. */
bool section_read(const char *text, struct section *s);

bool part_read(const char *text, struct part *p);       /* "2/8" */

/* In frames: of so many at that rate, from and to (behind the last).  Parts have no
 * gap between them and leave nothing out. */
struct stretch {
    long long from, to;
};

struct stretch stretch_of(const struct section *s, const struct part *p, double rate_hz,
                          long long frames);

#endif
