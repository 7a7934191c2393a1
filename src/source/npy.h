/* SPDX-License-Identifier: MIT
 *
 * npy.h - the header of an array in NumPy's format.
 */
#ifndef LULL_SOURCE_NPY_H
#define LULL_SOURCE_NPY_H

#include "source/fault.h"
#include "source/sound.h"
#include "source/tap.h"

enum { NPY_HEADER = 128 };      /* bytes of the headers that we write */

/* Reads up to the first sample: fills frames, channels, pcm, flat and planar. */
bool npy_read_header(struct tap *t, const char *name, struct sound *sound, struct fault *why);

/* The header of such an array of so many frames; its length does not depend on them. */
void npy_write_header(const struct sound *sound, long long frames, char to[NPY_HEADER]);

#endif
