/* SPDX-License-Identifier: MIT
 *
 * cepstrum.c - temporal cepstrum smoothing, after [BGM08].
 *
 * The envelope of a voice lies in the lowest quefrencies of log S and its
 * harmonics in one peak at the pitch period; the rest is estimation noise.
 * So each quefrency is averaged over time by its own constant,
 *
 *   c(q) = a(q) c(q) + (1 - a(q)) now(q),
 *
 * short for envelope and pitch, long for the rest: isolated bursts, heard as
 * musical noise, vanish, and the shape of speech stays as sharp as it was.
 *
 * Cost: two transforms, a logarithm and an exponential a frequency.
 */
#include "shrink/cepstrum.h"

#include "base/fastmath.h"
#include "base/sum.h"

#include <math.h>
#include <string.h>

static const double KEEP_ENVELOPE = 0.5, KEEP_BETWEEN = 0.7, KEEP_REST = 0.97;
static const double KEEP_PITCH = 0.2, KEEP_KEEP = 0.96;         /* all per 16 ms */
static const float PITCHED = 0.2f;                              /* peak of a voiced frame */
enum { BESIDE = 2 };                                            /* quefrencies on either side */

void cepstrum_place(struct cepstrum *c, struct arena *a, size_t n, double rate_hz,
                    double frame_hz)
{
    const double frames = 62.5 / frame_hz;

    *c = (struct cepstrum){ .n = n };
    c->low = (size_t)(rate_hz / 300);
    c->high = (size_t)fmin(rate_hz / 70, (double)n - 1 - BESIDE);
    c->keep_pitch = (float)pow(KEEP_PITCH, frames);
    c->keep_keep = (float)pow(KEEP_KEEP, frames);
    c->keep = arena_floats(a, n);
    c->kept = arena_floats(a, n);
    c->smooth = arena_floats(a, n);
    if (arena_measures(a))
        return;
    for (size_t q = 0; q < n; q++) {
        const double ms = 1e3 * (double)q / rate_hz;

        c->keep[q] = (float)pow(ms < 0.25   ? KEEP_ENVELOPE
                                : ms < 1.25 ? KEEP_BETWEEN
                                            : KEEP_REST,
                                frames);
    }
}

void cepstrum_reset(struct cepstrum *c)
{
    memcpy(c->kept, c->keep, c->n * sizeof *c->keep);
    memset(c->smooth, 0, c->n * sizeof *c->smooth);
    c->begun = false;
}

/* First of the quefrencies beside and at the pitch, n if there is no pitch. */
static size_t find_pitch(const struct cepstrum *c, const float *now)
{
    const float peak = greatest(now + c->low, c->high - c->low, PITCHED);
    size_t at = c->low;

    if (!(peak > PITCHED))
        return c->n;
    while (now[at] < peak)
        at++;
    return at - BESIDE;
}

/* Quefrencies from..to away from the pitch: what was one lately still counts
 * for more than the rest. */
static void average(struct cepstrum *c, const float *restrict now, size_t from, size_t to)
{
    const float b = c->keep_keep;
    const float *restrict const keep = c->keep;
    float *restrict const kept = c->kept, *restrict const smooth = c->smooth;

    for (size_t q = from; q < to; q++) {
        kept[q] = b * kept[q] + (1 - b) * keep[q];
        smooth[q] = kept[q] * smooth[q] + (1 - kept[q]) * now[q];
    }
}

/* The same at the pitch, where the present counts at once. */
static void average_pitch(struct cepstrum *c, const float *restrict now, size_t from, size_t to)
{
    const float b = c->keep_keep, ap = c->keep_pitch;

    for (size_t q = from; q < to; q++) {
        c->kept[q] = b * c->kept[q] + (1 - b) * ap;
        const float a = fast_min(c->kept[q], ap);

        c->smooth[q] = a * c->smooth[q] + (1 - a) * now[q];
    }
}

void cepstrum_update(struct cepstrum *c, struct fft *t, float *restrict S)
{
    const float unit = 1 / (float)t->n;

    for (size_t f = 0; f < c->n; f++) {
        t->freq[f][0] = fast_log(S[f]) * unit;
        t->freq[f][1] = 0;
    }
    fft_inverse(t);
    if (!c->begun)
        memcpy(c->smooth, t->time, c->n * sizeof *c->smooth);
    c->begun = true;

    const size_t pitch = find_pitch(c, t->time);
    const size_t above = pitch < c->n ? pitch + 2 * BESIDE + 1 : c->n;

    average(c, t->time, 0, pitch);
    average_pitch(c, t->time, pitch, above);
    average(c, t->time, above, c->n);

    memcpy(t->time, c->smooth, c->n * sizeof *c->smooth);
    for (size_t q = c->n; q < t->n; q++)        /* even: the transform is real again */
        t->time[q] = c->smooth[t->n - q];
    fft_forward(t);
    for (size_t f = 0; f < c->n; f++)           /* powers stay finite, whatever happened */
        S[f] = fast_min(t->freq[f][0], 87);
    for (size_t f = 0; f < c->n; f++)
        S[f] = fast_exp(S[f]);
}

void cepstrum_state(struct cepstrum *c, struct store *s)
{
    store_floats(s, c->kept, c->n, 0, 1);
    store_finite(s, c->smooth, c->n);
    store_bool(s, &c->begun);
}
