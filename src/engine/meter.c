/* SPDX-License-Identifier: MIT
 *
 * meter.c - see meter.h.  By Parseval, sum over all bins of |Y|^2 is N times
 * the energy of the windowed frame, which is the mean square of a sample times
 * the energy of the window.
 */
#include "engine/meter.h"

#include "base/ear.h"

void meter_place(struct meter *m, size_t n, double bin_hz)
{
    const double top_hz = (double)(n - 1) * bin_hz;

    *m = (struct meter){ .n = n };
    for (size_t b = 0; b < METER_BANDS; b++) {
        m->edge_hz[b] = ear_hz(ear_place(top_hz) * (double)(b + 1) / METER_BANDS);
        m->edge[b] = (size_t)(m->edge_hz[b] / bin_hz + 0.5);
    }
    m->edge[METER_BANDS - 1] = n;
}

void meter_calibrate(struct meter *m, const float *a)
{
    const size_t span = 2 * m->n - 2;
    double energy = 0;

    for (size_t t = 0; t < span; t++)
        energy += (double)a[t] * (double)a[t];
    m->unit = (float)(2 / (energy * (double)span));     /* 2: the other half of the bins */
}

void meter_reset(struct meter *m)
{
    m->values = (struct meter_values){ 0 };
}

void meter_update(struct meter *m, const float *restrict P, const float *restrict G,
                  const float *restrict N)
{
    struct meter_values v = { 0 };

    for (size_t b = 0, f = 0; b < METER_BANDS; b++) {
        for (; f < m->edge[b]; f++) {
            v.band_in[b] += P[f];
            v.band_out[b] += P[f] * G[f] * G[f];
            v.noise += N[f];
        }
        v.in += v.band_in[b];
        v.out += v.band_out[b];
    }
    v.in *= m->unit;
    v.out *= m->unit;
    v.noise *= m->unit;
    m->values = v;
}

void meter_values_state(struct meter_values *v, struct store *s)
{
    store_finite(s, &v->in, 1);
    store_finite(s, &v->out, 1);
    store_finite(s, &v->noise, 1);
    store_finite(s, v->band_in, METER_BANDS);
    store_finite(s, v->band_out, METER_BANDS);
}

void meter_state(struct meter *m, struct store *s)
{
    meter_values_state(&m->values, s);
}
