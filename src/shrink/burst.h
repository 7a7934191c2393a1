/* SPDX-License-Identifier: MIT
 *
 * burst.h - turns bursts down: keys, clicks, claps, footsteps, doors, which begin at once,
 * are broad-band and have no pitch.
 */
#ifndef LULL_SHRINK_BURST_H
#define LULL_SHRINK_BURST_H

#include "base/ear.h"
#include "base/fft.h"
#include "base/store.h"

/* One frame, as the earlier stages see it. */
struct burst_frame {
    const float *power;                         /* [n]     */
    const float *pooled_power, *pooled_noise;   /* [bands] */
};

struct burst {
    const struct bands *bands;
    size_t count;               /* bands up to 8 kHz, which count for the frame       */
    size_t heard;               /* frequencies below 4 kHz, where voices are harmonic */
    size_t low, high;           /* pitch periods searched, samples; low <= t < high   */
    float *weight;              /* [n] 0 from heard on                                */
    float keep_level, keep_flux, keep_voiced, keep_met, learn_voice;    /* per frame  */
    size_t calm, wait, attack;  /* frames; see burst_learn()                          */

    float *level;               /* [bands] power of the last 50 ms                    */
    float *kept;                /* [bands] the result, 0..1                           */
    float *spread;              /* [n] the result for each frequency                  */
    float harmony, flux, loudness;      /* of the last frame                          */
    float flux_lately, voiced;          /* the first two over time                    */
    float voice;                /* power of the voice                                 */
    size_t unvoiced;            /* frames since somebody spoke, at most calm          */
    size_t waited;              /* since an onset that may be a burst's; 0: none      */
    float strength;             /* of that onset                                      */
    float met;                  /* bursts met lately, each by its strength            */
    size_t lasted;              /* frames of the wait in which it still sounded       */
    float all;                  /* power of the last frame                            */
    float power, peak;          /* of it above the noise; greatest since the onset    */
    bool begun;
};

void burst_place(struct burst *b, struct arena *a, const struct bands *bands, double rate_hz,
                 double frame_hz);
void burst_reset(struct burst *b);

/* Judges a frame; t is used for the transform. */
void burst_update(struct burst *b, struct fft *t, const struct burst_frame *now);

/* Learns from the frame last judged whether there are bursts in this stream. */
void burst_learn(struct burst *b);

/* Learns from a frame of digital silence, which is not judged. */
void burst_silence(struct burst *b);

/* All that lasts from one frame to the next; see base/store.h. */
void burst_state(struct burst *b, struct store *s);

#endif
