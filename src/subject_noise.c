/* SPDX-License-Identifier: MIT
 *
 * subject_noise.c - a noise is learned, where nobody speaks: see engine/listener.h.
 */
#include "subject.h"

#include "engine/engine.h"
#include "engine/listener.h"
#include "memory.h"

struct noise {
    void *memory;
    struct listener listener;
    unsigned long long frames;
};

static bool get_memory(struct noise *l, const struct recipe *r)
{
    struct arena a = { 0 };

    listener_place(&l->listener, &a, r->rate_hz, r->channels);
    listener_close(&l->listener);
    l->memory = memory_for(&a);
    if (!l->memory)
        return false;
    a = (struct arena){ .block = l->memory };
    listener_place(&l->listener, &a, r->rate_hz, r->channels);
    listener_reset(&l->listener);
    return listener_ready(&l->listener);
}

static void close(void *self)
{
    struct noise *const l = self;

    if (l->memory)
        listener_close(&l->listener);
    free(l->memory);
    free(l);
}

static void *open(const struct recipe *r, const char *text, const lull_budget *b,
                  lull_status *why)
{
    (void)text;
    (void)b;            /* it takes next to nothing */
    *why = LULL_BAD_RATE;
    if (!(r->rate_hz >= engine_spectral.least_hz && r->rate_hz <= engine_spectral.most_hz))
        return NULL;
    *why = LULL_BAD_CHANNELS;
    if (r->channels < 1 || r->channels > LULL_MAX_CHANNELS)
        return NULL;

    struct noise *const l = calloc(1, sizeof *l);

    *why = l && get_memory(l, r) ? LULL_OK : LULL_NO_MEMORY;
    if (*why == LULL_OK)
        return l;
    if (l)
        close(l);
    return NULL;
}

static void add(void *self, const float *in, size_t frames)
{
    struct noise *const l = self;

    listener_add(&l->listener, in, frames);
    l->frames += frames;
}

static void cut(void *self)
{
    struct noise *const l = self;

    listener_cut(&l->listener);
}

static unsigned char *finish(void *self, size_t *size)
{
    const struct noise *const l = self;
    struct familiar_model m;
    struct arena a = { 0 };
    unsigned char *bytes = NULL;

    familiar_model_place(&m, &a, l->listener.acquaint.n);
    void *const memory = memory_for(&a);

    if (!memory)
        return NULL;
    a = (struct arena){ .block = memory };
    familiar_model_place(&m, &a, l->listener.acquaint.n);
    if (acquaint_model(&l->listener.acquaint, &m)) {
        *size = familiar_write(&m, NULL, 0);
        bytes = malloc(*size);
        if (bytes)
            familiar_write(&m, bytes, *size);
    }
    free(memory);
    return bytes;
}

static void read(const void *self, lull_lesson *what)
{
    const struct noise *const l = self;

    *what = (lull_lesson){
        .subject = LULL_NOISE_ALONE,
        .frames = l->frames,
        .groups = 1,
        .dim = (unsigned)l->listener.acquaint.n,
    };
}

const struct subject subject_noise = { "NOIS", open, close, add, cut, finish, read };
