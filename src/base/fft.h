/* SPDX-License-Identifier: MIT
 *
 * fft.h - the real Fourier transform of one length; the only door to FFTW.
 *
 * Forward:  freq[f] = sum_t time[t] exp(-2 pi i f t / n),  0 <= f <= n/2.
 * Inverse:  time[t] = sum_f freq[f] exp(+2 pi i f t / n) over all n
 *           frequencies, so that inverse(forward(x)) = n x.
 */
#ifndef LULL_BASE_FFT_H
#define LULL_BASE_FFT_H

#include "base/arena.h"

struct fft {
    size_t n;                   /* length, even                                   */
    float *time;                /* [n]                                            */
    float (*freq)[2];           /* [n/2 + 1] real, imaginary                      */
    void *forward, *inverse;    /* plans; NULL while measuring or out of memory   */
};

/* Takes the two arrays from the arena and, unless it measures, plans. */
void fft_place(struct fft *t, struct arena *a, size_t n);
bool fft_ready(const struct fft *t);
void fft_close(struct fft *t);

void fft_forward(struct fft *t);        /* time -> freq; time is kept  */
void fft_inverse(struct fft *t);        /* freq -> time; freq is spent */

/* The even length nearest to n, at least 2 `multiple`, that is a multiple of
 * `multiple` and whose prime factors are 2, 3 and 5 beside those of it. */
size_t fft_good_length(size_t n, size_t multiple);

#endif
