/* SPDX-License-Identifier: MIT
 *
 * familiar.h - the model of a noise that was learned alone, and a noise estimate under
 * speech improved by it.
 */
#ifndef LULL_NOISE_FAMILIAR_H
#define LULL_NOISE_FAMILIAR_H

#include "base/ear.h"
#include "base/store.h"

/* The log power spectrum of a noise, in nepers, relative to its level, which is the mean of
 * the bands in each frame.  The frequencies are 0, FAMILIAR_STEP_HZ, .. at any sampling rate;
 * a lower rate has fewer. */
#define FAMILIAR_STEP_HZ 31.25
#define FAMILIAR_SPACING 0.8325     /* ERB between the bands */
#define FAMILIAR_FAR 60.0f          /* nepers: no frequency is further from the level */

struct familiar_model {
    size_t n, bands;            /* frequencies; bands of the ear over them */
    double frames;              /* that it was learned from                */
    float *shape;               /* [n] mean of each frequency              */
    float *mean;                /* [bands] mean of each band               */
    float *stray;               /* [bands] variance about it               */
};

/* Takes the arrays of a model of n frequencies. */
void familiar_model_place(struct familiar_model *m, struct arena *a, size_t n);

/* Merges `from`, of the same n: as if one model had learned from both recordings. */
void familiar_model_merge(struct familiar_model *into, const struct familiar_model *from);

/* open: whether the bytes are a valid model, of *n frequencies.  read: into m, placed for
 * that n.  write: m to buf[size]; gives its size in bytes, and writes nothing if size is
 * less. */
bool familiar_open(const unsigned char *bytes, size_t size, size_t *n);
void familiar_read(struct familiar_model *m, const unsigned char *bytes, size_t size);
size_t familiar_write(struct familiar_model *m, unsigned char *buf, size_t size);

/* Turns powers of bands into nepers, limited to 78 dB below the strongest. */
void familiar_levels(float *power, size_t bands);

struct familiar {
    const struct bands *bands;
    size_t n, known;            /* frequencies; bands that the model reaches       */
    float forget;               /* per frame                                       */
    float *shape;               /* [n] the model at these frequencies              */
    float *level;               /* [bands] of its bands                            */
    float *stray;               /* [bands] its variance there                      */
    float *steady;              /* [bands] weight 0..1, large where that is small  */
    float *apart;               /* [bands] running mean of w (d_b - their mean),   */
    float *seen;                /* [bands] and of w = (1 - share of speech)^2      */
    float *ahead, *trust;       /* [bands] scratch                                 */
    float *spread;              /* [n] scratch                                     */
    float fit;                  /* 0..1: belief that this is the learned noise     */
    size_t count;               /* frames, saturating                              */
};

/* For n = bands->n frequencies from 0, bin_hz apart. */
void familiar_place(struct familiar *f, struct arena *a, const struct bands *bands,
                    double bin_hz, double frame_hz, const struct familiar_model *m);
void familiar_reset(struct familiar *f);

/* Improves the estimate N[n] > 0 of the noise power; belief[bands], 0..1, is the share of
 * speech in the last frame. */
void familiar_update(struct familiar *f, const float *restrict belief, float *restrict N);

/* All that lasts from one frame to the next; see base/store.h. */
void familiar_state(struct familiar *f, struct store *s);

#endif
