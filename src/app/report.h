/* SPDX-License-Identifier: MIT
 *
 * report.h - what is said about a pass while it runs and when it is over: to
 * people on standard error, to machines in the log.
 */
#ifndef LULL_APP_REPORT_H
#define LULL_APP_REPORT_H

#include "app/pass.h"

void report_begin(struct pass *p);
void report_tenth(struct pass *p);              /* after each tenth of a second of sound */
long long report_missing(const struct pass *p);  /* frames promised, but not there  */
void report_end(struct pass *p, bool whole);    /* !whole: there was an error            */

#endif
