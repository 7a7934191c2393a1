/* SPDX-License-Identifier: MIT
 *
 * frame.c - windows for analysis and synthesis, after [MM07].
 *
 * The latency of an overlap-add is the length of the synthesis window.  A long
 * analysis window resolves the harmonics of a voice; a short synthesis window
 * behind it, at the newest end, answers soon.  With K = M/2 and R = N - K:
 *
 *   a(t) rises as the root of a Hann half over R, falls as one over K;
 *   s(t) = hann_M(t - N + M) / a(t) over the last M samples, 0 before.
 *
 * For M = N both are the plain root of a Hann window.  The product is then
 * divided by its own overlap-add, which makes the sum one exactly for any N
 * and H, not only where Hann windows happen to add up.
 *
 * The hop is a 5-smooth number of samples: N = k H then transforms quickly at
 * any rate (at 44.1 kHz 360 instead of the prime 353).
 */
#include "frame/frame.h"

#include "base/fft.h"

#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846;

struct frame_plan frame_plan(double rate_hz, double window_ms, double hop_ms, size_t tail_hops)
{
    const size_t hop = fft_good_length((size_t)(rate_hz * hop_ms / 1e3), 2);
    const size_t span = (size_t)(window_ms / hop_ms) * hop;

    return (struct frame_plan){ .span = span, .hop = hop, .tail = tail_hops * hop };
}

/* Half of a Hann window rising over `length` samples, at its t-th. */
static double rise(size_t t, size_t length)
{
    return 0.5 - 0.5 * cos(PI * ((double)t + 0.5) / (double)length);
}

void frame_windows(const struct frame_plan *p, float *a, float *s)
{
    const size_t n = p->span, m = p->tail, fall = m / 2, up = n - fall;

    for (size_t t = 0; t < n; t++)
        a[t] = (float)sqrt(t < up ? rise(t, up) : rise(n - 1 - t, fall));

    for (size_t t = 0; t < n; t++) {
        const size_t k = t - (n - m);   /* place under the synthesis window */

        s[t] = t < n - m ? 0.0f
                         : (float)(k < fall ? rise(k, fall) : rise(m - 1 - k, fall)) / a[t];
    }
    for (size_t t = 0; t < p->hop; t++) {
        double sum = 0;

        for (size_t k = t; k < n; k += p->hop)
            sum += (double)a[k] * (double)s[k];
        for (size_t k = t; k < n; k += p->hop)
            s[k] = (float)((double)s[k] / sum);
    }
}

void frame_place(struct frame *f, struct arena *a, const struct frame_plan *p)
{
    *f = (struct frame){ .span = p->span, .hop = p->hop };
    f->x = arena_floats(a, p->span);
}

void frame_reset(struct frame *f)
{
    memset(f->x, 0, f->span * sizeof *f->x);
}

void frame_update(struct frame *f)
{
    memmove(f->x, f->x + f->hop, (f->span - f->hop) * sizeof *f->x);
}

void frame_state(struct frame *f, struct store *s)
{
    store_samples(s, f->x, f->span, 1);
}
