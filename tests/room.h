/* SPDX-License-Identifier: MIT
 *
 * room.h - rooms in which nobody speaks: their noise, frame by frame, and what is learned
 * of it.
 */
#ifndef LULL_TESTS_ROOM_H
#define LULL_TESTS_ROOM_H

#include "check.h"
#include "noise/acquaint.h"

enum { ROOM_BINS = 257 };
static const double ROOM_BIN_HZ = 31.25, ROOM_FRAME_HZ = 125;

/* A noise for frames: its mean log power falls by `tilt` nepers over the spectrum, its
 * level wanders by `level`, the half above 4 kHz by `upper` beside. */
struct room {
    double tilt, level, upper;
    double low, high; /* where they have wandered to */
    struct dice dice;
};

/* Mean power at a frequency, as it is now; the next frame. */
double room_mean(const struct room *s, double hz);
void room_frame(struct room *s, float *P, size_t bins, double bin_hz);

/* A learner, which lasts until the next fresh_arena(), and what it hears. */
void place_learner(struct acquaint *q);
void hear(struct acquaint *q, struct room *s, size_t frames);

/* A model, and arrays for any. */
struct learned_noise {
    struct familiar_model m;
    float numbers[2048];
};

void place_model(struct learned_noise *l, size_t n);
void drop_model(struct learned_noise *l);

/* The model of so many frames of a room. */
void learn_room(struct learned_noise *l, struct room s, size_t frames);

#endif
