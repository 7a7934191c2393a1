/* SPDX-License-Identifier: MIT
 *
 * merger.c - the public face of filters that have learned: what is in them, and two
 * of them as one.
 */
#include "lull_learn.h"

#include "filter/file.h"
#include "learn/blend.h"
#include "noise/familiar.h"
#include "shrink/known.h"

#include <stdlib.h>
#include <string.h>

/* A learned filter of sensors, understood. */
struct lesson {
    struct filter_file file;
    struct known known;
};

static bool open_lesson(struct lesson *l, const void *bytes, size_t size)
{
    const unsigned char *at;
    size_t section;
    struct filter_fault unused;

    return filter_file_open(bytes, size, &l->file, &unused) &&
           filter_file_section(&l->file, "SIGN", &at, &section) &&
           known_open(&l->known, at, section);
}

/* An adapter, understood. */
struct addendum {
    struct filter_file file;
    struct addition rows;
};

static bool open_addendum(struct addendum *d, const void *bytes, size_t size)
{
    const unsigned char *at;
    size_t section;
    struct filter_fault unused;

    return filter_file_open(bytes, size, &d->file, &unused) &&
           filter_file_section(&d->file, "ADAP", &at, &section) &&
           addition_open(&d->rows, at, section);
}

/* The models of all groups of a shape, in one block; to be freed. */
struct models {
    void *memory;
    struct mixture_model *of;   /* [groups] */
};

static void place_models(struct models *m, struct arena *a, const struct known *shape)
{
    m->of = arena_take(a, shape->groups, sizeof *m->of);
    for (size_t g = 0; g < shape->groups; g++) {
        struct mixture_model unused, *const model = arena_measures(a) ? &unused : m->of + g;

        mixture_model_place(model, a, shape->channels, shape->lags, shape->parts, shape->rank);
    }
}

static bool get_models(struct models *m, const struct known *shape)
{
    struct arena a = { 0 };

    place_models(m, &a, shape);
    m->memory = a.used == SIZE_MAX ? NULL : aligned_alloc(ARENA_ALIGN, a.used);
    if (!m->memory)
        return false;
    a = (struct arena){ .block = m->memory };
    place_models(m, &a, shape);
    return true;
}

static bool read_models(struct models *m, const struct known *k)
{
    if (!get_models(m, k))
        return false;
    for (size_t g = 0; g < k->groups; g++)
        known_read(k, g, m->of + g);
    return true;
}

/* A blend with room for so many parts and more directions; its memory is to be freed. */
static void *get_blend(struct blend *b, const struct known *shape, size_t parts, size_t more)
{
    struct arena a = { 0 };
    void *memory;

    blend_place(b, &a, shape->channels, shape->lags, parts, shape->rank, more);
    memory = a.used == SIZE_MAX ? NULL : aligned_alloc(ARENA_ALIGN, a.used);
    if (!memory)
        return NULL;
    a = (struct arena){ .block = memory };
    blend_place(b, &a, shape->channels, shape->lags, parts, shape->rank, more);
    return memory;
}

static size_t greater(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* ---- noises */

struct heard {
    struct filter_file file;
    const unsigned char *bytes;
    size_t size, n;
};

static bool open_heard(struct heard *h, const void *bytes, size_t size)
{
    struct filter_fault unused;

    return filter_file_open(bytes, size, &h->file, &unused) &&
           filter_file_section(&h->file, "NOIS", &h->bytes, &h->size) &&
           familiar_open(h->bytes, h->size, &h->n);
}

/* Two models of n frequencies, in memory to be freed. */
static void *get_noises(struct familiar_model *x, struct familiar_model *y, size_t n)
{
    struct arena a = { 0 };
    void *memory;

    familiar_model_place(x, &a, n);
    familiar_model_place(y, &a, n);
    memory = a.used == SIZE_MAX ? NULL : aligned_alloc(ARENA_ALIGN, a.used);
    if (!memory)
        return NULL;
    a = (struct arena){ .block = memory };
    familiar_model_place(x, &a, n);
    familiar_model_place(y, &a, n);
    return memory;
}

/* ---- what is in one */

static lull_status find_spectrum(const struct known *k, lull_lesson *what)
{
    struct models m = { 0 };
    struct blend b;
    void *const memory = get_blend(&b, k, k->parts, 0);
    const bool there = memory && read_models(&m, k);
    const size_t n = k->channels * k->lags;
    size_t count = k->rank < LULL_LESSON_SPECTRUM ? k->rank : LULL_LESSON_SPECTRUM;
    float power[MIXTURE_RANK_MOST], all = 0;

    if (there) {
        what->frames = (unsigned long long)m.of->seen;
        blend_spectrum(&b, m.of, count, power, NULL);
        for (size_t i = 0; i < m.of->parts; i++) {
            const float *const mean = m.of->mean + i * n, *const F = m.of->F + i * k->rank * n;

            for (size_t t = 0; t < n; t++)
                all += m.of->share[i] * mean[t] * mean[t];
            for (size_t t = 0; t < k->rank * n; t++)
                all += m.of->share[i] * F[t] * F[t];
        }
        for (size_t j = 0; j < count && all > 0; j++)
            what->energy[j] = power[j] / all;
    }
    free(m.memory);
    free(memory);
    return there ? LULL_OK : LULL_NO_MEMORY;
}

lull_status lull_filter_read(const void *file, size_t size, lull_lesson *what)
{
    struct lesson l;
    struct addendum d;
    struct heard h;

    *what = (lull_lesson){ 0 };
    if (open_heard(&h, file, size)) {
        what->subject = LULL_NOISE_ALONE;
        what->groups = 1;
        what->dim = (unsigned)h.n;
        what->numbers = h.size / sizeof(float);
        return LULL_OK;
    }
    if (open_addendum(&d, file, size)) {
        what->subject = LULL_ADAPTER;
        what->groups = (unsigned)d.rows.groups;
        what->dim = (unsigned)(d.rows.channels * d.rows.lags);
        what->rank = (unsigned)d.rows.rank;
        what->numbers = 2ULL * what->groups * what->rank * what->dim;   /* B and A */
        return LULL_OK;
    }
    if (!open_lesson(&l, file, size))
        return LULL_BAD_FILTER;

    const struct known *const k = &l.known;

    what->groups = (unsigned)k->groups;
    what->dim = (unsigned)(k->channels * k->lags);
    what->parts = (unsigned)k->parts;
    what->rank = (unsigned)k->rank;
    what->numbers = k->groups * k->parts * (1 + k->rank) * (unsigned long long)what->dim;
    return find_spectrum(k, what);
}

/* ---- two as one */

/* Where what is said of where it comes from ends. */
static size_t remarks_end(const char *text)
{
    static const char remark[] = "# learned from";
    size_t at = strcspn(text, "\n") + 1;

    while (!strncmp(text + at, remark, sizeof remark - 1) && strchr(text + at, '\n'))
        at += strcspn(text + at, "\n") + 1;
    return at;
}

/* The text before the sections but for `body`, with the other's remark in it; to be
 * freed. */
static char *join_texts(const char *a, const char *b)
{
    const size_t first = remarks_end(a), end = strlen(a);
    const char *const remark = b + strcspn(b, "\n") + 1;
    const size_t more = *remark == '#' ? strcspn(remark, "\n") + 1 : 0;
    size_t last = end - 1;

    while (last && a[last - 1] != '\n')
        last--;
    char *const text = malloc(last + more + 1);

    if (!text)
        return NULL;
    memcpy(text, a, first);
    memcpy(text + first, remark, more);
    memcpy(text + first + more, a + first, last - first);
    text[last + more] = '\0';
    return text;
}

/* The file of a, with the other's remark, and this section, whose bytes are freed. */
static size_t write_file(const struct filter_file *a, const struct filter_file *b,
                         const char *tag, unsigned char *bytes, size_t bytes_size, void *buf,
                         size_t size)
{
    char *const text = join_texts(a->text, b->text);
    struct filter_section section = { .bytes = bytes, .size = bytes_size };
    size_t written = 0;

    memcpy(section.tag, tag, sizeof section.tag);
    if (bytes && text)
        written = filter_file_write(text, &section, 1, buf, size);
    free(text);
    free(bytes);
    return written;
}

static size_t write_models(const struct filter_file *a, const struct filter_file *b,
                           struct models *m, size_t groups, void *buf, size_t size)
{
    const size_t need = known_write(m->of, groups, NULL, 0);
    unsigned char *const bytes = malloc(need);

    if (bytes)
        known_write(m->of, groups, bytes, need);
    return write_file(a, b, "SIGN", bytes, need, buf, size);
}

static size_t merge_noises(const struct heard *a, const struct heard *b, void *buf, size_t size)
{
    struct familiar_model x, y;
    void *const memory = get_noises(&x, &y, a->n);

    if (!memory)
        return 0;
    familiar_read(&x, a->bytes, a->size);
    familiar_read(&y, b->bytes, b->size);
    familiar_model_merge(&x, &y);
    const size_t need = familiar_write(&x, NULL, 0);
    unsigned char *const bytes = malloc(need);

    if (bytes)
        familiar_write(&x, bytes, need);
    free(memory);
    return write_file(&a->file, &b->file, "NOIS", bytes, need, buf, size);
}

static size_t merge_lessons(const struct lesson *a, const struct lesson *b, void *buf,
                            size_t size)
{
    struct known shape = a->known;
    struct models x = { 0 }, y = { 0 }, both = { 0 };
    struct blend blend;
    size_t written = 0;

    shape.parts = greater(a->known.parts, b->known.parts);
    shape.rank = greater(a->known.rank, b->known.rank);
    void *const memory = get_blend(&blend, &shape, a->known.parts + b->known.parts, 0);

    if (memory && read_models(&x, &a->known) && read_models(&y, &b->known) &&
        get_models(&both, &shape)) {
        for (size_t g = 0; g < shape.groups; g++)
            blend_models(&blend, x.of + g, y.of + g, both.of + g);
        written = write_models(&a->file, &b->file, &both, shape.groups, buf, size);
    }
    free(x.memory);
    free(y.memory);
    free(both.memory);
    free(memory);
    return written;
}

static bool alike(const struct lesson *a, const struct lesson *b)
{
    const struct known *const x = &a->known, *const y = &b->known;
    const double far = a->file.head.rate_hz - b->file.head.rate_hz;

    return x->groups == y->groups && x->channels == y->channels && x->lags == y->lags &&
           far * far <= 1e-12 * a->file.head.rate_hz * a->file.head.rate_hz &&
           !strcmp(a->file.recipe.engine, b->file.recipe.engine);
}

/* ---- an adapter into its base */

static bool fits(const struct lesson *l, const struct addendum *d)
{
    const struct known *const k = &l->known;
    const double far = l->file.head.rate_hz - d->file.head.rate_hz;

    return k->groups == d->rows.groups && k->channels == d->rows.channels &&
           k->lags == d->rows.lags &&
           far * far <= 1e-12 * l->file.head.rate_hz * l->file.head.rate_hz;
}

static size_t fold_in(const struct lesson *l, const struct addendum *d, void *buf, size_t size)
{
    const size_t n = l->known.channels * l->known.lags;
    struct models m = { 0 };
    struct blend blend;
    void *const memory = get_blend(&blend, &l->known, l->known.parts, d->rows.rank);
    float *const B = calloc(d->rows.rank * n, sizeof *B);
    size_t written = 0;

    if (memory && B && read_models(&m, &l->known)) {
        for (size_t g = 0; g < l->known.groups; g++) {
            addition_read(&d->rows, g, B);
            blend_directions(&blend, m.of + g, B, d->rows.rank);
        }
        written = write_models(&l->file, &d->file, &m, l->known.groups, buf, size);
    }
    free(m.memory);
    free(B);
    free(memory);
    return written;
}

/* Two signals, or a signal and an adapter. */
static size_t merge_signals(const void *a, size_t a_size, const void *b, size_t b_size,
                            void *buf, size_t size, lull_status *why)
{
    struct lesson x, y;
    struct addendum d;

    *why = LULL_BAD_FILTER;
    if (!open_lesson(&x, a, a_size))
        return 0;
    const bool adapter = open_addendum(&d, b, b_size);

    if (!adapter && !open_lesson(&y, b, b_size))
        return 0;
    *why = LULL_WRONG_STATE;
    if (adapter ? !fits(&x, &d) : !alike(&x, &y))
        return 0;
    *why = LULL_NO_MEMORY;
    return adapter ? fold_in(&x, &d, buf, size) : merge_lessons(&x, &y, buf, size);
}

size_t lull_filter_merge(const void *a, size_t a_size, const void *b, size_t b_size, void *buf,
                         size_t size, lull_status *why)
{
    lull_status unwanted, *const status = why ? why : &unwanted;
    struct heard x, y;
    const bool first = open_heard(&x, a, a_size), second = open_heard(&y, b, b_size);
    size_t written = 0;

    *status = LULL_NO_MEMORY;
    if (first && second && x.n == y.n)
        written = merge_noises(&x, &y, buf, size);
    else if (first || second)
        *status = LULL_WRONG_STATE;
    else
        written = merge_signals(a, a_size, b, b_size, buf, size, status);
    if (written)
        *status = LULL_OK;
    return written;
}
