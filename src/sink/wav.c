/* SPDX-License-Identifier: MIT
 *
 * wav.c - WAV to a pipe, which the file library cannot write.
 *
 * The header goes out before the sound, so it holds the input's length, which
 * is the output's too.  Where that is unknown, or more than 32 bits can say,
 * both sizes are 0xFFFFFFFF: readers then go on to the end of the stream.
 * If the length turns out otherwise and the "pipe" is a file after all
 * (lull < a.wav > b.wav), the header is put right at the end.  A recording's
 * is put right all the time.
 *
 * Up to 16 bits and two channels it is the plain header that everything
 * reads, above it WAVE_FORMAT_EXTENSIBLE; floats have the `fact` they need.
 */
#include "sink/kinds.h"
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { FORMAT_PCM = 1, FORMAT_FLOAT = 3, FORMAT_EXTENSIBLE = 0xFFFE };
enum { HEADER_MAX = 80 };

/* Bytes 2.. of the GUID of an extensible format; bytes 0, 1 are the plain code. */
static const unsigned char guid_tail[14] = { 0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80,
                                             0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71 };

struct header {
    size_t n;
    unsigned char bytes[HEADER_MAX];
};

static void put_bytes(struct header *h, const void *bytes, size_t n)
{
    memcpy(h->bytes + h->n, bytes, n);
    h->n += n;
}

static void put_16(struct header *h, unsigned v)
{
    put_bytes(h, (unsigned char[]){ v & 0xff, v >> 8 & 0xff }, 2);
}

static void put_32(struct header *h, unsigned long v)
{
    put_16(h, v & 0xffff);
    put_16(h, v >> 16 & 0xffff);
}

static void put_format(struct header *h, const struct sound *sound)
{
    const unsigned bytes = (unsigned)pcm_bytes(sound->pcm), frame = bytes * sound->channels;
    const unsigned code = pcm_bits(sound->pcm) ? FORMAT_PCM : FORMAT_FLOAT;
    const bool extensible = sound->channels > 2 || bytes > 2;

    put_bytes(h, "fmt ", 4);
    put_32(h, extensible ? 40 : 16);
    put_16(h, extensible ? FORMAT_EXTENSIBLE : code);
    put_16(h, sound->channels);
    put_32(h, (unsigned long)lrint(sound->rate_hz));
    put_32(h, (unsigned long)lrint(sound->rate_hz) * frame);
    put_16(h, frame);
    put_16(h, bytes * 8);
    if (!extensible)
        return;
    put_16(h, 22);
    put_16(h, bytes * 8);
    put_32(h, sound->speakers);
    put_16(h, code);
    put_bytes(h, guid_tail, sizeof guid_tail);
}

/* The header of a sound of so many frames; FRAMES_UNKNOWN is a length too. */
static struct header header_of(const struct sound *sound, long long frames)
{
    const long long frame = (long long)(pcm_bytes(sound->pcm) * sound->channels);
    const long long size = frames * frame, most = 0xffffffffLL - HEADER_MAX;
    const bool known = frames >= 0 && size <= most;
    struct header h = { 0 };

    put_bytes(&h, "RIFF....WAVE", 12);
    put_format(&h, sound);
    if (!pcm_bits(sound->pcm)) {
        put_bytes(&h, "fact", 4);
        put_32(&h, 4);
        put_32(&h, known ? (unsigned long)frames : 0xffffffff);
    }
    put_bytes(&h, "data", 4);
    put_32(&h, known ? (unsigned long)size : 0xffffffff);

    struct header riff = { .n = 4 };
    put_32(&riff, known ? (unsigned long)((long long)h.n - 8 + size + (size & 1)) : 0xffffffff);
    memcpy(h.bytes + 4, riff.bytes + 4, 4);
    return h;
}

/* Chunks have even lengths. */
static bool pad(struct sink *s, struct fault *why)
{
    const long long size = s->frames * (long long)(pcm_bytes(s->sound.pcm) * s->sound.channels);

    return !(size & 1) || sink_put(s, "", 1, why);
}

static bool correct(struct sink *s, struct fault *why)
{
    const struct header h = header_of(&s->sound, s->frames);

    if (pwrite(s->fd, h.bytes, h.n, s->header_at) != (ssize_t)h.n)
        return fault_errno(why, EX_IOERR, s->name);
    return true;
}

static bool wav_finish(struct sink *s, struct fault *why)
{
    return pad(s, why) &&
           (s->header_at < 0 || s->frames == s->sound.frames || correct(s, why));
}

bool sink_wav_open(struct sink *s, struct fault *why)
{
    if (!sink_rate_is_whole(s, why))
        return false;
    if (s->sound.pcm.type == PCM_S8)
        s->sound.pcm.type = PCM_U8;
    s->sound.pcm.big_endian = s->sound.pcm.counts = false;
    s->bits = pcm_bits(s->sound.pcm);
    s->header_at = sink_place(s->fd);
    s->write = sink_raw_write;
    s->finish = wav_finish;
    pcm_describe(s->sound.pcm, "WAV stream", s->kind, sizeof s->kind);

    const struct header h = header_of(&s->sound, s->sound.frames);
    return sink_put(s, h.bytes, h.n, why);
}

bool sink_wav_record(struct sink *s, const char *path, const struct sound *sound,
                     struct fault *why)
{
    *s = (struct sink){
        .sound = *sound,
        .name = path,
        .seed = 1,
        .fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666),
        .header_at = -1,
    };
    if (s->fd < 0)
        return fault_errno(why, EX_CANTCREAT, path);
    return sink_wav_open(s, why);
}

bool sink_wav_update(struct sink *s, struct fault *why)
{
    return s->header_at < 0 || correct(s, why);
}
