/* SPDX-License-Identifier: MIT
 *
 * check.h - what every test shares: cmocka, and randomness that repeats.
 */
#ifndef LULL_TESTS_CHECK_H
#define LULL_TESTS_CHECK_H

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* xorshift64* [V16]; seed with anything but 0. */
struct dice {
    uint64_t state;
};

uint64_t dice_word(struct dice *d);
double dice_uniform(struct dice *d);    /* 0 <= x < 1            */
double dice_normal(struct dice *d);     /* mean 0, variance 1    */

/* Power of a Gaussian whose mean power is m: exponential. */
float dice_power(struct dice *d, double m);

/* n samples of white noise of that standard deviation. */
void dice_noise(struct dice *d, float *x, size_t n, double sigma);

/* n of variance 1, to be freed, aligned for any register. */
float *dice_vector(struct dice *d, size_t n);

/* So many zeros for a stage; those of the one before are gone. */
enum { FRESH = 1 << 22 };
struct arena fresh_arena(void);

/* A bound, told in numbers when it does not hold. */
#define assert_at_most(x, most)                                                               \
    do {                                                                                      \
        const double got_ = (double)(x), most_ = (double)(most);                              \
        if (!(got_ <= most_))                                                                 \
            fail_msg("%s is %g, more than %g", #x, got_, most_);                              \
    } while (0)
#define assert_at_least(x, least)                                                             \
    do {                                                                                      \
        const double got_ = (double)(x), least_ = (double)(least);                            \
        if (!(got_ >= least_))                                                                \
            fail_msg("%s is %g, less than %g", #x, got_, least_);                             \
    } while (0)

bool all_finite(const float *x, size_t n);

/* Sums of squares: of x, of a - b. */
double energy(const float *x, size_t n);
double distance2(const float *a, const float *b, size_t n);

/* 10 log10(a/b); the mean of its sizes over a[n] and b[n]. */
double decibel(double a, double b);
double apart_db(const float *a, const float *b, size_t n);

#endif
