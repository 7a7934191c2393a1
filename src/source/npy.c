/* SPDX-License-Identifier: MIT
 *
 * npy.c - arrays in NumPy's format, 1.0 to 3.0.
 *
 *   "\x93NUMPY" major minor length { 'descr': '<f4', 'fortran_order': False,
 *                                    'shape': (7680, 32), } samples
 *
 * The first axis is time, the second, if any, the channels.  In C order that
 * is frame by frame, as raw samples are.  In Fortran order a channel is whole
 * before the next begins, so every block is fetched from as many places.
 */
#include "source/npy.h"
#include "source/kinds.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

enum { HEADER_MOST = 1 << 16, FRAME_MOST = 1 << 16 };      /* bytes */

static const struct {
    const char *name;
    struct pcm pcm;
} types[] = {
    { "<f4", { PCM_F32, false, false } }, { ">f4", { PCM_F32, true, false } },
    { "<f8", { PCM_F64, false, false } }, { ">f8", { PCM_F64, true, false } },
    { "<i2", { PCM_S16, false, true } },  { ">i2", { PCM_S16, true, true } },
    { "<i4", { PCM_S32, false, true } },  { ">i4", { PCM_S32, true, true } },
};

/* ---- a dictionary as Python writes it; text ends in 0 */

static bool skip(const char **p, char c)
{
    *p += strspn(*p, " \t\n\r");
    if (**p != c)
        return false;
    ++*p;
    return true;
}

static bool read_string(const char **p, char *to, size_t room)
{
    *p += strspn(*p, " \t\n\r");

    const char quote = **p;
    const char *const end = quote == '\'' || quote == '"' ? strchr(*p + 1, quote) : NULL;
    const size_t n = end ? (size_t)(end - *p) - 1 : 0;

    if (!end || n >= room)
        return false;
    memcpy(to, *p + 1, n);
    to[n] = '\0';
    *p = end + 1;
    return true;
}

static bool read_word(const char **p, const char *word)
{
    *p += strspn(*p, " \t\n\r");
    if (strncmp(*p, word, strlen(word)))
        return false;
    *p += strlen(word);
    return true;
}

static bool read_length(const char **p, long long *value)
{
    *value = 0;
    *p += strspn(*p, " \t\n\r");
    if (**p < '0' || **p > '9')
        return false;
    for (; **p >= '0' && **p <= '9'; ++*p) {
        if (*value > (1LL << 56) / 10)
            return false;
        *value = *value * 10 + (**p - '0');
    }
    return true;
}

struct shape {
    size_t axes;
    long long length[2];    /* of the first two */
};

static bool read_shape(const char **p, struct shape *s)
{
    *s = (struct shape){ 0 };
    if (!skip(p, '('))
        return false;
    while (!skip(p, ')')) {
        long long length;

        if (!read_length(p, &length))
            return false;
        if (s->axes < 2)
            s->length[s->axes] = length;
        s->axes++;
        if (!skip(p, ',')) {
            return skip(p, ')');
        }
    }
    return true;
}

struct header {
    char descr[64];
    bool fortran;
    struct shape shape;
    unsigned seen;          /* one bit for each key */
};

static bool read_entry(const char **p, struct header *h)
{
    char key[32];

    if (!read_string(p, key, sizeof key) || !skip(p, ':'))
        return false;
    if (!strcmp(key, "descr")) {
        h->seen |= 1;
        return read_string(p, h->descr, sizeof h->descr);
    }
    if (!strcmp(key, "fortran_order")) {
        h->seen |= 2;
        h->fortran = read_word(p, "True");
        return h->fortran || read_word(p, "False");
    }
    h->seen |= 4;
    return !strcmp(key, "shape") && read_shape(p, &h->shape);
}

static bool parse(const char *p, struct header *h)
{
    *h = (struct header){ 0 };
    if (!skip(&p, '{'))
        return false;
    while (!skip(&p, '}')) {
        if (!read_entry(&p, h))
            return false;
        if (!skip(&p, ',')) {
            if (!skip(&p, '}'))
                return false;
            break;
        }
    }
    p += strspn(p, " \t\n\r");
    return !*p && h->seen == 7;
}

/* ---- the header */

static bool damaged(const char *name, struct fault *why)
{
    return fault_set(why, EX_DATAERR, "%s: damaged NPY header", name);
}

/* The text of the dictionary, 0 after it; NULL: there is none. */
static char *take_text(struct tap *t, const char *name, struct fault *why)
{
    unsigned char start[12];

    if (!tap_all(t, start, 10) || memcmp(start, "\x93NUMPY", 6))
        return fault_set(why, EX_DATAERR, "%s: not an NPY array", name), NULL;
    if (start[6] < 1 || start[6] > 3)
        return fault_set(why, EX_DATAERR, "%s: NPY of version %d.%d; only 1.0 to 3.0 are known",
                         name, start[6], start[7]), NULL;
    if (start[6] > 1 && !tap_all(t, start + 10, 2))
        return damaged(name, why), NULL;

    const bool wide = start[6] > 1;
    const size_t n = (size_t)start[8] | (size_t)start[9] << 8 |
                     (wide ? (size_t)start[10] << 16 | (size_t)start[11] << 24 : 0);
    char *const text = n <= HEADER_MOST ? malloc(n + 1) : NULL;

    if (!text || !tap_all(t, text, n)) {
        free(text);
        return damaged(name, why), NULL;
    }
    text[n] = '\0';
    return text;
}

static bool type_of(const char *name, const char *descr, struct pcm *pcm, struct fault *why)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (!strcmp(descr + (*descr == '='), types[i].name + (*descr == '='))) {
            *pcm = types[i].pcm;
            return true;
        }
    return fault_set(why, EX_DATAERR, "%s: an array of '%.16s'; f4, f8, i2 and i4 are known: "
                     "x.astype('f4') makes one", name, descr);
}

static bool describe(const char *name, const struct header *h, struct sound *sound,
                     struct fault *why)
{
    const long long *const length = h->shape.length;

    if (h->shape.axes < 1 || h->shape.axes > 2)
        return fault_set(why, EX_DATAERR, "%s: an array of %zu axes; one (time) or two (time, "
                         "channels) are known", name, h->shape.axes);
    if (!type_of(name, h->descr, &sound->pcm, why))
        return false;
    sound->flat = h->shape.axes == 1;

    const long long channels = sound->flat ? 1 : length[1];
    const long long most = FRAME_MOST / (long long)pcm_bytes(sound->pcm);

    if (channels < 1 || channels > most)
        return fault_set(why, EX_DATAERR,
                         "%s: %lld channels, where 1 to %lld can be; the shape is (time, "
                         "channels), and x.T turns it round", name, channels, most);
    sound->channels = (unsigned)channels;
    sound->frames = length[0];
    sound->planar = h->fortran && channels > 1;
    return true;
}

/* Reads up to the first sample: fills frames, channels, pcm, flat and planar. */
static bool read_header(struct tap *t, const char *name, struct sound *sound, struct fault *why)
{
    struct header h;
    char *const text = take_text(t, name, why);

    if (!text)
        return false;

    const bool read = parse(text, &h);

    free(text);
    return read ? describe(name, &h, sound, why) : damaged(name, why);
}

static const char *name_of(struct pcm pcm)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].pcm.type == pcm.type && types[i].pcm.big_endian == pcm.big_endian)
            return types[i].name;
    return NULL;
}

void npy_write_header(const struct sound *sound, long long frames, char to[NPY_HEADER])
{
    char shape[32] = ",";

    if (!sound->flat)
        snprintf(shape, sizeof shape, ", %u", sound->channels);
    memset(to, ' ', NPY_HEADER);
    memcpy(to, "\x93NUMPY\1\0v\0", 10);     /* 'v': 118 bytes follow */

    const int n = snprintf(to + 10, NPY_HEADER - 10,
                           "{'descr': '%s', 'fortran_order': %s, 'shape': (%lld%s), }",
                           name_of(sound->pcm), sound->planar ? "True" : "False", frames, shape);

    to[10 + n] = ' ';
    to[NPY_HEADER - 1] = '\n';
}

/* ---- samples of a channel after those of another */

struct planar {
    off_t start;
    long long at;           /* frames */
};

static bool fetch(int fd, void *bytes, size_t n, off_t from)
{
    for (char *p = bytes; n;) {
        const ssize_t got = pread(fd, p, n, from);

        if (got <= 0)
            return false;
        p += got;
        n -= (size_t)got;
        from += got;
    }
    return true;
}

static size_t planar_read(struct source *s, float *x, size_t frames, struct fault *why)
{
    enum { ROOM = 4096 };       /* samples */
    struct planar *const p = s->state;
    const size_t width = pcm_bytes(s->sound.pcm), channels = s->sound.channels;
    const long long left = s->sound.frames - p->at;
    unsigned char bytes[ROOM * 8];
    float one[ROOM];
    size_t n = frames < ROOM ? frames : ROOM;

    n = (long long)n < left ? n : (size_t)left;
    for (size_t c = 0; c < channels; c++) {
        const off_t from = (off_t)width * ((off_t)c * s->sound.frames + p->at);

        if (!fetch(s->tap.fd, bytes, n * width, p->start + from)) {
            fault_errno(why, EX_IOERR, s->name);
            return 0;
        }
        pcm_decode(s->sound.pcm, bytes, one, n);
        for (size_t t = 0; t < n; t++)
            x[t * channels + c] = one[t];
    }
    p->at += (long long)n;
    return n;
}

static void planar_close(struct source *s)
{
    free(s->state);
    close(s->tap.fd);
}

static bool open_planar(struct source *s, long long have, struct fault *why)
{
    const off_t start = lseek(s->tap.fd, 0, SEEK_CUR);

    if (start < 0)
        return fault_set(why, EX_DATAERR,
                         "%s: an array in Fortran order, whose channels come one after "
                         "another, cannot come through a pipe: name the file", s->name);
    if (have < s->promised)
        return fault_set(why, EX_DATAERR, "%s: the file is shorter than its header says, so in "
                         "Fortran order channels are missing", s->name);

    struct planar *const p = malloc(sizeof *p);

    if (!p)
        return fault_set(why, EX_OSERR, "%s: out of memory", s->name);
    *p = (struct planar){ .start = start };
    s->state = p;
    s->read = planar_read;
    s->close = planar_close;
    return true;
}

/* Whole frames from here to the end of a file, and no more than there should be. */
static long long frames_there(const struct source *s)
{
    struct stat st;
    const off_t at = lseek(s->tap.fd, 0, SEEK_CUR);
    const long long frame = (long long)(pcm_bytes(s->sound.pcm) * s->sound.channels);

    if (at < 0 || fstat(s->tap.fd, &st) || !S_ISREG(st.st_mode))
        return s->sound.frames;

    const long long have = st.st_size > at ? (st.st_size - at) / frame : 0;

    return have < s->sound.frames ? have : s->sound.frames;
}

bool source_npy_open(struct source *s, double rate_hz, struct fault *why)
{
    if (!read_header(&s->tap, s->name, &s->sound, why))
        return false;
    if (!(rate_hz > 0))
        return fault_set(why, EX_USAGE,
                         "%s: an array holds no rate; give frames per second, as in -r 250",
                         s->name);
    s->sound.container = CONTAINER_NPY;
    s->sound.rate_hz = rate_hz;
    s->promised = s->sound.frames;
    pcm_describe(s->sound.pcm, s->sound.planar ? "NPY in Fortran order" : "NPY", s->kind,
                 sizeof s->kind);

    const long long have = frames_there(s);

    if (s->sound.planar)
        return open_planar(s, have, why);
    s->sound.frames = have;
    return source_raw_open(s, why);
}
