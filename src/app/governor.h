/* SPDX-License-Identifier: MIT
 *
 * governor.h - does less where there is not the time to do it all.
 */
#ifndef LULL_APP_GOVERNOR_H
#define LULL_APP_GOVERNOR_H

#include <stdbool.h>

/* What is left out, each with all above it: learning, all directions but the
 * strongest, everything. */
enum relief { RELIEF_NONE, RELIEF_FREEZE, RELIEF_RANK, RELIEF_PASS };

struct governor {
    float load;         /* share of the time there is that is used, of late */
    float since_s;      /* sound since the last change                      */
    float patience_s;   /* calm that is asked for before the next try       */
    enum relief relief;
    bool eased;         /* the last change took relief back                 */
    bool ranked;        /* there are directions to leave out                */
};

void governor_reset(struct governor *g, bool ranked);

/* After a block of so many seconds took so many to process. */
enum relief governor_update(struct governor *g, float took_s, float block_s);

#endif
