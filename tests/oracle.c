/* SPDX-License-Identifier: MIT */
#include "oracle.h"

#include <math.h>
#include <stdint.h>

double oracle_lsa(double xi, double gamma)
{
    const double v = gamma * xi / (1 + xi);
    const int steps = 20000;
    const double from = log(v), to = fmax(from, 0) + 5;         /* E1(e^5) is 1e-67 */
    double e1 = 0;

    /* E1(v) = integral of exp(-u)/u du from v = integral of exp(-e^z) dz from log v */
    for (int i = 0; i < steps; i++)
        e1 += exp(-exp(from + (to - from) * (i + 0.5) / steps));
    return xi / (1 + xi) * exp(0.5 * e1 * (to - from) / steps);
}

void oracle_masked_step(size_t n, const double *Nbar, const double *U, const double *d,
                        const double *q, const double *P, double prior, double *h)
{
    double A[2][2] = { { 1 / q[0], 0 }, { 0, 1 / q[1] } }, b[2] = { 0, 0 };

    for (size_t f = 0; f < n; f++) {
        const double g = P[f] / Nbar[f];
        const double noise = (1 - prior) * exp(-g);
        const double speech = prior * 0.3 * pow(5, 0.3) * pow(5 + g, -1.3);
        const double wd = noise / (noise + speech) * d[f];

        for (int i = 0; i < 2; i++) {
            b[i] += wd * (1.05 * fmin(g, 8) - 1) * U[(size_t)i * n + f];
            for (int k = 0; k < 2; k++)
                A[i][k] += wd * U[(size_t)i * n + f] * U[(size_t)k * n + f];
        }
    }
    const double m = A[1][0] / A[0][0];

    h[1] = (b[1] - m * b[0]) / (A[1][1] - m * A[0][1]);
    h[0] = (b[0] - A[0][1] * h[1]) / A[0][0];
}

/* Real and imaginary part of u'v. */
static void inner(const double *u, const double *v, size_t n, size_t parts, double z[2])
{
    z[0] = z[1] = 0;
    for (size_t i = 0; i < n; i++)
        z[0] += u[i] * v[i];
    for (size_t i = 0; parts == 2 && i < n; i += 2)
        z[1] += u[i] * v[i + 1] - u[i + 1] * v[i];
}

double oracle_overlap(const double *u, const double *v, size_t n, size_t parts)
{
    double z[2];

    inner(u, v, n, parts, z);
    return z[0] * z[0] + z[1] * z[1];
}

static void take_out(double *v, const double *u, size_t n, size_t parts)
{
    double z[2];

    inner(u, v, n, parts, z);
    for (size_t i = 0; i < n; i++)
        v[i] -= z[0] * u[i];
    for (size_t i = 0; parts == 2 && i < n; i += 2) {
        v[i] += z[1] * u[i + 1];
        v[i + 1] -= z[1] * u[i];
    }
}

void oracle_orthonormal(double *V, size_t k, size_t n, size_t parts)
{
    for (size_t j = 0; j < k; j++) {
        double *const v = V + j * n;

        for (int pass = 0; pass < 2; pass++)
            for (size_t i = 0; i < j; i++)
                take_out(v, V + i * n, n, parts);

        const double square = sqrt(oracle_overlap(v, v, n, 1));

        for (size_t i = 0; i < n; i++)
            v[i] /= sqrt(square);
    }
}

/* One bit at a time. */
void oracle_seal(unsigned char *b, size_t size)
{
    uint32_t c = 0xffffffff;

    for (size_t i = 0; i < size - 4; i++) {
        c ^= b[i];
        for (int k = 0; k < 8; k++)
            c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
    }
    for (size_t i = 0; i < 4; i++)
        b[size - 4 + i] = (unsigned char)(~c >> 8 * i);
}
