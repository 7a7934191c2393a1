/* SPDX-License-Identifier: MIT
 *
 * learn.c - recordings in, a filter file out.
 *
 *   source -> stretch -> lull_learner -> FILE.filter
 *
 * The file is in its place when all is well, and not before.
 */
#include "app/learn.h"
#include "app/errors.h"
#include "app/filters.h"
#include "app/progress.h"
#include "app/stop.h"
#include "app/stretch.h"
#include "app/whole.h"
#include "lull_learn.h"
#include "source/source.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 16384 };         /* samples of all channels */
static const long long ENDLESS = 1LL << 62;

struct course {
    const struct options *o;
    struct section section;
    struct part part;
    lull_budget budget;
    struct sound sound;         /* of the first input: all must be alike */
    const char *filter;         /* as it is called                       */
    lull_learner *learner;
    long long frames;           /* learned from                          */
    struct progress progress;
};

/* ---- what was asked for */

static bool read_budget(const char *text, lull_budget *b)
{
    static const struct {
        const char *name;
        double bytes;
    } units[] = { { "", 1 }, { "k", 1024 }, { "K", 1024 }, { "M", 1 << 20 }, { "G", 1 << 30 } };
    char *end;

    if (text[strspn(text, "0123456789.kKMGus")] || !strspn(text, "0123456789"))
        return false;

    const double x = strtod(text, &end);

    if (!(x > 0 && x < 1e12))
        return false;
    if (!strcmp(end, "us")) {
        b->us = x;
        return true;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!strcmp(end, units[i].name)) {
            b->bytes = (size_t)(x * units[i].bytes);
            return b->bytes > 0;
        }
    return false;
}

static int check(struct course *c)
{
    const struct options *const o = c->o;

    if (!o->named)
        return complain(EX_USAGE,
                        "name what to learn from, as in lull learn heart.csv -o heart.filter");
    if (!o->to)
        return complain(EX_USAGE, "name what to make, as in -o heart.filter");
    if (o->learn_noise && o->learn_signal)
        return complain(EX_USAGE, "--noise or --signal: it is one of them");
    if (o->section && !section_read(o->section, &c->section))
        return complain(EX_USAGE, "--section %s: must be START:END, as 10:20 in seconds or "
                        "1:30:2:00 in minutes and seconds", o->section);
    if (o->part && !part_read(o->part, &c->part))
        return complain(EX_USAGE, "--part %s: must be I/N, as 1/4 .. 4/4", o->part);
    if (o->budget && !read_budget(o->budget, &c->budget))
        return complain(EX_USAGE,
                        "--budget %s: must be bytes, as 64k or 2M, or time a frame, as 5us",
                        o->budget);
    return 0;
}

/* ---- the learner */

static const char *filter_for(const struct options *o, const struct sound *s)
{
    if (o->filter || (!o->learn_noise && !o->learn_signal))
        return filter_called(o, s);
    return o->learn_noise ? "speech" : "sensor";
}

static bool open_learner(struct course *c, const struct source *s, struct fault *why)
{
    const struct options *const o = c->o;
    lull_status status;

    c->sound = s->sound;
    c->filter = filter_for(o, &s->sound);
    if (o->filter_size)
        return fault_set(why, EX_CONFIG, "%s: has learned already; lull merge makes one of two",
                         o->filter);

    const char *const text = o->filter ? o->filter_text : c->filter;
    const lull_config cfg = lull_preset(text, s->sound.rate_hz, s->sound.channels);

    c->learner = lull_learner_new(&cfg, &c->budget, &status);
    if (c->learner)
        return true;
    if (status == LULL_BAD_FILTER)
        return fault_set(why, EX_CONFIG, "%s: is no filter that learns", c->filter);
    return fault_set(why, status == LULL_NO_MEMORY ? EX_OSERR : EX_DATAERR, "%s: %s", s->name,
                     lull_strerror(status));
}

static bool is_alike(const struct course *c, const struct source *s, struct fault *why)
{
    const struct sound *const a = &c->sound, *const b = &s->sound;

    if (a->channels == b->channels && fabs(a->rate_hz / b->rate_hz - 1) < 1e-6)
        return true;
    return fault_set(why, EX_DATAERR, "%s: %.10g Hz, %u channel%s, where %s has %.10g Hz, %u",
                     s->name, b->rate_hz, b->channels, b->channels == 1 ? "" : "s", c->o->in,
                     a->rate_hz, a->channels);
}

/* ---- a recording */

/* Frames to the end, which a header or only reading tells; < 0: an error. */
static long long length_of(const struct course *c, const char *path, const struct sound *told,
                           struct fault *why)
{
    struct source s;
    float block[BLOCK];

    if (told->frames >= 0)
        return told->frames;
    if (!strcmp(path, "-")) {
        fault_set(why, EX_USAGE,
                  "--part: of a stream, whose end is not known; of files it goes");
        return -1;
    }
    if (!source_open(&s, path, &c->o->given, &stop_signal, why))
        return -1;
    while (source_read(&s, block, BLOCK / s.sound.channels, why))
        ;
    source_close(&s);
    return why->code ? -1 : s.frames;
}

/* What of it is to be learned; only parts need to know where the end is. */
static bool find_stretch(const struct course *c, const struct source *s, const char *path,
                         struct stretch *to, struct fault *why)
{
    const long long length = c->part.n > 1 ? length_of(c, path, &s->sound, why) : ENDLESS;

    *to = stretch_of(&c->section, &c->part, s->sound.rate_hz, length);
    return length >= 0;
}

/* The frames from `at` on, as far as they are in the stretch. */
static void take(struct course *c, const struct stretch *want, long long at, const float *x,
                 size_t n)
{
    const long long from = want->from > at ? want->from : at;
    const long long to = want->to < at + (long long)n ? want->to : at + (long long)n;

    if (from >= to)
        return;
    lull_learner_add(c->learner, x + (size_t)(from - at) * c->sound.channels,
                     (size_t)(to - from));
    c->frames += to - from;
    progress_update(&c->progress, c->frames, (double)NAN);
}

static bool read_stretch(struct course *c, struct source *s, const struct stretch *want,
                         struct fault *why)
{
    float block[BLOCK];
    const size_t room = BLOCK / s->sound.channels;
    size_t n;

    why->code = 0;
    while (!stop_signal && s->frames < want->to) {
        const long long at = s->frames;

        n = source_read(s, block, room, why);
        if (!n)
            break;
        take(c, want, at, block, n);
    }
    return !why->code;
}

static bool learn_from(struct course *c, const char *path, struct fault *why)
{
    const long long before = c->frames;
    struct source s;
    struct stretch want;

    if (!source_open(&s, path, &c->o->given, &stop_signal, why))
        return false;

    bool done = c->learner ? is_alike(c, &s, why) : open_learner(c, &s, why);

    if (done && c->frames)
        lull_learner_cut(c->learner);
    if (done && !(c->progress.rate_hz > 0))
        progress_begin(&c->progress, c->o->progress, c->o->quiet, s.sound.rate_hz,
                       FRAMES_UNKNOWN);
    done = done && find_stretch(c, &s, path, &want, why) && read_stretch(c, &s, &want, why);
    if (done && !stop_signal && c->frames == before && !c->o->part)
        done = fault_set(why, EX_DATAERR,
                         s.frames ? "%s: ends at %.10g s, before the section begins"
                                  : "%s: holds no samples",
                         s.name, (double)s.frames / s.sound.rate_hz);
    source_close(&s);
    return done;
}

/* ---- the file */

/* One line about where it comes from, into to[room]. */
static void describe(const struct course *c, char *to, size_t room)
{
    const struct options *const o = c->o;
    const time_t now = time(NULL);
    char day[16] = "", others[32] = "", part[32] = "";
    struct tm utc;

    if (gmtime_r(&now, &utc))
        strftime(day, sizeof day, ", %Y-%m-%d", &utc);
    if (o->files > 1)
        snprintf(others, sizeof others, " and %d more", o->files - 1);
    if (o->part)
        snprintf(part, sizeof part, ", part %u/%u", c->part.i, c->part.n);
    snprintf(to, room,
             "learned from %.200s%s%s%s%.40s, %.10g s at %.10g Hz, %u channel%s%s by lull %s",
             o->in, others, part, o->section ? ", section " : "", o->section ? o->section : "",
             (double)c->frames / c->sound.rate_hz, c->sound.rate_hz, c->sound.channels,
             c->sound.channels == 1 ? "" : "s", day, lull_version());
}

/* Which rank, and why. */
static void explain(const struct course *c, size_t size)
{
    lull_lesson l;

    lull_learner_read(c->learner, &l);
    printf("%s: %s filter, %.10g s: ", c->o->to, c->filter,
           (double)c->frames / c->sound.rate_hz);
    if (l.subject == LULL_NOISE_ALONE)
        printf("the noise at %u frequencies, and how far it strays", l.dim);
    else
        printf("%u part%s of rank %u in %u dimension%s", l.parts, l.parts == 1 ? "" : "s",
               l.rank, l.dim, l.dim == 1 ? "" : "s");
    if (l.left > 0)
        printf(", that leave %.1f %% of noise at -10 dB (one subspace: %.1f %%)",
               100 * (double)l.left, 100 * (double)l.left_of_one);
    printf("%s; %zu bytes\n", c->o->budget ? ", within the budget" : "", size);
}

static bool save(struct course *c, struct fault *why)
{
    char about[512];
    struct whole file = { 0 };

    describe(c, about, sizeof about);

    const size_t size = lull_learner_save(c->learner, about, NULL, 0);
    void *const bytes = size ? malloc(size) : NULL;

    if (!bytes)
        return fault_set(why, EX_DATAERR, "%s: too little to learn from: %lld frames", c->o->in,
                         c->frames);
    lull_learner_save(c->learner, about, bytes, size);

    const bool done = whole_write(&file, c->o->to, bytes, size, why) && !stop_signal &&
                      whole_place(&file, why);

    whole_discard(&file);
    free(bytes);
    if (done && !c->o->quiet)
        explain(c, size);
    return done;
}

static bool run(struct course *c, struct fault *why)
{
    for (int i = 0; i < c->o->files && !stop_signal; i++)
        if (!learn_from(c, c->o->file[i], why))
            return false;
    progress_end(&c->progress);
    return stop_signal || save(c, why) || stop_signal;
}

int learn(const struct options *o)
{
    struct course c = { .o = o, .section = { .to = -1 }, .part = { 1, 1 } };
    struct fault why = { 0 };
    const int refused = check(&c);

    if (refused)
        return refused;
    stop_watch();

    const bool done = run(&c, &why);

    lull_learner_free(c.learner);
    if (!done)
        return complain(why.code, "%s", why.text);
    if (stop_signal)
        return 128 + stop_signal;
    if (fflush(stdout) || ferror(stdout))
        return complain(EX_IOERR, "standard output: cannot write");
    return 0;
}
