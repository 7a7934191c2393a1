/* SPDX-License-Identifier: MIT
 *
 * lull_tracker.h - the tracker of lull: a low-rank subspace that follows a
 * stream of vectors, X(k+1) = f(X(k), y(k)), and each vector cleaned by it.
 *
 *     lull_tracker_config cfg = lull_tracker_defaults(64, 4);
 *     lull_status why;
 *     lull_tracker *t = lull_tracker_new(&cfg, &why);
 *     if (!t)
 *         return complain(lull_strerror(why));
 *     while (read_vector(y))
 *         lull_tracker_update(t, y, NULL, x_hat), use(x_hat);
 *     lull_tracker_free(t);
 *
 * A frame y is dim numbers: x + noise, where x lies in, or near, a subspace of
 * few dimensions that may turn, jump, grow and shrink.  Real numbers are
 * floats; complex ones are pairs of floats, real part first, so that a frame
 * is float[2 dim].  `y[n]` in a comment means n numbers of either kind.
 * Signals may have any scale from 1e-12 to 1e12.
 *
 * All memory is taken in lull_tracker_new().  Functions marked LULL_RT never
 * allocate, lock, block, call the system or fail, and do bounded work.  One
 * tracker serves one thread at a time; distinct trackers are independent.
 */
#ifndef LULL_TRACKER_H
#define LULL_TRACKER_H

#include "lull.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { LULL_MAX_DIM = 65536, LULL_MAX_BLOCK = 256 };

typedef struct lull_tracker lull_tracker; /* one subspace; opaque */

/* How a frame moves the subspace. */
typedef enum {
    LULL_RLS,      /* least squares with forgetting, as a rotation: use this            */
    LULL_EXACT,    /* incremental singular value decomposition, one frame at a time     */
    LULL_GRADIENT, /* steepest descent; least work, speed depends on the signal's power */
    LULL_BLOCK     /* decomposition of `block` frames at once: 2 or 3 times the work of
                      least squares, most of it on one frame                        */
} lull_rule;

/* What is given back for a frame, with p the coefficients in the subspace. */
typedef enum {
    LULL_WIENER,     /* each direction, and the rest of y, weighted by its signal's
                        share of its power                                        */
    LULL_PROJECTION, /* the part of y that lies in the subspace                    */
    LULL_ONLY_TRACK  /* nothing: x_hat is not touched                              */
} lull_shrinkage;

/* The covariance of the noise in a frame, and what noise_shape holds for it.  Complex
 * noise is circular: levels and rho are real. */
typedef enum {
    LULL_WHITE,            /* white; noise_shape is not used                          */
    LULL_LEVELS,           /* independent; standard deviations, [dim] floats > 0      */
    LULL_AR1,              /* e(i) = rho e(i-1) + white; rho, 1 float in (-1, 1)      */
    LULL_COVARIANCE,       /* any; covariance, [dim][dim] floats; real frames only    */
    LULL_LEVELS_ESTIMATED, /* as LULL_LEVELS, learned; not used                       */
    LULL_AR1_ESTIMATED     /* as LULL_AR1, learned; not used                          */
} lull_noise;

typedef struct {
    size_t dim;               /* numbers in a frame, 1..LULL_MAX_DIM                       */
    size_t rank;              /* directions, 1..min(LULL_MAX_RANK, dim); the most of them
                               * if auto_rank                                              */
    int complex_numbers;      /* 1: frames are complex                                     */
    lull_rule rule;
    float step;               /* weight of the newest frame, in (0, 1]: the subspace
                               * remembers 2/step - 1 frames.  0: found automatically      */
    lull_shrinkage shrinkage;
    int auto_rank;            /* 1: directions come and go with the signal; not with
                               * LULL_GRADIENT                                             */
    int robust;               /* 1: grossly wrong entries are found and left out           */
    lull_noise noise;
    const float *noise_shape; /* see lull_noise; copied                                    */
    size_t hop;               /* numbers by which a frame is newer than the last, where
                               * frames overlap, 1..dim; 0: they do not                    */
    size_t block;             /* LULL_BLOCK: frames at once, 1..LULL_MAX_BLOCK; cheapest
                               * from `rank` on, and at 16 or more                         */
    const float *base;        /* [base_rank][dim] orthonormal directions that are known
                               * and stay: the tracker adds what they lack; copied         */
    size_t base_rank;         /* 0..LULL_MAX_RANK; base_rank + rank <= dim                 */
    int portable;             /* 1: the same bits on every machine that computes floats as
                               * floats (not x87), at a third to a half of the speed       */
} lull_tracker_config;

/* RLS, automatic step, Wiener shrinkage, fixed rank, white noise; change
 * fields as you like, then lull_tracker_new(). */
LULL_API lull_tracker_config lull_tracker_defaults(size_t dim, size_t rank);

/* A new tracker, or NULL with the reason in *why (why may be NULL): no memory,
 * or LULL_BAD_DIM .. LULL_BAD_BASE for a field out of range. */
LULL_API lull_tracker *lull_tracker_new(const lull_tracker_config *cfg, lull_status *why);
LULL_API void lull_tracker_free(lull_tracker *t); /* NULL is fine */

/* Learns from frame y[dim] and gives x_hat[dim], the frame without its noise,
 * as seen with the subspace of the frames before.  x_hat may be y, or NULL.
 *
 * known[dim] says which entries are known (not 0) and which missing (0); NULL
 * if all are.  An entry that is not finite, or beyond 1e18, counts as missing.
 * Missing entries are completed in x_hat.  A frame of silence, and one with no
 * more known entries than there are directions, is not learned from. */
LULL_API void lull_tracker_update(lull_tracker *t, const float *y, const unsigned char *known,
                                  float *x_hat) LULL_RT;

/* Forgets the signal: the tracker is as new. */
LULL_API void lull_tracker_reset(lull_tracker *t) LULL_RT;

/* Directions in use, without those of the base. */
LULL_API size_t lull_tracker_rank(const lull_tracker *t) LULL_RT;

/* The step in force, in (0, 1]. */
LULL_API float lull_tracker_step(const lull_tracker *t) LULL_RT;

/* Power of the noise in one entry (after whitening, if the noise is coloured). */
LULL_API float lull_tracker_noise(const lull_tracker *t) LULL_RT;

/* Abrupt changes of the subspace noticed so far: automatic step or rank only. */
LULL_API unsigned lull_tracker_changes(const lull_tracker *t) LULL_RT;

/* Copies the directions into basis[rank][dim], orthonormal, and the mean power
 * of the frames along each into energies[rank].  Either may be NULL.  With coloured
 * noise they are those of the whitened frames.
 *
 * Strongest first, but sorted one pair a frame: after a change it takes up to about
 * 4 rank^2 frames, and two of about the same power may stand either way.  Not sorted
 * with LULL_GRADIENT. */
LULL_API void lull_tracker_basis(const lull_tracker *t, float *basis, float *energies) LULL_RT;

/* Adds to `into` what `from` has seen, as if one tracker had seen both streams:
 * exact up to what each left outside its subspace.  LULL_WRONG_STATE unless both have
 * the same dim, kind of number and noise (not an estimated one), and a rule other than
 * LULL_GRADIENT.  Takes memory for the time of the call; LULL_NO_MEMORY if there is
 * none. */
LULL_API lull_status lull_tracker_merge(lull_tracker *into, const lull_tracker *from);

/* Saves the state to buf[size] and returns its size in bytes, which depends on the
 * configuration alone; writes nothing if size is less.  The format is portable between
 * machines. */
LULL_API size_t lull_tracker_save(const lull_tracker *t, void *buf, size_t size) LULL_RT;

/* Restores a saved state: the output continues, bit for bit, as that of the saved
 * tracker would have.  LULL_BAD_STATE: damaged, of another version, or not a state at
 * all; LULL_WRONG_STATE: of another configuration.  After either, the tracker is
 * unchanged. */
LULL_API lull_status lull_tracker_load(lull_tracker *t, const void *buf, size_t size) LULL_RT;

/* Bytes that this tracker takes. */
LULL_API size_t lull_tracker_memory(const lull_tracker *t) LULL_RT;

/* The most directions that fit a budget, 0 if not even one does.  A frame
 * costs about 8 dim flops and 12 dim bytes of memory traffic per direction,
 * four times and twice that if complex.  A budget of 0 is no limit. */
LULL_API size_t lull_rank_for_budget(size_t dim, int complex_numbers, double frames_per_second,
                                     double flops_per_second, double bytes_per_second);

/* The k largest singular values s[k] of A[m][n], with U[m][k] and V[n][k] such
 * that A V = U diag(s); U or V may be NULL.  Takes memory for the time of the
 * call.  Good to 1e-4 of s[0] where s[k-1] stands out from the rest; bounded
 * work, 9 passes over A.  LULL_BAD_RANK unless 1 <= k <= min(m, n, 256),
 * LULL_BAD_DIM unless n <= LULL_MAX_DIM, LULL_BAD_NUMBER if A is not finite. */
LULL_API lull_status lull_svd_truncated(const float *A, size_t m, size_t n, size_t k, float *s,
                                        float *U, float *V);

/* A[m][k] and B[k][n] whose product comes closest to W[m][n]: the sum of squares of
 * W - A B is within 1 % of the least.  The rows of B are orthonormal, strongest first.
 *
 * *k is the rank.  0: it is estimated, as the number of directions that rise above the
 * noise of W, perhaps none, and left in *k; A and B must then have room for
 * min(m, n, LULL_MAX_RANK).
 *
 * An entry that is NAN is missing: A B then fits those that are known, and is the best
 * guess of the others; a row or column without a known entry comes out as 0.
 *
 * Takes memory for the time of the call; bounded work.  LULL_BAD_DIM unless 1 <= m and
 * 1 <= n <= LULL_MAX_DIM, LULL_BAD_RANK unless *k <= min(m, n, LULL_MAX_RANK),
 * LULL_BAD_NUMBER if an entry is beyond 1e30: A, B and *k are then unchanged. */
LULL_API lull_status lull_factorize(const float *W, size_t m, size_t n, size_t *k, float *A,
                                    float *B);

#ifdef __cplusplus
}
#endif
#endif
