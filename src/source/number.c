/* SPDX-License-Identifier: MIT
 *
 * number.c - decimal numbers, read and written digit by digit.
 *
 * Read:  x = m 10^e with m of 64 bits.  Both are exact in double up to m < 2^53
 * and |e| <= 22 [Clinger 1990], which is what tables hold, so their quotient or
 * product is the nearest double.  Beyond that long double leaves an error that
 * the 24 bits of a sample never see.
 *
 * Written:  where all numbers of a column have had the same decimals, so many.
 * Where they vary, as with %g and Python's repr, as many significant digits as
 * the longest had, at least LEAST_DIGITS, without zeros at the end.
 */
#include "source/number.h"
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { LEAST_DIGITS = 6, MOST_DIGITS = 99, MOST_PLACES = 20, EXACT = 22 };

static const double tens[EXACT + 1] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                        1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- reading */

static bool is_word(const char *text, size_t n, const char *word)
{
    return n == strlen(word) && !strncasecmp(text, word, n);
}

static bool is_missing(const char *text, size_t n)
{
    static const char *const words[] = { "", "nan", "-nan", "na", "n/a", "null", "none",
                                         "inf", "+inf", "-inf", "infinity", "-infinity" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_word(text, n, words[i]))
            return true;
    return false;
}

/* Digits and a point; what m cannot hold any more only moves the exponent. */
struct mantissa {
    uint64_t m;
    int e;
    bool any;               /* a digit has been seen */
};

static const char *read_digits(const char *p, const char *end, bool comma, struct mantissa *v,
                               struct look *look)
{
    for (; p < end; p++) {
        if (is_digit(*p)) {
            const bool fits = v->m < UINT64_MAX / 10 - 1;

            v->m = fits ? v->m * 10 + (uint64_t)(*p - '0') : v->m;
            v->e += !fits - (look->point != 0);
            v->any = true;
            look->digits += look->digits || *p != '0';
            look->decimals += look->point != 0;
        } else if (!look->point && (*p == '.' || (comma && *p == ','))) {
            look->point = *p;
        } else {
            break;
        }
    }
    return p;
}

/* After the 'e'; NULL: there is no number. */
static const char *read_exponent(const char *p, const char *end, int *e, struct look *look)
{
    const bool minus = p < end && *p == '-';
    int value = 0;

    look->plus = p < end && *p == '+';
    p += minus || look->plus;
    if (p == end || !is_digit(*p))
        return NULL;
    for (; p < end && is_digit(*p); p++) {
        value = value < 10000 ? value * 10 + (*p - '0') : value;
        look->places++;
    }
    *e += minus ? -value : value;
    return p;
}

static double power_of_ten(uint64_t m, int e)
{
    if (!m || e < -400)
        return 0;
    if (e > 400)
        return (double)INFINITY;
    if (m >> 53 || e < -EXACT || e > EXACT)
        return (double)((long double)m * powl(10.0L, (long double)e));
    return e < 0 ? (double)m / tens[-e] : (double)m * tens[e];
}

enum number number_read(const char *text, size_t n, bool comma, double *x, struct look *look)
{
    const char *p = text, *const end = text + n;
    const bool minus = n && *p == '-';
    struct mantissa v = { 0 };
    struct look seen = { 0 };

    p += n && (*p == '-' || *p == '+');
    p = read_digits(p, end, comma, &v, &seen);
    if (v.any && p < end && (*p == 'e' || *p == 'E')) {
        seen.e = *p;
        p = read_exponent(p + 1, end, &v.e, &seen);
    }
    if (v.any && p == end) {
        *x = power_of_ten(v.m, v.e);
        *x = minus ? -*x : *x;
        *look = seen;
        return NUMBER;
    }
    *x = (double)NAN;
    return is_missing(text, n) ? NUMBER_MISSING : NUMBER_NOT;
}

static unsigned larger(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* A bare 0 tells nothing of the numbers to come. */
void style_learn(struct style *s, double x, struct look look)
{
    if (x == 0 && !look.decimals)
        return;
    s->varied |= s->any && look.decimals != s->look.decimals;
    s->any = true;
    s->look.digits = larger(s->look.digits, smaller(look.digits, MOST_DIGITS));
    s->look.decimals = larger(s->look.decimals, smaller(look.decimals, MOST_DIGITS));
    s->look.places = larger(s->look.places, smaller(look.places, MOST_PLACES));
    s->look.point = look.point ? look.point : s->look.point;
    s->look.e = look.e;
    s->look.plus |= look.plus;
}

/* ---- writing */

struct text {
    char *to;
    size_t n;
};

static void put(struct text *t, char c)
{
    t->to[t->n++] = c;
}

static char point_of(const struct style *s)
{
    return s->look.point ? s->look.point : '.';
}

/* v in at least `places` digits. */
static void put_whole(struct text *t, uint64_t v, unsigned places)
{
    char backwards[24];
    unsigned n = 0;

    for (; v || n < places; v /= 10)
        backwards[n++] = (char)('0' + v % 10);
    while (n)
        put(t, backwards[--n]);
}

/* "123.4500" or, trimmed, "123.45"; 0 <= x < 1e18. */
static void put_fixed(struct text *t, double x, unsigned decimals, char point, bool trimmed)
{
    enum { HELD = 17 };
    const unsigned held = decimals < HELD ? decimals : HELD;
    const uint64_t one = (uint64_t)tens[held];
    uint64_t whole = (uint64_t)x;
    uint64_t part = (uint64_t)nearbyint((x - (double)whole) * tens[held]);

    if (part >= one) {
        part -= one;
        whole++;
    }
    put_whole(t, whole, 1);
    if (!decimals || (trimmed && !part))
        return;
    put(t, point);
    put_whole(t, part, held);
    for (unsigned i = held; i < decimals; i++)
        put(t, '0');
    while (trimmed && t->to[t->n - 1] == '0')
        t->n--;
}

/* e of x = d.ddd 10^e, and d.ddd, with so many decimals: one more where rounding
 * would make it 10.000. */
static int exponent_of(double x, unsigned decimals, double *scaled)
{
    const double most = 10 - 0.5 * pow(10, -(double)decimals);

    for (int e = (int)floor(log10(x));; e++) {
        *scaled = (double)((long double)x * powl(10.0L, -(long double)e));
        if (*scaled < most)
            return e;
    }
}

static void put_scientific(struct text *t, const struct style *s, double x, unsigned decimals)
{
    double scaled = 0;
    const int e = x > 0 ? exponent_of(x, decimals, &scaled) : 0;

    put_fixed(t, scaled, decimals, point_of(s), s->varied);
    put(t, s->look.e ? s->look.e : 'e');
    if (e < 0 || s->look.plus)
        put(t, e < 0 ? '-' : '+');
    put_whole(t, (uint64_t)(e < 0 ? -e : e), larger(s->look.places, 1));
}

/* As %g chooses: exponents from -5 on down, and from where zeros would have to
 * be invented. */
static void put_varied(struct text *t, const struct style *s, double x)
{
    const int digits = (int)larger(s->look.digits, LEAST_DIGITS);
    const int e = x > 0 ? (int)floor(log10(x)) : 0, decimals = digits - 1 - e;

    if (s->look.e || e < -5 || e > 14)
        put_scientific(t, s, x, (unsigned)digits - 1);
    else
        put_fixed(t, x, decimals > 0 ? (unsigned)decimals : 0, point_of(s),
                  true);
}

static void put_magnitude(struct text *t, const struct style *s, double x)
{
    if (!s->any || s->varied)
        put_varied(t, s, x);
    else if (s->look.e || x >= 1e15)
        put_scientific(t, s, x, s->look.decimals);
    else
        put_fixed(t, x, s->look.decimals, point_of(s), false);
}

/* What has been rounded to nothing has no sign. */
static bool is_nothing(const struct text *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->to[i] >= '1' && t->to[i] <= '9')
            return false;
    return true;
}

size_t number_print(const struct style *s, double x, char *to)
{
    struct text t = { to, 0 };

    if (!isfinite(x)) {
        memcpy(to, "nan", 3);
        return 3;
    }
    put_magnitude(&t, s, fabs(x));
    if (signbit(x) && (x == 0 || !is_nothing(&t))) {
        memmove(to + 1, to, t.n++);
        *to = '-';
    }
    return t.n;
}
