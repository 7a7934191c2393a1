/* SPDX-License-Identifier: MIT
 *
 * sndfile.c - sound files of every kind that libsndfile can write.
 *
 * The format is the input's where the name's extension allows, and the
 * samples keep their depth where the format allows.  What the input's file
 * says about the sound goes along.
 *
 * A WAV whose length is unknown, or more than 4 GiB, begins as RF64, which
 * turns into plain WAV at the end if it has stayed small.  libsndfile does
 * not tell when it failed to complete a header, and forgives it when reading,
 * so the length is looked up: in WAV by ourselves, else by opening the file again.
 */
#include "sink/kinds.h"
#include "source/kinds.h"
#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

/* By its number: sndfile.h names it from 1.1 on.  An older library does not write it. */
enum { MP3 = 0x230082 };

static const struct {
    const char *extension;
    int format;             /* with a subformat where the extension means one */
} formats[] = {
    { "wav", SF_FORMAT_WAV },    { "wave", SF_FORMAT_WAV },   { "bwf", SF_FORMAT_WAV },
    { "rf64", SF_FORMAT_RF64 },  { "w64", SF_FORMAT_W64 },    { "aiff", SF_FORMAT_AIFF },
    { "aif", SF_FORMAT_AIFF },   { "aifc", SF_FORMAT_AIFF },  { "au", SF_FORMAT_AU },
    { "snd", SF_FORMAT_AU },     { "caf", SF_FORMAT_CAF },    { "flac", SF_FORMAT_FLAC },
    { "ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS },  { "oga", SF_FORMAT_OGG | SF_FORMAT_VORBIS },
    { "opus", SF_FORMAT_OGG | SF_FORMAT_OPUS },
    { "mp3", MP3 },
    { "mat", SF_FORMAT_MAT5 },   { "voc", SF_FORMAT_VOC },
};

/* Depths a file can have instead of the input's: the first that loses nothing. */
static const struct {
    int subformat;
    unsigned bits;
} depths[] = {
    { SF_FORMAT_PCM_S8, 8 },  { SF_FORMAT_PCM_U8, 8 },  { SF_FORMAT_PCM_16, 16 },
    { SF_FORMAT_PCM_24, 24 }, { SF_FORMAT_PCM_32, 32 }, { SF_FORMAT_FLOAT, 33 },
    { SF_FORMAT_DOUBLE, 65 },
};

static int format_of_name(const char *path)
{
    const char *dot = strrchr(path, '.');

    for (size_t i = 0; dot && i < sizeof formats / sizeof *formats; i++)
        if (!strcasecmp(dot + 1, formats[i].extension))
            return formats[i].format;
    return 0;
}

bool sink_sndfile_knows(const char *path)
{
    return format_of_name(path);
}

static int major(int format)
{
    return format & SF_FORMAT_TYPEMASK;
}

static bool is_wav(int format)
{
    return major(format) == SF_FORMAT_WAV || major(format) == SF_FORMAT_WAVEX ||
           major(format) == SF_FORMAT_RF64;
}

static bool possible(SF_INFO info, int format)
{
    info.format = format;
    return sf_format_check(&info);
}

/* The container's subformat that keeps the depth, or else the deepest. */
static int nearest_depth(const SF_INFO *info, int container, struct pcm p)
{
    int best = 0;

    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        const int format = container | depths[i].subformat;

        if (!possible(*info, format))
            continue;
        best = format;
        if (depths[i].bits >= pcm_depth(p))
            break;
    }
    return best;
}

/* 4 GiB, less a generous header, is what WAV's sizes can say. */
static bool fits_wav(const struct sound *sound)
{
    const long long frame = (long long)(pcm_bytes(sound->pcm) * sound->channels);

    return sound->frames >= 0 && sound->frames < (0xffffffffLL - (1 << 20)) / frame;
}

static int container_of(int wish, bool as_input, const struct sound *sound)
{
    if (!is_wav(wish) || major(wish) == SF_FORMAT_RF64)
        return major(wish);
    if (!fits_wav(sound))
        return SF_FORMAT_RF64;
    if (as_input)
        return major(wish);
    return sound->channels > 2 ? SF_FORMAT_WAVEX : SF_FORMAT_WAV;
}

/* What a name says and what came in: may the output be just as the input? */
static bool agree(int named, int input)
{
    if (!named)
        return true;
    if (named == SF_FORMAT_WAV)
        return is_wav(input);
    if ((named & SF_FORMAT_SUBMASK) == SF_FORMAT_OPUS)
        return (input & SF_FORMAT_SUBMASK) == SF_FORMAT_OPUS;
    return major(named) == major(input);
}

/* The format to write, or 0: it cannot hold this sound. */
static int choose(const char *path, const struct sound *sound, const SF_INFO *info)
{
    const int named = format_of_name(path), input = sound->format;
    const bool as_input = input && agree(named, input);
    const int wish = as_input ? input : named ? named : SF_FORMAT_WAV;
    const int container = container_of(wish, as_input, sound);
    const int samples = wish & (SF_FORMAT_SUBMASK | SF_FORMAT_ENDMASK);

    if ((wish & SF_FORMAT_SUBMASK) && possible(*info, container | samples))
        return container | samples;
    return nearest_depth(info, container, sound->pcm);
}

/* Bits of the grid that samples are to lie on.  Floats need none; what is coded
 * gets a grid far finer than its errors, for its range. */
static unsigned bits_of(int format)
{
    const int subformat = format & SF_FORMAT_SUBMASK;

    if (subformat == SF_FORMAT_FLOAT || subformat == SF_FORMAT_DOUBLE)
        return 0;
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++)
        if (subformat == depths[i].subformat)
            return depths[i].bits;
    return 24;
}

/* Title, artist, date and a few more: those that libsndfile knows.  Other
 * comments of FLAC and Ogg it neither shows nor takes, so they are lost. */
static void copy_strings(SNDFILE *from, SNDFILE *to)
{
    for (int kind = SF_STR_FIRST; kind <= SF_STR_LAST; kind++) {
        const char *text = sf_get_string(from, kind);

        if (text)
            sf_set_string(to, kind, text);
    }
}

/* Some formats have no room for some of this; that is no error. */
static void copy_block(SNDFILE *from, SNDFILE *to, int get, int set, size_t size)
{
    void *block = calloc(1, size);

    if (block && sf_command(from, get, block, (int)size) == SF_TRUE)
        sf_command(to, set, block, (int)size);
    free(block);
}

static void copy_tags(SNDFILE *from, SNDFILE *to, unsigned channels)
{
    uint32_t cues = 0;

    copy_strings(from, to);
    copy_block(from, to, SFC_GET_BROADCAST_INFO, SFC_SET_BROADCAST_INFO,
               sizeof(SF_BROADCAST_INFO));
    copy_block(from, to, SFC_GET_CART_INFO, SFC_SET_CART_INFO, sizeof(SF_CART_INFO));
    copy_block(from, to, SFC_GET_INSTRUMENT, SFC_SET_INSTRUMENT, sizeof(SF_INSTRUMENT));
    copy_block(from, to, SFC_GET_CHANNEL_MAP_INFO, SFC_SET_CHANNEL_MAP_INFO,
               channels * sizeof(int));
    if (sf_command(from, SFC_GET_CUE_COUNT, &cues, sizeof cues) == SF_TRUE && cues)
        copy_block(from, to, SFC_GET_CUE, SFC_SET_CUE, sizeof(SF_CUES));
}

/* Has RF64 been asked for, rather than taken for its room? */
static bool wants_rf64(const struct sink *s)
{
    return major(format_of_name(s->name)) == SF_FORMAT_RF64 ||
           major(s->sound.format) == SF_FORMAT_RF64;
}

static bool sndfile_write(struct sink *s, const float *x, size_t frames, struct fault *why)
{
    if (sf_writef_float(s->state, x, (sf_count_t)frames) == (sf_count_t)frames)
        return true;
    return fault_set(why, EX_IOERR, "%s: %s", s->name, sf_strerror(s->state));
}

static bool is_whole(const struct sink *s)
{
    SF_INFO info = { 0 };
    struct sound claimed;
    uint64_t bytes;
    struct tap header = { .fd = s->fd };

    if (lseek(s->fd, 0, SEEK_SET))
        return false;
    if (wav_read_header(&header, &claimed, &bytes) == WAV_OK)
        return bytes == (uint64_t)s->frames * claimed.channels * pcm_bytes(claimed.pcm);
    if (lseek(s->fd, 0, SEEK_SET))
        return false;
    SNDFILE *file = sf_open_fd(s->fd, SFM_READ, &info, SF_FALSE);
    if (!file)
        return false;
    sf_close(file);
    return info.frames >= s->frames;        /* ADPCM and the like come in blocks */
}

static bool sndfile_finish(struct sink *s, struct fault *why)
{
    const int error = sf_close(s->state);

    s->abandon = NULL;
    if (error)
        return fault_set(why, EX_IOERR, "%s: %s", s->name, sf_error_number(error));
    if (s->frames && !is_whole(s))
        return fault_set(why, EX_IOERR, "%s: could not be completed; is the disk full?",
                         s->name);
    return true;
}

static void sndfile_abandon(struct sink *s)
{
    sf_close(s->state);
}

bool sink_sndfile_open(struct sink *s, const struct source *from, struct fault *why)
{
    SF_INFO info = { .samplerate = (int)lrint(s->sound.rate_hz),
                     .channels = (int)s->sound.channels };

    if (!sink_rate_is_whole(s, why))
        return false;
    s->sound.pcm.counts = false;
    info.format = choose(s->name, &s->sound, &info);
    if (!info.format)
        return fault_set(why, EX_CANTCREAT, "%s: this format cannot hold %u channels at %g Hz",
                         s->name, s->sound.channels, s->sound.rate_hz);

    SNDFILE *file = sf_open_fd(s->fd, SFM_WRITE, &info, SF_FALSE);
    if (!file)
        return fault_set(why, EX_CANTCREAT, "%s: %s", s->name, sf_strerror(NULL));
    sf_command(file, SFC_SET_CLIPPING, NULL, SF_TRUE);
    sf_command(file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);   /* it holds the time of day */
    sf_command(file, SFC_RF64_AUTO_DOWNGRADE, NULL, wants_rf64(s) ? SF_FALSE : SF_TRUE);
    if (from->tags)
        copy_tags(from->tags, file, s->sound.channels);

    s->sound.format = info.format;
    s->bits = bits_of(info.format);
    format_describe(info.format, s->kind, sizeof s->kind);
    s->state = file;
    s->write = sndfile_write;
    s->finish = sndfile_finish;
    s->abandon = sndfile_abandon;
    return true;
}
