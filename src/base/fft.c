/* SPDX-License-Identifier: MIT
 *
 * fft.c - the seam to FFTW [FJ05].
 *
 * Plans are estimated, never measured: the output must not depend on how busy
 * the machine was at start.  FFTW's planner keeps a state of its own, so plans
 * are made and destroyed under one lock, the only global in the library;
 * executing them is free of both.
 */
#include "base/fft.h"

#include <fftw3.h>
#include <pthread.h>

static pthread_mutex_t planner = PTHREAD_MUTEX_INITIALIZER;

void fft_place(struct fft *t, struct arena *a, size_t n)
{
    *t = (struct fft){ .n = n };
    t->time = arena_floats(a, n);
    t->freq = arena_take(a, n / 2 + 1, sizeof *t->freq);
    if (arena_measures(a))
        return;

    pthread_mutex_lock(&planner);
    t->forward = fftwf_plan_dft_r2c_1d((int)n, t->time, t->freq,
                                       FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
    t->inverse = fftwf_plan_dft_c2r_1d((int)n, t->freq, t->time,
                                       FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
    pthread_mutex_unlock(&planner);
}

bool fft_ready(const struct fft *t)
{
    return t->forward && t->inverse;
}

void fft_close(struct fft *t)
{
    pthread_mutex_lock(&planner);
    if (t->forward)
        fftwf_destroy_plan(t->forward);
    if (t->inverse)
        fftwf_destroy_plan(t->inverse);
    pthread_mutex_unlock(&planner);
    t->forward = t->inverse = NULL;
}

void fft_forward(struct fft *t)
{
    fftwf_execute(t->forward);
}

void fft_inverse(struct fft *t)
{
    fftwf_execute(t->inverse);
}

/* n without its factors 2, 3 and 5. */
static size_t rest(size_t n)
{
    for (size_t p = 2; p <= 5; p++)
        while (n % p == 0)
            n /= p;
    return n;
}

size_t fft_good_length(size_t n, size_t multiple)
{
    const size_t even = multiple % 2 ? 2 * multiple : multiple;
    const size_t want = (n + even / 2) / even;

    for (size_t off = 0;; off++) {
        if (rest(want + off) == 1)
            return (want + off) * even;
        if (off < want && rest(want - off) == 1)
            return (want - off) * even;
    }
}
