/* SPDX-License-Identifier: MIT
 *
 * theory.c - what the tracker loses, beside what must be lost: long runs, a case a line.
 *
 *   scenario=a   leak and error where nothing moves, and the closed form for them
 *   scenario=h   a million frames: orthonormal still, and finite
 *   scenario=i   a million frames of noise: no false alarm
 */
#include "scene.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* Leak and error of a stream where nothing moves. */
struct loss {
    double leak, mse;
};

static struct loss loss_of(const lull_tracker_config *cfg, uint64_t seed)
{
    struct scene s = scene_new(cfg->dim, cfg->complex_numbers ? 2 : 1, 4, scene_strong, seed);
    const size_t frames = 20000, settled = 1500;
    float *const x_hat = malloc(s.n * sizeof *x_hat);
    lull_tracker *const t = lull_tracker_new(cfg, NULL);
    struct loss l = { 0, 0 };

    for (size_t f = 0; f < frames; f++) {
        scene_frame(&s);
        lull_tracker_update(t, s.y, NULL, x_hat);
        if (f < settled)
            continue;
        l.mse += scene_error(&s, x_hat) / (double)(frames - settled);
        if (f % 50 == 0)
            l.leak += scene_leak(&s, t) / (double)((frames - settled) / 50);
    }
    lull_tracker_free(t);
    scene_free(&s);
    free(x_hat);
    return l;
}

/* The mean of several such beside the closed form for an exponential window: phi(x) =
 * e^x - 1 - x, c^2 = (gamma - phi)/(gamma + ell phi), x = gamma/ell, gamma = n mu. */
static void stationary(size_t n, float step, int complex_numbers)
{
    enum { SEEDS = 12 };
    lull_tracker_config cfg = lull_tracker_defaults(n, 4);
    double leak = 0, mse = 0, limit_leak = 0, limit_mse = 0, known = 0;

    cfg.step = step;
    cfg.complex_numbers = complex_numbers;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const struct loss l = loss_of(&cfg, seed);

        leak += l.leak / SEEDS;
        mse += l.mse / SEEDS;
    }
    for (size_t j = 0; j < 4; j++) {
        const double ell = scene_strong[j], gamma = (double)step * (double)n, x = gamma / ell;
        const double phi = expm1(x) - x, c2 = (gamma - phi) / (gamma + ell * phi);

        limit_leak += step > 0 ? ell * (1 - c2) : 0;
        limit_mse += step > 0 ? ell - c2 * ell * c2 * ell / (c2 * ell + 1) : ell / (ell + 1);
        known += ell / (ell + 1);
    }
    printf("scenario=a n=%zu step=%g complex=%d leak=%.3f mse=%.2f limit_leak=%.3f "
           "limit_mse=%.2f known_subspace=%.2f\n",
           n, (double)step, complex_numbers, leak, mse, limit_leak, limit_mse, known);
}

static void a_million_frames(float step, size_t rank, double level_db)
{
    lull_tracker_config cfg = lull_tracker_defaults(64, rank);
    struct scene s = scene_new(64, 1, 4, scene_strong, 3);
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

int main(void)
{
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
