/* SPDX-License-Identifier: MIT
 *
 * acquaint.h - learns from the frames of a noise alone what it is like.
 */
#ifndef LULL_NOISE_ACQUAINT_H
#define LULL_NOISE_ACQUAINT_H

#include "noise/familiar.h"

struct acquaint {
    size_t bins, n;             /* frequencies of a frame; of the model             */
    double pace;                /* bins between two of the model's frequencies      */
    float keep;                 /* of the smoothed power, per frame                 */
    size_t settle, run;         /* frames that smoothing needs; those since the cut */
    uint64_t frames, least;     /* learned from; that are enough                     */
    struct bands bands;         /* over n                                           */
    float *smooth;              /* [bins] power over 80 ms                          */
    float *row;                 /* [n] the same at the model's frequencies          */
    float *level;               /* [bands]                                          */
    double *shape;              /* [n] sum over frames                              */
    double *mean, *square;      /* [bands] mean, and sum of squares about it        */
};

/* For frames of `bins` frequencies from 0, bin_hz apart. */
void acquaint_place(struct acquaint *q, struct arena *a, size_t bins, double bin_hz,
                    double frame_hz);
void acquaint_reset(struct acquaint *q);

/* The next frame does not continue those before. */
void acquaint_cut(struct acquaint *q);

/* Learns from the powers P[bins] > 0 of one frame. */
void acquaint_update(struct acquaint *q, const float *restrict P);

/* Writes the model to m, placed for q->n frequencies; false: too little was heard. */
bool acquaint_model(const struct acquaint *q, struct familiar_model *m);

#endif
