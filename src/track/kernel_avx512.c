/* SPDX-License-Identifier: MIT
 *
 * kernel_avx512.c - the kernels for x86 with AVX-512: kernel_wide.h on 32 registers of
 * sixteen floats.
 *
 * A program that uses such registers at all is clocked a little slower: kernel.c says from
 * what size on they pay.  Compiled with flags of its own; run only where the processor
 * says it can.
 */
#include "track/kernel.h"

#include <stddef.h>

#ifdef __AVX512F__
#include <immintrin.h>

typedef __m512 vec;

enum { WIDE = 16 };

static inline vec load(const float *x)
{
    return _mm512_loadu_ps(x);
}

static inline void store(float *x, vec v)
{
    _mm512_storeu_ps(x, v);
}

/* A bit for each of the first n places. */
static inline __mmask16 first(size_t n)
{
    return (__mmask16)((1U << n) - 1);
}

static inline vec load_some(const float *x, size_t n)
{
    return n < WIDE ? _mm512_maskz_loadu_ps(first(n), x) : load(x);
}

static inline void store_some(float *x, vec v, size_t n)
{
    if (n < WIDE)
        _mm512_mask_storeu_ps(x, first(n), v);
    else
        store(x, v);
}

static inline vec zero(void)
{
    return _mm512_setzero_ps();
}

static inline vec all(const float *x)
{
    return _mm512_set1_ps(*x);
}

static inline vec add(vec a, vec b)
{
    return _mm512_add_ps(a, b);
}

static inline vec sub(vec a, vec b)
{
    return _mm512_sub_ps(a, b);
}

static inline vec mul(vec a, vec b)
{
    return _mm512_mul_ps(a, b);
}

static inline vec madd(vec a, vec b, vec c)
{
    return _mm512_fmadd_ps(a, b, c);
}

static inline vec held(vec x)
{
    __asm__("" : "+v"(x));
    return x;
}

static inline vec turned(vec x)
{
    return _mm512_fmaddsub_ps(zero(), zero(), _mm512_permute_ps(x, 0xb1));
}

static inline __m128 four(const vec s[4])
{
    const vec a = add(_mm512_unpacklo_ps(s[0], s[1]), _mm512_unpackhi_ps(s[0], s[1]));
    const vec b = add(_mm512_unpacklo_ps(s[2], s[3]), _mm512_unpackhi_ps(s[2], s[3]));
    const vec c = add(_mm512_shuffle_ps(a, b, 0x44), _mm512_shuffle_ps(a, b, 0xee));
    const __m256 d = _mm256_add_ps(_mm512_castps512_ps256(c), _mm512_extractf32x8_ps(c, 1));

    return _mm_add_ps(_mm256_castps256_ps128(d), _mm256_extractf128_ps(d, 1));
}

static inline float sum(vec x)
{
    return _mm512_reduce_add_ps(x);
}

#include "track/kernel_wide.h"

const struct kernel *kernel_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                   __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma")
               ? variants
               : NULL;
}

#else

const struct kernel *kernel_avx512(void)
{
    return NULL;
}

#endif
