/* SPDX-License-Identifier: MIT
 *
 * kernel_wide.h - the kernels on wide registers, for x86.  Included by the files that
 * compile it, each of which says first what a register is: kernel_avx2.c and
 * kernel_avx512.c.  Here are the passes over frames; what is r x r is in kernel_square.h.
 *
 *   vec, WIDE             a register, and its floats
 *   load, store, all      to and from memory; one float in every place
 *   load_some, store_some the first n floats of a register; zeros in the other places
 *   madd(a, b, c)         a b + c
 *   held(x)               x by a load of its own: folded into sums, what is used twice
 *                         would be loaded twice
 *   turned(x)             J x: (a, b) becomes (-b, a) in every pair
 *   sum(x), four(s)       of one register; of each of four
 *
 * Some eight sums at once hide how long each addition takes: where a tile has not as many
 * registers, directions are taken side by side.
 *
 * A sweep is one walk: while a direction is added to the sums of one tile, it is moved in
 * the tile before, whose v is known.  So the arithmetic of the one shares the time of the
 * other's stores.  A gather walks from the first tile to the last and a sweep back again:
 * each begins where the other has ended, with tiles that are still near.
 */
#include "track/kernel_square.h"

enum {
    VECS = TILE / WIDE,  /* registers in a tile of a direction                          */
    TOGETHER = 4 / VECS, /* tiles, or else directions, side by side: 4 registers of U    */
    SUMS = WIDE,         /* in a gather: half of the registers there are                */
    FEW = 32             /* directions: of so many, tiles together stay near (L1: 32 KB) */
};

static float take(const float *restrict y, size_t n, float *restrict to)
{
    vec s[4] = { zero(), zero(), zero(), zero() };
    size_t i = 0;

    for (; i + TILE <= n; i += TILE)
        for (size_t k = 0; k < VECS; k++) {
            const vec here = held(load(y + i + k * WIDE));

            store(to + i + k * WIDE, here);
            s[k] = madd(here, here, s[k]);
        }
    for (size_t k = 0; i < n; k++, i += WIDE) {
        const vec here = load_some(y + i, n - i);

        store_some(to + i, here, n - i);
        s[k] = madd(here, here, s[k]);
    }
    return total(s);
}

/* So many sums of p = U'y, from direction j on: over all tiles, in registers.  If they are
 * few, each in several.  Those of |y|^2 on the way, unless they are NULL. */
inlined void gather_some(const struct basis *b, size_t j, const float *y, float *p,
                         const size_t parts, const size_t many, vec *y2)
{
    const size_t step = b->cap * TILE, each = SUMS / many < VECS ? SUMS / many : VECS;
    const float *u = b->U + j * TILE;
    vec s[SUMS];

    for (size_t i = 0; i < many * each; i++)
        s[i] = zero();
    for (size_t t = 0; t < b->tiles; t++, u += step, y += TILE)
        for (size_t k = 0; k < VECS; k++) {
            const vec here = load(y + k * WIDE), there = sub(zero(), turned(here));
            vec *const to = s + k % each * many;

            if (y2)
                y2[k] = madd(here, here, y2[k]);
            for (size_t i = 0; i < many; i += parts) {
                const float *const x = u + i / parts * TILE + k * WIDE;

                to[i] = madd(load(x), here, to[i]);
                if (parts == 2)
                    to[i + 1] = madd(load(x), there, to[i + 1]);
            }
        }
    for (size_t i = many; i < many * each; i++)
        s[i % many] = add(s[i % many], s[i]);
    for (size_t i = 0; many % 4 == 0 && i < many; i += 4)
        _mm_storeu_ps(p + i, four(s + i));
    for (size_t i = 0; many % 4 && i < many; i++)
        p[i] = sum(s[i]);
}

/* Sum i and so many more; the first time with |y|^2. */
inlined void gather_from(const struct basis *b, size_t i, const float *y, float *p,
                         const size_t parts, const size_t many, vec *y2)
{
    if (i)
        gather_some(b, i / parts, y, p + i, parts, many, NULL);
    else
        gather_some(b, 0, y, p, parts, many, y2);
}

inlined float gather(const struct basis *b, const float *y, float *p, const size_t parts)
{
    const size_t q = b->r * parts;
    vec y2[4] = { zero(), zero(), zero(), zero() };
    size_t i = 0;

    for (; i + SUMS <= q; i += SUMS)
        gather_from(b, i, y, p, parts, SUMS, y2);
    for (; i + 4 <= q; i += 4)
        gather_from(b, i, y, p, parts, 4, y2);
    for (; i < q; i += parts)
        gather_from(b, i, y, p, parts, parts, y2);
    return total(y2);
}

static float gather_real(const struct basis *b, const float *restrict y, float *restrict p)
{
    return gather(b, y, p, 1);
}

static float gather_complex(const struct basis *b, const float *restrict y, float *restrict p)
{
    return gather(b, y, p, 2);
}

/* s = s + a u over a tile */
inlined void plus(vec s[VECS], const float *a, const float *u)
{
    for (size_t k = 0; k < VECS; k++)
        s[k] = madd(all(a), load(u + k * WIDE), s[k]);
}

static void combine_real(const struct basis *b, const float *restrict a, float *restrict x)
{
    const size_t r = b->r, together = r / TOGETHER * TOGETHER;
    const float *u = b->U;

    for (size_t t = 0; t < b->tiles; t++, u += b->cap * TILE, x += TILE) {
        vec s[TOGETHER][VECS];

        for (size_t k = 0; k < TOGETHER * VECS; k++)
            s[k / VECS][k % VECS] = zero();
        for (size_t j = 0; j < together; j += TOGETHER)
            for (size_t i = 0; i < TOGETHER; i++)
                plus(s[i], a + j + i, u + (j + i) * TILE);
        for (size_t j = together; j < r; j++)
            plus(s[0], a + j, u + j * TILE);
        for (size_t k = 0; k < VECS; k++)
            store(x + k * WIDE, TOGETHER == 2 ? add(s[0][k], s[TOGETHER - 1][k]) : s[0][k]);
    }
}

static void combine_complex(const struct basis *b, const float *restrict a, float *restrict x)
{
    for (size_t i = 0; i < b->tiles * TILE; i += 2 * WIDE) {
        const float *u = b->U + i / TILE * b->cap * TILE + i % TILE;
        vec re[2] = { zero(), zero() }, im[2] = { zero(), zero() };

        for (size_t j = 0; j < b->r; j++, u += TILE)
            for (size_t k = 0; k < 2; k++) {
                const vec here = held(load(u + k * WIDE));

                re[k] = madd(all(a + 2 * j), here, re[k]);
                im[k] = madd(all(a + 2 * j + 1), here, im[k]);
            }
        for (size_t k = 0; k < 2; k++)
            store(x + i + k * WIDE, add(re[k], turned(im[k])));
    }
}

/* A sweep's factors, each in all of a register. */
struct mix {
    vec x_e, x_h, v_e, v_p, v_h, w_p, w_h;
};

static inline struct mix mix_of(const struct sweep *s)
{
    return (struct mix){ all(&s->x_e), all(&s->x_h), all(&s->v_e), all(&s->v_p),
                         all(&s->v_h), all(&s->w_p), all(&s->w_h) };
}

/* Given U p and U h on one register at row i: stores e and x_hat if wanted, gives v. */
inlined vec finish(const struct sweep *s, const struct mix *m, size_t i, vec up, vec uh,
                   const bool twice)
{
    if (twice) {
        up = madd(m->w_p, load(s->w + i), up);
        uh = madd(m->w_h, load(s->w + i), uh);
    }
    const vec e = sub(load(s->y + i), up);
    const vec x = madd(m->x_h, uh, up);
    const vec v = madd(m->v_h, uh, mul(m->v_p, up));

    if (s->e)
        store(s->e + i, e);
    if (s->x_hat)
        store(s->x_hat + i, madd(m->x_e, e, x));
    return madd(m->v_e, e, v);
}

/* Where register k of a direction is, in tiles that are `step` apart. */
inlined size_t place(size_t k, size_t step)
{
    return k / VECS * step + k % VECS * WIDE;
}

/* Adds a x and c x to the sums p and h, over so many registers of a direction. */
inlined void gain(vec *p, vec *h, const float *x, size_t step, vec a, vec c, const size_t many)
{
    for (size_t k = 0; k < many; k++) {
        const vec here = held(load(x + place(k, step)));

        p[k] = madd(a, here, p[k]);
        h[k] = madd(c, here, h[k]);
    }
}

/* v and w on the registers that are moved. */
struct turns {
    vec v[4], w[4];
};

/* to = x + d_j v (+ c_j w) */
inlined void move(const struct sweep *s, size_t j, float *to, const float *x, size_t step,
                  const struct turns *by, const size_t many, const bool twice)
{
    const vec d = all(s->d + j), c = twice ? all(s->c + j) : d;

    for (size_t k = 0; k < many; k++) {
        const vec once = madd(d, by->v[k], held(load(x + place(k, step))));

        store(to + place(k, step), twice ? madd(c, by->w[k], once) : once);
    }
}

/* U p and U h over so many tiles at u, a tile being `step`.  On the way as many after them
 * go to `to`, moved; not if that is NULL.  Four registers together are enough to
 * hide how long sums take: if there are fewer in the tiles, directions go side by side. */
inlined void pass(const struct basis *b, const struct sweep *s, const float *u, float *to,
                  const struct turns *by, vec p[4], vec h[4], const size_t tiles,
                  const bool twice)
{
    const size_t step = b->cap * TILE, many = tiles * VECS, beside = 4 / many;
    size_t j = 0;

    for (size_t k = 0; k < 4; k++)
        p[k] = h[k] = zero();
    for (; j + beside <= b->r; j += beside)
        for (size_t i = 0; i < beside; i++) {
            const size_t at = (j + i) * TILE;

            gain(p + i * many, h + i * many, u + at, step, all(s->p + j + i),
                 all(s->h + j + i), many);
            if (to)
                move(s, j + i, to + at, u + tiles * step + at, step, by, many, twice);
        }
    for (; j < b->r; j++) {
        gain(p, h, u + j * TILE, step, all(s->p + j), all(s->h + j), many);
        if (to)
            move(s, j, to + j * TILE, u + tiles * step + j * TILE, step, by, many, twice);
    }
    for (size_t k = many; k < 4; k++) {
        p[k % many] = add(p[k % many], p[k]);
        h[k % many] = add(h[k % many], h[k]);
    }
}

/* From tile `end` back to `first`, so many at a time. */
inlined void walk(const struct basis *b, const struct sweep *s, float *moved, size_t first,
                  size_t end, const size_t tiles, const bool twice)
{
    const size_t step = b->cap * TILE, many = tiles * VECS;
    const struct mix mix = mix_of(s);
    struct turns by;
    vec p[4], h[4];

    for (size_t k = 0; k < 4; k++)
        by.v[k] = by.w[k] = zero();
    for (size_t t = end; t > first; t -= tiles) {
        if (moved && t < end)
            pass(b, s, b->U + (t - tiles) * step, moved + t * step, &by, p, h, tiles, twice);
        else
            pass(b, s, b->U + (t - tiles) * step, NULL, &by, p, h, tiles, twice);
        for (size_t k = 0; k < many; k++) {
            const size_t i = (t - tiles) * TILE + k * WIDE;

            by.v[k] = finish(s, &mix, i, p[k], h[k], twice);
            by.w[k] = twice ? load(s->w + i) : zero();
        }
        for (size_t k = 0; s->v && k < many; k++)
            store(s->v + (t - tiles) * TILE + k * WIDE, by.v[k]);
    }
    for (size_t j = 0; moved && j < b->r; j++)
        move(s, j, moved + first * step + j * TILE, b->U + first * step + j * TILE, step, &by,
             many, twice);
}

inlined void sweep_real_by(const struct basis *b, const struct sweep *s, float *moved,
                           const bool twice)
{
    const size_t odd = b->tiles % TOGETHER;

    if (TOGETHER == 1 || b->r > FEW) {
        walk(b, s, moved, 0, b->tiles, 1, twice);
        return;
    }
    if (odd)
        walk(b, s, moved, b->tiles - odd, b->tiles, 1, twice);
    if (b->tiles > odd)
        walk(b, s, moved, 0, b->tiles - odd, TOGETHER, twice);
}

static void sweep_real(const struct basis *b, const struct sweep *s, float *moved)
{
    const struct sweep own = *s; /* which no store can change */

    if (own.w)
        sweep_real_by(b, &own, moved, true);
    else
        sweep_real_by(b, &own, moved, false);
}

/* Two registers at row i; the sums are all that the registers hold. */
inlined void sweep_complex_at(const struct basis *b, const struct sweep *s,
                              const struct mix *mix, float *moved, size_t i)
{
    const size_t at = i / TILE * b->cap * TILE + i % TILE;
    const float *u = b->U + at;
    float *to = moved ? moved + at : NULL;
    vec p[4] = { zero(), zero(), zero(), zero() }; /* re, im; re, im */
    vec h[4] = { zero(), zero(), zero(), zero() }, v[2], w[2];

    for (size_t j = 0; j < b->r; j++)
        for (size_t k = 0; k < 2; k++) {
            const vec here = held(load(u + j * TILE + k * WIDE));

            p[2 * k] = madd(all(s->p + 2 * j), here, p[2 * k]);
            p[2 * k + 1] = madd(all(s->p + 2 * j + 1), here, p[2 * k + 1]);
            h[2 * k] = madd(all(s->h + 2 * j), here, h[2 * k]);
            h[2 * k + 1] = madd(all(s->h + 2 * j + 1), here, h[2 * k + 1]);
        }
    for (size_t k = 0; k < 2; k++) {
        v[k] = finish(s, mix, i + k * WIDE, add(p[2 * k], turned(p[2 * k + 1])),
                      add(h[2 * k], turned(h[2 * k + 1])), false);
        w[k] = sub(zero(), turned(v[k]));
    }
    /* u + v conj(d) = u + re(d) v - im(d) J v */
    for (size_t j = 0; to && j < b->r; j++)
        for (size_t k = 0; k < 2; k++) {
            const vec here = madd(all(s->d + 2 * j), v[k], load(u + j * TILE + k * WIDE));

            store(to + j * TILE + k * WIDE, madd(all(s->d + 2 * j + 1), w[k], here));
        }
}

static void sweep_complex(const struct basis *b, const struct sweep *s, float *moved)
{
    const struct mix mix = mix_of(s);
    const struct sweep w = *s; /* which no store can change */

    for (size_t i = b->tiles * TILE; i > 0; i -= 2 * WIDE)
        sweep_complex_at(b, &w, &mix, moved, i - 2 * WIDE);
}

static void inner_real(const float *restrict w, const float *restrict e, size_t padded,
                       float *q)
{
    vec s[4] = { zero(), zero(), zero(), zero() };

    for (size_t i = 0; i < padded; i += TILE)
        for (size_t k = 0; k < VECS; k++)
            s[k] = madd(load(w + i + k * WIDE), load(e + i + k * WIDE), s[k]);
    q[0] = total(s);
}

static void inner_complex(const float *restrict w, const float *restrict e, size_t padded,
                          float *q)
{
    vec re[4] = { zero(), zero(), zero(), zero() }, im[4] = { zero(), zero(), zero(), zero() };

    for (size_t i = 0; i < padded; i += TILE)
        for (size_t k = 0; k < VECS; k++) {
            const vec x = held(load(w + i + k * WIDE)), y = load(e + i + k * WIDE);

            re[k] = madd(x, y, re[k]);
            im[k] = madd(turned(x), y, im[k]);
        }
    q[0] = total(re);
    q[1] = total(im);
}

/* w = a w + c e; gives |w|^2. */
inlined float nudge(float *w, const float *e, size_t padded, float a, const float *c,
                    const size_t parts)
{
    const vec keep = all(&a), re = all(c), im = all(c + parts - 1);
    vec s[4] = { zero(), zero(), zero(), zero() };

    for (size_t i = 0; i < padded; i += TILE)
        for (size_t k = 0; k < VECS; k++) {
            const vec y = held(load(e + i + k * WIDE));
            const vec add = parts == 1 ? mul(re, y) : madd(im, turned(y), mul(re, y));
            const vec x = madd(keep, load(w + i + k * WIDE), add);

            store(w + i + k * WIDE, x);
            s[k] = madd(x, x, s[k]);
        }
    return total(s);
}

static float nudge_real(float *restrict w, const float *restrict e, size_t padded, float a,
                        const float *c)
{
    return nudge(w, e, padded, a, c, 1);
}

static float nudge_complex(float *restrict w, const float *restrict e, size_t padded, float a,
                           const float *c)
{
    return nudge(w, e, padded, a, c, 2);
}

static const struct kernel variants[2] = {
    { take, gather_real, combine_real, sweep_real, blend, apply, multiply, inner_real,
      nudge_real },
    { take, gather_complex, combine_complex, sweep_complex, blend, apply, multiply,
      inner_complex, nudge_complex },
};
