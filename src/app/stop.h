/* SPDX-License-Identifier: MIT
 *
 * stop.h - the wish to end early: ^C, a hang-up, a polite kill.
 *
 * The first one is noted and the program comes to an orderly end; after it the
 * signal is its old self again, and a second one kills.
 */
#ifndef LULL_APP_STOP_H
#define LULL_APP_STOP_H

#include <signal.h>

extern volatile sig_atomic_t stop_signal;       /* the signal that came, or 0 */

/* From here on signals are noted.  What was ignored (nohup, &) stays ignored. */
void stop_watch(void);

#endif
