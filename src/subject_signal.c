/* SPDX-License-Identifier: MIT
 *
 * subject_signal.c - a signal of sensors is learned:
 *
 *   lull without denoising -> pupil -> fit
 *   (baseline, hum)           sample    mixtures
 *
 * What the filter takes out before its subspace is out of what is learned, too.
 */
#include "subject.h"

#include "engine/extent.h"
#include "learn/fit.h"
#include "memory.h"
#include "noise/floor.h"
#include "shrink/known.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 4096 };                          /* samples */
static const double NUMBERS_A_US = 3000;        /* of a mixture, looked at            */
static const double TENTH = 1e5;                /* us a second: what it may take unasked */

struct signal {
    struct recipe recipe;
    void *memory;
    size_t groups, members, lags;
    size_t most;                /* numbers in a model of one group; 0: as many as it likes */
    lull *front;
    size_t fresh, late;         /* frames until the front is full; its latency */
    unsigned char *there;       /* [late + 1][channels] what was known         */
    size_t at;
    float *block;               /* [BLOCK]                                     */
    struct fft fft;
    struct floor *floor;        /* [groups]                                    */
    struct pupil *pupil;        /* [groups]                                    */
    struct fit_choice choice;   /* of all groups                               */
};

/* ---- new */

static void place(struct signal *l, struct arena *a)
{
    const size_t M = l->members;

    l->there = arena_take(a, (l->late + 1) * l->recipe.channels, 1);
    l->block = arena_floats(a, BLOCK > l->recipe.channels ? BLOCK : l->recipe.channels);
    fft_place(&l->fft, a, FLOOR_SPAN);
    l->floor = arena_take(a, l->groups, sizeof *l->floor);
    l->pupil = arena_take(a, l->groups, sizeof *l->pupil);
    for (size_t g = 0; g < l->groups; g++) {
        struct floor unused_floor, *const f = arena_measures(a) ? &unused_floor : l->floor + g;
        struct pupil unused_pupil, *const p = arena_measures(a) ? &unused_pupil : l->pupil + g;

        floor_place(f, a, M, false);
        pupil_place(p, a, M, l->lags);
    }
}

static bool get_memory(struct signal *l)
{
    struct arena a = { 0 };

    place(l, &a);
    fft_close(&l->fft);
    l->memory = memory_for(&a);
    if (!l->memory)
        return false;
    a = (struct arena){ .block = l->memory };
    place(l, &a);
    for (size_t g = 0; g < l->groups; g++) {
        floor_reset(l->floor + g);
        pupil_reset(l->pupil + g);
    }
    return fft_ready(&l->fft);
}

/* The filter's text and, after it, that nothing is to be denoised. */
static bool open_front(struct signal *l, const char *text, lull_status *why)
{
    static const char last[] = "\ndenoise = no\n";
    const size_t n = strlen(text);
    char *const all = malloc(n + sizeof last);

    *why = LULL_NO_MEMORY;
    if (!all)
        return false;
    memcpy(all, text, n);
    memcpy(all + n, last, sizeof last);
    const lull_config cfg = {
        .filter = all,
        .rate_hz = l->recipe.rate_hz,
        .channels = (unsigned)l->recipe.channels,
        .latency_ms = -1,
        .mix = 1,
    };

    l->front = lull_new(&cfg, why);
    free(all);
    return l->front != NULL;
}

static void settle_shape(struct signal *l, const lull_budget *b)
{
    const size_t M = l->recipe.joint > 0 ? l->recipe.channels : 1;
    const bool asked = b && (b->bytes || b->us > 0);
    const double us = asked ? b->us : TENTH / l->recipe.rate_hz;
    double most = 0;

    l->members = M;
    l->groups = l->recipe.channels / M;
    l->lags = extent_lags(&l->recipe, M);
    if (asked && b->bytes)
        most = (double)b->bytes / sizeof(float);
    if (us > 0)
        most = most > 0 ? fmin(most, us * NUMBERS_A_US) : us * NUMBERS_A_US;
    l->most = (size_t)fmin(most / (double)l->groups, 1e15);
    if (most > 0 && !l->most)
        l->most = 1;
}

static void close(void *self)
{
    struct signal *const l = self;

    if (l->memory)
        fft_close(&l->fft);
    lull_free(l->front);
    free(l->memory);
    free(l);
}

static void *open(const struct recipe *r, const char *text, const lull_budget *b,
                  lull_status *why)
{
    struct signal *const l = calloc(1, sizeof *l);

    *why = LULL_NO_MEMORY;
    if (!l)
        return NULL;
    l->recipe = *r;
    if (open_front(l, text, why)) {
        settle_shape(l, b);
        l->late = l->fresh = lull_latency(l->front);
        *why = get_memory(l) ? LULL_OK : LULL_NO_MEMORY;
    }
    if (*why == LULL_OK)
        return l;
    close(l);
    return NULL;
}

/* ---- what is learned from */

/* One frame x[channels] as it comes out of the front, `late` frames after `came`,
 * which it overwrites. */
static void learn_frame(struct signal *l, const float *x, unsigned char *known)
{
    for (size_t g = 0; g < l->groups; g++) {
        const size_t c = g * l->members;

        floor_update(l->floor + g, &l->fft, x + c, known + c);
        pupil_add(l->pupil + g, x + c, known + c);
    }
}

static void add(void *self, const float *in, size_t frames)
{
    struct signal *const l = self;
    const size_t M = l->recipe.channels, room = BLOCK > M ? BLOCK / M : 1;

    for (size_t done = 0; done < frames;) {
        const size_t n = frames - done < room ? frames - done : room;

        lull_process(l->front, in + done * M, l->block, n);
        for (size_t t = 0; t < n; t++) {
            unsigned char *const now = l->there + l->at * M;

            for (size_t c = 0; c < M; c++)
                now[c] = isfinite(in[(done + t) * M + c]) != 0;
            l->at = (l->at + 1) % (l->late + 1);
            if (l->fresh)
                l->fresh--;
            else
                learn_frame(l, l->block + t * M, l->there + l->at * M);
        }
        done += n;
    }
}

static void cut(void *self)
{
    struct signal *const l = self;

    lull_reset(l->front);
    l->fresh = l->late;
    l->at = 0;
    for (size_t g = 0; g < l->groups; g++)
        pupil_cut(l->pupil + g);
}

/* ---- what is learned */

/* The shape that serves every group: the largest that one of them wants. */
static void choose(struct signal *l, struct fit *f)
{
    struct fit_choice all = { 0 };

    for (size_t g = 0; g < l->groups; g++) {
        fit_look_at(f, l->pupil + g, l->floor[g].level);
        const struct fit_choice c = fit_choose(f);

        if (c.parts * (1 + c.rank) > all.parts * (1 + all.rank))
            all = c;
    }
    l->choice = all;
}

static unsigned char *write_models(const struct signal *l, struct mixture_model *models,
                                   size_t *size)
{
    *size = known_write(models, l->groups, NULL, 0);
    unsigned char *const bytes = malloc(*size);

    if (bytes)
        known_write(models, l->groups, bytes, *size);
    return bytes;
}

static void place_models(const struct signal *l, struct mixture_model *models, struct arena *a)
{
    for (size_t g = 0; g < l->groups; g++)
        mixture_model_place(models + g, a, l->members, l->lags, l->choice.parts,
                            l->choice.rank);
}

static unsigned char *fit_all(struct signal *l, struct fit *f, struct mixture_model *models,
                              size_t *size)
{
    struct arena a = { 0 };

    choose(l, f);
    place_models(l, models, &a);
    void *const memory = memory_for(&a);

    if (!memory)
        return NULL;
    a = (struct arena){ .block = memory };
    place_models(l, models, &a);
    for (size_t g = 0; g < l->groups; g++) {
        fit_look_at(f, l->pupil + g, l->floor[g].level);
        fit_model(f, models + g);
    }
    unsigned char *const bytes = write_models(l, models, size);

    free(memory);
    return bytes;
}

static unsigned char *finish(void *self, size_t *size)
{
    struct signal *const l = self;
    struct fit f;
    struct arena a = { 0 };

    if (pupil_rows(l->pupil) < l->lags)
        return NULL;
    fit_place(&f, &a, l->pupil, l->most);
    void *const memory = memory_for(&a);
    struct mixture_model *const models = calloc(l->groups, sizeof *models);
    unsigned char *bytes = NULL;

    if (memory && models) {
        a = (struct arena){ .block = memory };
        fit_place(&f, &a, l->pupil, l->most);
        bytes = fit_all(l, &f, models, size);
    }
    free(models);
    free(memory);
    return bytes;
}

static void read(const void *self, lull_lesson *what)
{
    const struct signal *const l = self;

    *what = (lull_lesson){
        .frames = l->pupil->frames,
        .groups = (unsigned)l->groups,
        .dim = (unsigned)(l->members * l->lags),
        .parts = (unsigned)l->choice.parts,
        .rank = (unsigned)l->choice.rank,
        .left = l->choice.left,
        .left_of_one = l->choice.left_single,
    };
}

const struct subject subject_signal = { "SIGN", open, close, add, cut, finish, read };
