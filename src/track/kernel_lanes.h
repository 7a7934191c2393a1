/* SPDX-License-Identifier: MIT
 *
 * kernel_lanes.h - the kernels on registers of four floats, in the compiler's
 * own vectors: any machine that has such registers has them here, any other
 * makes do.  Included by the files that compile it, each with flags of its
 * own: kernel_c.c (every operation rounds by itself, so that the result is the
 * same everywhere) and kernel_neon.c (products and sums fused).
 *
 * Half a tile at a time: two sums of it take eight registers of sixteen.
 *
 * Cost of a sweep: 6 n r flops, one read and one write of U; of a gather:
 * 2 n r flops, one read.
 */
#include "track/kernel.h"

#include <math.h>
#include <string.h>

typedef float lanes __attribute__((vector_size(16)));

enum { HALF = TILE / 2, MOST = 1024 }; /* floats; coefficients, at most */

static inline lanes load(const float *x)
{
    lanes v;

    memcpy(&v, x, sizeof v);
    return v;
}

/* Of a direction, whose tiles are aligned: such a load can be part of a sum. */
static inline lanes look(const float *u)
{
    lanes v;

    memcpy(&v, __builtin_assume_aligned(u, sizeof v), sizeof v);
    return v;
}

static inline void store(float *x, lanes v)
{
    memcpy(x, &v, sizeof v);
}

static inline lanes all(float x)
{
    return (lanes){ x, x, x, x };
}

/* J x: (a, b) becomes (-b, a) in every pair. */
static inline lanes turned(lanes x)
{
    return (lanes){ x[1], x[0], x[3], x[2] } * (lanes){ -1, 1, -1, 1 };
}

static inline float sum(lanes x)
{
    return (x[0] + x[2]) + (x[1] + x[3]);
}

static float take(const float *restrict y, size_t n, float *restrict to)
{
    lanes a = all(0), b = a, c = a, d = a;
    float rest = 0;
    size_t i = 0;

    for (; i + HALF <= n; i += HALF) {
        const lanes y0 = load(y + i), y1 = load(y + i + 4);
        const lanes y2 = load(y + i + 8), y3 = load(y + i + 12);

        store(to + i, y0);
        store(to + i + 4, y1);
        store(to + i + 8, y2);
        store(to + i + 12, y3);
        a += y0 * y0;
        b += y1 * y1;
        c += y2 * y2;
        d += y3 * y3;
    }
    for (; i < n; i++) {
        to[i] = y[i];
        rest += y[i] * y[i];
    }
    return rest + sum((a + b) + (c + d));
}

/* u'y over a tile. */
static inline lanes dot(const float *u, const lanes y[8])
{
    const lanes a = look(u) * y[0] + look(u + 4) * y[1];
    const lanes b = look(u + 8) * y[2] + look(u + 12) * y[3];
    const lanes c = look(u + 16) * y[4] + look(u + 20) * y[5];
    const lanes d = look(u + 24) * y[6] + look(u + 28) * y[7];

    return (a + b) + (c + d);
}

static float gather_real(const struct basis *b, const float *restrict y, float *restrict p)
{
    lanes sums[MOST], y2[4] = { all(0) };

    for (size_t j = 0; j < b->r; j++)
        sums[j] = all(0);
    for (size_t t = 0; t < b->tiles; t++, y += TILE) {
        const float *u = b->U + t * b->cap * TILE;
        lanes here[8];

        for (size_t k = 0; k < 8; k++) {
            here[k] = load(y + 4 * k);
            y2[k % 4] += here[k] * here[k];
        }
#pragma GCC unroll 2 /* halves the counting */
        for (size_t j = 0; j < b->r; j++, u += TILE)
            sums[j] += dot(u, here);
    }
    for (size_t j = 0; j < b->r; j++)
        p[j] = sum(sums[j]);
    return sum((y2[0] + y2[1]) + (y2[2] + y2[3]));
}

static float gather_complex(const struct basis *b, const float *restrict y, float *restrict p)
{
    lanes y2[4] = { all(0) };

    memset(p, 0, 2 * b->r * sizeof *p);
    for (size_t t = 0; t < b->tiles; t++, y += TILE) {
        const float *u = b->U + t * b->cap * TILE;
        lanes here[8], there[8];

        for (size_t k = 0; k < 8; k++) {
            here[k] = load(y + 4 * k);
            there[k] = -turned(here[k]); /* whose dot with u is imaginary */
            y2[k % 4] += here[k] * here[k];
        }
        for (size_t j = 0; j < b->r; j++, u += TILE) {
            p[2 * j] += sum(dot(u, here));
            p[2 * j + 1] += sum(dot(u, there));
        }
    }
    return sum((y2[0] + y2[1]) + (y2[2] + y2[3]));
}

/* Half a tile. */
struct half {
    lanes a, b, c, d;
};

static inline void add(struct half *x, lanes s, const float *u)
{
    x->a += s * look(u);
    x->b += s * look(u + 4);
    x->c += s * look(u + 8);
    x->d += s * look(u + 12);
}

/* x + J z */
static inline struct half plus_turned(struct half x, struct half z)
{
    return (struct half){ x.a + turned(z.a), x.b + turned(z.b), x.c + turned(z.c),
                          x.d + turned(z.d) };
}

static inline struct half fetch(const float *x)
{
    return (struct half){ load(x), load(x + 4), load(x + 8), load(x + 12) };
}

static inline void put(float *x, struct half v)
{
    store(x, v.a);
    store(x + 4, v.b);
    store(x + 8, v.c);
    store(x + 12, v.d);
}

/* U a on half a tile, a real; or the real and imaginary sums of a complex a. */
static inline struct half weighted(const float *u, size_t r, const float *a, size_t parts)
{
    struct half x = { all(0), all(0), all(0), all(0) };

    for (size_t j = 0; j < r; j++)
        add(&x, all(a[j * parts]), u + j * TILE);
    return x;
}

static inline struct half product(const float *u, size_t r, const float *a, size_t parts)
{
    const struct half re = weighted(u, r, a, parts);

    return parts == 1 ? re : plus_turned(re, weighted(u, r, a + 1, parts));
}

static inline void combine(const struct basis *b, const float *a, float *x, size_t parts)
{
    for (size_t i = 0; i < b->tiles * TILE; i += HALF)
        put(x + i, product(b->U + i / TILE * b->cap * TILE + i % TILE, b->r, a, parts));
}

/* A sweep's factors, each in all of a register. */
struct mix {
    lanes x_e, x_h, v_e, v_p, v_h, w_p, w_h;
};

static inline struct mix mix_of(const struct sweep *s)
{
    return (struct mix){ all(s->x_e), all(s->x_h), all(s->v_e), all(s->v_p),
                         all(s->v_h), all(s->w_p), all(s->w_h) };
}

/* Given U p and U h on one register at row i: stores e and x_hat if wanted, gives v. */
static inline lanes finish(const struct sweep *s, const struct mix *m, size_t i, lanes up,
                           lanes uh)
{
    const lanes e = load(s->y + i) - up;

    if (s->e)
        store(s->e + i, e);
    if (s->x_hat)
        store(s->x_hat + i, m->x_e * e + up + m->x_h * uh);
    return m->v_e * e + m->v_p * up + m->v_h * uh;
}

static inline struct half finish_half(const struct sweep *s, const struct mix *m, size_t i,
                                      struct half up, struct half uh)
{
    return (struct half){ finish(s, m, i, up.a, uh.a), finish(s, m, i + 4, up.b, uh.b),
                          finish(s, m, i + 8, up.c, uh.c), finish(s, m, i + 12, up.d, uh.d) };
}

/* to = u + a v */
static inline void move(float *to, const float *u, lanes a, struct half v)
{
    store(to, look(u) + a * v.a);
    store(to + 4, look(u + 4) + a * v.b);
    store(to + 8, look(u + 8) + a * v.c);
    store(to + 12, look(u + 12) + a * v.d);
}

static void sweep_real(const struct basis *b, const struct sweep *s, float *moved)
{
    const size_t r = b->r, rows = b->tiles * TILE;
    const struct mix mix = mix_of(s);
    const struct sweep w = *s; /* which no store can change */

    for (size_t i = 0; i < rows; i += HALF) {
        const size_t at = i / TILE * b->cap * TILE + i % TILE;
        const float *u = b->U + at;
        struct half up = { all(0), all(0), all(0), all(0) }, uh = up;

#pragma GCC unroll 2 /* halves the counting */
        for (size_t j = 0; j < r; j++) {
            add(&up, all(w.p[j]), u + j * TILE);
            add(&uh, all(w.h[j]), u + j * TILE);
        }
        if (w.w) {
            add(&up, mix.w_p, w.w + i);
            add(&uh, mix.w_h, w.w + i);
        }
        const struct half v = finish_half(&w, &mix, i, up, uh);

        if (w.v)
            put(w.v + i, v);
        if (!moved)
            continue;
#pragma GCC unroll 2 /* halves the counting */
        for (size_t j = 0; j < r; j++)
            move(moved + at + j * TILE, u + j * TILE, all(w.d[j]), v);
        for (size_t j = 0; w.w && j < r; j++)
            move(moved + at + j * TILE, moved + at + j * TILE, all(w.c[j]), fetch(w.w + i));
    }
}

static void sweep_complex(const struct basis *b, const struct sweep *s, float *moved)
{
    const struct mix mix = mix_of(s);

    for (size_t i = 0; i < b->tiles * TILE; i += HALF) {
        const size_t at = i / TILE * b->cap * TILE + i % TILE;
        const float *u = b->U + at;
        const struct half zero = { all(0), all(0), all(0), all(0) };
        const struct half up = product(u, b->r, s->p, 2), uh = product(u, b->r, s->h, 2);
        const struct half v = finish_half(s, &mix, i, up, uh), w = plus_turned(zero, v);

        /* u + v conj(d) = u + re(d) v - im(d) J v */
        for (size_t j = 0; moved && j < b->r; j++) {
            move(moved + at + j * TILE, u + j * TILE, all(s->d[2 * j]), v);
            move(moved + at + j * TILE, moved + at + j * TILE, all(-s->d[2 * j + 1]), w);
        }
    }
}

static void combine_real(const struct basis *b, const float *restrict a, float *restrict x)
{
    combine(b, a, x, 1);
}

static void combine_complex(const struct basis *b, const float *restrict a, float *restrict x)
{
    combine(b, a, x, 2);
}

static void blend(float *restrict X, size_t q, size_t ld, float a, float s,
                  const float *restrict x)
{
    const float root = sqrtf(fabsf(s)), other = s < 0.0f ? -root : root;

    for (size_t i = 0; i < q; i++, X += ld) {
        const lanes xi = all(other * x[i]);

        for (size_t j = 0; j < ld; j += 4)
            store(X + j, all(a) * load(X + j) + xi * (all(root) * load(x + j)));
    }
}

static void apply(const float *restrict X, size_t q, size_t ld, const float *restrict x,
                  float *restrict y)
{
    for (size_t j = 0; j < ld; j += 8) {
        lanes a = all(0), b = a, c = a, d = a; /* two rows at once hide the latency */
        size_t i = 0;

        for (; i + 2 <= q; i += 2) {
            const float *const row = X + i * ld + j;

            a += all(x[i]) * load(row);
            b += all(x[i]) * load(row + 4);
            c += all(x[i + 1]) * load(row + ld);
            d += all(x[i + 1]) * load(row + ld + 4);
        }
        if (i < q) {
            a += all(x[i]) * load(X + i * ld + j);
            b += all(x[i]) * load(X + i * ld + j + 4);
        }
        store(y + j, a + c);
        store(y + j + 4, b + d);
    }
}

static void multiply(const struct product *m)
{
    for (size_t i = 0; i < m->rows; i++)
        apply(m->B, m->inner, m->ld, m->A + i * m->lda, m->Z + i * m->ldz);
}

static void inner_real(const float *restrict w, const float *restrict e, size_t padded,
                       float *q)
{
    lanes s[4] = { all(0) };

    for (size_t i = 0; i < padded; i += HALF)
        for (size_t k = 0; k < 4; k++)
            s[k] += load(w + i + 4 * k) * load(e + i + 4 * k);
    q[0] = sum((s[0] + s[1]) + (s[2] + s[3]));
}

static void inner_complex(const float *restrict w, const float *restrict e, size_t padded,
                          float *q)
{
    lanes re[4] = { all(0) }, im[4] = { all(0) };

    for (size_t i = 0; i < padded; i += HALF)
        for (size_t k = 0; k < 4; k++) {
            const lanes x = load(w + i + 4 * k), y = load(e + i + 4 * k);

            re[k] += x * y;
            im[k] += turned(x) * y;
        }
    q[0] = sum((re[0] + re[1]) + (re[2] + re[3]));
    q[1] = sum((im[0] + im[1]) + (im[2] + im[3]));
}

static float nudge_real(float *restrict w, const float *restrict e, size_t padded, float a,
                        const float *c)
{
    lanes s[4] = { all(0) };

    for (size_t i = 0; i < padded; i += HALF)
        for (size_t k = 0; k < 4; k++) {
            const lanes x = all(a) * load(w + i + 4 * k) + all(c[0]) * load(e + i + 4 * k);

            store(w + i + 4 * k, x);
            s[k] += x * x;
        }
    return sum((s[0] + s[1]) + (s[2] + s[3]));
}

static float nudge_complex(float *restrict w, const float *restrict e, size_t padded, float a,
                           const float *c)
{
    lanes s[4] = { all(0) };

    for (size_t i = 0; i < padded; i += HALF)
        for (size_t k = 0; k < 4; k++) {
            const lanes y = load(e + i + 4 * k);
            const lanes x =
                all(a) * load(w + i + 4 * k) + (all(c[0]) * y + all(c[1]) * turned(y));

            store(w + i + 4 * k, x);
            s[k] += x * x;
        }
    return sum((s[0] + s[1]) + (s[2] + s[3]));
}

static const struct kernel variants[2] = {
    { take, gather_real, combine_real, sweep_real, blend, apply, multiply, inner_real,
      nudge_real },
    { take, gather_complex, combine_complex, sweep_complex, blend, apply, multiply,
      inner_complex, nudge_complex },
};
