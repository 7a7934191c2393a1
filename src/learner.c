/* SPDX-License-Identifier: MIT
 *
 * learner.c - the public face of learning: a recording in, a filter file out.  What
 * there is to learn, the filter says: a signal, or the noise under a voice.
 */
#include "lull_learn.h"

#include "filter/file.h"
#include "filter/filter.h"
#include "subject.h"

#include <stdlib.h>
#include <string.h>

struct lull_learner {
    const struct subject *subject;
    void *self;
    struct recipe recipe;
    char *text;                 /* of the filter                */
    unsigned char *section;     /* what was learned, once it is */
    size_t section_size;
};

/* Where nothing is denoised, nothing that was learned is of use. */
static const struct subject *subject_of(const struct recipe *r)
{
    if (!strcmp(r->engine, "subspace"))
        return r->denoise > 0 ? &subject_signal : NULL;
    return strcmp(r->engine, "spectral") ? NULL : &subject_noise;
}

static char *copy(const char *text)
{
    const size_t n = strlen(text) + 1;
    char *const own = malloc(n);

    return own ? memcpy(own, text, n) : NULL;
}

lull_learner *lull_learner_new(const lull_config *cfg, const lull_budget *budget,
                               lull_status *why)
{
    lull_status unwanted, *const status = why ? why : &unwanted;
    const char *const text = filter_find(cfg->filter);
    struct filter_fault unused;
    struct recipe r;

    *status = LULL_BAD_FILTER;
    if (!text || !filter_parse(text, &r, &unused) || !subject_of(&r))
        return NULL;

    lull_learner *const l = calloc(1, sizeof *l);

    *status = LULL_NO_MEMORY;
    if (!l)
        return NULL;
    r.rate_hz = cfg->rate_hz;
    r.channels = cfg->channels;
    l->recipe = r;
    l->subject = subject_of(&r);
    l->text = copy(text);
    if (l->text)
        l->self = l->subject->open(&r, text, budget, status);
    if (l->self)
        return l;
    lull_learner_free(l);
    return NULL;
}

void lull_learner_free(lull_learner *l)
{
    if (!l)
        return;
    if (l->self)
        l->subject->close(l->self);
    free(l->section);
    free(l->text);
    free(l);
}

void lull_learner_add(lull_learner *l, const float *in, size_t frames)
{
    free(l->section);           /* was made without these */
    l->section = NULL;
    l->subject->add(l->self, in, frames);
}

void lull_learner_cut(lull_learner *l)
{
    l->subject->cut(l->self);
}

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
    if (!l->section)
        l->section = l->subject->finish(l->self, &l->section_size);
    if (!l->section)
        return 0;

    const struct filter_section section = { l->subject->tag, l->section, l->section_size };
    char *const text = write_head(l, about);
    const size_t need = text ? filter_file_write(text, &section, 1, buf, size) : 0;

    free(text);
    return need;
}

void lull_learner_read(const lull_learner *l, lull_lesson *what)
{
    l->subject->read(l->self, what);
}
