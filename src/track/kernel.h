/* SPDX-License-Identifier: MIT
 *
 * kernel.h - the few loops where the time goes, one table a machine and kind
 * of number.  A variant is a file; which one runs is chosen once, in
 * kernel_choose().
 *
 * u_j is direction j, p[r] are coefficients, y[n] a padded vector.  For
 * complex numbers U' is the conjugate transpose.
 */
#ifndef LULL_TRACK_KERNEL_H
#define LULL_TRACK_KERNEL_H

#include "track/basis.h"

#include <stdbool.h>

/* One frame's sweep: what to look at, what to give, how to move.
 *
 *   U     = U + w c'      if there is a w: a turn that was put off
 *   e     = y - U p
 *   x_hat = x_e e + U p + x_h U h
 *   v     = v_e e + v_p U p + v_h U h
 *   U     = U + v d'
 *
 * w, and v as a result, are for real numbers only. */
struct sweep {
    const float *y;         /* [n]                      */
    const float *p, *h, *d; /* [r] coefficients         */
    const float *w, *c;     /* [n], [r]; or NULL        */
    float w_p, w_h;         /* c'p, c'h                 */
    float x_e, x_h, v_e, v_p, v_h;
    float *e, *x_hat, *v; /* [n] results; NULL: not wanted */
};

/* Z = A B; A[rows][lda] has `inner` columns in use, B[inner][ld] and Z[rows][ldz]
 * have ld, a multiple of 8.  Z is neither of the two. */
struct product {
    const float *A, *B;
    float *Z;
    size_t rows, inner, ld, lda, ldz;
};

struct kernel {
    /* to = y, both [n]; gives |y|^2 */
    float (*take)(const float *restrict y, size_t n, float *restrict to);

    /* p = U'y; gives |y|^2, to the bit as take does, if there is any direction. */
    float (*gather)(const struct basis *b, const float *restrict y, float *restrict p);

    /* x = U a */
    void (*combine)(const struct basis *b, const float *restrict a, float *restrict x);

    /* The sweep above; the moved directions go to `moved`, of the same shape
     * as b->U and possibly the same memory; NULL if none moves. */
    void (*sweep)(const struct basis *b, const struct sweep *s, float *moved);

    /* X = a X + s x x' and y = X x for a symmetric X[q][ld], ld a multiple of 8; x
     * and y have ld floats; s is of any sign.  Symmetric to the last bit: both
     * halves round the same product. */
    void (*blend)(float *restrict X, size_t q, size_t ld, float a, float s,
                  const float *restrict x);
    void (*apply)(const float *restrict X, size_t q, size_t ld, const float *restrict x,
                  float *restrict y);

    /* The product above. */
    void (*multiply)(const struct product *m);

    /* q = w'e, of padded vectors. */
    void (*inner)(const float *restrict w, const float *restrict e, size_t padded, float *q);

    /* w = a w + c e; gives |w|^2. */
    float (*nudge)(float *restrict w, const float *restrict e, size_t padded, float a,
                   const float *c);
};

/* parts: 1 real, 2 complex; floats: of all directions, or 0 if the widest registers, which
 * lower the clock, are not to be used.  portable: the one with the same bits everywhere. */
const struct kernel *kernel_choose(size_t parts, size_t floats, bool portable);

/* The variants; [0] real, [1] complex.  NULL where the compiler cannot build
 * or the machine cannot run them. */
const struct kernel *kernel_c(void);
const struct kernel *kernel_avx2(void);
const struct kernel *kernel_avx512(void);
const struct kernel *kernel_neon(void);

#endif
