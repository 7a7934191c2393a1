/* SPDX-License-Identifier: MIT
 *
 * inspect.c - a screen about a signal: what it holds, what stands out of its
 * noise, and what a filter for it costs.  Nothing is denoised.
 */
#include "app/inspect.h"
#include "app/denoise.h"
#include "app/errors.h"
#include "app/filters.h"
#include "app/lesson.h"
#include "app/look.h"
#include "app/motion.h"
#include "source/source.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { SHOWN = 8, BARS = 24, ROWS = 6 };
enum { HEART_LEADS = 15, MACHINE_HZ = 4000 };   /* no more, and no slower */

struct view {
    const struct options *o;
    struct source source;
    struct head head;
    struct channel *channel;    /* [channels] */
    struct hum hum;
    struct spectrum spectrum;
    enum motion motion;
    bool measured;              /* in units of its own; sound is in dB of full scale */
};

/* ---- reading */

/* The head into x; then on to the end, only to know where it is. */
static bool read_all(struct view *v, float *x, struct fault *why)
{
    const size_t channels = v->source.sound.channels, room = LOOK_SAMPLES / channels;
    float beyond[16384];
    size_t n;

    while (v->head.frames < room && (n = source_read(&v->source, x + v->head.frames * channels,
                                                     room - v->head.frames, why)))
        v->head.frames += n;
    while (!why->code && v->source.sound.frames < 0 &&
           source_read(&v->source, beyond, sizeof beyond / sizeof *beyond / channels, why))
        ;
    if (!why->code && !v->head.frames)
        return fault_set(why, EX_DATAERR, "%s: holds no samples", v->source.name);
    return !why->code;
}

static bool open_view(struct view *v, float **x, struct fault *why)
{
    if (!source_open(&v->source, v->o->in, &v->o->given, NULL, why))
        return false;

    const struct sound *const sound = &v->source.sound;

    *x = malloc(LOOK_SAMPLES * sizeof **x);
    v->channel = calloc(sound->channels, sizeof *v->channel);
    if (!*x || !v->channel)
        return fault_set(why, EX_OSERR, "out of memory");
    v->measured =
        is_measured(sound) || (sound->container == CONTAINER_RAW && !pcm_bits(sound->pcm));
    v->head = (struct head){ .x = *x, .channels = sound->channels, .rate_hz = sound->rate_hz };
    return read_all(v, *x, why);
}

static bool look(struct view *v, struct fault *why)
{
    for (unsigned c = 0; c < v->head.channels; c++)
        if (!look_channel(&v->head, c, v->channel + c))
            return fault_set(why, EX_OSERR, "out of memory");
    v->hum = look_hum(&v->head);
    if (!look_motion(&v->head, &v->motion))
        return fault_set(why, EX_OSERR, "out of memory");
    if (v->head.frames > 1 && !look_spectrum(&v->head, &v->spectrum))
        return fault_set(why, EX_OSERR, "out of memory");
    return true;
}

/* ---- what it is */

static void print_title(const struct view *v)
{
    const struct sound *const s = &v->source.sound;
    const long long known = s->frames < 0 ? v->source.frames : s->frames;
    const double seconds = (double)v->head.frames / s->rate_hz;

    printf("%s: %s, %.10g Hz, %u channel%s, %.10g s (%lld frames)\n", v->source.name,
           v->source.kind, s->rate_hz, s->channels, s->channels == 1 ? "" : "s",
           (double)known / s->rate_hz, known);
    if ((long long)v->head.frames < known)
        printf("below: of the first %.4g s\n", seconds);
}

/* A level as it is usual for such a signal, into to[16]. */
static const char *level_text(const struct view *v, double level, char *to)
{
    if (v->measured)
        snprintf(to, 16, "%.3g", level);
    else if (level > 0)
        snprintf(to, 16, "%.1f dB", 20 * log10(level));
    else
        snprintf(to, 16, "silence");
    return to;
}

static void print_levels(const struct view *v, const char *name, double level, double floor,
                         const char *note)
{
    char a[16], b[16];

    printf("  %-8s %12s %12s%s%s\n", name, level_text(v, level, a), level_text(v, floor, b),
           *note ? "   " : "", note);
}

struct usual {
    double level[3], floor[3];  /* least, median, most of all channels */
};

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void sort_out(double *x, size_t n, double three[3])
{
    qsort(x, n, sizeof *x, by_size);
    three[0] = x[0];
    three[1] = x[n / 2];
    three[2] = x[n - 1];
}

static bool find_usual(const struct view *v, struct usual *u)
{
    const unsigned n = v->head.channels;
    double *const x = malloc(n * sizeof *x);

    if (!x)
        return false;
    for (unsigned c = 0; c < n; c++)
        x[c] = v->channel[c].level;
    sort_out(x, n, u->level);
    for (unsigned c = 0; c < n; c++)
        x[c] = v->channel[c].floor;
    sort_out(x, n, u->floor);
    free(x);
    return true;
}

static bool is_far(double x, double median)
{
    return x > 10 * median || x < median / 10;
}

/* Where there is next to no noise its level says nothing. */
static bool is_noisy(const struct channel *ch)
{
    return ch->floor > 0.001 * ch->level;
}

/* What is odd about a channel, into to[40]; "" if nothing is. */
static const char *oddity(const struct view *v, unsigned c, const struct usual *u, char *to)
{
    const struct channel *const ch = v->channel + c;
    const bool several = v->head.channels > 2;

    *to = '\0';
    if (ch->missing > 0.0005)
        snprintf(to, 40, "%.1f %% missing", 100 * ch->missing);
    else if (!(ch->level > 0))
        snprintf(to, 40, "constant");
    else if (ch->clipped > 0.001)
        snprintf(to, 40, "clipped, %.1f %%", 100 * ch->clipped);
    else if (several && is_far(ch->level, u->level[1]))
        snprintf(to, 40, "level is not like the others'");
    else if (several && is_noisy(ch) && is_far(ch->floor, u->floor[1]))
        snprintf(to, 40, "floor is not like the others'");
    return to;
}

/* Those that have no line of their own. */
static void print_other_oddities(const struct view *v, const struct usual *u)
{
    unsigned odd = 0;
    char note[40];

    for (unsigned c = SHOWN; c < v->head.channels; c++)
        if (*oddity(v, c, u, note) && odd++ < 3)
            printf("  channel %u: %s\n", c + 1, note);
    if (odd > 3)
        printf("  and %u more odd ones\n", odd - 3);
}

static void print_channels(const struct view *v, const struct usual *u)
{
    const unsigned n = v->head.channels, shown = n < SHOWN ? n : SHOWN;
    char name[16], note[40];

    printf("\n  channel  %12s %12s\n", "level", "floor");
    for (unsigned c = 0; c < shown; c++) {
        snprintf(name, sizeof name, "%u", c + 1);
        print_levels(v, name, v->channel[c].level, v->channel[c].floor, oddity(v, c, u, note));
    }
    for (int i = 0; n > shown && i < 3; i++)
        print_levels(v, (const char *[]){ "least", "median", "most" }[i], u->level[i],
                     u->floor[i], i == 1 ? "of all channels" : "");
    print_other_oddities(v, u);
}

/* ---- spectrum */

static double db(double x, double re)
{
    return x > 0 && re > 0 ? fmax(10 * log10(x / re), -99) : -99;
}

/* A row of the plot: the values above `bottom`, in dB below the greatest. */
static void print_row(const struct spectrum *s, size_t bars, double bottom, bool last)
{
    size_t j = 0;

    printf("%8.1f dB |", bottom);
    for (; j < bars && db(s->value[j], s->value[0]) > bottom; j++)
        fputs(" #", stdout);
    for (; last && j < bars; j++)
        fputs(" .", stdout);
    puts(last ? "  noise" : "");
}

/* The last row ends where noise begins. */
static void print_spectrum(const struct spectrum *s, unsigned channels)
{
    const size_t bars = s->count < BARS ? s->count : BARS;

    if (!s->rank)
        return;
    printf("\n  eigenvalues of %u channel%s x %zu lag%s, the first %zu of %zu\n", channels,
           channels == 1 ? "" : "s", s->lags, s->lags == 1 ? "" : "s", bars, s->dim);
    for (int i = 1; i <= ROWS; i++)
        print_row(s, bars, db(s->edge, s->value[0]) * i / ROWS, i == ROWS);
}

/* ---- what would suit it */

struct advice {
    const char *filter, *reason;
};

/* Eigenvalues of a steady tone come in pairs. */
static bool is_tonal(const struct spectrum *s)
{
    return s->rank >= 2 && s->rank * 4 <= s->dim && s->value[1] > 0.8 * s->value[0] &&
           s->value[0] + s->value[1] > 0.5 * (double)s->dim;
}

/* In a subspace, or along one direction more than one channel alone could have there. */
static bool has_much_in_common(const struct spectrum *s)
{
    return s->rank > 0 && (s->rank * 2 <= s->dim || s->value[0] > 2 * (double)s->lags);
}

static bool is_mostly_hum(const struct view *v)
{
    double level = 0;

    for (unsigned c = 0; c < v->head.channels; c++)
        level = fmax(level, v->channel[c].level);
    return v->hum.level > 0.7 * level;
}

/* Volts beside degrees: a quarter of the channels, or more, are not as loud as the others. */
static bool is_of_several_kinds(const struct view *v, const struct usual *u)
{
    unsigned odd = 0;

    for (unsigned c = 0; c < v->head.channels; c++)
        odd += v->channel[c].level > 0 && is_far(v->channel[c].level, u->level[1]);
    return 4 * odd >= v->head.channels;
}

static struct advice advise(const struct view *v, const struct usual *u)
{
    const struct spectrum *const s = &v->spectrum;

    if (v->hum.hz > 0 && is_mostly_hum(v))
        return (struct advice){ "hum", "most of it is the mains'" };
    if (!v->measured)
        return (struct advice){ "speech", "if it is a voice; else music, declick or hum" };
    if (v->motion == MOTION_BEATS && v->head.channels <= HEART_LEADS)
        return (struct advice){ "ecg", "it beats like a heart" };
    if (v->motion == MOTION_PULSES)
        return (struct advice){ "sensor", "it swells and ebbs, like a pulse" };
    if (v->motion == MOTION_EVENTS && v->head.channels <= 3)
        return (struct advice){ "seismic", "it is still, and then something happens" };
    if (v->motion == MOTION_RESTLESS && v->head.rate_hz >= MACHINE_HZ)
        return (struct advice){ "vibration", "it never rests, like a machine" };
    if (v->head.channels >= 4 && is_of_several_kinds(v, u))
        return (struct advice){ "sensor", "its channels are of several kinds" };
    if (v->head.channels >= 4 && has_much_in_common(s))
        return (struct advice){ "array", "channels have much in common; eeg if it is one" };
    if (v->head.channels < 4 && is_tonal(s))
        return (struct advice){ "tonal", "it is steady tones" };
    if (v->hum.hz > 0)
        return (struct advice){ "sensor", "it leaves hum; ecg, eeg or vibration take it, too" };
    return (struct advice){ "sensor",
                            "ecg, eeg, seismic or vibration if it is one: they know more" };
}

static void print_hum(const struct view *v)
{
    char level[16];

    if (v->hum.hz > 0)
        printf("\n  hum      %.0f Hz, level %s\n", v->hum.hz,
               level_text(v, v->hum.level, level));
    else
        printf("\n  hum      %s\n", (double)v->head.frames < v->head.rate_hz
                                      ? "(a second is needed to tell)" : "none found");
}

static void print_rank(const struct spectrum *s)
{
    const double r = (double)s->rank, d = (double)s->dim, k = (double)s->vectors;

    if (!s->rank) {
        puts("  rank     0: nothing stands out of the noise");
        return;
    }
    if (2 * s->rank > s->dim || (s->rank == s->count && s->count < s->dim))
        printf("  rank     %zu of %zu or more: no clear edge\n", s->rank, s->dim);
    else
        printf("  rank     %zu of %zu stand out of the noise\n", s->rank, s->dim);
    printf("  numbers stored: r(d+k) = %.0f against d k = %.0f; "
           "r %.0f, d %.0f, k %.0f vectors\n",
           r * (d + k), d * k, r, d, k);
}

/* A number of bytes in what people count them in, into to[16]. */
static const char *bytes_text(size_t bytes, char *to)
{
    if (bytes < 1 << 20)
        snprintf(to, 16, "%.0f kB", ceil((double)bytes / 1024));
    else
        snprintf(to, 16, "%.1f MB", (double)bytes / (1 << 20));
    return to;
}

static void print_cost(const lull_config *cfg)
{
    lull_status status;
    lull *const l = lull_new(cfg, &status);
    char bytes[16];

    if (!l) {
        printf("           not for this: %s\n", lull_strerror(status));
        return;
    }
    printf("           latency %zu frames (%.4g ms), memory %s\n", lull_latency(l),
           1000 * (double)lull_latency(l) / cfg->rate_hz, bytes_text(lull_memory(l), bytes));
    lull_free(l);
}

static void print_filter(const struct view *v, const struct usual *u)
{
    const struct advice advice = advise(v, u);
    struct options o = *v->o;

    if (o.filter) {
        printf("  filter   %s\n", o.filter);
    } else {
        printf("  filter   %s: %s\n", advice.filter, advice.reason);
        o.filter = o.filter_text = advice.filter;
    }

    const lull_config cfg = config_of(&o, &v->source.sound);

    print_cost(&cfg);
}

static bool print_all(const struct view *v, struct fault *why)
{
    struct usual u;

    if (!find_usual(v, &u))
        return fault_set(why, EX_OSERR, "out of memory");
    print_title(v);
    print_channels(v, &u);
    print_spectrum(&v->spectrum, v->head.channels);
    print_hum(v);
    print_rank(&v->spectrum);
    print_filter(v, &u);
    return true;
}

int inspect(const struct options *o)
{
    struct view v = { .o = o };
    struct fault why = { 0 };
    float *x = NULL;

    if (!strcmp(o->in, "-") && isatty(STDIN_FILENO))
        return complain(EX_USAGE, "name a file, as in lull inspect in.csv");
    if (o->named && lesson_is_one(o->in))
        return lesson_inspect(o->in);

    const bool done = open_view(&v, &x, &why) && look(&v, &why) && print_all(&v, &why);

    source_close(&v.source);
    free(v.channel);
    free(x);
    if (!done)
        return complain(why.code, "%s", why.text);
    if (fflush(stdout) || ferror(stdout))
        return complain(EX_IOERR, "standard output: cannot write");
    return 0;
}
