/* SPDX-License-Identifier: MIT
 *
 * meter.h - what a frame looks like from outside: levels, and the gain per band.
 */
#ifndef LULL_ENGINE_METER_H
#define LULL_ENGINE_METER_H

#include "base/store.h"

enum { METER_BANDS = 24 };

/* One frame; powers are mean squares of a sample. */
struct meter_values {
    float in, out, noise;
    float band_in[METER_BANDS], band_out[METER_BANDS];
};

struct meter {
    size_t n;
    float unit;                         /* from a sum of |Y|^2 to a mean square    */
    size_t edge[METER_BANDS];           /* first frequency above each band         */
    double edge_hz[METER_BANDS];
    struct meter_values values;
};

/* n frequencies bin_hz apart, of frames under the analysis window a[2 n - 2]. */
void meter_place(struct meter *m, size_t n, double bin_hz);
void meter_calibrate(struct meter *m, const float *a);
void meter_reset(struct meter *m);

/* Of the power P[n], its gain G[n] and the noise N[n] in it. */
void meter_update(struct meter *m, const float *restrict P, const float *restrict G,
                  const float *restrict N);

/* All that lasts from one frame to the next; see base/store.h. */
void meter_values_state(struct meter_values *v, struct store *s);
void meter_state(struct meter *m, struct store *s);

#endif
