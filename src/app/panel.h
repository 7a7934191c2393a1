/* SPDX-License-Identifier: MIT
 *
 * panel.h - the side of `lull live` that faces a person: what is shown, said
 * and pressed.
 */
#ifndef LULL_APP_PANEL_H
#define LULL_APP_PANEL_H

#include "app/keys.h"
#include "app/screen.h"
#include "app/through.h"

enum { PANEL_NEWS = 160 };

struct panel {
    struct view view;           /* devices and delays are filled in by the owner */
    struct screen screen;
    struct keys keys;
    FILE *voice;
    bool terminal, quiet;
    bool asked;                 /* to save: whoever can takes note and sets it to false */
    double drawn_s, in_held_s, out_held_s;
    char news[PANEL_NEWS];
};

void panel_begin(struct panel *p, FILE *voice, bool quiet);

/* Waits a moment, obeys a key, shows what there is to see.  False: it was q. */
bool panel_tick(struct panel *p, struct through *t, int wait_ms);

/* Something that a person should know; on a terminal it stays until the next. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void panel_tell(struct panel *p, const char *format, ...);

void panel_end(struct panel *p);

#endif
