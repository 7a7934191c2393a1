/* SPDX-License-Identifier: MIT
 *
 * familiar.h - a noise that was heard before, alone: what it is like, and what that
 * tells of the same noise under speech.
 */
#ifndef LULL_NOISE_FAMILIAR_H
#define LULL_NOISE_FAMILIAR_H

#include "base/ear.h"
#include "base/store.h"

/* What one noise is like, in nepers of power, whatever its level: all is less the
 * level of its frame, the mean over the bands.  The frequencies are the same at any
 * rate, FAMILIAR_STEP_HZ apart from 0; a lower rate has fewer. */
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

/* Takes in what `from`, of the same n, was learned from: as if one had heard both. */
void familiar_model_merge(struct familiar_model *into, const struct familiar_model *from);

/* Whether bytes are a model, whole and in range: then *n is its size.  Reads one of
 * that size into m; writes m to buf[size] and gives the bytes it takes, writes nothing
 * if size is less. */
bool familiar_open(const unsigned char *bytes, size_t size, size_t *n);
void familiar_read(struct familiar_model *m, const unsigned char *bytes, size_t size);
size_t familiar_write(struct familiar_model *m, unsigned char *buf, size_t size);

/* Turns powers of bands into levels, in nepers; as low as 78 dB below the strongest,
 * no lower. */
void familiar_levels(float *power, size_t bands);

struct familiar {
    const struct bands *bands;
    size_t n, known;            /* frequencies; bands that the model reaches       */
    float forget;               /* per frame                                       */
    float *shape;               /* [n] the model at these frequencies              */
    float *level;               /* [bands] of its bands                            */
    float *stray;               /* [bands] its variance there                      */
    float *steady;              /* [bands] 0..1: how little that is                */
    float *apart;               /* [bands] how far the noise is from it, smoothed, */
    float *seen;                /* [bands] times how much of it was seen           */
    float *ahead, *trust;       /* [bands] scratch                                 */
    float *spread;              /* [n] scratch                                     */
    float fit;                  /* 0..1: whether this is the noise at all          */
    size_t count;               /* frames, saturating                              */
};

/* For n = bands->n frequencies from 0, bin_hz apart. */
void familiar_place(struct familiar *f, struct arena *a, const struct bands *bands,
                    double bin_hz, double frame_hz, const struct familiar_model *m);
void familiar_reset(struct familiar *f);

/* Betters the estimate N[n] > 0 of the noise; belief[bands], 0..1, is the share of
 * speech in the last frame. */
void familiar_update(struct familiar *f, const float *restrict belief, float *restrict N);

/* All that lasts from one frame to the next; see base/store.h. */
void familiar_state(struct familiar *f, struct store *s);

#endif
