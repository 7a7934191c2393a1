/* SPDX-License-Identifier: MIT
 *
 * subject.h - what can be learned: a signal, or a noise; a row of functions each, to
 * learner.c.
 */
#ifndef LULL_SUBJECT_H
#define LULL_SUBJECT_H

#include "lull_learn.h"

#include "engine/recipe.h"

struct subject {
    const char *tag;            /* of its section, four letters */

    /* One learner of it, NULL with the reason in *why; `text` is the filter's. */
    void *(*open)(const struct recipe *r, const char *text, const lull_budget *b,
                  lull_status *why);
    void (*close)(void *self);
    void (*add)(void *self, const float *in, size_t frames);
    void (*cut)(void *self);

    /* What was learned, as bytes to be freed; NULL: too little, or no memory. */
    unsigned char *(*finish)(void *self, size_t *size);
    void (*read)(const void *self, lull_lesson *what);
};

extern const struct subject subject_signal, subject_noise;

#endif
