/* SPDX-License-Identifier: MIT
 *
 * adapter.h - a fixed base of known directions, to which the tracker adds what
 * it lacks.
 */
#ifndef LULL_TRACK_ADAPTER_H
#define LULL_TRACK_ADAPTER_H

#include "track/guard.h"
#include "track/missing.h"

struct adapter {
    struct basis U0;
    float *p;     /* [ld] coefficients in the base        */
    float *power; /* [cap] their running power            */
    float *x;     /* [padded] scratch                     */
    uint32_t seen;
    struct missing missing;
};

void adapter_place(struct adapter *a, struct arena *m, size_t n, size_t rank, size_t parts);
void adapter_reset(struct adapter *a);

/* Sets direction j of the base. */
void adapter_set(struct adapter *a, size_t j, const float *u);

/* Largest |U0'U0 - I|. */
float adapter_error(struct adapter *a, const struct kernel *k);

/* Takes the base's part out of the frame. */
void adapter_take(struct adapter *a, const struct kernel *k, struct guard *g);

/* Puts it back, each direction by its signal's share (wiener), or whole. */
void adapter_give(struct adapter *a, const struct kernel *k, float sigma2, bool wiener,
                  float *x_hat);

/* Learns the power of the coefficients just taken. */
void adapter_learn(struct adapter *a, float weight);

/* Powers are f times what they were. */
void adapter_scale(struct adapter *a, float f);

#endif
