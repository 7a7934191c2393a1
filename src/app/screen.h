/* SPDX-License-Identifier: MIT
 *
 * screen.h - what a person sees while the microphone is open: a few lines that
 * are redrawn in place, or a line now and then where there is no terminal.
 */
#ifndef LULL_APP_SCREEN_H
#define LULL_APP_SCREEN_H

#include "lull.h"
#include <stdbool.h>
#include <stdio.h>

struct view {
    const char *in, *out;       /* devices; NULL: none                     */
    const char *record;         /* file, or NULL                           */
    const char *news;           /* the last thing that happened, or NULL   */
    double rate_hz, seconds;
    unsigned channels;
    double in_ms, own_ms, out_ms;       /* delays; negative: not known     */
    float in_peak_db, out_peak_db;      /* held                            */
    float load;                 /* share of the time that there is         */
    unsigned lost;              /* times that sound was                    */
    float reduction_db;
    bool bypass, residual, freeze;
    lull_readings now;
};

struct screen {
    FILE *to;
    int columns;
    bool wide;                  /* may show more than ASCII */
    bool drawn;
};

void screen_begin(struct screen *s, FILE *to);
void screen_draw(struct screen *s, const struct view *v);
void screen_line(FILE *to, const struct view *v);
void screen_delays(char *text, size_t room, const struct view *v);

#endif
