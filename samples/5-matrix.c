/* SPDX-License-Identifier: MIT
 *
 * 5-matrix.c - a picture as the product of two thin matrices, and from half its pixels.
 *
 *     cc 5-matrix.c $(pkg-config --cflags --libs lull) -lm && ./a.out photo.pgm
 *
 * Takes a grey picture (PGM, P5, 8 bits; `convert photo.jpg photo.pgm` makes one), or
 * draws its own, and writes matrix-RANK.pgm and matrix-RANK-half.pgm.
 */
#include <lull_tracker.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static size_t m, n; /* rows, columns */

static void *must(const char *name, void *ok, const char *why)
{
    if (!ok) {
        fprintf(stderr, "5-matrix: %s: %s\n", name, why);
        exit(1);
    }
    return ok;
}

static size_t number(FILE *f) /* the next of a header; 0 if it is none */
{
    int c = fgetc(f);
    size_t x = 0;

    for (; isspace(c) || c == '#'; c = fgetc(f))
        while (c == '#' && (c = fgetc(f)) != '\n' && c != EOF)
            c = '#';
    for (; isdigit(c) && x < 100000; c = fgetc(f))
        x = 10 * x + (size_t)(c - '0');
    return isspace(c) ? x : 0;
}

static float *read_picture(const char *name)
{
    FILE *f = must(name, fopen(name, "rb"), "cannot be opened");

    must(name, fgetc(f) == 'P' && fgetc(f) == '5' ? f : NULL, "is no PGM (P5)");
    n = number(f);
    m = number(f);
    must(name, m && n ? f : NULL, "has no size that makes sense");
    must(name, number(f) == 255 ? f : NULL, "is not of 8 bits (largest value 255)");
    float *W = must(name, malloc(m * n * sizeof *W), "is too large");

    for (size_t i = 0; i < m * n; i++) {
        const int c = fgetc(f);

        must(name, c == EOF ? NULL : f, "ends too soon");
        W[i] = (float)c;
    }
    fclose(f);
    return W;
}

static float *draw_picture(void) /* hills, a fence, and a moon */
{
    m = 240, n = 320;
    float *W = must("drawing", malloc(m * n * sizeof *W), "no memory");

    for (size_t i = 0; i < m * n; i++) {
        const float x = (float)(i % n), y = (float)(i / n);
        const float moon = hypotf(x - 240, y - 60) < 30 ? 90.0f : 0.0f;
        const float hill = y > 150 + 30 * sinf(x / 40) ? -60.0f : 0.0f;
        const float fence = y > 190 && i % 16 < 5 ? 70.0f : 0.0f;

        W[i] = floorf(110 + y / 8 + moon + hill + fence + (float)(rand() % 9));
    }
    return W;
}

static void write_picture(const float *W, size_t rank, const char *kind)
{
    char name[64];

    snprintf(name, sizeof name, "matrix-%u%s.pgm", (unsigned)rank, kind);
    FILE *f = must(name, fopen(name, "wb"), "cannot be written");

    fprintf(f, "P5\n%u %u\n255\n", (unsigned)n, (unsigned)m);
    for (size_t i = 0; i < m * n; i++)
        fputc((int)fminf(fmaxf(W[i] + 0.5f, 0), 255), f);
    must(name, fclose(f) ? NULL : name, "cannot be written");
}

/* Factorizes what is seen of W, and says how far the product is from W where it was not
 * (or everywhere, if all was). */
static void approximate(const float *W, const float *seen, size_t rank, const char *kind)
{
    const size_t least = m < n ? m : n, room = least < LULL_MAX_RANK ? least : LULL_MAX_RANK;
    float *A = must("matrix", malloc(m * room * sizeof *A), "no memory");
    float *B = must("matrix", malloc(n * room * sizeof *B), "no memory");
    float *P = must("matrix", malloc(m * n * sizeof *P), "no memory");
    const lull_status why = lull_factorize(seen, m, n, &rank, A, B);
    double error = 0, count = 0;

    must("matrix", why ? NULL : P, lull_strerror(why));
    for (size_t i = 0; i < m * n; i++) {
        P[i] = 0;
        for (size_t k = 0; k < rank; k++)
            P[i] += A[i / n * rank + k] * B[k * n + i % n];
        if (seen == W || isnan(seen[i])) {
            error += (double)((P[i] - W[i]) * (P[i] - W[i]));
            count++;
        }
    }
    error = sqrt(error / count);
    printf("%4u  %-5s  %9u  %5.1f %%  %6.2f  %7.2f dB\n", (unsigned)rank,
           *kind ? "half" : "all", (unsigned)(rank * (m + n)),
           100.0 * (double)(rank * (m + n)) / (double)(m * n), error, 20 * log10(255 / error));
    write_picture(P, rank, kind);
    free(A), free(B), free(P);
}

int main(int argc, char **argv)
{
    static const size_t ranks[] = { 5, 20, 50, 0 }; /* 0: as the picture asks for */
    float *W = argc > 1 ? read_picture(argv[1]) : draw_picture();
    float *half = must("matrix", malloc(m * n * sizeof *half), "no memory");

    for (size_t i = 0; i < m * n; i++)
        half[i] = rand() % 2 ? W[i] : NAN; /* NAN: missing */
    printf("%u x %u pixels, %u numbers\n", (unsigned)n, (unsigned)m, (unsigned)(m * n));
    printf("rank  known    numbers  share    RMSE     PSNR\n");
    for (size_t c = 0; c < 4; c++)
        if (ranks[c] <= (m < n ? m : n))
            approximate(W, W, ranks[c], "");
    for (size_t c = 0; c < 4; c++)
        if (ranks[c] <= (m < n ? m : n))
            approximate(W, half, ranks[c], "-half");
    free(W), free(half);
    return 0;
}
