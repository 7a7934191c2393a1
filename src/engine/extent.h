/* SPDX-License-Identifier: MIT
 *
 * extent.h - how many numbers a vector of a recipe has, and directions to look in.
 */
#ifndef LULL_ENGINE_EXTENT_H
#define LULL_ENGINE_EXTENT_H

#include "engine/recipe.h"

/* Lags of a vector of so many channels. */
size_t extent_lags(const struct recipe *r, size_t channels);

/* Directions of a tracker of such vectors, >= 1. */
size_t extent_rank(const struct recipe *r, size_t channels, size_t lags);

#endif
