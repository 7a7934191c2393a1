/* SPDX-License-Identifier: MIT
 *
 * lessons.h - learned filters: hearts that were learned, and the way there.
 */
#ifndef LULL_TESTS_LESSONS_H
#define LULL_TESTS_LESSONS_H

#include "beats.h"
#include "lull_learn.h"

/* A filter file; its bytes are to be freed. */
struct file {
    unsigned char *at;
    size_t size;
};

/* A filter's text: small, and quick to learn. */
extern const char SMALL[];

enum { RATE = 100, HEART_RATE = 360 };  /* of small, and of heart */

/* What is known before all: by ecg from 30 s of one kind of heart, by SMALL from 20 s of
 * it; the small one alone is quicker. */
extern struct file heart, small;

int lesson_hearts(void **state);
int lesson_small(void **state);
int lesson_over(void **state);

lull_learner *lesson_begin(const char *filter, double rate_hz, unsigned channels);
struct file lesson_save(lull_learner *l);

/* The file that comes of x[frames][channels]. */
struct file lesson_learn(const char *filter, double rate_hz, unsigned channels, const float *x,
                         size_t frames);

lull_lesson lesson_read(struct file f);

/* A denoiser with it, whatever it was learned at. */
lull *lesson_open(struct file f, unsigned adapt);

#endif
