/* SPDX-License-Identifier: MIT
 *
 * kernel_avx2.c - the kernels for x86 with AVX2 and FMA.
 *
 * A tile is four registers wide.  A sweep keeps two sums of a tile in eight of them,
 * and the move v of the tile before in four: a direction at a time is added to the sums
 * in one tile and moved in the other.  So the loads and sums of the one (8 FMA, 6
 * loads) share the time of the other's 4 stores.
 *
 * Compiled with flags of its own; run only where the processor says it can.
 */
#include "track/kernel.h"

#include <stddef.h>

#ifdef __AVX2__
#include <immintrin.h>

typedef __m256 vec;

enum { WIDE = 8, MOST = 1024 }; /* floats in a register; in coefficients, at most */

static inline vec load(const float *x)
{
    return _mm256_loadu_ps(x);
}

static inline vec all(const float *x)
{
    return _mm256_broadcast_ss(x);
}

static inline vec madd(vec a, vec b, vec c)
{
    return _mm256_fmadd_ps(a, b, c);
}

/* x by a load of its own: folded into sums, what is used twice would be loaded twice. */
static inline vec held(vec x)
{
    __asm__("" : "+x"(x));
    return x;
}

/* J x: (a, b) becomes (-b, a) in every pair; here as addsub of zero. */
static inline vec turned(vec x)
{
    return _mm256_addsub_ps(_mm256_setzero_ps(), _mm256_permute_ps(x, 0xb1));
}

static inline float sum(vec x)
{
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));

    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

static float take(const float *restrict y, size_t n, float *restrict to)
{
    vec s0 = _mm256_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;
    float rest = 0;
    size_t i = 0;

    for (; i + TILE <= n; i += TILE) {
        const vec y0 = load(y + i), y1 = load(y + i + 8);
        const vec y2 = load(y + i + 16), y3 = load(y + i + 24);

        _mm256_storeu_ps(to + i, y0);
        _mm256_storeu_ps(to + i + 8, y1);
        _mm256_storeu_ps(to + i + 16, y2);
        _mm256_storeu_ps(to + i + 24, y3);
        s0 = madd(y0, y0, s0);
        s1 = madd(y1, y1, s1);
        s2 = madd(y2, y2, s2);
        s3 = madd(y3, y3, s3);
    }
    for (; i < n; i++) {
        to[i] = y[i];
        rest += y[i] * y[i];
    }
    return rest + sum(_mm256_add_ps(_mm256_add_ps(s0, s1), _mm256_add_ps(s2, s3)));
}

/* u'y over a tile, y in four registers. */
static inline vec dot(const float *u, vec y0, vec y1, vec y2, vec y3)
{
    const vec a = madd(load(u + 8), y1, _mm256_mul_ps(load(u), y0));
    const vec b = madd(load(u + 24), y3, _mm256_mul_ps(load(u + 16), y2));

    return _mm256_add_ps(a, b);
}

/* c + u'y over a tile, in one chain. */
static inline vec chain(vec c, const float *u, const vec y[4])
{
    c = madd(load(u), y[0], c);
    c = madd(load(u + 8), y[1], c);
    c = madd(load(u + 16), y[2], c);
    return madd(load(u + 24), y[3], c);
}

/* As many sums as directions stay in the nearest cache, and U is read once,
 * straight through, two tiles at a time. */
static void gather_real(const struct basis *b, const float *restrict y, float *restrict p)
{
    const size_t step = b->cap * TILE;
    const float *u = b->U;
    vec sums[MOST / 2];

    for (size_t j = 0; j < b->r; j++)
        sums[j] = held(_mm256_setzero_ps()); /* not a call of memset */
    for (size_t t = 0; t < b->tiles / 2; t++, y += 2 * TILE, u += 2 * step) {
        const vec y0[4] = { load(y), load(y + 8), load(y + 16), load(y + 24) };
        const vec y1[4] = { load(y + 32), load(y + 40), load(y + 48), load(y + 56) };

#pragma GCC unroll 2 /* halves the counting */
        for (size_t j = 0; j < b->r; j++) {
            const float *const next = u + step + j * TILE;
            const vec other = madd(load(next + 8), y1[1], _mm256_mul_ps(load(next), y1[0]));
            const vec half = madd(load(next + 24), y1[3], madd(load(next + 16), y1[2], other));

            sums[j] = _mm256_add_ps(half, chain(sums[j], u + j * TILE, y0));
        }
    }
    if (b->tiles % 2) {
        const vec y0[4] = { load(y), load(y + 8), load(y + 16), load(y + 24) };

        for (size_t j = 0; j < b->r; j++)
            sums[j] = chain(sums[j], u + j * TILE, y0);
    }
    for (size_t j = 0; j < b->r; j++)
        p[j] = sum(sums[j]);
}

static void gather_complex(const struct basis *b, const float *restrict y, float *restrict p)
{
    vec sums[MOST];
    const vec zero = _mm256_setzero_ps();

    for (size_t j = 0; j < 2 * b->r; j++)
        sums[j] = zero;
    for (size_t t = 0; t < b->tiles; t++, y += TILE) {
        const float *u = b->U + t * b->cap * TILE;
        const vec y0 = load(y), y1 = load(y + 8), y2 = load(y + 16), y3 = load(y + 24);
        const vec z0 = turned(y0), z1 = turned(y1), z2 = turned(y2), z3 = turned(y3);

        for (size_t j = 0; j < b->r; j++, u += TILE) {
            sums[2 * j] = _mm256_add_ps(sums[2 * j], dot(u, y0, y1, y2, y3));
            sums[2 * j + 1] = _mm256_sub_ps(sums[2 * j + 1], dot(u, z0, z1, z2, z3));
        }
    }
    for (size_t j = 0; j < 2 * b->r; j++)
        p[j] = sum(sums[j]);
}

static void combine_real(const struct basis *b, const float *restrict a, float *restrict x)
{
    for (size_t t = 0; t < b->tiles; t++, x += TILE) {
        const float *u = b->U + t * b->cap * TILE;
        vec s0 = _mm256_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;

        for (size_t j = 0; j < b->r; j++, u += TILE) {
            const vec c = all(a + j);

            s0 = madd(c, load(u), s0);
            s1 = madd(c, load(u + 8), s1);
            s2 = madd(c, load(u + 16), s2);
            s3 = madd(c, load(u + 24), s3);
        }
        _mm256_storeu_ps(x, s0);
        _mm256_storeu_ps(x + 8, s1);
        _mm256_storeu_ps(x + 16, s2);
        _mm256_storeu_ps(x + 24, s3);
    }
}

static void combine_complex(const struct basis *b, const float *restrict a, float *restrict x)
{
    for (size_t i = 0; i < b->tiles * TILE; i += 2 * WIDE) {
        const float *u = b->U + i / TILE * b->cap * TILE + i % TILE;
        vec re0 = _mm256_setzero_ps(), re1 = re0, im0 = re0, im1 = re0;

        for (size_t j = 0; j < b->r; j++, u += TILE) {
            const vec re = all(a + 2 * j), im = all(a + 2 * j + 1);

            re0 = madd(re, load(u), re0);
            re1 = madd(re, load(u + 8), re1);
            im0 = madd(im, load(u), im0);
            im1 = madd(im, load(u + 8), im1);
        }
        _mm256_storeu_ps(x + i, _mm256_add_ps(re0, turned(im0)));
        _mm256_storeu_ps(x + i + 8, _mm256_add_ps(re1, turned(im1)));
    }
}

/* A sweep's factors, each in all of a register. */
struct mix {
    vec x_e, x_h, v_e, v_p, v_h;
};

static inline struct mix mix_of(const struct sweep *s)
{
    return (struct mix){ all(&s->x_e), all(&s->x_h), all(&s->v_e), all(&s->v_p),
                         all(&s->v_h) };
}

/* Given U p and U h on one register at row i: stores e and x_hat, gives v. */
static inline vec finish(const struct sweep *s, const struct mix *m, size_t i, vec up, vec uh)
{
    const vec e = _mm256_sub_ps(load(s->y + i), up);
    const vec x = madd(m->x_h, uh, up);
    const vec v = madd(m->v_h, uh, _mm256_mul_ps(m->v_p, up));

    _mm256_storeu_ps(s->e + i, e);
    _mm256_storeu_ps(s->x_hat + i, madd(m->x_e, e, x));
    return madd(m->v_e, e, v);
}

/* U p and U h on a tile. */
struct sums {
    vec p[4], h[4];
};

/* Adds a x and c x over a tile; one register of x at a time, for there are no more. */
static inline void add(struct sums *s, const float *x, vec a, vec c)
{
    for (size_t k = 0; k < 4; k++) {
        const vec here = held(load(x + 8 * k));

        s->p[k] = madd(a, here, s->p[k]);
        s->h[k] = madd(c, here, s->h[k]);
    }
}

/* to = x + a v over a tile. */
static inline void move(float *to, const float *x, vec a, const vec v[4])
{
    for (size_t k = 0; k < 4; k++)
        _mm256_storeu_ps(to + 8 * k, madd(a, v[k], held(load(x + 8 * k))));
}

static void sweep_real(const struct basis *b, const struct sweep *s, float *moved)
{
    const size_t r = b->r, step = b->cap * TILE;
    const struct mix mix = mix_of(s);
    const struct sweep w = *s; /* which no store can change */
    const float *u = b->U;
    vec v[4] = { _mm256_setzero_ps() };

    for (size_t t = 0; t < b->tiles; t++, u += step) {
        struct sums sums = { { _mm256_setzero_ps() }, { _mm256_setzero_ps() } };

        if (t && moved) {
#pragma GCC unroll 2 /* halves the counting */
            for (size_t j = 0; j < r; j++) {
                const float *const x = u + j * TILE;

                add(&sums, x, all(w.p + j), all(w.h + j));
                move(moved + j * TILE, x - step, all(w.d + j), v);
            }
            moved += step;
        } else {
            for (size_t j = 0; j < r; j++)
                add(&sums, u + j * TILE, all(w.p + j), all(w.h + j));
        }
        for (size_t k = 0; k < 4; k++)
            v[k] = finish(&w, &mix, t * TILE + 8 * k, sums.p[k], sums.h[k]);
    }
    for (size_t j = 0; moved && j < r; j++)
        move(moved + j * TILE, u - step + j * TILE, all(w.d + j), v);
}

static void sweep_complex(const struct basis *b, const struct sweep *s, float *moved)
{
    const struct mix mix = mix_of(s);
    const struct sweep w = *s; /* which no store can change */

    for (size_t i = 0; i < b->tiles * TILE; i += 2 * WIDE) {
        const size_t at = i / TILE * b->cap * TILE + i % TILE;
        const float *u = b->U + at;
        float *to = moved ? moved + at : NULL;
        vec p0 = _mm256_setzero_ps(), p1 = p0, p2 = p0, p3 = p0; /* re, re, im, im */
        vec h0 = p0, h1 = p0, h2 = p0, h3 = p0;

        for (size_t j = 0; j < b->r; j++) {
            const vec x0 = load(u + j * TILE), x1 = load(u + j * TILE + 8);
            const vec pr = all(s->p + 2 * j), pi = all(s->p + 2 * j + 1);
            const vec hr = all(s->h + 2 * j), hi = all(s->h + 2 * j + 1);

            p0 = madd(pr, x0, p0);
            p1 = madd(pr, x1, p1);
            p2 = madd(pi, x0, p2);
            p3 = madd(pi, x1, p3);
            h0 = madd(hr, x0, h0);
            h1 = madd(hr, x1, h1);
            h2 = madd(hi, x0, h2);
            h3 = madd(hi, x1, h3);
        }
        const vec v0 =
            finish(&w, &mix, i, _mm256_add_ps(p0, turned(p2)), _mm256_add_ps(h0, turned(h2)));
        const vec v1 =
            finish(&w, &mix, i + 8, _mm256_add_ps(p1, turned(p3)), _mm256_add_ps(h1, turned(h3)));
        const vec w0 = turned(v0), w1 = turned(v1);

        /* u + v conj(d) = u + re(d) v - im(d) J v */
        for (size_t j = 0; moved && j < b->r; j++) {
            const vec re = all(s->d + 2 * j), im = all(s->d + 2 * j + 1);
            const vec x0 = madd(re, v0, load(u + j * TILE));
            const vec x1 = madd(re, v1, load(u + j * TILE + 8));

            _mm256_storeu_ps(to + j * TILE, _mm256_fnmadd_ps(im, w0, x0));
            _mm256_storeu_ps(to + j * TILE + 8, _mm256_fnmadd_ps(im, w1, x1));
        }
    }
}

/* X = a X + x z' for the four registers of columns from z on. */
static inline void blend_strip(float *X, size_t q, size_t ld, vec a, const float *x, vec z0,
                               vec z1, vec z2, vec z3)
{
    for (size_t i = 0; i < q; i++, X += ld) {
        const vec xi = all(x + i);

        _mm256_storeu_ps(X, madd(xi, z0, _mm256_mul_ps(a, load(X))));
        _mm256_storeu_ps(X + 8, madd(xi, z1, _mm256_mul_ps(a, load(X + 8))));
        _mm256_storeu_ps(X + 16, madd(xi, z2, _mm256_mul_ps(a, load(X + 16))));
        _mm256_storeu_ps(X + 24, madd(xi, z3, _mm256_mul_ps(a, load(X + 24))));
    }
}

static void blend(float *restrict X, size_t q, size_t ld, float a, float sign,
                  const float *restrict x)
{
    const vec keep = _mm256_set1_ps(a), s = _mm256_set1_ps(sign);
    size_t j = 0;

    for (; j + TILE <= ld; j += TILE)
        blend_strip(X + j, q, ld, keep, x, _mm256_mul_ps(s, load(x + j)),
                    _mm256_mul_ps(s, load(x + j + 8)), _mm256_mul_ps(s, load(x + j + 16)),
                    _mm256_mul_ps(s, load(x + j + 24)));
    for (; j < ld; j += WIDE) {
        const vec z = _mm256_mul_ps(s, load(x + j));
        float *at = X + j;

#pragma GCC unroll 4 /* rows */
        for (size_t i = 0; i < q; i++, at += ld)
            _mm256_storeu_ps(at, madd(all(x + i), z, _mm256_mul_ps(keep, load(at))));
    }
}

/* y = X x for the four registers of columns from j on, or for one. */
static inline void apply_strip(const float *X, size_t q, size_t ld, const float *x, float *y)
{
    vec s0 = _mm256_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;

    for (size_t i = 0; i < q; i++, X += ld) {
        const vec a = all(x + i);

        s0 = madd(a, load(X), s0);
        s1 = madd(a, load(X + 8), s1);
        s2 = madd(a, load(X + 16), s2);
        s3 = madd(a, load(X + 24), s3);
    }
    _mm256_storeu_ps(y, s0);
    _mm256_storeu_ps(y + 8, s1);
    _mm256_storeu_ps(y + 16, s2);
    _mm256_storeu_ps(y + 24, s3);
}

static void apply(const float *restrict X, size_t q, size_t ld, const float *restrict x,
                  float *restrict y)
{
    size_t j = 0;

    for (; j + TILE <= ld; j += TILE)
        apply_strip(X + j, q, ld, x, y + j);
    for (; j < ld; j += WIDE) {
        vec even = _mm256_setzero_ps(), odd = even;
        size_t i = 0;

        for (; i + 2 <= q; i += 2) {
            even = madd(all(x + i), load(X + i * ld + j), even);
            odd = madd(all(x + i + 1), load(X + (i + 1) * ld + j), odd);
        }
        if (i < q)
            even = madd(all(x + i), load(X + i * ld + j), even);
        _mm256_storeu_ps(y + j, _mm256_add_ps(even, odd));
    }
}

/* Four rows of Z on two registers of columns: eight sums. */
static inline void multiply_4x2(const struct product *m, const float *a, const float *b,
                                float *z)
{
    const size_t lda = m->lda, ldz = m->ldz;
    vec s00 = _mm256_setzero_ps(), s01 = s00, s10 = s00, s11 = s00;
    vec s20 = s00, s21 = s00, s30 = s00, s31 = s00;

    for (size_t i = 0; i < m->inner; i++, a++, b += m->ld) {
        const vec b0 = load(b), b1 = load(b + 8);
        const vec a0 = all(a), a1 = all(a + lda), a2 = all(a + 2 * lda), a3 = all(a + 3 * lda);

        s00 = madd(a0, b0, s00);
        s01 = madd(a0, b1, s01);
        s10 = madd(a1, b0, s10);
        s11 = madd(a1, b1, s11);
        s20 = madd(a2, b0, s20);
        s21 = madd(a2, b1, s21);
        s30 = madd(a3, b0, s30);
        s31 = madd(a3, b1, s31);
    }
    _mm256_storeu_ps(z, s00);
    _mm256_storeu_ps(z + 8, s01);
    _mm256_storeu_ps(z + ldz, s10);
    _mm256_storeu_ps(z + ldz + 8, s11);
    _mm256_storeu_ps(z + 2 * ldz, s20);
    _mm256_storeu_ps(z + 2 * ldz + 8, s21);
    _mm256_storeu_ps(z + 3 * ldz, s30);
    _mm256_storeu_ps(z + 3 * ldz + 8, s31);
}

/* Four rows of Z on one register of columns. */
static inline void multiply_4x1(const struct product *m, const float *a, const float *b,
                                float *z)
{
    vec s0 = _mm256_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;

    for (size_t i = 0; i < m->inner; i++, a++, b += m->ld) {
        const vec b0 = load(b);

        s0 = madd(all(a), b0, s0);
        s1 = madd(all(a + m->lda), b0, s1);
        s2 = madd(all(a + 2 * m->lda), b0, s2);
        s3 = madd(all(a + 3 * m->lda), b0, s3);
    }
    _mm256_storeu_ps(z, s0);
    _mm256_storeu_ps(z + m->ldz, s1);
    _mm256_storeu_ps(z + 2 * m->ldz, s2);
    _mm256_storeu_ps(z + 3 * m->ldz, s3);
}

static void multiply(const struct product *m)
{
    size_t i = 0;

    for (; i + 4 <= m->rows; i += 4) {
        const float *const a = m->A + i * m->lda;
        float *const z = m->Z + i * m->ldz;
        size_t j = 0;

        for (; j + 2 * WIDE <= m->ld; j += 2 * WIDE)
            multiply_4x2(m, a, m->B + j, z + j);
        if (j < m->ld)
            multiply_4x1(m, a, m->B + j, z + j);
    }
    for (; i < m->rows; i++)
        apply(m->B, m->inner, m->ld, m->A + i * m->lda, m->Z + i * m->ldz);
}

static void inner_real(const float *restrict w, const float *restrict e, size_t padded, float *q)
{
    vec s[4] = { _mm256_setzero_ps() };

    for (size_t i = 0; i < padded; i += TILE)
        for (size_t k = 0; k < 4; k++)
            s[k] = madd(load(w + i + 8 * k), load(e + i + 8 * k), s[k]);
    q[0] = sum(_mm256_add_ps(_mm256_add_ps(s[0], s[1]), _mm256_add_ps(s[2], s[3])));
}

static void inner_complex(const float *restrict w, const float *restrict e, size_t padded,
                          float *q)
{
    vec re[4] = { _mm256_setzero_ps() }, im[4] = { _mm256_setzero_ps() };

    for (size_t i = 0; i < padded; i += TILE)
        for (size_t k = 0; k < 4; k++) {
            const vec x = held(load(w + i + 8 * k)), y = load(e + i + 8 * k);

            re[k] = madd(x, y, re[k]);
            im[k] = madd(turned(x), y, im[k]);
        }
    q[0] = sum(_mm256_add_ps(_mm256_add_ps(re[0], re[1]), _mm256_add_ps(re[2], re[3])));
    q[1] = sum(_mm256_add_ps(_mm256_add_ps(im[0], im[1]), _mm256_add_ps(im[2], im[3])));
}

static float nudge_real(float *restrict w, const float *restrict e, size_t padded, float a,
                        const float *c)
{
    const vec keep = all(&a), add = all(c);
    vec s[4] = { _mm256_setzero_ps() };

    for (size_t i = 0; i < padded; i += TILE)
        for (size_t k = 0; k < 4; k++) {
            const vec x = madd(keep, load(w + i + 8 * k), _mm256_mul_ps(add, load(e + i + 8 * k)));

            _mm256_storeu_ps(w + i + 8 * k, x);
            s[k] = madd(x, x, s[k]);
        }
    return sum(_mm256_add_ps(_mm256_add_ps(s[0], s[1]), _mm256_add_ps(s[2], s[3])));
}

static float nudge_complex(float *restrict w, const float *restrict e, size_t padded, float a,
                           const float *c)
{
    const vec keep = all(&a), re = all(c), im = all(c + 1);
    vec s[4] = { _mm256_setzero_ps() };

    for (size_t i = 0; i < padded; i += TILE)
        for (size_t k = 0; k < 4; k++) {
            const vec y = held(load(e + i + 8 * k));
            const vec add = madd(im, turned(y), _mm256_mul_ps(re, y));
            const vec x = madd(keep, load(w + i + 8 * k), add);

            _mm256_storeu_ps(w + i + 8 * k, x);
            s[k] = madd(x, x, s[k]);
        }
    return sum(_mm256_add_ps(_mm256_add_ps(s[0], s[1]), _mm256_add_ps(s[2], s[3])));
}

static const struct kernel variants[2] = {
    { take, gather_real, combine_real, sweep_real, blend, apply, multiply, inner_real,
      nudge_real },
    { take, gather_complex, combine_complex, sweep_complex, blend, apply, multiply,
      inner_complex, nudge_complex },
};

const struct kernel *kernel_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? variants : NULL;
}

#else

const struct kernel *kernel_avx2(void)
{
    return NULL;
}

#endif
