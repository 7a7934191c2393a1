/* SPDX-License-Identifier: MIT
 *
 * scene.c - see scene.h.
 */
#include "scene.h"

const double scene_strong[4] = { 40, 20, 10, 5 };

#include "oracle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void draw(struct scene *s, double *v)
{
    for (size_t i = 0; i < s->n; i++)
        v[i] = dice_normal(&s->dice);
}

struct scene scene_new(size_t dim, size_t parts, size_t k, const double *ell, uint64_t seed)
{
    struct scene s = { .dim = dim, .n = dim * parts, .parts = parts, .k = k };

    s.dice = (struct dice){ seed * 0x9e3779b97f4a7c15u + 1 };
    s.level = 1;
    memcpy(s.ell, ell, k * sizeof *ell);
    s.V = malloc(2 * k * s.n * sizeof *s.V);
    s.V0 = malloc(2 * k * s.n * sizeof *s.V);
    s.x = malloc(s.n * sizeof *s.x);
    s.y = malloc(s.n * sizeof *s.y);
    scene_jump(&s, k);
    return s;
}

void scene_free(struct scene *s)
{
    free(s->V);
    free(s->V0);
    free(s->x);
    free(s->y);
}

void scene_jump(struct scene *s, size_t i)
{
    memcpy(s->V0, s->V, 2 * s->k * s->n * sizeof *s->V);
    for (size_t j = 0; j < 2 * s->k; j++)
        if (i == s->k || j == i || j >= s->k)
            draw(s, s->V0 + j * s->n);
    /* The new ones last, so that the others stay. */
    for (size_t m = 0; i < s->k && m < s->n; m++) {
        const double was = s->V0[i * s->n + m];

        s->V0[i * s->n + m] = s->V0[(s->k - 1) * s->n + m];
        s->V0[(s->k - 1) * s->n + m] = was;
    }
    const size_t most = 2 * s->k < s->dim ? 2 * s->k : s->dim;

    oracle_orthonormal(s->V0, most, s->n, s->parts);
    memcpy(s->V, s->V0, 2 * s->k * s->n * sizeof *s->V);
    s->angle = 0;
}

void scene_turn(struct scene *s, double angle)
{
    s->angle += angle;
    for (size_t j = 0; j < s->k * s->n; j++)
        s->V[j] = cos(s->angle) * s->V0[j] + sin(s->angle) * s->V0[j + s->k * s->n];
}

void scene_walk(struct scene *s, double length)
{
    for (size_t j = 0; j < s->k * s->n; j++)
        s->V[j] += length / sqrt((double)s->n) * dice_normal(&s->dice);
    oracle_orthonormal(s->V, s->k, s->n, s->parts);
}

void scene_frame(struct scene *s)
{
    const double half = s->parts == 2 ? sqrt(0.5) : 1;

    memset(s->x, 0, s->n * sizeof *s->x);
    for (size_t j = 0; j < s->k; j++) {
        const double *u = s->V + j * s->n, size = s->level * half * sqrt(s->ell[j]);
        const double re = size * dice_normal(&s->dice);
        const double im = s->parts == 2 ? size * dice_normal(&s->dice) : 0;

        for (size_t i = 0; i < s->n; i++)
            s->x[i] += (float)(re * u[i]);
        for (size_t i = 0; s->parts == 2 && i < s->n; i += 2) {
            s->x[i] -= (float)(im * u[i + 1]);
            s->x[i + 1] += (float)(im * u[i]);
        }
    }
    for (size_t i = 0; i < s->n; i++)
        s->y[i] = s->x[i] + (float)(s->level * half * dice_normal(&s->dice));
}

/* The tracker's directions in double. */
static double *directions(const lull_tracker *t, size_t n)
{
    const size_t r = lull_tracker_rank(t);
    float *const U = malloc((r * n + 1) * sizeof *U);
    double *const W = malloc((r * n + 1) * sizeof *W);

    lull_tracker_basis(t, U, NULL);
    for (size_t i = 0; i < r * n; i++)
        W[i] = (double)U[i];
    free(U);
    return W;
}

double scene_leak(const struct scene *s, const lull_tracker *t)
{
    double *const W = directions(t, s->n);
    double leak = 0;

    for (size_t j = 0; j < s->k; j++) {
        double missing = 1;

        for (size_t i = 0; i < lull_tracker_rank(t); i++)
            missing -= oracle_overlap(W + i * s->n, s->V + j * s->n, s->n, s->parts);
        leak += s->ell[j] * missing;
    }
    free(W);
    return leak;
}

double scene_orthonormality(const lull_tracker *t, size_t n, size_t parts)
{
    double *const W = directions(t, n);
    double worst = 0;

    for (size_t i = 0; i < lull_tracker_rank(t); i++)
        for (size_t j = 0; j <= i; j++) {
            const double off = sqrt(oracle_overlap(W + i * n, W + j * n, n, parts));

            worst = fmax(worst, fabs(off - (i == j)));
        }
    free(W);
    return worst;
}

double scene_error(const struct scene *s, const float *x_hat)
{
    double sum = 0;

    for (size_t i = 0; i < s->n; i++) {
        const double d = (double)x_hat[i] - (double)s->x[i];

        sum += d * d;
    }
    return sum;
}

double scene_mean_error(lull_tracker *t, struct scene *s, size_t frames)
{
    float *const x_hat = malloc(s->n * sizeof *x_hat);
    double sum = 0;

    for (size_t f = 0; f < frames; f++) {
        scene_frame(s);
        lull_tracker_update(t, s->y, NULL, x_hat);
        sum += scene_error(s, x_hat);
    }
    free(x_hat);
    return sum / (double)frames;
}

void scene_feed(lull_tracker *t, struct scene *s, size_t frames)
{
    for (size_t f = 0; f < frames; f++) {
        scene_frame(s);
        lull_tracker_update(t, s->y, NULL, NULL);
    }
}
