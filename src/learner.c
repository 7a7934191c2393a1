/* SPDX-License-Identifier: MIT
 *
 * learner.c - the public face of learning: a recording in, a filter file out.
 *
 *   lull without denoising -> pupil -> fit -> file
 *   (baseline, hum)           sample    mixtures
 *
 * What the filter takes out before its subspace is out of what is learned, too.
 */
#include "lull_learn.h"

#include "engine/engine.h"
#include "engine/group.h"
#include "filter/file.h"
#include "filter/filter.h"
#include "learn/fit.h"
#include "noise/floor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 4096 };                          /* samples */
static const double NUMBERS_A_US = 3000;        /* of a mixture, looked at            */
static const double TENTH = 1e5;                /* us a second: what it may take unasked */

struct lull_learner {
    struct recipe recipe;
    char *text;                 /* of the filter                               */
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
    unsigned char *section;     /* what was learned, once it is                */
    size_t section_size;
};

static void *arena_block(const struct arena *measured)
{
    return measured->used == SIZE_MAX ? NULL : aligned_alloc(ARENA_ALIGN, measured->used);
}

/* ---- new */

static void place(struct lull_learner *l, struct arena *a)
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

static bool get_memory(struct lull_learner *l)
{
    struct arena a = { 0 };

    place(l, &a);
    fft_close(&l->fft);
    l->memory = arena_block(&a);
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
static bool open_front(struct lull_learner *l, const lull_config *cfg, const char *text,
                       lull_status *why)
{
    static const char last[] = "\ndenoise = no\n";
    const size_t n = strlen(text);
    lull_config front = *cfg;

    l->text = malloc(n + sizeof last);
    if (!l->text)
        return false;
    memcpy(l->text, text, n);
    memcpy(l->text + n, last, sizeof last);
    front.filter = l->text;
    front.latency_ms = -1;
    front.mix = 1;
    l->front = lull_new(&front, why);
    l->text[n] = '\0';
    return l->front != NULL;
}

static void settle_shape(struct lull_learner *l, const lull_budget *b)
{
    const size_t M = l->recipe.joint > 0 ? l->recipe.channels : 1;
    const bool asked = b && (b->bytes || b->us > 0);
    const double us = asked ? b->us : TENTH / l->recipe.rate_hz;
    double most = 0;

    l->members = M;
    l->groups = l->recipe.channels / M;
    l->lags = group_lags(&l->recipe, M);
    if (asked && b->bytes)
        most = (double)b->bytes / sizeof(float);
    if (us > 0)
        most = most > 0 ? fmin(most, us * NUMBERS_A_US) : us * NUMBERS_A_US;
    l->most = (size_t)fmin(most / (double)l->groups, 1e15);
    if (most > 0 && !l->most)
        l->most = 1;
}

lull_learner *lull_learner_new(const lull_config *cfg, const lull_budget *budget,
                               lull_status *why)
{
    lull_status unwanted, *const status = why ? why : &unwanted;
    const char *const text = filter_find(cfg->filter);
    struct filter_fault unused;
    struct recipe r;

    *status = LULL_BAD_FILTER;
    if (!text || !filter_parse(text, &r, &unused) || engine_named(r.engine) != &engine_subspace)
        return NULL;

    struct lull_learner *const l = calloc(1, sizeof *l);

    *status = LULL_NO_MEMORY;
    if (!l)
        return NULL;
    l->recipe = r;
    l->recipe.rate_hz = cfg->rate_hz;
    l->recipe.channels = cfg->channels;
    if (open_front(l, cfg, text, status)) {
        settle_shape(l, budget);
        l->late = l->fresh = lull_latency(l->front);
        *status = get_memory(l) ? LULL_OK : LULL_NO_MEMORY;
    }
    if (*status == LULL_OK)
        return l;
    lull_learner_free(l);
    return NULL;
}

void lull_learner_free(lull_learner *l)
{
    if (!l)
        return;
    if (l->memory)
        fft_close(&l->fft);
    lull_free(l->front);
    free(l->memory);
    free(l->section);
    free(l->text);
    free(l);
}

/* ---- what is learned from */

/* One frame x[channels] as it comes out of the front, `late` frames after `came`,
 * which it overwrites. */
static void learn_frame(lull_learner *l, const float *x, unsigned char *known)
{
    for (size_t g = 0; g < l->groups; g++) {
        const size_t c = g * l->members;

        floor_update(l->floor + g, &l->fft, x + c, known + c);
        pupil_add(l->pupil + g, x + c, known + c);
    }
}

void lull_learner_add(lull_learner *l, const float *in, size_t frames)
{
    const size_t M = l->recipe.channels, room = BLOCK > M ? BLOCK / M : 1;

    free(l->section);           /* was made without these */
    l->section = NULL;
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

void lull_learner_cut(lull_learner *l)
{
    lull_reset(l->front);
    l->fresh = l->late;
    l->at = 0;
    for (size_t g = 0; g < l->groups; g++)
        pupil_cut(l->pupil + g);
}

/* ---- what is learned */

/* The shape that serves every group: the largest that one of them wants. */
static void choose(lull_learner *l, struct fit *f)
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

static bool write_section(lull_learner *l, struct mixture_model *models)
{
    l->section_size = known_write(models, l->groups, NULL, 0);
    l->section = malloc(l->section_size);
    if (l->section)
        known_write(models, l->groups, l->section, l->section_size);
    return l->section != NULL;
}

static void place_models(const lull_learner *l, struct mixture_model *models, struct arena *a)
{
    for (size_t g = 0; g < l->groups; g++)
        mixture_model_place(models + g, a, l->members, l->lags, l->choice.parts,
                            l->choice.rank);
}

static bool fit_all(lull_learner *l, struct fit *f, struct mixture_model *models)
{
    struct arena a = { 0 };

    choose(l, f);
    place_models(l, models, &a);
    void *const memory = arena_block(&a);

    if (!memory)
        return false;
    a = (struct arena){ .block = memory };
    place_models(l, models, &a);
    for (size_t g = 0; g < l->groups; g++) {
        fit_look_at(f, l->pupil + g, l->floor[g].level);
        fit_model(f, models + g);
    }
    const bool written = write_section(l, models);

    free(memory);
    return written;
}

static bool finish(lull_learner *l)
{
    struct fit f;
    struct arena a = { 0 };

    fit_place(&f, &a, l->pupil, l->most);
    void *const memory = arena_block(&a);
    struct mixture_model *const models = calloc(l->groups, sizeof *models);
    bool done = false;

    if (memory && models) {
        a = (struct arena){ .block = memory };
        fit_place(&f, &a, l->pupil, l->most);
        done = fit_all(l, &f, models);
    }
    free(models);
    free(memory);
    return done;
}

/* ---- the file */

/* What stands before the sections; to be freed. */
static char *write_head(const lull_learner *l, const char *about)
{
    const struct recipe *const r = &l->recipe;
    const size_t size = filter_head_write(about, l->text, r->rate_hz, r->channels, NULL, 0);
    char *const text = malloc(size);

    if (text)
        filter_head_write(about, l->text, r->rate_hz, r->channels, text, size);
    return text;
}

size_t lull_learner_save(lull_learner *l, const char *about, void *buf, size_t size)
{
    if (!l->section && (pupil_rows(l->pupil) < l->lags || !finish(l)))
        return 0;
    const struct filter_section section = { "SIGN", l->section, l->section_size };
    char *const text = write_head(l, about);
    const size_t need = text ? filter_file_write(text, &section, 1, buf, size) : 0;

    free(text);
    return need;
}

void lull_learner_read(const lull_learner *l, lull_lesson *what)
{
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
