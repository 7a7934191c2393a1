/* SPDX-License-Identifier: MIT
 *
 * npy.h - the header of an array in NumPy's format.
 */
#ifndef LULL_SOURCE_NPY_H
#define LULL_SOURCE_NPY_H

#include "source/sound.h"

enum { NPY_HEADER = 128 };      /* bytes of the headers that we write */

/* The header of such an array of so many frames; its length does not depend on them. */
void npy_write_header(const struct sound *sound, long long frames, char to[NPY_HEADER]);

#endif
