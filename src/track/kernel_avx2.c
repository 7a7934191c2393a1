/* SPDX-License-Identifier: MIT
 *
 * kernel_avx2.c - the kernels for x86 with AVX2 and FMA: kernel_wide.h on 16 registers of
 * eight floats.
 *
 * Compiled with flags of its own; run only where the processor says it can.
 */
#include "track/kernel.h"

#include <stddef.h>

#ifdef __AVX2__
#include <immintrin.h>

typedef __m256 vec;

enum { WIDE = 8 };

static inline vec load(const float *x)
{
    return _mm256_loadu_ps(x);
}

static inline void store(float *x, vec v)
{
    _mm256_storeu_ps(x, v);
}

/* All bits set in the first n places. */
static inline __m256i first(size_t n)
{
    const __m256i places = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);

    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), places);
}

static inline vec load_some(const float *x, size_t n)
{
    return n < WIDE ? _mm256_maskload_ps(x, first(n)) : load(x);
}

static inline void store_some(float *x, vec v, size_t n)
{
    if (n < WIDE)
        _mm256_maskstore_ps(x, first(n), v);
    else
        store(x, v);
}

static inline vec zero(void)
{
    return _mm256_setzero_ps();
}

static inline vec all(const float *x)
{
    return _mm256_broadcast_ss(x);
}

static inline vec add(vec a, vec b)
{
    return _mm256_add_ps(a, b);
}

static inline vec sub(vec a, vec b)
{
    return _mm256_sub_ps(a, b);
}

static inline vec mul(vec a, vec b)
{
    return _mm256_mul_ps(a, b);
}

static inline vec madd(vec a, vec b, vec c)
{
    return _mm256_fmadd_ps(a, b, c);
}

static inline vec held(vec x)
{
    __asm__("" : "+x"(x));
    return x;
}

static inline vec turned(vec x)
{
    return _mm256_addsub_ps(zero(), _mm256_permute_ps(x, 0xb1));
}

static inline __m128 four(const vec s[4])
{
    const vec a = _mm256_hadd_ps(s[0], s[1]), b = _mm256_hadd_ps(s[2], s[3]);
    const vec c = _mm256_hadd_ps(a, b);

    return _mm_add_ps(_mm256_castps256_ps128(c), _mm256_extractf128_ps(c, 1));
}

static inline float sum(vec x)
{
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));

    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

#include "track/kernel_wide.h"

const struct kernel *kernel_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? variants : NULL;
}

#else

const struct kernel *kernel_avx2(void)
{
    return NULL;
}

#endif
