/* SPDX-License-Identifier: MIT
 *
 * wiener.c - the gain that loses least energy, G = xi/(1 + xi), from an
 * a-priori SNR that remembers [EM84]:
 *
 *   xi = a (G^2 P)_last / N + (1 - a) max(P/N - 1, 0).
 *
 * Noise alone hardly moves xi, which is what keeps it from chirping; a note
 * that begins is in G within a frame or two.
 */
#include "shrink/wiener.h"

#include "base/fastmath.h"

#include <math.h>
#include <string.h>

static const double MEMORY_MS = 264;            /* a = .970 a frame of 8 ms      */
static const float XI_FLOOR = 0.00316f;         /* -25 dB                        */
static const float GAMMA_MOST = 1e6f;           /* 60 dB: beyond, nothing changes */

void wiener_place(struct wiener *w, struct arena *a, size_t n, double frame_hz)
{
    *w = (struct wiener){ .n = n };
    w->keep = (float)exp(-1e3 / (MEMORY_MS * frame_hz));
    w->clean = arena_floats(a, n);
}

void wiener_reset(struct wiener *w)
{
    memset(w->clean, 0, w->n * sizeof *w->clean);
}

void wiener_update(struct wiener *w, const float *restrict P, const float *restrict N,
                   float *restrict G)
{
    const float a = w->keep;
    float *restrict const clean = w->clean;

    for (size_t f = 0; f < w->n; f++) {
        const float unit = 1 / N[f];
        const float gamma = fast_min(P[f] * unit, GAMMA_MOST);
        const float held = fast_min(clean[f] * unit, GAMMA_MOST);
        const float xi = fast_max(a * held + (1 - a) * fast_max(gamma - 1, 0), XI_FLOOR);

        G[f] = xi / (1 + xi);
        clean[f] = G[f] * G[f] * P[f];
    }
}

void wiener_state(struct wiener *w, struct store *s)
{
    store_finite(s, w->clean, w->n);
}
