/* SPDX-License-Identifier: MIT
 *
 * lapped.h - the low-rank part of successive frames of each frequency: tones and
 * chords, but not noise.
 */
#ifndef LULL_TRACK_LAPPED_H
#define LULL_TRACK_LAPPED_H

#include "base/arena.h"
#include "base/store.h"

/* Frames looked at together; each begins a quarter of a window after the last. */
enum { LAPPED = 4 };

struct lapped_channel;
struct lapped_group;

struct lapped {
    size_t n, groups, channels;
    float keep;                         /* of the covariance, per frame               */
    float white[LAPPED][LAPPED];        /* L^-1, which whitens overlapping frames,    */
    float colour[LAPPED][LAPPED];       /* and L                                      */
    size_t t;                           /* frames so far, modulo LAPPED               */
    float seen;                         /* frames that the covariance is made of      */
    struct lapped_group *covariance;    /* [groups]                                   */
    struct lapped_channel *channel;     /* [channels]                                 */
};

void lapped_place(struct lapped *l, struct arena *a, size_t n, size_t channels,
                  double frame_hz);

/* Learns how the noise of overlapping frames is correlated under the window
 * a[span], moved by `hop` = span / LAPPED. */
void lapped_calibrate(struct lapped *l, const float *a, size_t span, size_t hop);
void lapped_reset(struct lapped *l);

/* The newest frame X[n] of channel c. */
void lapped_push(struct lapped *l, size_t c, const float (*X)[2]);

/* Learns from the frames pushed, and estimates what in them is no noise of the
 * power N[n] > 0. */
void lapped_update(struct lapped *l, const float *restrict N);

/* The frame of LAPPED - 1 frames ago, as it came, X[n], and without noise, E[n].
 * Ends the turn: the next frame may be pushed. */
void lapped_pull(const struct lapped *l, size_t c, float (*restrict X)[2],
                 float (*restrict E)[2]);
void lapped_advance(struct lapped *l);

/* All that lasts from one frame to the next; see base/store.h. */
void lapped_state(struct lapped *l, struct store *s);

#endif
