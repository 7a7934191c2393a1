/* SPDX-License-Identifier: MIT
 *
 * kernel_square.h - what is r x r, on wide registers: see kernel_wide.h.
 *
 * A row is a multiple of 8 floats long.  So its last register may be filled by half,
 * which is what `n` says below: the floats of a register, or of the last of several.
 */
#include "track/kernel.h"

#include <math.h>

/* Whose numbers of registers are constants, so that these can be. */
#define inlined static inline __attribute__((always_inline))

enum { HALF = 8, MOST = 1024 }; /* floats; in a row, at most */

/* s[0] + s[1] + s[2] + s[3] */
static inline vec joined(const vec s[4])
{
    return add(add(s[0], s[1]), add(s[2], s[3]));
}

static inline float total(const vec s[4])
{
    return sum(joined(s));
}

/* So many registers of columns, at X, of a blend: x and z are sqrt(|s|) x, z from these
 * columns on. */
inlined void blend_some(float *X, size_t q, size_t ld, vec keep, vec sign, const float *x,
                        const float *z, const size_t many, const size_t n)
{
    vec here[4];

    for (size_t k = 0; k < many; k++)
        here[k] = mul(sign, load_some(z + k * WIDE, n));
#pragma GCC unroll 4 /* rows */
    for (size_t i = 0; i < q; i++, X += ld) {
        const vec xi = all(x + i);

        for (size_t k = 0; k < many; k++) {
            const vec kept = mul(keep, load_some(X + k * WIDE, n));

            store_some(X + k * WIDE, madd(xi, here[k], kept), n);
        }
    }
}

static void blend(float *restrict X, size_t q, size_t ld, float a, float s,
                  const float *restrict x)
{
    const float root = sqrtf(fabsf(s)), side = s < 0.0f ? -1.0f : 1.0f;
    const vec keep = all(&a), sign = all(&side);
    float z[MOST + WIDE] __attribute__((aligned(64)));
    size_t j = 0;

    for (size_t i = 0; i < ld; i += WIDE)
        store(z + i, mul(all(&root), load_some(x + i, ld - i < WIDE ? HALF : WIDE)));
    for (; j + 4 * WIDE <= ld; j += 4 * WIDE)
        blend_some(X + j, q, ld, keep, sign, z, z + j, 4, WIDE);
    for (; j + WIDE <= ld; j += WIDE)
        blend_some(X + j, q, ld, keep, sign, z, z + j, 1, WIDE);
    if (j < ld)
        blend_some(X + j, q, ld, keep, sign, z, z + j, 1, HALF);
}

/* So many registers of y = X x, from columns X on. */
inlined void apply_some(const float *X, size_t q, size_t ld, const float *x, float *y,
                        const size_t many, const size_t n)
{
    vec s[2][4];
    size_t i = 0;

    for (size_t k = 0; k < 4 * many; k++)
        s[k / 4][k % 4] = zero();
    for (; i + 4 <= q; i += 4, X += 4 * ld)
        for (size_t k = 0; k < 4; k++)
            for (size_t m = 0; m < many; m++)
                s[m][k] = madd(all(x + i + k), load_some(X + k * ld + m * WIDE, n), s[m][k]);
    for (; i < q; i++, X += ld)
        for (size_t m = 0; m < many; m++)
            s[m][0] = madd(all(x + i), load_some(X + m * WIDE, n), s[m][0]);
    for (size_t m = 0; m < many; m++)
        store_some(y + m * WIDE, joined(s[m]), n);
}

static void apply(const float *restrict X, size_t q, size_t ld, const float *restrict x,
                  float *restrict y)
{
    size_t j = 0;

    for (; j + 2 * WIDE <= ld; j += 2 * WIDE)
        apply_some(X + j, q, ld, x, y + j, 2, WIDE);
    for (; j + WIDE <= ld; j += WIDE)
        apply_some(X + j, q, ld, x, y + j, 1, WIDE);
    if (j < ld)
        apply_some(X + j, q, ld, x, y + j, 1, HALF);
}

/* Four rows of Z on so many registers of columns: as many sums, four times. */
inlined void multiply_some(const struct product *m, const float *a, const float *b,
                           float *z, const size_t many, const size_t n)
{
    vec s[4][2];

    for (size_t k = 0; k < 4 * many; k++)
        s[k / many][k % many] = zero();
    for (size_t i = 0; i < m->inner; i++, a++, b += m->ld)
        for (size_t k = 0; k < 4; k++)
            for (size_t c = 0; c < many; c++)
                s[k][c] = madd(all(a + k * m->lda), load_some(b + c * WIDE, n), s[k][c]);
    for (size_t k = 0; k < 4; k++, z += m->ldz)
        for (size_t c = 0; c < many; c++)
            store_some(z + c * WIDE, s[k][c], n);
}

static void multiply(const struct product *m)
{
    size_t i = 0;

    for (; i + 4 <= m->rows; i += 4) {
        const float *const a = m->A + i * m->lda;
        float *const z = m->Z + i * m->ldz;
        size_t j = 0;

        for (; j + 2 * WIDE <= m->ld; j += 2 * WIDE)
            multiply_some(m, a, m->B + j, z + j, 2, WIDE);
        for (; j + WIDE <= m->ld; j += WIDE)
            multiply_some(m, a, m->B + j, z + j, 1, WIDE);
        if (j < m->ld)
            multiply_some(m, a, m->B + j, z + j, 1, HALF);
    }
    for (; i < m->rows; i++)
        apply(m->B, m->inner, m->ld, m->A + i * m->lda, m->Z + i * m->ldz);
}
