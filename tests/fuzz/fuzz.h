/* SPDX-License-Identifier: MIT
 *
 * fuzz.h - what the fuzz targets share: a demand, and for those of files, bytes as a
 * file and as a pipe, through a source and a sink.
 */
#ifndef LULL_TESTS_FUZZ_H
#define LULL_TESTS_FUZZ_H

#include "source/sound.h"
#include <stddef.h>
#include <stdint.h>

/* Ends the program, and says what is broken, unless it holds. */
void demand(int holds, const char *what);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Reads the bytes as `given` says and writes what came to a file that goes away.
 * Ends the program where a promise of source or sink is broken. */
void fuzz_file(const uint8_t *bytes, size_t n, const struct sound *given);
void fuzz_pipe(const uint8_t *bytes, size_t n, const struct sound *given);

#endif
