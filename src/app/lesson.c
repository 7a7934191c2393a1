/* SPDX-License-Identifier: MIT
 *
 * lesson.c - see lesson.h.
 */
#include "app/lesson.h"
#include "app/errors.h"
#include "app/filters.h"
#include "app/whole.h"
#include "lull_learn.h"
#include "source/name.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static const char start[] = "format = ";

enum { ROWS = 6 };

bool lesson_is_one(const char *path)
{
    char head[sizeof start] = "";

    if (name_ends_in(path, ".filter"))
        return true;

    FILE *const f = fopen(path, "rb");

    if (!f)
        return false;
    if (fread(head, 1, sizeof start - 1, f) < sizeof start - 1)
        *head = '\0';
    fclose(f);
    return !strcmp(head, start);
}

/* The remarks and keys in front, without the empty lines. */
static void print_text(const char *text)
{
    while (*text) {
        const size_t n = strcspn(text, "\n");

        if (strspn(text, " \t\r") < n)
            printf("  %.*s\n", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

/* What would stand there instead: a full matrix for each subspace. */
static void print_numbers(const lull_lesson *l, size_t size)
{
    if (l->subject == LULL_NOISE_ALONE) {
        printf("\n  noise    at %u frequencies, and how far it strays: %llu numbers\n", l->dim,
               l->numbers);
        return;
    }

    const double d = l->dim, matrices = (double)l->groups * (l->parts ? l->parts : 1);

    printf("\n  vectors  n = %u, in %u group%s of channels\n", l->dim, l->groups,
           l->groups == 1 ? "" : "s");
    if (l->subject == LULL_SIGNAL)
        printf("  model    %u subspace%s of rank %u, and their means\n", l->parts,
               l->parts == 1 ? "" : "s", l->rank);
    else
        printf("  adapter  W = W0 + B A of rank %u\n", l->rank);
    printf("  numbers  %llu stored (%llu bytes of %zu), ", l->numbers, 4 * l->numbers, size);
    if (l->subject == LULL_ADAPTER)
        printf("r(d+k), ");
    printf("against d k = %.0f; r %u, d %u, k %u\n", matrices * d * d, l->rank, l->dim, l->dim);
}

/* Bars in dB below the strongest. */
static void print_spectrum(const lull_lesson *l)
{
    int bars = 0;

    while (bars < LULL_LESSON_SPECTRUM && l->energy[bars] > 0)
        bars++;
    if (!bars)
        return;

    const double least = 10 * log10((double)(l->energy[bars - 1] / l->energy[0]));

    printf("\n  energy of the %d strongest directions\n", bars);
    for (int i = 1; i <= ROWS; i++) {
        const double bottom = (least - 1) * i / ROWS;

        printf("%8.1f dB |", bottom);
        for (int j = 0; j < bars && 10 * log10((double)(l->energy[j] / l->energy[0])) > bottom;
             j++)
            fputs(" #", stdout);
        putchar('\n');
    }
}

/* What it costs, unless it is no filter by itself. */
static void print_cost(const lull *l, double rate_hz)
{
    if (l)
        printf("\n  cost     latency %zu frames (%.4g ms), memory %zu kB\n", lull_latency(l),
               1000 * (double)lull_latency(l) / rate_hz, (lull_memory(l) + 1023) / 1024);
}

static bool print_all(const char *path, const unsigned char *bytes, size_t size,
                      struct fault *why)
{
    const lull_config cfg = lull_preset_file(bytes, size, 0, 0);
    lull *const made = lull_new(&cfg, NULL);
    lull_lesson l;
    const bool known = !lull_filter_read(bytes, size, &l);

    if (!made && (!known || l.subject != LULL_ADAPTER))
        return fault_set(why, EX_CONFIG, "%s: what was learned does not go with its settings",
                         path);
    printf("%s: %s, %zu bytes\n\n", path, made ? "learned filter" : "adapter", size);
    print_text((const char *)bytes);
    if (known) {
        print_numbers(&l, size);
        print_spectrum(&l);
    }
    print_cost(made, cfg.rate_hz);
    lull_free(made);
    return true;
}

static bool inspect_bytes(const char *path, const unsigned char *bytes, size_t size,
                          struct fault *why)
{
    char message[160];

    if (!memchr(bytes, 0, size))
        return fault_set(why, EX_CONFIG,
                         "%s: a text, or only the beginning of a learned filter", path);
    if (lull_filter_check_file(bytes, size, message, sizeof message))
        return fault_set(why, EX_CONFIG, "%s: %s", path, message);
    return print_all(path, bytes, size, why);
}

int lesson_inspect(const char *path)
{
    struct fault why = { 0 };
    size_t size;
    unsigned char *const bytes = filter_read(path, &size, &why);
    const bool done = bytes && inspect_bytes(path, bytes, size, &why);

    free(bytes);
    if (!done)
        return complain(why.code, "%s", why.text);
    if (fflush(stdout) || ferror(stdout))
        return complain(EX_IOERR, "standard output: cannot write");
    return 0;
}
