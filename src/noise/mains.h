/* SPDX-License-Identifier: MIT
 *
 * mains.h - is there mains hum in these channels, and at which frequency?
 */
#ifndef LULL_NOISE_MAINS_H
#define LULL_NOISE_MAINS_H

#include "base/arena.h"
#include "base/store.h"

#include <math.h>

enum {
    MAINS_HARMONICS = 10, /* at most looked at                               */
    MAINS_MIXES = 4,      /* more channels than these are added in groups    */
    MAINS_WINDOW = 32,    /* ticks looked at; a tick is two periods          */
    MAINS_GRID = 41       /* frequencies tried, from 1 Hz below to 1 above   */
};

/* Searches in a row that must agree: more where notes may be mistaken for hum. */
enum { MAINS_AMONG_NOTES = 6, MAINS_ALONE = 3 }; /* searches: 1.7 s, .8 s */

/* One candidate: 50 Hz, or 60. */
struct mains_band {
    double hz;                       /* nominal                                            */
    size_t harmonics;                /* that fit below half the rate; 0: not looked for    */
    size_t span, filled;             /* samples in a tick; of them, seen                   */
    size_t ticks, at;                /* ticks seen, up to the window; slot of the next     */
    size_t point;                    /* next of the grid to be tried                       */
    size_t seen, missed;             /* searches in a row with and without the same find   */
    double last_hz;                  /* found by the last search; 0: nothing               */
    float best;                      /* its score                                          */
    double re, im, step_re, step_im; /* e^(j phase), and its turn a sample                 */
    float (*acc)[2][MAINS_MIXES];    /* [harmonics] sums of this tick                      */
    float (*ring)[MAINS_HARMONICS][2][MAINS_MIXES]; /* [window] Z                          */
    float (*turn)[MAINS_HARMONICS][2];              /* [grid] e^(-2 pi j h d T)            */
    float score[MAINS_GRID];
};

struct mains {
    size_t channels, mixes;
    double range_hz; /* from 50 or 60 at most                         */
    size_t patience; /* searches                                      */
    struct mains_band band[2];
    float *scale;        /* [channels] sign and size in the mix           */
    float *power;        /* [channels] sum of squares since `count` began */
    size_t count, every; /* samples summed; how many make a new scale     */
    double hz;           /* what was found: 0 nothing                     */
    double nominal;      /* 50 or 60, of what was found                   */
};

/* Hum is what lies within range_hz <= 1 of 50 or 60 Hz and is found in `patience` searches in
 * a row. */
void mains_place(struct mains *m, struct arena *a, double rate_hz, size_t channels,
                 size_t harmonics, double range_hz, size_t patience);
void mains_reset(struct mains *m);

/* Takes one sample of each channel.  True when a search has ended, and hz is new. */
bool mains_update(struct mains *m, const float *x);

/* Whether re + j im can be a stored e^(j phase), rounding included. */
static inline bool mains_turns(double re, double im)
{
    return fabs(re * re + im * im - 1) < 1e-6;
}

/* All that lasts from one frame to the next; see base/store.h.  Gives `nominal`, as stored. */
double mains_state(struct mains *m, struct store *s);

#endif
