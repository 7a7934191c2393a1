/* SPDX-License-Identifier: MIT
 *
 * evidence.h - how much of each band is speech, by all that is seen around it.
 */
#ifndef LULL_SHRINK_EVIDENCE_H
#define LULL_SHRINK_EVIDENCE_H

#include "base/ear.h"
#include "base/store.h"

enum { EVIDENCE_CLUES = 18 };

/* One frame, as the earlier stages see it. */
struct evidence_frame {
    const float *power, *noise, *gain;  /* [n]                         */
    const float *pooled_power;          /* [bands]                     */
    float voiced, voiced_lately;        /* struct voicing: value, now */
};

struct evidence {
    const struct bands *bands;
    float keep_short, keep_middle, keep_long, keep_frame;       /* per frame       */
    float *pooled_noise, *pooled_clean;         /* [bands] the latter gain^2 power */
    float *peak;                                /* [bands] greatest power/noise    */
    float *short_power, *middle_power, *long_power;     /* [bands] smoothed        */
    float *last_gain;                           /* [bands] log of the last gain    */
    float *running;                             /* [bands + 1] sum over the bands before */
    float *clue;                                /* [clues][bands]                  */
    float *belief;                              /* [bands] the result, 0..1        */
    float *spread;                              /* [n] the result for each frequency */
    float frame_lately;
    bool begun;
};

void evidence_place(struct evidence *e, struct arena *a, const struct bands *bands,
                    double frame_hz);
void evidence_reset(struct evidence *e);
void evidence_update(struct evidence *e, const struct evidence_frame *now);

/* All that lasts from one frame to the next; see base/store.h. */
void evidence_state(struct evidence *e, struct store *s);

#endif
