/* SPDX-License-Identifier: MIT
 *
 * cov.c - keeping a covariance and its inverse in float, for ever.
 *
 *   C = (1 - mu) C + mu p p'
 *   P = (P - w h h') / (1 - mu),   h = P p,  w = mu / (1 - mu + mu p'h)
 *
 * C is a convex average of squares: it cannot run away.  P can, and in the
 * textbook form does before 10^4 frames.  Two things keep it:
 *
 *   - both halves round the same product, so P is symmetric to the last bit;
 *   - one coordinate s = e_j is corrected (polished) at a time, after [GR17].  With
 *     y = (C + rho I) s and z = P y, the BFGS step
 *
 *       P = P - (s z' + z s')/y's + (1 + y'z/y's) s s'/y's
 *
 *     makes P y = s exactly, keeps P positive, and never moves it away from
 *     the inverse (in the norm of C^1/2 P C^1/2 - I).  It touches one row and
 *     column and costs one product: no refresh ever falls due.
 *
 * Cost of a frame: 8 q^2 flops; memory 2 q^2.
 */
#include "track/cov.h"
#include "track/dense.h"
#include "track/vec.h"

#include <math.h>
#include <string.h>

/* Ridge rho over the mean power.  Directions 60 dB below the mean count as
 * having none; less, and float can no longer hold C and P together. */
static const float RIDGE = 1e-6f;

/* frames * mu of a round of polishing in which the error of P grows by at most 3/4.  Above
 * SMALL, P is checked on every frame. */
static const float GROWTH = 0.56f, SMALL = 0.035f;

/* Least power in C, far below that of any frame (guard.c): keeps divisors from zero, and p'P p
 * in the range of float.  A p'P p above MOST is rounding. */
static const float POWER_FLOOR = 1e-19f, MOST = 1e20f;

void cov_place_alone(struct cov *c, struct arena *a, size_t cap, size_t parts)
{
    c->parts = parts;
    c->rows = cap * parts;
    c->ld = (c->rows + 7) / 8 * 8;
    c->C = arena_floats(a, c->rows * c->ld);
    c->P = c->turns = NULL;
    c->tall = c->wide = 0;
    c->x = arena_floats(a, c->ld);
    c->Jx = arena_floats(a, c->ld);
}

void cov_place(struct cov *c, struct arena *a, size_t cap, size_t parts)
{
    cov_place_alone(c, a, cap, parts);
    c->P = arena_floats(a, c->rows * c->ld);
}

void cov_reset(struct cov *c, size_t r, float level)
{
    c->at = 0;
    memset(c->C, 0, c->rows * c->ld * sizeof *c->C);
    c->q = r * c->parts;
    for (size_t i = 0; i < c->q; i++)
        c->C[i * (c->ld + 1)] = level;
    if (!c->P)
        return;
    memset(c->P, 0, c->rows * c->ld * sizeof *c->P);
    for (size_t i = 0; i < c->q; i++)
        c->P[i * (c->ld + 1)] = 1.0f / (level + POWER_FLOOR);
}

float cov_mean(const struct cov *c)
{
    const size_t next = c->ld + 1;
    const float *x = c->C;
    float even = 0, odd = 0; /* a single sum would wait for itself */
    size_t i = 0;

    for (; i + 2 <= c->q; i += 2, x += 2 * next) {
        even += x[0];
        odd += x[next];
    }
    if (i < c->q)
        even += x[0];
    return c->q ? (even + odd) / (float)c->q : 0.0f;
}

static float ridge(const struct cov *c)
{
    return RIDGE * cov_mean(c) + POWER_FLOOR;
}

static void rebuild(struct cov *c)
{
    const float rho = ridge(c);

    memset(c->P, 0, c->q * c->ld * sizeof *c->P);
    for (size_t i = 0; i < c->q; i++)
        c->P[i * (c->ld + 1)] = 1.0f / (c->C[i * (c->ld + 1)] + rho);
}

/* h = P p; gives p'h. */
static float product(const struct cov *c, const float *p, float *h)
{
    c->kernel->apply(c->P, c->q, c->ld, p, h);
    return vec_dot(p, h, c->ld);
}

/* Whether p'h is what a sound P could give; also false if it is NaN. */
static bool possible(float ph)
{
    return ph >= 0.0f && ph < 1e30f;
}

float cov_look(const struct cov *c, const float *p, float *h)
{
    const float ph = product(c, p, h);

    return possible(ph) ? ph : -1.0f;
}

float cov_solve(struct cov *c, const float *p, float *h)
{
    const float ph = product(c, p, h);

    if (possible(ph))
        return ph;
    rebuild(c);
    return product(c, p, h);
}

void cov_blend(struct cov *c, float *X, float keep, float s, const float *x)
{
    c->kernel->blend(X, c->q, c->ld, keep, s, x);
    if (c->parts == 1)
        return;
    for (size_t i = 0; i < c->ld; i += 2) {
        c->Jx[i] = -x[i + 1];
        c->Jx[i + 1] = x[i];
    }
    c->kernel->blend(X, c->q, c->ld, 1.0f, s, c->Jx);
}

void cov_add_pair(struct cov *c, float *X, const float *x, const float *z, float *scratch)
{
    /* x z' + z x' = ((a x + z/a)(..)' - (a x - z/a)(..)')/2; a makes the two
     * equally long, so that little cancels. */
    const float x2 = vec_dot(x, x, c->q), z2 = vec_dot(z, z, c->q);

    if (!(x2 > 0.0f && z2 > 0.0f))
        return;
    const float a = sqrtf(sqrtf(z2 / x2));

    for (size_t i = 0; i < c->ld; i++)
        scratch[i] = a * x[i] + z[i] / a;
    cov_blend(c, X, 1.0f, 0.5f, scratch);
    for (size_t i = 0; i < c->ld; i++)
        scratch[i] = a * x[i] - z[i] / a;
    cov_blend(c, X, 1.0f, -0.5f, scratch);
}

void cov_update(struct cov *c, float mu, const float *p, const float *h, float ph)
{
    const float keep = 1.0f - mu; /* at least 1/2 */

    cov_blend(c, c->C, keep, mu, p);
    cov_blend(c, c->P, 1.0f / keep, -mu / (keep * (keep + mu * ph)), h);
}

/* Writes column x as row and column j of P; a complex one also as J x. */
static void put_column(struct cov *c, size_t j, const float *x)
{
    for (size_t i = 0; i < c->q; i++)
        c->P[j * c->ld + i] = c->P[i * c->ld + j] = x[i];
    if (c->parts == 1)
        return;
    for (size_t i = 0; i < c->q; i += 2) {
        c->P[(j + 1) * c->ld + i] = c->P[i * c->ld + j + 1] = -x[i + 1];
        c->P[(j + 1) * c->ld + i + 1] = c->P[(i + 1) * c->ld + j + 1] = x[i];
    }
}

static void polish(struct cov *c, size_t j, float rho)
{
    float *const y = c->x, *const z = c->Jx;

    memcpy(y, c->C + j * c->ld, c->ld * sizeof *y);
    y[j] += rho;
    c->kernel->apply(c->P, c->q, c->ld, y, z);

    const float per = 1.0f / y[j], yz = vec_dot(y, z, c->ld);
    const float *const was = c->P + j * c->ld;
    const float corner = was[j] - 2.0f * z[j] * per + (1.0f + yz * per) * per;

    for (size_t i = 0; i < c->ld; i += 8)
        for (size_t k = i; k < i + 8; k++)
            y[k] = was[k] - per * z[k];
    y[j] = corner;
    if (c->parts == 2)
        y[j + 1] = 0.0f;
    put_column(c, j, y);
}

/* Whether P is finite and positive.  What overflows off the diagonal does so on it, too: only
 * that need be looked at. */
static bool sound(const struct cov *c)
{
    bool fine = true;

    for (size_t i = 0; i < c->q; i++)
        fine &= c->P[i * (c->ld + 1)] > 0.0f && c->P[i * (c->ld + 1)] < MOST;
    return fine;
}

void cov_heal(struct cov *c)
{
    if (!sound(c))
        rebuild(c);
}

/* Frames in a round: q, or more if mu is small; without a coordinate nothing is done. */
static size_t round_of(const struct cov *c, float mu)
{
    const size_t most = mu * COV_ROUND < GROWTH ? COV_ROUND : (size_t)(GROWTH / mu);

    return most > c->q ? most : c->q;
}

void cov_polish(struct cov *c, float mu)
{
    const size_t round = round_of(c, mu);

    for (size_t count = 1 + (size_t)(7.0f * mu); count && c->q; count--) {
        c->at = c->at + c->parts < round ? c->at + c->parts : 0;
        if (c->at < c->q)
            polish(c, c->at, ridge(c));
    }
    if (mu > SMALL || c->at == 0) /* a round makes no number overflow that was sound */
        cov_heal(c);
}

void cov_set(struct cov *c, float *M, float *X, float *Y)
{
    const struct dense d = { c->kernel, c->q, c->ld, c->parts, c->x };

    dense_mirror(&d, M);
    for (size_t i = 0; i < c->q; i++)
        memcpy(c->C + i * c->ld, M + i * c->ld, c->q * sizeof *M);
    const float rho = ridge(c);

    for (size_t i = 0; i < c->q; i++)
        M[i * (c->ld + 1)] += rho;
    dense_root(&d, M, X);
    dense_transpose(&d, X, c->q, c->ld, Y, c->ld);
    dense_product(&d, X, c->q, c->ld, Y, c->q, c->P);
    dense_mirror(&d, c->P);
    cov_heal(c);
}

void cov_scale(struct cov *c, float f)
{
    const float per = 1.0f / f;

    for (size_t i = 0; i < c->q * c->ld; i++)
        c->C[i] *= f;
    for (size_t i = 0; c->P && i < c->q * c->ld; i++)
        c->P[i] *= per;
}

/* Without overflow: a double holds the squares of any floats. */
static float length_of(float a, float b)
{
    return (float)sqrt((double)a * (double)a + (double)b * (double)b);
}

float cov_angle(const struct cov *c, size_t j, size_t k, float *s)
{
    const size_t parts = c->parts;
    const float *x = c->C + j * parts * c->ld + k * parts;
    const float re = x[0], im = parts == 2 ? -x[1] : 0.0f; /* C(j, k) */
    const float size = parts == 2 ? length_of(re, im) : fabsf(re);
    const float gap = cov_power(c, j) - cov_power(c, k);
    const float reach = length_of(2.0f * size, gap);

    if (!(reach > 0.0f)) {
        s[0] = s[parts - 1] = 0.0f;
        return 1.0f;
    }
    /* Twice the angle has cosine gap/reach; halved where nothing cancels. */
    const float far = sqrtf(0.5f + 0.5f * fabsf(gap) / reach);
    const float near = size / (reach * far);
    const float cosine = gap >= 0.0f ? far : near, sine = gap >= 0.0f ? near : far;

    s[0] = size > 0.0f ? sine * (re / size) : sine;
    if (parts == 2)
        s[1] = size > 0.0f ? -sine * (im / size) : 0.0f;
    return cosine;
}

/* (a, b) <- (c a + conj(s) b, c b - s a); imaginary parts lie `step` on. */
static void turn(float *a, float *b, size_t step, size_t parts, float c, const float *s)
{
    const float a0 = a[0], b0 = b[0];

    if (parts == 1) {
        a[0] = c * a0 + s[0] * b0;
        b[0] = c * b0 - s[0] * a0;
        return;
    }
    const float a1 = a[step], b1 = b[step];

    a[0] = c * a0 + s[0] * b0 + s[1] * b1;
    a[step] = c * a1 + s[0] * b1 - s[1] * b0;
    b[0] = c * b0 - s[0] * a0 + s[1] * a1;
    b[step] = c * b1 - s[0] * a1 - s[1] * a0;
}

/* Rows j and k are turned as rows, and where they cross the columns j and k, as
 * columns; what else these hold is the same by symmetry. */
static void turn_matrix(const struct cov *c, float *X, size_t j, size_t k, float cosine,
                        const float *s)
{
    const size_t parts = c->parts, ld = c->ld;
    float *const a = X + j * parts * ld, *const b = X + k * parts * ld;

    j *= parts;
    k *= parts;
    if (parts == 1)
        vec_turn(a, b, c->q, cosine, s[0]);
    for (size_t i = 0; parts == 2 && i < c->q; i++)
        turn(a + i, b + i, ld, parts, cosine, s);
    for (size_t m = 0; m < parts; m++) {
        turn(a + m * ld + j, a + m * ld + k, 1, parts, cosine, s);
        turn(b + m * ld + j, b + m * ld + k, 1, parts, cosine, s);
    }
    for (size_t m = 0; m < parts; m++)
        for (size_t i = 0; i < c->q; i++) {
            X[i * ld + j + m] = a[m * ld + i];
            X[i * ld + k + m] = b[m * ld + i];
        }
}

void cov_turn_pair(struct cov *c, size_t j, size_t k, float cosine, const float *s)
{
    turn_matrix(c, c->C, j, k, cosine, s);
    if (c->P)
        turn_matrix(c, c->P, j, k, cosine, s);
    for (size_t i = 0; i < c->tall; i++)
        turn(c->turns + i * c->wide + j * c->parts, c->turns + i * c->wide + k * c->parts, 1,
             c->parts, cosine, s);
}

/* Direction j of X is alone and has no power. */
static void clear(struct cov *c, float *X, size_t j)
{
    for (size_t m = j * c->parts; m < (j + 1) * c->parts; m++)
        for (size_t i = 0; i < c->q; i++)
            X[m * c->ld + i] = X[i * c->ld + m] = 0.0f;
}

/* The inverse of C without direction j: P - P_j P_j' / P_jj. */
static void drop_of_inverse(struct cov *c, size_t j)
{
    const size_t from = j * c->parts;
    const float corner = c->P[from * (c->ld + 1)];
    float x[2 * COV_MOST] = { 0 };

    for (size_t i = 0; i < c->q; i++)
        x[i] = i < from || i >= from + c->parts ? c->P[from * c->ld + i] : 0.0f;
    if (corner > 0.0f)
        cov_blend(c, c->P, 1.0f, -1.0f / corner, x);
    clear(c, c->P, j);
}

void cov_stretch(struct cov *c, size_t j, float f)
{
    for (size_t i = 0; i < c->q; i++) {
        c->C[i * c->ld + j] *= f;
        c->C[j * c->ld + i] *= f;
        if (!c->P)
            continue;
        c->P[i * c->ld + j] /= f;
        c->P[j * c->ld + i] /= f;
    }
}

/* C <- T C T', P <- T^-T P T^-1 with T = I + q e_j', T^-1 = I - q e_j'. */
void cov_shear(struct cov *c, size_t j, const float *q)
{
    const size_t ld = c->ld;
    float *const Cj = c->C + j * ld, *const Pj = c->P ? c->P + j * ld : NULL;

    for (size_t i = 0; i < c->q; i++)
        for (size_t k = 0; k < c->q; k++)
            c->C[i * ld + k] += q[i] * Cj[k];
    for (size_t i = 0; i < c->q; i++)
        for (size_t k = 0; k < c->q; k++)
            c->C[i * ld + k] += q[k] * c->C[i * ld + j];
    for (size_t i = 0; Pj && i < c->q; i++)
        for (size_t k = 0; k < c->q; k++)
            c->P[i * ld + j] -= q[k] * c->P[i * ld + k];
    for (size_t i = 0; Pj && i < c->q; i++)
        for (size_t k = 0; k < c->q; k++)
            Pj[k] -= q[i] * c->P[i * ld + k];
}

void cov_drop_last(struct cov *c)
{
    const size_t last = c->q / c->parts - 1;

    if (c->P)
        drop_of_inverse(c, last);
    clear(c, c->C, last);
    c->q -= c->parts;
    c->at = 0;
}

void cov_renew(struct cov *c, size_t j, float level)
{
    if (c->P)
        drop_of_inverse(c, j);
    clear(c, c->C, j);
    for (size_t m = j * c->parts; m < (j + 1) * c->parts; m++) {
        c->C[m * (c->ld + 1)] = level;
        if (c->P)
            c->P[m * (c->ld + 1)] = 1.0f / (level + POWER_FLOOR);
    }
}

void cov_grow(struct cov *c, float level)
{
    for (size_t m = 0; m < c->parts; m++, c->q++) {
        c->C[c->q * (c->ld + 1)] = level;
        if (c->P)
            c->P[c->q * (c->ld + 1)] = 1.0f / (level + POWER_FLOOR);
    }
}
