/* SPDX-License-Identifier: MIT
 *
 * measures.h - how close a signal came to the clean one it was made from.
 *
 * Signals are double, one channel, both of n samples and aligned: a delay
 * counts as an error.  A measure that does not exist (all silence, too short)
 * is NaN.
 */
#ifndef LULL_MEASURES_H
#define LULL_MEASURES_H

#include <stddef.h>

/* Scale-invariant signal-to-distortion ratio in dB [LWEH19]. */
double si_sdr(const double *clean, const double *got, size_t n);

/* Mean SNR in dB of 30 ms frames between the first and the last sound of the
 * clean signal, each frame held to -10..35. */
double segmental_snr(const double *clean, const double *got, size_t n, double rate_hz);

/* Level in dB of what is left where the clean signal is silent for 20 ms or
 * more, from 150 ms on. */
double pause_level_db(const double *clean, const double *got, size_t n, double rate_hz);

/* Short-time objective intelligibility, at most 1 each. */
struct stoi {
    double stoi;  /* [THHJ11] */
    double estoi; /* [JT16]   */
};
struct stoi stoi(const double *clean, const double *got, size_t n, double rate_hz);

/* x[n] taken at a rate of `from` Hz as it would have been at `to` Hz, with
 * its length in *n_out.  The caller frees it. */
double *resample(const double *x, size_t n, unsigned from, unsigned to, size_t *n_out);

/* count zeros, or the end of the program: measuring has no other way out. */
double *measure_take(size_t count);

#endif
