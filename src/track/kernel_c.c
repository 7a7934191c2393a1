/* SPDX-License-Identifier: MIT
 *
 * kernel_c.c - the kernels in plain C, for any machine: loops of constant
 * length over tiles that stay in the nearest cache.
 *
 * Cost of a sweep: 6 n r flops, one read and one write of U; of a gather:
 * 2 n r flops, one read.
 */
#include "track/kernel.h"

#include <string.h>

enum { HALF = TILE / 2 };       /* floats: what the plain registers can sum up */

/* sum x y over a tile, in eight strands so that it vectorises. */
static inline float dot(const float *restrict x, const float *restrict y)
{
    float sum[8];

    for (size_t i = 0; i < 8; i++)
        sum[i] = x[i] * y[i] + x[i + 8] * y[i + 8];
    for (size_t i = 0; i < 8; i++)
        sum[i] += x[i + 16] * y[i + 16] + x[i + 24] * y[i + 24];
    return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

static void gather_real(const struct basis *b, const float *restrict y, float *restrict p)
{
    const float *u = b->U;

    memset(p, 0, b->r * sizeof *p);
    for (size_t t = 0; t < b->tiles; t++, u += b->cap * TILE)
        for (size_t j = 0; j < b->r; j++)
            p[j] += dot(u + j * TILE, y + t * TILE);
}

static void gather_complex(const struct basis *b, const float *restrict y, float *restrict p)
{
    const float *u = b->U;

    memset(p, 0, 2 * b->r * sizeof *p);
    for (size_t t = 0; t < b->tiles; t++, u += b->cap * TILE, y += TILE) {
        float turned[TILE];             /* -J y, whose dot with u is the imaginary part */

        for (size_t i = 0; i < TILE; i += 2) {
            turned[i] = y[i + 1];
            turned[i + 1] = -y[i];
        }
        for (size_t j = 0; j < b->r; j++) {
            p[2 * j] += dot(u + j * TILE, y);
            p[2 * j + 1] += dot(u + j * TILE, turned);
        }
    }
}

/* x += a u and z += b u over half a tile. */
static inline void add2(float *restrict x, float *restrict z, float a, float b,
                        const float *restrict u)
{
    for (size_t i = 0; i < HALF; i++) {
        x[i] += a * u[i];
        z[i] += b * u[i];
    }
}

/* x += J z over half a tile. */
static inline void add_turned(float *restrict x, const float *restrict z)
{
    for (size_t i = 0; i < HALF; i += 2) {
        x[i] -= z[i + 1];
        x[i + 1] += z[i];
    }
}

static void combine_real(const struct basis *b, const float *restrict a, float *restrict x)
{
    for (size_t t = 0; t < b->tiles; t++) {
        const float *u = b->U + t * b->cap * TILE;
        float sum[TILE] = { 0 };

        for (size_t j = 0; j < b->r; j++)
            for (size_t i = 0; i < TILE; i++)
                sum[i] += a[j] * u[j * TILE + i];
        memcpy(x + t * TILE, sum, sizeof sum);
    }
}

static void combine_complex(const struct basis *b, const float *restrict a, float *restrict x)
{
    for (size_t i = 0; i < b->tiles * TILE; i += HALF) {
        const float *u = b->U + i / TILE * b->cap * TILE + i % TILE;
        float re[HALF] = { 0 }, im[HALF] = { 0 };

        for (size_t j = 0; j < b->r; j++)
            add2(re, im, a[2 * j], a[2 * j + 1], u + j * TILE);
        add_turned(re, im);
        memcpy(x + i, re, sizeof re);
    }
}

/* Given U p and U h on half a tile at row i, gives e and x_hat there, and v. */
static inline void finish(const struct sweep *s, size_t i, const float *restrict up,
                          const float *restrict uh, float *restrict v)
{
    const float *y = s->y + i;          /* may be e */
    float *e = s->e + i;
    float *restrict x_hat = s->x_hat + i;

    for (size_t k = 0; k < HALF; k++) {
        const float rest = y[k] - up[k];

        e[k] = rest;
        x_hat[k] = s->x_p * up[k] + s->x_h * uh[k];
        v[k] = s->v_e * rest + s->v_p * up[k] + s->v_h * uh[k];
    }
}

static void sweep_real(const struct basis *b, const struct sweep *s, float *moved)
{
    for (size_t i = 0; i < b->tiles * TILE; i += HALF) {
        const size_t at = i / TILE * b->cap * TILE + i % TILE;
        const float *u = b->U + at;
        float up[HALF] = { 0 }, uh[HALF] = { 0 }, v[HALF];

        for (size_t j = 0; j < b->r; j++)
            add2(up, uh, s->p[j], s->h[j], u + j * TILE);
        finish(s, i, up, uh, v);
        for (size_t j = 0; j < b->r; j++)
            for (size_t k = 0; k < HALF; k++)
                moved[at + j * TILE + k] = u[j * TILE + k] + s->d[j] * v[k];
    }
}

static void sweep_complex(const struct basis *b, const struct sweep *s, float *moved)
{
    for (size_t i = 0; i < b->tiles * TILE; i += HALF) {
        const size_t at = i / TILE * b->cap * TILE + i % TILE;
        const float *u = b->U + at;
        float up[HALF] = { 0 }, uh[HALF] = { 0 }, upi[HALF] = { 0 }, uhi[HALF] = { 0 };
        float v[HALF], w[HALF] = { 0 };

        for (size_t j = 0; j < b->r; j++) {
            add2(up, upi, s->p[2 * j], s->p[2 * j + 1], u + j * TILE);
            add2(uh, uhi, s->h[2 * j], s->h[2 * j + 1], u + j * TILE);
        }
        add_turned(up, upi);
        add_turned(uh, uhi);
        finish(s, i, up, uh, v);
        add_turned(w, v);               /* u + v conj(d) = u + re(d) v - im(d) J v */
        for (size_t j = 0; j < b->r; j++)
            for (size_t k = 0; k < HALF; k++)
                moved[at + j * TILE + k] =
                    u[j * TILE + k] + s->d[2 * j] * v[k] - s->d[2 * j + 1] * w[k];
    }
}

static void blend(float *restrict X, size_t q, size_t ld, float a, float sign,
                  const float *restrict x)
{
    for (size_t i = 0; i < q; i++) {
        const float xi = sign * x[i];

        for (size_t j = 0; j < ld; j++)
            X[i * ld + j] = a * X[i * ld + j] + xi * x[j];
    }
}

static void apply(const float *restrict X, size_t q, size_t ld, const float *restrict x,
                  float *restrict y)
{
    memset(y, 0, ld * sizeof *y);
    for (size_t i = 0; i < q; i++)
        for (size_t j = 0; j < ld; j++)
            y[j] += x[i] * X[i * ld + j];
}

static const struct kernel variants[2] = {
    { gather_real, combine_real, sweep_real, blend, apply },
    { gather_complex, combine_complex, sweep_complex, blend, apply },
};

const struct kernel *kernel_c(void)
{
    return variants;
}
