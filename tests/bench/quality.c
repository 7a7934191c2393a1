/* SPDX-License-Identifier: MIT
 *
 * quality.c - how much closer to the clean sound the denoised one is.
 *
 *     quality DIR [-- OPTION...]           denoises DIR/noisy, scores it against DIR/clean
 *     quality CLEAN_DIR DENOISED_DIR       scores what another program has made
 *     quality CLEAN NOISY DENOISED         scores one file before and after
 *
 * OPTION is --filter NAME, --latency MS, --reduction DB or --mix X.  Files of
 * equal name belong together; any rate; channels are denoised together and
 * scored as their mean.  The library's latency is taken out.  SI-SDR and segSNR
 * are in dB, STOI and ESTOI at most 1; "pauses" is the level in dB of what is
 * heard where the clean sound is silent, "-" where it never is.
 */
#define _POSIX_C_SOURCE 200809L

#include "lull.h"
#include "measures/measures.h"

#include <dirent.h>
#include <math.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OK = 0, USAGE = 64, BAD_DATA = 65, NO_INPUT = 66, NO_MEMORY = 71 };

struct sound {
    float *x; /* [frames][channels] */
    size_t frames;
    unsigned channels, rate_hz;
};

struct options {
    const char *filter;
    float latency_ms, reduction_db, mix; /* NaN: as the filter has it */
};

enum { SISDR, SEGSNR, STOI, ESTOI, PAUSE, FIGURES };

struct score {
    double figure[FIGURES];
};

static _Noreturn void die(int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("quality: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(code);
}

static float *take(size_t count)
{
    float *const x = calloc(count ? count : 1, sizeof *x);

    if (!x)
        die(NO_MEMORY, "out of memory");
    return x;
}

static struct sound read_sound(const char *path)
{
    SF_INFO info = { 0 };
    SNDFILE *const file = sf_open(path, SFM_READ, &info);

    if (!file)
        die(NO_INPUT, "%s: %s", path, sf_strerror(NULL));

    struct sound s = { .channels = (unsigned)info.channels,
                       .rate_hz = (unsigned)info.samplerate };

    s.x = take((size_t)info.frames * s.channels);
    s.frames = (size_t)sf_readf_float(file, s.x, info.frames);
    sf_close(file);
    return s;
}

/* The mean of the channels; the caller frees it. */
static double *mono(const struct sound *s)
{
    double *const m = measure_take(s->frames);

    for (size_t t = 0; t < s->frames; t++)
        for (size_t c = 0; c < s->channels; c++)
            m[t] += (double)s->x[t * s->channels + c] / s->channels;
    return m;
}

static lull *open_lull(const struct sound *s, const struct options *o)
{
    lull_config cfg = lull_preset(o->filter, s->rate_hz, s->channels);
    lull_status why;

    if (!isnan(o->latency_ms))
        cfg.latency_ms = o->latency_ms;
    if (!isnan(o->reduction_db))
        cfg.reduction_db = o->reduction_db;
    if (!isnan(o->mix))
        cfg.mix = o->mix;

    lull *const l = lull_new(&cfg, &why);

    if (!l)
        die(USAGE, "%s", lull_strerror(why));
    return l;
}

/* s, denoised and not delayed. */
static struct sound denoise(const struct sound *s, const struct options *o)
{
    lull *const l = open_lull(s, o);
    const size_t late = lull_latency(l), ch = s->channels;
    float *const x = take((s->frames + late) * ch);
    struct sound out = *s;

    lull_process(l, s->x, x, s->frames);
    for (size_t at = s->frames, n; (n = lull_flush(l, x + at * ch, late)) > 0;)
        at += n;
    memmove(x, x + late * ch, s->frames * ch * sizeof *x);
    lull_free(l);
    out.x = x;
    return out;
}

static struct score score(const struct sound *clean, const struct sound *got, const char *name)
{
    if (clean->rate_hz != got->rate_hz)
        die(BAD_DATA, "%s: %u Hz, but the clean sound has %u", name, got->rate_hz,
            clean->rate_hz);
    if (clean->frames != got->frames)
        fprintf(stderr, "quality: %s: %zu frames, but the clean sound has %zu\n", name,
                got->frames, clean->frames);

    const size_t n = clean->frames < got->frames ? clean->frames : got->frames;
    double *const c = mono(clean), *const e = mono(got);
    const struct stoi heard = stoi(c, e, n, clean->rate_hz);
    const struct score s = { .figure = {
                                 [SISDR] = si_sdr(c, e, n),
                                 [SEGSNR] = segmental_snr(c, e, n, clean->rate_hz),
                                 [STOI] = heard.stoi,
                                 [ESTOI] = heard.estoi,
                                 [PAUSE] = pause_level_db(c, e, n, clean->rate_hz),
                             } };

    free(c);
    free(e);
    return s;
}

/* --- the table --------------------------------------------------------------- */

enum { NAME_WIDTH = 36 };

static const struct {
    const char *name;
    int decimals;
} COLUMN[FIGURES] = {
    [SISDR] = { "SI-SDR", 2 }, [SEGSNR] = { "segSNR", 2 }, [STOI] = { "STOI", 4 },
    [ESTOI] = { "ESTOI", 4 },  [PAUSE] = { "pauses", 1 },
};

static void print_head(size_t groups)
{
    if (groups == 2)
        printf("%-*s  %s  %s\n", NAME_WIDTH, "", "------------- noisy --------------",
               "------------ denoised ------------");
    printf("%-*s", NAME_WIDTH, "file");
    for (size_t g = 0; g < groups; g++)
        for (size_t f = 0; f < FIGURES; f++)
            printf("%s%6s", f ? " " : "  ", COLUMN[f].name);
    putchar('\n');
}

static void print_row(const char *name, const struct score *s, size_t groups)
{
    printf("%-*.*s", NAME_WIDTH, NAME_WIDTH, name);
    for (size_t g = 0; g < groups; g++)
        for (size_t f = 0; f < FIGURES; f++)
            if (isnan(s[g].figure[f]))
                printf("%s%6s", f ? " " : "  ", "-");
            else
                printf("%s%6.*f", f ? " " : "  ", COLUMN[f].decimals, s[g].figure[f]);
    putchar('\n');
    fflush(stdout);
}

/* Sums that leave out what could not be measured. */
struct total {
    struct score sum, count;
};

static void add(struct total *t, const struct score *s)
{
    for (size_t f = 0; f < FIGURES; f++)
        if (isfinite(s->figure[f])) {
            t->sum.figure[f] += s->figure[f];
            t->count.figure[f]++;
        }
}

static struct score mean(const struct total *t)
{
    struct score s;

    for (size_t f = 0; f < FIGURES; f++)
        s.figure[f] = t->sum.figure[f] / t->count.figure[f];
    return s;
}

/* --- files and folders ------------------------------------------------------- */

static char *join(const char *folder, const char *name)
{
    const size_t n = strlen(folder) + strlen(name) + 2;
    char *const path = malloc(n);

    if (!path)
        die(NO_MEMORY, "out of memory");
    snprintf(path, n, "%s/%s", folder, name);
    return path;
}

static int is_visible(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

/* Scores folder/name as it is and, where there are options, denoised with them. */
static void score_name(const char *clean_dir, const char *folder, const char *name,
                       const struct options *o, struct score s[2])
{
    char *const clean_path = join(clean_dir, name), *const path = join(folder, name);
    const struct sound clean = read_sound(clean_path), got = read_sound(path);

    s[0] = score(&clean, &got, path);
    if (o) {
        const struct sound denoised = denoise(&got, o);

        s[1] = score(&clean, &denoised, path);
        free(denoised.x);
    }
    free(clean.x);
    free(got.x);
    free(clean_path);
    free(path);
}

static int score_folders(const char *clean_dir, const char *folder, const struct options *o)
{
    const size_t groups = o ? 2 : 1;
    struct total total[2] = { 0 };
    struct dirent **entry;
    const int entries = scandir(clean_dir, &entry, is_visible, alphasort);

    if (entries < 0)
        die(NO_INPUT, "%s: cannot be listed", clean_dir);
    if (entries == 0)
        die(NO_INPUT, "%s: no files", clean_dir);
    print_head(groups);
    for (int i = 0; i < entries; i++) {
        struct score s[2];

        score_name(clean_dir, folder, entry[i]->d_name, o, s);
        print_row(entry[i]->d_name, s, groups);
        for (size_t g = 0; g < groups; g++)
            add(&total[g], &s[g]);
        free(entry[i]);
    }
    free(entry);

    const struct score means[2] = { mean(&total[0]), mean(&total[1]) };
    char label[NAME_WIDTH];

    snprintf(label, sizeof label, "mean of %d", entries);
    print_row(label, means, groups);
    return OK;
}

static int score_set(const char *dir, const struct options *o)
{
    char *const clean = join(dir, "clean"), *const noisy = join(dir, "noisy");
    const int code = score_folders(clean, noisy, o);

    free(clean);
    free(noisy);
    return code;
}

static int score_files(const char *clean_path, const char *noisy_path,
                       const char *denoised_path)
{
    const struct sound clean = read_sound(clean_path), noisy = read_sound(noisy_path),
                       denoised = read_sound(denoised_path);
    const struct score s[2] = { score(&clean, &noisy, noisy_path),
                                score(&clean, &denoised, denoised_path) };
    const char *const slash = strrchr(denoised_path, '/');

    print_head(2);
    print_row(slash ? slash + 1 : denoised_path, s, 2);
    free(clean.x);
    free(noisy.x);
    free(denoised.x);
    return OK;
}

/* --- the command line -------------------------------------------------------- */

static _Noreturn void usage(void)
{
    fputs("usage: quality DIR [-- --filter NAME --latency MS --reduction DB --mix X]\n"
          "       quality CLEAN_DIR DENOISED_DIR\n"
          "       quality CLEAN NOISY DENOISED\n",
          stderr);
    exit(USAGE);
}

static float number(const char *text)
{
    char *end;
    const float value = strtof(text, &end);

    if (end == text || *end)
        usage();
    return value;
}

static struct options read_options(char **word)
{
    struct options o = { "speech", NAN, NAN, NAN };

    for (; word[0]; word += 2) {
        if (!word[1])
            usage();
        if (!strcmp(word[0], "--filter"))
            o.filter = word[1];
        else if (!strcmp(word[0], "--latency"))
            o.latency_ms = number(word[1]);
        else if (!strcmp(word[0], "--reduction"))
            o.reduction_db = number(word[1]);
        else if (!strcmp(word[0], "--mix"))
            o.mix = number(word[1]);
        else
            usage();
    }
    return o;
}

int main(int argc, char **argv)
{
    int names = 0;

    while (names + 1 < argc && strcmp(argv[names + 1], "--"))
        names++;

    const bool has_options = names + 1 < argc;
    const struct options o = read_options(argv + names + 1 + has_options);

    if (names == 1)
        return score_set(argv[1], &o);
    if (names == 2 && !has_options)
        return score_folders(argv[1], argv[2], NULL);
    if (names == 3 && !has_options)
        return score_files(argv[1], argv[2], argv[3]);
    usage();
}
