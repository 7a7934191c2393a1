/* SPDX-License-Identifier: MIT
 *
 * sndfile.c - sound files of every kind that libsndfile knows.
 *
 * It reads 0 frames at an error just as at the end, so the error is asked for.
 * Where a WAV file is shorter than its header says it quietly corrects the
 * length, so the header is read for that number once more.  It closes what it
 * could not read even if told not to, so it gets a descriptor of its own.
 */
#include "source/kinds.h"
#include <sndfile.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

/* Frames; libsndfile calls a length that it could not find one beyond all sense. */
static const sf_count_t LONGEST = (sf_count_t)1 << 56;

/* Samples of coded formats (ADPCM, Vorbis, ...) count as 16 bit. */
static enum pcm_type type_of(int format)
{
    switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_U8:
        return PCM_U8;
    case SF_FORMAT_PCM_S8:
        return PCM_S8;
    case SF_FORMAT_PCM_24:
    case SF_FORMAT_ALAC_24:
        return PCM_S24;
    case SF_FORMAT_PCM_32:
    case SF_FORMAT_ALAC_32:
        return PCM_S32;
    case SF_FORMAT_FLOAT:
        return PCM_F32;
    case SF_FORMAT_DOUBLE:
        return PCM_F64;
    default:
        return PCM_S16;
    }
}

/* The channel mask of WAV has its bits in the order below. */
static unsigned speakers_of(SNDFILE *file, unsigned channels)
{
    static const int order[] = {
        SF_CHANNEL_MAP_LEFT, SF_CHANNEL_MAP_RIGHT, SF_CHANNEL_MAP_CENTER, SF_CHANNEL_MAP_LFE,
        SF_CHANNEL_MAP_REAR_LEFT, SF_CHANNEL_MAP_REAR_RIGHT,
        SF_CHANNEL_MAP_FRONT_LEFT_OF_CENTER, SF_CHANNEL_MAP_FRONT_RIGHT_OF_CENTER,
        SF_CHANNEL_MAP_REAR_CENTER, SF_CHANNEL_MAP_SIDE_LEFT, SF_CHANNEL_MAP_SIDE_RIGHT,
    };
    int map[sizeof order / sizeof *order];
    unsigned mask = 0;

    if (channels > sizeof order / sizeof *order ||
        !sf_command(file, SFC_GET_CHANNEL_MAP_INFO, map, (int)(channels * sizeof *map)))
        return 0;
    for (unsigned c = 0; c < channels; c++)
        for (unsigned bit = 0; bit < sizeof order / sizeof *order; bit++)
            if (map[c] == order[bit])
                mask |= 1u << bit;
    return mask;
}

static const char *format_name(int format, SF_FORMAT_INFO *info)
{
    *info = (SF_FORMAT_INFO){ .format = format };
    if (sf_command(NULL, SFC_GET_FORMAT_INFO, info, sizeof *info) || !info->name)
        return "unknown";
    return info->name;
}

void format_describe(int format, char *to, size_t room)
{
    SF_FORMAT_INFO container, samples;

    snprintf(to, room, "%s, %s", format_name(format & SF_FORMAT_TYPEMASK, &container),
             format_name(format & SF_FORMAT_SUBMASK, &samples));
}

/* Frames that a WAV header speaks of; false: the file cannot be read at all. */
static bool wav_promise(const struct source *s, long long *frames, struct fault *why)
{
    struct sound claimed;
    uint64_t bytes;
    struct tap header = { .fd = s->tap.fd };
    const off_t start = lseek(header.fd, 0, SEEK_CUR);
    const enum wav_result r = wav_read_header(&header, &claimed, &bytes);

    *frames = r == WAV_OK ? claimed.frames : FRAMES_UNKNOWN;
    if (r == WAV_UNREADABLE || lseek(header.fd, start, SEEK_SET) != start)
        return fault_errno(why, EX_IOERR, s->name);
    return true;
}

static size_t sndfile_read(struct source *s, float *x, size_t frames, struct fault *why)
{
    SNDFILE *file = s->state;
    const sf_count_t got = sf_readf_float(file, x, (sf_count_t)frames);

    if (got < (sf_count_t)frames && sf_error(file) != SF_ERR_NO_ERROR)
        fault_set(why, sf_error(file) == SF_ERR_SYSTEM ? EX_IOERR : EX_DATAERR, "%s: %s",
                  s->name, sf_strerror(file));
    return got > 0 && !why->code ? (size_t)got : 0;
}

static void sndfile_close(struct source *s)
{
    sf_close(s->state);
    close(s->tap.fd);
}

static bool refuse(const struct source *s, struct fault *why)
{
    if (sf_error(NULL) == SF_ERR_UNRECOGNISED_FORMAT)
        return fault_set(why, EX_DATAERR,
                         "%s: not a sound format that lull reads (raw samples need -t raw; "
                         "for MP4 and the like, ffmpeg -i FILE -f wav - | lull)", s->name);
    return fault_set(why, EX_DATAERR, "%s: %s", s->name, sf_strerror(NULL));
}

bool source_sndfile_open(struct source *s, struct fault *why)
{
    long long promise;
    SF_INFO info = { 0 };

    if (!wav_promise(s, &promise, why))
        return false;

    SNDFILE *file = sf_open_fd(dup(s->tap.fd), SFM_READ, &info, SF_TRUE);

    if (!file)
        return refuse(s, why);
    if (info.frames < 0 || info.frames > LONGEST)
        info.frames = FRAMES_UNKNOWN;
    s->sound = (struct sound){
        .container = CONTAINER_SOUND,
        .rate_hz = info.samplerate,
        .channels = (unsigned)info.channels,
        .frames = info.frames,
        .pcm = { .type = type_of(info.format) },
        .speakers = speakers_of(file, (unsigned)info.channels),
        .format = info.format,
    };
    s->promised = promise > info.frames ? promise : info.frames;
    format_describe(info.format, s->kind, sizeof s->kind);
    s->tags = s->state = file;
    s->read = sndfile_read;
    s->close = sndfile_close;
    return true;
}
