/* SPDX-License-Identifier: MIT
 *
 * check.h - what every test shares: cmocka, and randomness that repeats.
 */
#ifndef LULL_TESTS_CHECK_H
#define LULL_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
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

/* n samples of white noise of that standard deviation. */
void dice_noise(struct dice *d, float *x, size_t n, double sigma);

/* Sum of squares. */
double energy(const float *x, size_t n);

/* 10 log10(a/b). */
double decibel(double a, double b);

#endif
