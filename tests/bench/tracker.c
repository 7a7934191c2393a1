/* SPDX-License-Identifier: MIT
 *
 * tracker.c - what the tracker costs and what it loses, a case a line:
 *
 *   tracker      time of one frame; gflops of the 8 n r that must be done,
 *                share of this machine's measured peak, times a plain loop;
 *                plain: without AVX, in times of the above, and its share of
 *                what can be done without
 *   peer         a decomposition by LAPACK or numpy of the window the tracker stands
 *                for; scikit-learn's IncrementalPCA (peers/vectors.py)
 *   scenario     long runs: leak and error beside theory
 *
 * `bench/tracker quick` leaves out the long runs.
 */
#include "scene.h"

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
__attribute__((target("avx512f"))) static double widest_peak_gflops(void)
{
    RETURN_RATE_OF(widest);
}

__attribute__((target("avx2,fma"))) static double wide_peak_gflops(void)
{
    RETURN_RATE_OF(wide);
}

static double peak_gflops(void)
{
    return __builtin_cpu_supports("avx512f") ? widest_peak_gflops() : wide_peak_gflops();
}
#else
static double peak_gflops(void)
{
    RETURN_RATE_OF(wide);
}
#endif

/* Of any machine: registers of four floats, nothing fused. */
static double plain_peak_gflops(void)
{
    RETURN_RATE_OF(narrow);
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

static void speed(void)
{
    static const size_t cases[][2] = { { 64, 4 },    { 64, 16 },   { 256, 4 },   { 256, 16 },
                                       { 256, 64 },  { 1024, 4 },  { 1024, 16 }, { 1024, 64 },
                                       { 4096, 16 }, { 4096, 64 }, { 65536, 16 } };

    const double plain_peak = plain_peak_gflops();

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const size_t n = cases[c][0], r = cases[c][1];
        lull_tracker_config cfg = lull_tracker_defaults(n, r);

        /* The peak as it is just now: others may be at work on this machine. */
        cfg.step = 0.01f;
        const double before = peak_gflops(), fixed = frame_us(&cfg);
        const double peak = fmax(before, peak_gflops());
        const double must = 8e-3 * (double)(n * r), gflops = must / fixed;

        cfg.step = 0;
        const double automatic = frame_us(&cfg);

        cfg.step = 0.01f;
        cfg.portable = 1;
        const double plain = frame_us(&cfg);

        cfg.portable = 0;
        cfg.complex_numbers = 1;
        const double complex_us = frame_us(&cfg);

        /* "bound": the peak at 2.5 cycles of loads and stores to 2 of sums */
        printf("tracker rule=rls n=%zu r=%zu us=%.3f gflops=%.1f share=%.2f bound=%.2f "
               "auto=%.2f plain=%.2f plain_share=%.2f complex=%.2f loop=%.1f\n",
               n, r, fixed, gflops, gflops / peak, gflops / (0.8 * peak), automatic / fixed,
               plain / fixed, must / plain / plain_peak, complex_us / fixed,
               loop_us(n, r) / fixed);
    }
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

static const double strong[] = { 40, 20, 10, 5 };

/* Leak and error beside the closed form for an exponential window: phi(x) = e^x -
 * 1 - x, c^2 = (gamma - phi)/(gamma + ell phi), x = gamma/ell, gamma = n mu. */
static void stationary(size_t n, float step, int complex_numbers)
{
    lull_tracker_config cfg = lull_tracker_defaults(n, 4);
    struct scene s = scene_new(n, complex_numbers ? 2 : 1, 4, strong, 12);
    const size_t frames = 20000;
    float *const x_hat = filled(s.n, 1);
    double leak = 0, mse = 0, limit_leak = 0, limit_mse = 0, known = 0;

    cfg.step = step;
    cfg.complex_numbers = complex_numbers;
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);

    for (size_t f = 0; f < frames; f++) {
        scene_frame(&s);
        lull_tracker_update(t, s.y, NULL, x_hat);
        if (f < 1500)
            continue;
        mse += scene_error(&s, x_hat) / (double)(frames - 1500);
        if (f % 50 == 0)
            leak += scene_leak(&s, t) / (double)((frames - 1500) / 50);
    }
    for (size_t j = 0; j < 4; j++) {
        const double ell = strong[j], gamma = (double)step * (double)n, x = gamma / ell;
        const double phi = expm1(x) - x, c2 = (gamma - phi) / (gamma + ell * phi);

        limit_leak += step > 0 ? ell * (1 - c2) : 0;
        limit_mse += step > 0 ? ell - c2 * ell * c2 * ell / (c2 * ell + 1) : ell / (ell + 1);
        known += ell / (ell + 1);
    }
    printf("scenario=a n=%zu step=%g complex=%d leak=%.3f mse=%.2f limit_leak=%.3f "
           "limit_mse=%.2f known_subspace=%.2f\n",
           n, (double)step, complex_numbers, leak, mse, limit_leak, limit_mse, known);
    lull_tracker_free(t);
    scene_free(&s);
    free(x_hat);
}

static void a_million_frames(float step, size_t rank, double level_db)
{
    lull_tracker_config cfg = lull_tracker_defaults(64, rank);
    struct scene s = scene_new(64, 1, 4, strong, 3);
    const size_t kept = 4096;
    float *const y = malloc(kept * 64 * sizeof *y), x_hat[64];
    bool finite = true;

    cfg.step = step;
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);

    for (size_t j = 0; j < 4; j++)
        s.ell[j] *= pow(10, level_db / 10);
    for (size_t f = 0; f < kept; f++) {
        scene_frame(&s);
        memcpy(y + f * 64, s.y, 64 * sizeof *y);
    }
    for (size_t f = 0; f < 1000000; f++)
        lull_tracker_update(t, y + f * 1237 % kept * 64, NULL, x_hat);
    for (size_t i = 0; i < 64; i++)
        finite = finite && isfinite(x_hat[i]);
    printf(
        "scenario=h frames=1000000 step=%g r=%zu signal_db=%+g orthonormality=%.2g finite=%d\n",
        (double)step, rank, level_db, scene_orthonormality(t, 64, 1), finite);
    lull_tracker_free(t);
    scene_free(&s);
    free(y);
}

static void false_alarms(void)
{
    static const double none[] = { 0 };
    struct scene s = scene_new(64, 1, 1, none, 5);
    lull_tracker_config cfg = lull_tracker_defaults(64, 4);
    lull_tracker *const t = lull_tracker_new(&cfg, NULL);

    for (size_t f = 0; f < 1000000; f++) {
        scene_frame(&s);
        lull_tracker_update(t, s.y, NULL, NULL);
    }
    printf("scenario=i noise_frames=1000000 false_alarms=%u\n", lull_tracker_changes(t));
    lull_tracker_free(t);
    scene_free(&s);
}

int main(int argc, char **argv)
{
    printf("machine peak_gflops=%.1f plain_peak_gflops=%.1f\n", peak_gflops(),
           plain_peak_gflops());
    speed();
    rules();
    growth();
    peers();
    fflush(stdout);
    python_peers();
    if (argc > 1 && !strcmp(argv[1], "quick"))
        return 0;
    stationary(64, 0.01f, 0);
    stationary(256, 0.01f, 0);
    stationary(64, 0.01f, 1);
    stationary(64, 0, 0);
    stationary(256, 0, 0);
    for (float step = 0.1f; step > 5e-6f; step /= 10)
        a_million_frames(step, 8, 0);
    a_million_frames(0.01f, 8, 47);
    false_alarms();
    return 0;
}
