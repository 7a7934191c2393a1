/* SPDX-License-Identifier: MIT
 *
 * wav.c - WAV from a pipe.
 *
 * The file library believes the length in a header, and a program that writes
 * to a pipe cannot know it: it puts in 0, or a number as large as there is.
 * So the header is read here, and samples are read to the end of the input
 * unless the length looks earnest.  RIFF and RF64, integers and floats.
 *
 *   "RIFF" size "WAVE"  { name size body[size + (size & 1)] } ...  "data" size samples
 *
 * In RF64 sizes of 32 bits that do not suffice are -1, and the real ones stand
 * in a chunk "ds64".
 */
#include "source/kinds.h"
#include <stdint.h>
#include <string.h>
#include <sysexits.h>

enum { FORMAT_PCM = 1, FORMAT_FLOAT = 3, FORMAT_EXTENSIBLE = 0xFFFE };
enum { FMT_MAX = 40, DS64_MIN = 16 };       /* bytes of a chunk that matter */

struct chunk {
    char name[4];
    uint32_t size;
};

static bool skip(struct tap *t, uint64_t n)
{
    char waste[512];

    for (; n > sizeof waste; n -= sizeof waste)
        if (!tap_all(t, waste, sizeof waste))
            return false;
    return tap_all(t, waste, n);
}

static uint32_t u16(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(const unsigned char *p)
{
    return u16(p) | u16(p + 2) << 16;
}

static uint64_t u64(const unsigned char *p)
{
    return u32(p) | (uint64_t)u32(p + 4) << 32;
}

static bool take_chunk(struct tap *t, struct chunk *c)
{
    unsigned char bytes[8];

    if (!tap_all(t, bytes, sizeof bytes))
        return false;
    memcpy(c->name, bytes, sizeof c->name);
    c->size = u32(bytes + 4);
    return true;
}

static bool is(const struct chunk *c, const char *name)
{
    return !memcmp(c->name, name, sizeof c->name);
}

/* The first `most` bytes of a chunk's body; what it lacks is 0. */
static bool take_body(struct tap *t, const struct chunk *c, unsigned char *body, size_t most)
{
    const size_t n = c->size < most ? c->size : most;

    memset(body, 0, most);
    return tap_all(t, body, n) && skip(t, (uint64_t)c->size + (c->size & 1) - n);
}

static bool integer_type(size_t bytes, enum pcm_type *type)
{
    static const enum pcm_type by_size[] = { PCM_U8, PCM_S16, PCM_S24, PCM_S32 };

    if (bytes < 1 || bytes > sizeof by_size / sizeof *by_size)
        return false;
    *type = by_size[bytes - 1];
    return true;
}

static bool float_type(size_t bytes, enum pcm_type *type)
{
    *type = bytes == 8 ? PCM_F64 : PCM_F32;
    return bytes == 4 || bytes == 8;
}

static enum wav_result parse_format(const unsigned char *body, struct sound *sound)
{
    const uint32_t extensible = u16(body) == FORMAT_EXTENSIBLE;
    const uint32_t code = u16(extensible ? body + 24 : body);
    const uint32_t channels = u16(body + 2), frame = u16(body + 12);

    sound->channels = channels;
    sound->rate_hz = u32(body + 4);
    sound->speakers = extensible ? u32(body + 20) : 0;
    if (!channels)
        return WAV_BROKEN;
    if (code != FORMAT_PCM && code != FORMAT_FLOAT)
        return WAV_CODED;
    if (frame % channels)
        return WAV_BROKEN;
    sound->pcm.big_endian = false;
    if (!(code == FORMAT_PCM ? integer_type : float_type)(frame / channels, &sound->pcm.type))
        return WAV_BROKEN;
    return WAV_OK;
}

/* Sizes that mean "I cannot know": none, or within 16 MiB of what 31, 32 or 64
 * bits can hold (programs round down to whole frames and blocks). */
static bool earnest(uint64_t size)
{
    const uint64_t near = 1 << 24;

    return size && size < UINT64_MAX / 2 && (size < (1ull << 31) - near || size > 1ull << 31) &&
           (size < (1ull << 32) - near || size > 1ull << 32);
}

static long long length(const struct sound *sound, uint64_t bytes)
{
    return earnest(bytes) ? (long long)(bytes / (sound->channels * pcm_bytes(sound->pcm)))
                          : FRAMES_UNKNOWN;
}

enum wav_result wav_read_header(struct tap *t, struct sound *sound, uint64_t *bytes)
{
    unsigned char riff[12], body[FMT_MAX];
    uint64_t long_size = 0;
    bool described = false;
    struct chunk c;

    const ssize_t first = tap_some(t, riff, 1);
    if (first <= 0)
        return first ? WAV_UNREADABLE : WAV_EMPTY;
    if (!tap_all(t, riff + 1, sizeof riff - 1) || memcmp(riff + 8, "WAVE", 4) ||
        (memcmp(riff, "RIFF", 4) && memcmp(riff, "RF64", 4)))
        return WAV_ALIEN;

    while (take_chunk(t, &c)) {
        if (is(&c, "data")) {
            if (!described)
                return WAV_BROKEN;
            *bytes = c.size == UINT32_MAX && long_size ? long_size : c.size;
            sound->frames = length(sound, *bytes);
            return WAV_OK;
        }
        if (!take_body(t, &c, body, sizeof body))
            return WAV_BROKEN;
        if (is(&c, "ds64") && c.size >= DS64_MIN)
            long_size = u64(body + 8);
        if (is(&c, "fmt ")) {
            const enum wav_result r = parse_format(body, sound);

            if (r != WAV_OK)
                return r;
            described = true;
        }
    }
    return WAV_BROKEN;
}

bool source_wav_open(struct source *s, struct fault *why)
{
    uint64_t bytes;

    switch (wav_read_header(&s->tap, &s->sound, &bytes)) {
    case WAV_OK:
        break;
    case WAV_UNREADABLE:
        return fault_errno(why, EX_IOERR, s->name);
    case WAV_EMPTY:
        return fault_set(why, EX_DATAERR, "%s: nothing came in", s->name);
    case WAV_ALIEN:
        return fault_set(why, EX_DATAERR,
                         "%s: not WAV, CSV or NPY, and else a pipe carries only raw samples (-t raw): "
                         "decode it first, as in `flac -dc x.flac | lull`, or name the file",
                         s->name);
    case WAV_CODED:
        return fault_set(why, EX_DATAERR,
                         "%s: coded WAV cannot come through a pipe: name the file, "
                         "or decode it first, as in `sox x.wav -e signed -t wav - | lull`",
                         s->name);
    case WAV_BROKEN:
        return fault_set(why, EX_DATAERR, "%s: damaged WAV header", s->name);
    }
    s->sound.container = CONTAINER_SOUND;
    s->promised = s->sound.frames;
    pcm_describe(s->sound.pcm, "WAV stream", s->kind, sizeof s->kind);
    return source_raw_open(s, why);
}
