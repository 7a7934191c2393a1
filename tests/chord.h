/* SPDX-License-Identifier: MIT
 *
 * chord.h - a chord that is held, and hiss.
 */
#ifndef LULL_TESTS_CHORD_H
#define LULL_TESTS_CHORD_H

#include <stddef.h>
#include <stdint.h>

/* Three tones, from the first sample to the last. */
enum { CHORD = 3 };
extern const double chord_hz[CHORD];
void chord(float *x, size_t n, double rate_hz);

/* x in white noise, to be freed. */
float *add_hiss(const float *x, size_t n, double sigma, uint64_t seed);

#endif
