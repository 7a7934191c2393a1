/* SPDX-License-Identifier: MIT
 *
 * directions.c - see directions.h.
 *
 * A signal that is there all the time is kept by the Wiener gain of its direction, from the
 * mean power lambda_i, which the tracker measures out of sample:
 *
 *   w_i = max(0, 1 - 1 / lambda_i).
 *
 * A signal that comes and goes, as a heartbeat, is kept while it is there, by its local
 * energy e_i, a running mean over a few frames of p_i^2,
 *
 *   g_i = max(0, 1 - (tau^2 / e_i)^3),
 *
 * a threshold between the garrote [Gao98], which takes 1 dB of white noise less, and a hard
 * one, which leaves .6 dB more of a muscle's.
 *
 * A patient filter asks for both, and learns late: a disturbance that is over by then leaves
 * no trace.  A frame that is far louder than the noise (if patient) or than usual (if not) is
 * kept at once and as a whole: no direction holds it yet.
 */
#include "shrink/directions.h"

#include "base/fastmath.h"

static const float SURE = 100; /* 20 dB above the noise, mean over all dimensions       */
static const float BURST = 16; /* 12 dB above the usual power: one channel swings less, */
static const float JOINT = 8;  /* 9 dB, of several channels together                    */

void directions_place(struct directions *d, struct arena *a, size_t most, float threshold,
                      float hold, bool patient)
{
    *d = (struct directions){ .most = most, .threshold = threshold, .patient = patient };
    d->loud = BURST;
    d->pace = hold > 1 ? 1 / hold : 1;
    d->energy = arena_floats(a, most);
    d->wiener = arena_floats(a, most);
    d->gain = arena_floats(a, most);
}

void directions_join(struct directions *d)
{
    d->loud = d->threshold > 0 ? BURST : JOINT; /* beats are heard one by one */
}

void directions_reset(struct directions *d)
{
    for (size_t i = 0; i < d->most; i++)
        d->energy[i] = d->wiener[i] = d->gain[i] = 0;
    d->sure = 0;
    d->usual = 1;
    d->burst = false;
    d->kept = 0;
}

void directions_learn(struct directions *d, const float *restrict lambda, size_t r, size_t n)
{
    float energy = (float)n - (float)r;

    d->kept = 0;
    for (size_t i = 0; i < r; i++) {
        d->wiener[i] = 1 - 1 / fast_max(lambda[i], 1);
        d->kept += d->wiener[i] > 0;
        energy += lambda[i];
    }
    d->usual = energy / (float)n;
}

void directions_hear(struct directions *d, float power)
{
    const float tiny = 1e-20f, loud = d->patient ? SURE : d->loud * d->usual;

    d->burst = power > d->loud * d->usual;
    d->sure = fast_max(1 - loud / (power + tiny), 0);
}

void directions_update(struct directions *d, const float *restrict p, size_t r)
{
    const float tau2 = d->threshold * d->threshold, tiny = 1e-20f;
    const bool mean_counts = d->patient || !(tau2 > 0);

    for (size_t i = 0; i < r; i++) {
        d->energy[i] += d->pace * (p[i] * p[i] - d->energy[i]);

        const float q = tau2 / (d->energy[i] + tiny), local = fast_max(1 - q * q * q, 0);

        d->gain[i] = fast_max(mean_counts ? d->wiener[i] * local : local, d->sure);
    }
}

void directions_state(struct directions *d, struct store *s)
{
    store_finite(s, d->energy, d->most);
    store_floats(s, &d->sure, 1, 0, 1);
    store_bool(s, &d->burst);
    store_u32(s, &d->kept, 0, (uint32_t)d->most);
}
