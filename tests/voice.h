/* SPDX-License-Identifier: MIT
 *
 * voice.h - something that a denoiser should take for a voice.
 */
#ifndef LULL_TESTS_VOICE_H
#define LULL_TESTS_VOICE_H

#include <stddef.h>

/* n samples at rate_hz, about 0.07 rms: vowels of a gliding pitch in syllables
 * four a second, with a pause after every fifth; silent before `start`. */
void voice(float *x, size_t n, double rate_hz, size_t start);

#endif
