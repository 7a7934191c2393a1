/* SPDX-License-Identifier: MIT
 *
 * file.c - see file.h.  Nothing is assumed of the bytes, alignment included; what
 * they say of sizes is believed only as far as there are bytes.
 */
#include "filter/file.h"
#include "base/store.h"

#include <string.h>

enum { TAG = 4, SECTION = TAG + 4, SEAL = 4, MOST_SECTIONS = 64 };

static uint32_t u32_at(const unsigned char *b)
{
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static void put_u32(unsigned char *b, size_t x)
{
    for (int i = 0; i < 4; i++)
        b[i] = (unsigned char)(x >> 8 * i);
}

/* ---- reading */

static bool blame(struct filter_fault *why, const char *reason)
{
    why->line = 0;
    *why->word = '\0';
    why->reason = reason;
    return false;
}

static bool is_known(const unsigned char *tag)
{
    return !memcmp(tag, "SIGN", TAG) || !memcmp(tag, "NOIS", TAG) ||
           !memcmp(tag, "ADAP", TAG);
}

/* Whether a section of that tag begins before `end`. */
static bool is_told(const struct filter_file *f, const unsigned char *end,
                    const unsigned char *tag)
{
    for (const unsigned char *b = f->body; b < end; b += SECTION + u32_at(b + TAG))
        if (!memcmp(b, tag, TAG))
            return true;
    return false;
}

static bool check_sections(const struct filter_file *f, struct filter_fault *why)
{
    const unsigned char *b = f->body;
    size_t count = 0;

    for (size_t left = f->body_size; left;) {
        if (left < SECTION || u32_at(b + TAG) > left - SECTION)
            return blame(why, "a section goes beyond the end");
        if (!is_known(b) && f->head.minor <= 0)
            return blame(why, "a section is none that this version knows");
        if (is_told(f, b, b))
            return blame(why, "a section is there twice");
        if (++count > MOST_SECTIONS)
            return blame(why, "has too many sections");
        left -= SECTION + u32_at(b + TAG);
        b += SECTION + u32_at(b + TAG);
    }
    return true;
}

/* Rate and channels are what a learned signal can be used for. */
static bool check_signal(const struct filter_file *f, struct filter_fault *why)
{
    const unsigned char *at;
    size_t size;

    return !filter_file_section(f, "SIGN", &at, &size) ||
           (f->head.rate_hz > 0 && f->head.channels > 0) ||
           blame(why, "does not say at what rate, or from how many channels, it was learned");
}

/* Of the future, nothing else can be judged. */
static bool is_newer(struct filter_file *f, struct filter_fault *why)
{
    filter_parse_head(f->text, &f->recipe, &f->head, why);
    return f->head.major > 1;
}

bool filter_file_open(const void *bytes, size_t size, struct filter_file *f,
                      struct filter_fault *why)
{
    const unsigned char *const b = bytes, *const zero = size ? memchr(b, 0, size) : NULL;

    if (!zero)
        return blame(why, "no learned filter, or only the beginning of one");
    *f = (struct filter_file){ .text = bytes, .body = zero + 1 };

    const size_t head = (size_t)(f->body - b);

    if (is_newer(f, why))
        return false;
    if (size < head + SEAL || u32_at(b + size - SEAL) != store_crc(0, b, size - SEAL))
        return blame(why, "is damaged, cut short or edited: its checksum is wrong");
    if (!filter_parse_head(f->text, &f->recipe, &f->head, why))
        return false;
    f->body_size = size - head - SEAL;
    if (f->head.body != (double)f->body_size)
        return blame(why, "has not as many bytes as it says");
    return check_sections(f, why) && check_signal(f, why);
}

bool filter_file_section(const struct filter_file *f, const char *tag, const unsigned char **at,
                         size_t *size)
{
    const unsigned char *const end = f->body + f->body_size;

    for (const unsigned char *b = f->body; b < end; b += SECTION + u32_at(b + TAG))
        if (!memcmp(b, tag, TAG)) {
            *at = b + SECTION;
            *size = u32_at(b + TAG);
            return true;
        }
    return false;
}

/* ---- writing */

static size_t body_size(const struct filter_section *sections, size_t count)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++)
        size += SECTION + sections[i].size;
    return size;
}

/* "body = 123\n" with its 0; gives the bytes. */
static size_t body_line(size_t size, char *to)
{
    char digits[24];
    size_t at = sizeof digits, n = sizeof "body = " - 1;

    memcpy(to, "body = ", n);
    do
        digits[--at] = (char)('0' + size % 10);
    while (size /= 10);
    memcpy(to + n, digits + at, sizeof digits - at);
    n += sizeof digits - at;
    to[n++] = '\n';
    to[n++] = '\0';
    return n;
}

static unsigned char *put_sections(unsigned char *b, const struct filter_section *sections,
                                   size_t count)
{
    for (size_t i = 0; i < count; i++) {
        memcpy(b, sections[i].tag, TAG);
        put_u32(b + TAG, sections[i].size);
        if (sections[i].size)
            memcpy(b + SECTION, sections[i].bytes, sections[i].size);
        b += SECTION + sections[i].size;
    }
    return b;
}

size_t filter_file_write(const char *text, const struct filter_section *sections, size_t count,
                         void *buf, size_t size)
{
    char line[48];
    const size_t body = body_size(sections, count), n = strlen(text), m = body_line(body, line);
    const bool open = n && text[n - 1] != '\n';
    const size_t need = n + open + m + body + SEAL;

    if (size < need)
        return need;

    unsigned char *b = buf;

    memcpy(b, text, n);
    b += n;
    if (open)
        *b++ = '\n';
    memcpy(b, line, m);
    b = put_sections(b + m, sections, count);
    put_u32(b, store_crc(0, buf, need - SEAL));
    return need;
}

size_t filter_remark(const char *text, char *buf, size_t size)
{
    const size_t n = strlen(text), need = n + 4;

    if (size < need)
        return need;
    *buf++ = '#';
    *buf++ = ' ';
    for (size_t i = 0; i < n; i++)
        *buf++ = (unsigned char)text[i] < ' ' || text[i] == 127 ? '?' : text[i];
    *buf++ = '\n';
    *buf = '\0';
    return need;
}

/* A number like 360 or 0.25, to nine places; gives where it ends. */
static char *put_number(char *at, double x)
{
    enum { PLACES = 1000000000 };
    unsigned long long whole = (unsigned long long)x;
    unsigned long long part = (unsigned long long)((x - (double)whole) * PLACES + 0.5);
    char digits[24];
    size_t n = 0;

    whole += part / PLACES;
    part %= PLACES;
    do
        digits[n++] = (char)('0' + whole % 10);
    while (whole /= 10);
    while (n)
        *at++ = digits[--n];
    if (part)
        *at++ = '.';
    for (unsigned long long unit = PLACES / 10; part; unit /= 10) {
        *at++ = (char)('0' + part / unit);
        part %= unit;
    }
    return at;
}

static char *put_text(char *at, const char *text)
{
    const size_t n = strlen(text);

    memcpy(at, text, n);
    return at + n;
}

size_t filter_head_write(const char *about, const char *filter, double rate_hz, size_t channels,
                         char *buf, size_t size)
{
    enum { KEYS = 128 };        /* more than the keys and two numbers take */
    const size_t remark = filter_remark(about, NULL, 0);
    const size_t need = strlen(filter) + remark + KEYS;
    char *at = buf;

    if (size < need)
        return need;
    at = put_text(at, "format = 1.0\n");
    filter_remark(about, at, remark);
    at = put_text(at + strlen(at), filter);
    at = put_text(at, "\nrate = ");
    at = put_number(at, rate_hz);
    at = put_text(at, "\nchannels = ");
    at = put_number(at, (double)channels);
    *put_text(at, "\n") = '\0';
    return need;
}
