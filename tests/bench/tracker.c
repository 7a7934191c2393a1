/* SPDX-License-Identifier: MIT
 *
 * tracker.c - what the tracker costs, a case a line; what it loses is in theory.c.
 *
 *   tracker      time of one frame, with the widest registers there are; gflops of the
 *                8 n r that must be done; share: of what these registers were measured to
 *                do beside it, with no memory; bound: of what loads and stores leave
 *                of that.  avx2, avx2_share, avx2_bound: the same with registers of eight
 *                floats; plain, plain_share: of four, nothing fused; plain_to_avx2: between
 *                these two.  auto, complex, loop: with automatic step, with complex
 *                numbers, the loop anyone would write first.  All in times of `us`.
 *   growth       ns per n r: a constant where the cost is O(n r)
 *   peer         a decomposition by LAPACK or numpy of the window the tracker stands
 *                for; scikit-learn's IncrementalPCA (peers/vectors.py)
 */
#include "scene.h"
#include "track/kernel.h"

#include <lapacke.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* By the wall: for what is too short for the other clock. */
static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static float *filled(size_t n, uint64_t seed)
{
    float *const x = malloc((n + 1) * sizeof *x);
    struct dice d = { seed };

    dice_noise(&d, x, n, 1);
    return x;
}

typedef float widest __attribute__((vector_size(64)));
typedef float wide __attribute__((vector_size(32)));
typedef float narrow __attribute__((vector_size(16)));

enum { CHAINS = 10, LINKS = 500000 };

/* CHAINS independent chains of LINKS multiplications and additions, in registers of that
 * kind, no two of them the same; gives the best rate of twelve rounds. */
#define RETURN_RATE_OF(vector)                                                                \
    double best = 0;                                                                          \
                                                                                              \
    for (int round = 0; round < 12; round++) {                                                \
        const vector m = { 0.5f }, k = { 0.25f };                                             \
        vector a = { 1 }, b = a + k, c = b + k, d = c + k, e = d + k;                         \
        vector f = e + k, g = f + k, h = g + k, i = h + k, j = i + k;                         \
        const double from = seconds();                                                        \
                                                                                              \
        for (int t = 0; t < LINKS; t++) {                                                     \
            a = a * m + k, b = b * m + k, c = c * m + k, d = d * m + k, e = e * m + k;        \
            f = f * m + k, g = g * m + k, h = h * m + k, i = i * m + k, j = j * m + k;        \
            __asm__ volatile("" ::: "memory");                                                \
        }                                                                                     \
        const double took = seconds() - from, flops = 2.0 * sizeof(vector) / sizeof(float);   \
        volatile float keep = (a + b + c + d + e + f + g + h + i + j)[0];                     \
                                                                                              \
        (void)keep;                                                                           \
        best = fmax(best, LINKS * CHAINS * flops / took * 1e-9);                              \
    }                                                                                         \
    return best

/* Fused where the machine can, which the compiler must be allowed (Makefile). */
#if defined(__x86_64__)
__attribute__((target("avx512f"))) static double widest_gflops(void)
{
    RETURN_RATE_OF(widest);
}

__attribute__((target("avx2,fma"))) static double wide_gflops(void)
{
    RETURN_RATE_OF(wide);
}
#else
static double wide_gflops(void)
{
    RETURN_RATE_OF(wide);
}
#endif

/* Of any machine: registers of four floats, nothing fused. */
static double plain_gflops(void)
{
    RETURN_RATE_OF(narrow);
}

/* What can be done in registers alone: in the widest; of eight floats; of four. */
struct peaks {
    double widest, wide, plain;
};

static struct peaks peaks(void)
{
    struct peaks p = { .wide = wide_gflops(), .plain = plain_gflops() };

    p.widest = p.wide;
#if defined(__x86_64__)
    if (kernel_avx512())
        p.widest = widest_gflops();
#endif
    return p;
}

/* As it is just now: others may be at work on this machine. */
static struct peaks higher(struct peaks a, struct peaks b)
{
    return (struct peaks){ fmax(a.widest, b.widest), fmax(a.wide, b.wide),
                           fmax(a.plain, b.plain) };
}

/* Stands before kernel_avx512() (Makefile), which so can be missing. */
const struct kernel *__real_kernel_avx512(void);
const struct kernel *__wrap_kernel_avx512(void);
static bool only_avx2;

const struct kernel *__wrap_kernel_avx512(void)
{
    return only_avx2 ? NULL : __real_kernel_avx512();
}

/* Best time of one call of f, in us. */
static double best_us(void f(void *), void *with, size_t calls)
{
    double best = HUGE_VAL;

    for (int round = 0; round < 21; round++) {
        const double from = seconds();

        for (size_t c = 0; c < calls; c++)
            f(with);
        best = fmin(best, (seconds() - from) / (double)calls * 1e6);
    }
    return best;
}

struct run {
    lull_tracker *t;
    float *y, *x_hat;
    size_t n, frames, at;
};

static void one_frame(void *with)
{
    struct run *const r = with;

    lull_tracker_update(r->t, r->y + r->at * r->n, NULL, r->x_hat);
    r->at = r->at + 1 < r->frames ? r->at + 1 : 0;
}

static size_t calls_for(size_t n, size_t r)
{
    return 4000000 / (n * r) + 20;
}

static double frame_us(const lull_tracker_config *cfg)
{
    const size_t n = cfg->dim * (cfg->complex_numbers ? 2 : 1), frames = 3 * cfg->rank + 40;
    struct run r = { .n = n, .frames = frames };

    r.t = lull_tracker_new(cfg, NULL);
    r.y = filled(n * frames, 7);
    r.x_hat = filled(n, 8);
    for (size_t f = 0; f < 300; f++)
        one_frame(&r);
    const double us = best_us(one_frame, &r, calls_for(n, cfg->rank));

    lull_tracker_free(r.t);
    free(r.y);
    free(r.x_hat);
    return us;
}

/* The same sweep as anyone would write it first: U[r][n], one pass for each
 * of p = U'y, x_hat = U q, v = U a + e, and U += v d'. */
struct loop {
    size_t n, r;
    float *U, *y, *x_hat, *v, *p, *d;
};

static void plain_loop(void *with)
{
    struct loop *const l = with;
    const size_t n = l->n, r = l->r;

    for (size_t j = 0; j < r; j++) {
        l->p[j] = 0;
        for (size_t i = 0; i < n; i++)
            l->p[j] += l->U[j * n + i] * l->y[i];
    }
    for (size_t i = 0; i < n; i++) {
        l->x_hat[i] = 0;
        l->v[i] = 1e-9f * l->y[i];
    }
    for (size_t j = 0; j < r; j++)
        for (size_t i = 0; i < n; i++) {
            l->x_hat[i] += l->p[j] * l->U[j * n + i];
            l->v[i] += l->d[j] * l->U[j * n + i];
        }
    for (size_t j = 0; j < r; j++)
        for (size_t i = 0; i < n; i++)
            l->U[j * n + i] += l->d[j] * l->v[i];
}

static double loop_us(size_t n, size_t r)
{
    struct loop l = { .n = n,
                      .r = r,
                      .U = filled(n * r, 1),
                      .y = filled(n, 2),
                      .x_hat = filled(n, 3),
                      .v = filled(n, 4),
                      .p = filled(r, 5),
                      .d = filled(r, 6) };

    for (size_t j = 0; j < r; j++)
        l.d[j] *= 1e-9f;
    const double us = best_us(plain_loop, &l, calls_for(n, r) / 4 + 2);

    free(l.U), free(l.y), free(l.x_hat), free(l.v), free(l.p), free(l.d);
    return us;
}

static double avx2_us(const lull_tracker_config *cfg)
{
    only_avx2 = true;
    const double us = frame_us(cfg);

    only_avx2 = false;
    return us;
}

/* "bound": the peak at 2.5 cycles of loads and stores to 2 of sums */
static void print_share(const char *name, double gflops, double peak)
{
    printf(" %sshare=%.2f %sbound=%.2f", name, gflops / peak, name, gflops / (0.8 * peak));
}

static void speed_of(size_t n, size_t r)
{
    lull_tracker_config cfg = lull_tracker_defaults(n, r);
    const double must = 8e-3 * (double)(n * r);

    cfg.step = 0.01f;
    const struct peaks before = peaks();
    const double us = frame_us(&cfg), avx2 = avx2_us(&cfg);

    cfg.portable = 1;
    const double plain = frame_us(&cfg);
    const struct peaks peak = higher(before, peaks());

    cfg.portable = 0;
    cfg.complex_numbers = 1;
    const double complex_us = frame_us(&cfg);

    cfg.complex_numbers = 0;
    cfg.step = 0;
    printf("tracker rule=rls n=%zu r=%zu us=%.3f gflops=%.1f", n, r, us, must / us);
    print_share("", must / us, peak.widest);
    printf(" avx2=%.2f", avx2 / us);
    print_share("avx2_", must / avx2, peak.wide);
    printf(" plain=%.2f plain_share=%.2f plain_to_avx2=%.2f auto=%.2f complex=%.2f loop=%.1f\n",
           plain / us, must / plain / peak.plain, plain / avx2, frame_us(&cfg) / us,
           complex_us / us, loop_us(n, r) / us);
}

static void speed(void)
{
    static const size_t cases[][2] = { { 64, 4 },    { 64, 16 },   { 256, 4 },   { 256, 16 },
                                       { 256, 64 },  { 1024, 4 },  { 1024, 16 }, { 1024, 64 },
                                       { 4096, 16 }, { 4096, 64 }, { 65536, 16 } };

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        speed_of(cases[c][0], cases[c][1]);
}

/* One frame after the other, the same ones several times over: the least time of
 * each.  A frame that costs more than others every time is the tracker's doing. */
struct spread {
    double mean_us, worst_us;
};

static struct spread frame_spread(const lull_tracker_config *cfg)
{
    enum { FRAMES = 1024, ROUNDS = 9 }; /* a refresh falls due once in 1024 at most */
    static double least[FRAMES];
    float *const y = filled(cfg->dim * FRAMES, 7), *const x_hat = filled(cfg->dim, 8);
    lull_tracker *const t = lull_tracker_new(cfg, NULL);
    struct spread s = { 0, 0 };

    for (int round = 0; round < ROUNDS; round++)
        for (size_t f = 0; f < FRAMES; f++) {
            const double from = now();

            lull_tracker_update(t, y + f * cfg->dim, NULL, x_hat);
            const double us = 1e6 * (now() - from);

            least[f] = round > 1 ? fmin(least[f], us) : us; /* the first learns */
        }
    for (size_t f = 0; f < FRAMES; f++) {
        s.mean_us += least[f] / FRAMES;
        s.worst_us = fmax(s.worst_us, least[f]);
    }
    lull_tracker_free(t);
    free(y);
    free(x_hat);
    return s;
}

/* The rules beside each other, and by how much their worst frame exceeds the mean. */
static void rules(void)
{
    static const struct {
        const char *name;
        lull_rule rule;
        float step;
        size_t block;
        int auto_rank;
    } all[] = { { "rls", LULL_RLS, 0.01f, 1, 0 },
                { "rls step=auto", LULL_RLS, 0, 1, 0 },
                { "rls rank=auto", LULL_RLS, 0, 1, 1 },
                { "exact", LULL_EXACT, 0.01f, 1, 0 },
                { "gradient", LULL_GRADIENT, 0.01f, 1, 0 },
                { "block block=16", LULL_BLOCK, 0.01f, 16, 0 },
                { "block block=64", LULL_BLOCK, 0.01f, 64, 0 } };

    for (size_t n = 256; n <= 4096; n *= 4)
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            lull_tracker_config cfg = lull_tracker_defaults(n, 16);

            cfg.step = all[i].step;
            cfg.rule = all[i].rule;
            cfg.block = all[i].block;
            cfg.auto_rank = all[i].auto_rank;
            const struct spread s = frame_spread(&cfg);

            printf("tracker rule=%s n=%zu r=16 us=%.3f worst_to_mean=%.1f\n", all[i].name, n,
                   s.mean_us, s.worst_us / s.mean_us);
        }
}

/* ns per n r: a constant where the cost is O(n r). */
static void growth(void)
{
    static const size_t sizes[] = { 64, 256, 1024, 4096, 16384 }, ranks[] = { 4, 16, 64 };

    for (size_t i = 0; i < 5; i++) {
        printf("growth n=%zu", sizes[i]);
        for (size_t j = 0; j < 3; j++) {
            lull_tracker_config cfg = lull_tracker_defaults(sizes[i], ranks[j]);

            cfg.step = 0.01f;
            printf(" ns_per_nr_at_r%zu=%.3f", ranks[j],
                   1e3 * frame_us(&cfg) / (double)(sizes[i] * ranks[j]));
        }
        printf("\n");
    }
}

struct window {
    size_t n, frames;
    float *Y, *A, *s, *U, *V;
};

static void lapack_svd(void *with)
{
    struct window *const w = with;
    const lapack_int m = (lapack_int)w->frames, n = (lapack_int)w->n;

    memcpy(w->A, w->Y, w->frames * w->n * sizeof *w->A);
    LAPACKE_sgesdd(LAPACK_COL_MAJOR, 'S', n, m, w->A, n, w->s, w->U, n, w->V, m < n ? m : n);
}

static void peers(void)
{
    static const size_t sizes[] = { 64, 256, 1024 };

    for (size_t i = 0; i < 3; i++) {
        const size_t n = sizes[i], m = 199, least = n < m ? n : m;
        struct window w = { .n = n,
                            .frames = m,
                            .Y = filled(n * m, 1),
                            .A = filled(n * m, 2),
                            .s = filled(least, 3),
                            .U = filled(n * least, 4),
                            .V = filled(m * least, 5) };
        lull_tracker_config cfg = lull_tracker_defaults(n, 16);

        cfg.step = 0.01f;
        const double ours = frame_us(&cfg), theirs = best_us(lapack_svd, &w, 1);

        printf("peer name=lapack_sgesdd window=199 n=%zu us=%.0f times_ours=%.0f\n", n, theirs,
               theirs / ours);
        free(w.Y), free(w.A), free(w.s), free(w.U), free(w.V);
    }
}

/* Python's, in this same run: whichever of the two has what it takes. */
static void python_peers(void)
{
    FILE *const lines = popen("for m in sklearn numpy; do "
                              "for p in python3 /usr/bin/python3; do "
                              "$p -c \"import $m\" 2>/dev/null && "
                              "exec $p tests/bench/peers/vectors.py; done; done; "
                              "echo python with numpy and scikit-learn: not installed",
                              "r");
    char line[256], name[64];
    size_t n, r;
    double us;

    while (lines && fgets(line, sizeof line, lines)) {
        if (sscanf(line, "%63s %zu %zu %lf", name, &n, &r, &us) != 4) {
            printf("peer skipped: %s", line);
            continue;
        }
        lull_tracker_config cfg = lull_tracker_defaults(n, r);

        cfg.step = 0.01f;
        printf("peer name=%s n=%zu r=%zu us=%.0f times_ours=%.0f\n", name, n, r, us,
               us / frame_us(&cfg));
    }
    if (lines)
        pclose(lines);
}

int main(void)
{
    const struct peaks p = peaks();

    printf("machine peak_gflops=%.1f avx2_peak_gflops=%.1f plain_peak_gflops=%.1f\n", p.widest,
           p.wide, p.plain);
    speed();
    rules();
    growth();
    peers();
    fflush(stdout);
    python_peers();
    return 0;
}
