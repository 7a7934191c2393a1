/* SPDX-License-Identifier: MIT
 *
 * engine.h - what every engine is to lull.c: a row of functions over a struct
 * of its own.
 */
#ifndef LULL_ENGINE_ENGINE_H
#define LULL_ENGINE_ENGINE_H

#include "base/arena.h"
#include "base/store.h"
#include "engine/meter.h"
#include "engine/recipe.h"

/* Frames of all channels: sample t of channel c is in[c][t * in_stride], and
 * goes to out[c][t * out_stride], which may be the same place. */
struct block {
    const float *const *in;
    float *const *out;
    size_t in_stride, out_stride, frames;
};

/* What may change while the stream runs. */
struct controls {
    float reduction_db, mix;
    bool residual, bypass, freeze;
    bool ending;                        /* the signal has ended: the frames are zeros */
    size_t rank;                        /* directions in use, at most */
};

/* What an engine has to tell. */
struct report {
    struct meter_values meter;
    float edge_hz[METER_BANDS];         /* upper ends of the meter's bands */
    float speech, step;
    float unfit;                        /* share of the signal that no base explains */
    unsigned rank, most_rank;
    unsigned long long invalid;         /* samples that were NaN or infinite */
};

struct engine {
    const char *name;
    size_t size;                        /* of its struct, in bytes */
    double least_hz, most_hz;           /* rates it works at       */
    bool (*takes_latency)(float ms);    /* < 0: the default        */
    bool (*takes_learned)(const struct recipe *r);      /* NULL: nothing */

    /* Takes its arrays from the arena for a recipe that is in range; `engine`
     * is NULL while measuring. */
    void (*place)(void *engine, struct arena *a, const struct recipe *r);
    bool (*ready)(const void *engine);  /* all outside resources are there */
    void (*close)(void *engine);
    void (*reset)(void *engine);
    size_t (*latency)(const void *engine);

    /* Frames that may be given to the next `process`, at least 1. */
    size_t (*room)(const void *engine);

    /* Passes b->frames <= room frames through; true if there is news to report. */
    bool (*process)(void *engine, const struct block *b, const struct controls *c);
    void (*report)(const void *engine, struct report *r);

    /* Walks over the adapter's shape, and the adapter; NULL, or false: there is none. */
    bool (*adapter)(void *engine, struct store *s);

    /* Walks over all that lasts from one frame to the next. */
    void (*state)(void *engine, struct store *s);
};

extern const struct engine engine_spectral, engine_subspace, engine_declick, engine_music;

/* The engine of that name, NULL if there is none. */
const struct engine *engine_named(const char *name);

#endif
