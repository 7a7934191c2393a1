/* SPDX-License-Identifier: MIT
 *
 * frame.h - a stream cut into overlapping windowed frames.
 */
#ifndef LULL_FRAME_FRAME_H
#define LULL_FRAME_FRAME_H

#include "base/arena.h"
#include "base/store.h"

/* How a rate and a latency become lengths, all in samples. */
struct frame_plan {
    size_t span;                /* N, samples under one analysis window         */
    size_t hop;                 /* H, samples between frames; N is a multiple   */
    size_t tail;                /* M, samples under one synthesis window        */
};

/* The plan for a window of about window_ms that moves by hop_ms and delays by
 * tail_hops hops; the transform of N is fast and 2 H <= M <= N. */
struct frame_plan frame_plan(double rate_hz, double window_ms, double hop_ms, size_t tail_hops);

/* Analysis a[N] and synthesis s[N] whose products overlap-add to one at every
 * sample; s is zero before its last M samples. */
void frame_windows(const struct frame_plan *p, float *a, float *s);

/* The last N samples of one channel, oldest first. */
struct frame {
    size_t span, hop;
    float *x;                   /* [N]; the last H are being filled */
};

void frame_place(struct frame *f, struct arena *a, const struct frame_plan *p);
void frame_reset(struct frame *f);

/* Drops the oldest hop, making room for the next. */
void frame_update(struct frame *f);

/* All that lasts from one frame to the next; see base/store.h. */
void frame_state(struct frame *f, struct store *s);

#endif
