/* SPDX-License-Identifier: MIT
 *
 * extent.h - the length of vectors, and the rank, that a recipe asks for.
 */
#ifndef LULL_ENGINE_EXTENT_H
#define LULL_ENGINE_EXTENT_H

#include "engine/recipe.h"

/* Lags in a vector of so many channels, >= 1. */
size_t extent_lags(const struct recipe *r, size_t channels);

/* Directions of a tracker of such vectors, >= 1. */
size_t extent_rank(const struct recipe *r, size_t channels, size_t lags);

#endif
