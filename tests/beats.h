/* SPDX-License-Identifier: MIT
 *
 * beats.h - something that a denoiser can learn: a heart.
 */
#ifndef LULL_TESTS_BEATS_H
#define LULL_TESTS_BEATS_H

#include "check.h"

enum { BEAT = 40, BEAT_EVERY = 300 };   /* frames of one; between two, give or take 30 */

/* x[frames][channels], root mean square 1: beats of that kind of heart, each channel
 * with a shape of its own, over silence.  The same seed gives the same beats. */
void beats(float *x, size_t frames, size_t channels, unsigned kind, uint64_t seed);

#endif
