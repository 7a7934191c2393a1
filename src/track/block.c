/* SPDX-License-Identifier: MIT
 *
 * block.c - b frames at once: the r strongest directions of
 *
 *   S = keep U C U' + sum w_i y_i y_i',    y_i = U p_i + e_i.
 *
 * They lie in the span of U and E = (e_1 .. e_b), so that all of it can be done
 * with the coefficients Z = (Z1; Z2) of U Z1 + E Z2.  With P, T and W the rows
 * p_i', the rows y_i'(U Z1 + E Z2) and the weights, and G = E'E,
 *
 *   T = P Z1 + G Z2,    S (U Z1 + E Z2) = U (keep C Z1 + P'W T) + E W T
 *
 * is one round of orthogonal iteration [GV13, 8.2], of size r + b instead of n.
 * It is multiplied by the inverse of M = Z'S Z, which leaves the subspace what it
 * is and Z'Z near I, so that Cholesky is good enough to make it I.  From Z1 = I the
 * first round is least squares with forgetting; the next come close to the
 * decomposition, or find that the directions they would tell apart are noise.
 * M is the new C.
 *
 * Where there is no signal, and no noise either, S Z would be rounding and M^-1 would
 * make it large.  So the rounds see S + rho U U': directions that have less than
 * rho, FAINT of all power, stay where they are.
 *
 * A frame costs one sweep that moves nothing and its part of G; the b-th all the rest in
 * one piece.  That is never less than rls.c, and from 2 to 3 times it: e and x_hat cannot
 * wait for the others of the block, which is 6 n r flops of rls's 8 n r; G and the new
 * directions alone exceed the other 2.
 *
 * Cost of b frames: 6 n r b for the frames, n b^2 for G, 2 n r (r + b) for the new
 * directions, O((r + b)^2 r) for Z.
 */
#include "track/dense.h"
#include "track/rule.h"
#include "track/vec.h"

#include <math.h>
#include <string.h>

static const float LARGEST = 0.5f; /* C remembers at least two frames or so       */
static const float FAR = 1.0f;     /* |Z'Z - I|^2 that Cholesky needs two goes for */
static const float CLOSE = 1e-11f; /* |Z'Z - I|^2: the squared sine of the turn    */
static const float SLOW = 0.1f;    /* of the round before: nothing to tell apart   */
static const float FAINT = 1e-5f;  /* of all power: less is rounding              */
enum { ROUNDS = 3 };

static void place(struct rule_state *s, struct arena *a)
{
    struct gathered *const b = &s->block;
    const struct basis *const U = s->U;

    cov_place(&s->cov, a, U->cap, U->parts);
    const size_t ld = s->cov.ld, m = (b->most * U->parts + 7) / 8 * 8, rows = ld + m;

    b->ld = ld;
    b->wide = rows;
    b->weight = arena_floats(a, b->most);
    basis_place(&b->E, a, U->n, b->most, U->parts);
    b->D = arena_floats(a, m * rows);
    basis_place(&b->Q, a, TILE, U->cap + b->most, U->parts);
    b->Z = arena_floats(a, rows * ld);
    b->V = arena_floats(a, rows * ld);
    b->R = arena_floats(a, rows * ld);
    b->Pt = arena_floats(a, ld * m);
    b->Zt = arena_floats(a, ld * rows);
    b->M = arena_floats(a, ld * ld);
    b->X = arena_floats(a, ld * ld);
    b->x = arena_floats(a, basis_padded(U));
    s->cov.turns = b->D;
    s->cov.wide = rows;
}

static void begin(struct rule_state *s)
{
    s->block.filled = s->cov.tall = 0;
    s->block.keep = 1.0f;
}

static void reset(struct rule_state *s, size_t r, float level)
{
    struct gathered *const b = &s->block;

    cov_reset(&s->cov, r, level);
    memset(b->weight, 0, b->most * sizeof *b->weight);
    memset(b->D, 0, (b->wide - b->ld) * b->wide * sizeof *b->D);
    memset(b->E.U, 0, basis_floats(&b->E) * sizeof *b->E.U);
    begin(s);
}

static void update(struct rule_state *s, const struct look *f, struct motion *m)
{
    struct gathered *const b = &s->block;
    const float mu = fminf(f->mu, LARGEST);
    float *const row = b->D + b->filled * s->U->parts * b->wide;

    m->ph = cov_solve(&s->cov, f->p, m->h);
    m->h2 = vec_square(m->h, s->cov.ld);
    m->d = m->room;
    m->d2 = 1;
    m->per = m->pull = 0;
    m->along_p = true;
    memset(m->room, 0, s->cov.ld * sizeof *m->room);

    memset(row, 0, b->wide * sizeof *row);
    memcpy(row, f->p, s->cov.q * sizeof *row);
    b->loud = f->weight;
    for (size_t i = 0; i < b->filled; i++)
        b->weight[i] *= 1.0f - mu;
    b->weight[b->filled] = mu;
    b->keep *= 1.0f - mu;
}

void gathered_complete(struct gathered *b, size_t f)
{
    const size_t parts = b->E.parts, at = f * parts, ld = b->ld;
    float *const row = b->D + at * b->wide, *const turned = row + b->wide;

    for (size_t i = 0; parts == 2 && i < b->wide; i += 2) {
        turned[i] = -row[i + 1];
        turned[i + 1] = row[i];
    }
    for (size_t i = 0; i < at; i++)
        for (size_t m = 0; m < parts; m++)
            b->D[i * b->wide + ld + at + m] = b->D[(at + m) * b->wide + ld + i];
}

static struct dense dense_of(const struct rule_state *s)
{
    const struct cov *const c = &s->cov;

    return (struct dense){ c->kernel, c->q, c->ld, c->parts, s->block.x };
}

/* The ridge: FAINT of all the power in S. */
static float ridge(const struct rule_state *s, size_t m)
{
    const struct gathered *const b = &s->block;
    float sum = b->keep * cov_mean(&s->cov) * (float)s->cov.q;

    for (size_t i = 0; i < m; i++) {
        const float *const row = b->D + i * b->wide;

        sum += b->weight[i / s->cov.parts] * (vec_square(row, s->cov.q) + row[b->ld + i]);
    }
    return FAINT * sum;
}

/* [Z1; T] becomes [keep C Z1 + rho Z1; W T]. */
static void image(struct rule_state *s, size_t m, float rho)
{
    struct gathered *const b = &s->block;
    const struct cov *const c = &s->cov;
    const struct dense d = dense_of(s);
    const size_t ld = b->ld, parts = c->parts;

    dense_product(&d, c->C, c->q, ld, b->V, c->q, b->R);
    for (size_t i = 0; i < c->q * ld; i++)
        b->R[i] = b->keep * b->R[i] + rho * b->V[i];
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < ld; j++)
            b->R[(ld + i) * ld + j] = b->weight[i / parts] * b->V[(ld + i) * ld + j];
}

/* M = A'B for A, B[rows][ld]. */
static void gram(struct rule_state *s, const float *A, const float *B, size_t rows)
{
    const struct gathered *const b = &s->block;
    const struct dense d = dense_of(s);

    dense_transpose(&d, A, rows, b->ld, b->Zt, b->wide);
    dense_product(&d, b->Zt, s->cov.q, b->wide, B, rows, b->M);
}

static void swap(float **a, float **b)
{
    float *const was = *a;

    *a = *b;
    *b = was;
}

/* R = (keep C Z1 + rho Z1; W T) and M = Z'(S + rho U U') Z. */
static void covariance(struct rule_state *s, size_t m, float rho)
{
    image(s, m, rho);
    gram(s, s->block.V, s->block.R, s->block.ld + m);
}

/* Z <- (S Z) M^-1; M is that of Z before. */
static void iterate(struct rule_state *s, size_t m)
{
    struct gathered *const b = &s->block;
    const struct dense d = dense_of(s);
    const size_t ld = b->ld, rows = ld + m;

    dense_product(&d, b->Pt, d.q, b->wide - ld, b->R + ld * ld, m, b->Z);
    for (size_t i = 0; i < d.q * ld; i++)
        b->R[i] += b->Z[i]; /* keep C Z1 + P'W T */
    dense_root(&d, b->M, b->X);
    dense_product(&d, b->R, rows, ld, b->X, d.q, b->Z);
    dense_transpose(&d, b->X, d.q, ld, b->M, ld);
    dense_product(&d, b->Z, rows, ld, b->M, d.q, b->R);
    swap(&b->Z, &b->R);
}

/* Z <- Z Y with Z'Z = I, V = (Z1; T).  Gives how far from I it was, squared. */
static float orthonormalise(struct rule_state *s, size_t m)
{
    struct gathered *const b = &s->block;
    const struct dense d = dense_of(s);
    const size_t ld = b->ld, rows = ld + m;
    float *const T = b->R + ld * ld;
    float far = 0;

    memcpy(b->V, b->Z, ld * ld * sizeof *b->V);
    dense_product(&d, b->D + ld, m, b->wide, b->Z + ld * ld, m, b->V + ld * ld);
    gram(s, b->Z, b->V, rows);
    for (size_t i = 0; i < d.q; i++) {
        b->M[i * (ld + 1)] -= 1.0f; /* exact near 1, and so is the way back */
        far += vec_square(b->M + i * ld, d.q);
        b->M[i * (ld + 1)] += 1.0f;
    }
    dense_root(&d, b->M, b->X);

    dense_product(&d, b->D, m, b->wide, b->Z, d.q, T); /* P Z1 + G Z2 */
    for (size_t i = 0; i < m * ld; i++)
        T[i] += b->V[ld * ld + i];
    dense_product(&d, T, m, ld, b->X, d.q, b->V + ld * ld);
    dense_product(&d, b->Z, rows, ld, b->X, d.q, b->R);
    swap(&b->Z, &b->R);
    memcpy(b->V, b->Z, ld * ld * sizeof *b->V);
    return far;
}

/* The coefficients of the new directions to Z, their covariance to M.  False if there are
 * none: the C of a loaded state may be no covariance. */
static bool decompose(struct rule_state *s, size_t m)
{
    struct gathered *const b = &s->block;
    const struct dense d = dense_of(s);
    const size_t ld = b->ld, rows = ld + m;
    const float rho = ridge(s, m);
    float far = INFINITY, before;
    int round = 0;

    memset(b->V, 0, rows * ld * sizeof *b->V);
    memset(b->R, 0, rows * ld * sizeof *b->R);
    memset(b->Z, 0, rows * ld * sizeof *b->Z);
    memset(b->M, 0, ld * ld * sizeof *b->M); /* what a direction that went has left there */
    for (size_t i = 0; i < d.q; i++)
        b->V[i * (ld + 1)] = 1.0f;
    for (size_t i = 0; i < m; i++)
        memcpy(b->V + (ld + i) * ld, b->D + i * b->wide, d.q * sizeof *b->V);
    dense_transpose(&d, b->D, m, b->wide, b->Pt, b->wide - ld);

    do {
        covariance(s, m, rho);
        before = far;
        iterate(s, m);
        far = orthonormalise(s, m);
        if (far > FAR)
            orthonormalise(s, m);
    } while (++round < ROUNDS && far > CLOSE && far <= SLOW * before);
    covariance(s, m, 0.0f);
    return far < INFINITY;
}

/* U <- U Z1 + E Z2, tile by tile. */
static void turn(struct rule_state *s, size_t m)
{
    struct gathered *const b = &s->block;
    struct basis *const U = s->U;
    const struct dense d = dense_of(s);
    const size_t of_U = U->r * TILE, of_E = b->filled * TILE;

    dense_transpose(&d, b->Z, d.q, b->ld, b->Zt, b->wide);
    dense_transpose(&d, b->Z + b->ld * b->ld, m, b->ld, b->Zt + d.q, b->wide);
    b->Q.r = U->r + b->filled;
    for (size_t t = 0; t < U->tiles; t++) {
        float *const u = U->U + t * U->cap * TILE;

        memcpy(b->Q.U, u, of_U * sizeof *u);
        memcpy(b->Q.U + of_U, b->E.U + t * b->E.cap * TILE, of_E * sizeof *u);
        for (size_t j = 0; j < U->r; j++)
            s->cov.kernel->combine(&b->Q, b->Zt + j * U->parts * b->wide, u + j * TILE);
    }
}

static void flush(struct rule_state *s)
{
    const size_t m = s->block.filled * s->U->parts;

    if (m && s->U->r && decompose(s, m)) {
        turn(s, m);
        cov_set(&s->cov, s->block.M, s->block.X, s->block.R);
    } else if (m && s->U->r) {
        cov_reset(&s->cov, s->U->r, cov_mean(&s->cov));
    }
    begin(s);
}

static void settle(struct rule_state *s, const float *e)
{
    struct gathered *const b = &s->block;
    const size_t parts = s->U->parts;

    memset(b->x, 0, basis_padded(s->U) * sizeof *b->x);
    for (size_t i = 0; i < s->U->n; i++)
        b->x[i] = b->loud * e[i];
    basis_set(&b->E, b->filled, b->x);
    b->E.r = b->filled + 1;
    s->cov.kernel->gather(&b->E, b->x, b->D + b->filled * parts * b->wide + b->ld);
    gathered_complete(b, b->filled);
    b->filled++;
    s->cov.tall = b->filled * parts;
    if (b->filled == b->most)
        flush(s);
}

const struct rule rule_block = { place, reset, update, settle, flush };
