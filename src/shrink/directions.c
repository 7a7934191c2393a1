/* SPDX-License-Identifier: MIT
 *
 * directions.c - see directions.h.
 *
 * Two questions, two factors.  Is there signal in this direction at all?  The
 * Wiener gain of its mean power, out of sample, as the tracker measures it:
 *
 *   w_i = max(0, 1 - 1 / lambda_i).
 *
 * Is it there now?  The garrote [Gao98] of its local energy, e_i, a running mean
 * over a few frames of p_i^2:
 *
 *   g_i = w_i max(0, 1 - tau^2 / e_i).
 *
 * A heart beats for a tenth of the time, an earthquake comes once: there the
 * second factor brings 2 dB and more.  What sounds all the time needs tau = 0.
 *
 * What lies outside the subspace is kept, too, as far as it is stronger than
 * noise would be: a rank that is too small does no harm [complement gain].
 */
#include "shrink/directions.h"

#include "base/fastmath.h"

static const float MARGIN = 1.05f;      /* of the noise level: less than that is no signal */

void directions_place(struct directions *d, struct arena *a, size_t most, float threshold,
                      float hold)
{
    *d = (struct directions){ .most = most, .threshold = threshold };
    d->pace = hold > 1 ? 1 / hold : 1;
    d->energy = arena_floats(a, most);
    d->gain = arena_floats(a, most);
}

void directions_reset(struct directions *d)
{
    for (size_t i = 0; i < d->most; i++)
        d->energy[i] = d->gain[i] = 0;
    d->rest = d->complement = 0;
    d->kept = 0;
}

void directions_update(struct directions *d, const float *restrict p,
                       const float *restrict lambda, size_t r)
{
    const float tau2 = d->threshold * d->threshold, tiny = 1e-20f;

    d->kept = 0;
    for (size_t i = 0; i < r; i++) {
        d->energy[i] += d->pace * (p[i] * p[i] - d->energy[i]);

        const float wiener = 1 - 1 / fast_max(lambda[i], 1);
        const float now = fast_max(1 - tau2 / (d->energy[i] + tiny), 0);

        d->gain[i] = wiener * now;
        d->kept += wiener > 0;
    }
}

void directions_rest(struct directions *d, float power, float pace)
{
    d->rest += pace * (power - d->rest);
    d->complement = 1 - MARGIN / fast_max(d->rest, MARGIN);
}
