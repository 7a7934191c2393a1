/* SPDX-License-Identifier: MIT
 *
 * oracle.h - the slow truth: what is clever elsewhere, here too plain to be
 * wrong.
 */
#ifndef LULL_TESTS_ORACLE_H
#define LULL_TESTS_ORACLE_H

/* The log-spectral amplitude gain by numerical integration; xi, gamma > 0. */
double oracle_lsa(double xi, double gamma);

#endif
