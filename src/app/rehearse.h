/* SPDX-License-Identifier: MIT
 *
 * rehearse.h - what can be read twice is: a tracker that has heard the beginning of a
 * recording before knows from the first frame on what others learn in a thousand.
 */
#ifndef LULL_APP_REHEARSE_H
#define LULL_APP_REHEARSE_H

#include "app/pass.h"

/* Passes the beginning of p's input through p->lull, to nowhere, where p->lull tracks a
 * subspace and the input is a file of its own, whole.  Gives the frames that it heard; 0 if
 * none, or if a signal cut it short.  Says nothing of faults, which the pass itself will
 * find. */
size_t rehearse(struct pass *p);

#endif
