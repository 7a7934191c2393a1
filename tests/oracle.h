/* SPDX-License-Identifier: MIT
 *
 * oracle.h - the slow truth: what is clever elsewhere, here too plain to be
 * wrong.
 */
#ifndef LULL_TESTS_ORACLE_H
#define LULL_TESTS_ORACLE_H

#include <stddef.h>

/* One Fisher step of a masked fit, from h = 0, by the plain normal equations:
 * the noise Nbar[n], directions U[2][n], weights d[n], prior variances q[2] and
 * powers P[n], of which `prior` is expected to be speech.  Gives h[2]. */
void oracle_masked_step(size_t n, const double *Nbar, const double *U, const double *d,
                        const double *q, const double *P, double prior, double *h);

/* The log-spectral amplitude gain by numerical integration; xi, gamma > 0. */
double oracle_lsa(double xi, double gamma);

/* |u'v|^2 for u, v[n]; parts 2: n/2 complex numbers, conjugate on the left. */
double oracle_overlap(const double *u, const double *v, size_t n, size_t parts);

/* Makes the k rows of V[k][n] orthonormal, by Gram-Schmidt; parts as above. */
void oracle_orthonormal(double *V, size_t k, size_t n, size_t parts);

/* Seals b[size], as all that is saved is: its last four become the CRC-32 of the others. */
void oracle_seal(unsigned char *b, size_t size);

#endif
