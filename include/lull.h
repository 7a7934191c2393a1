/* SPDX-License-Identifier: MIT
 *
 * lull.h - a streaming denoiser: n noisy frames in, n quieter frames out,
 * lull_latency() frames later.
 *
 *     lull_config cfg = lull_preset("speech", 48000, 1);
 *     lull_status why;
 *     lull *l = lull_new(&cfg, &why);
 *     if (!l)
 *         return complain(lull_strerror(why));
 *     while ((n = capture(block)) > 0) {
 *         lull_process(l, block, block, n);
 *         play(block, n);
 *     }
 *     lull_free(l);
 *
 * Signals are 32-bit float of any scale: [-1, 1], the range of int16, volts.
 * A frame is one sample of every channel.
 *
 * How channels are treated depends on the filter:
 *   speech, music      one gain for all, from their mean power, so that a stereo
 *                      image stays where it is; unrelated channels are better
 *                      served by an instance each
 *   ecg, eeg, array    one vector: each channel helps to clean the others
 *   all others         each channel by itself, though seismic asks all of them
 *                      whether there is an event
 *
 * A sample that is NaN or infinite counts as missing: speech and music take it
 * for 0, all other filters fill it in.
 *
 * Memory is taken in lull_new() alone, and everything that can fail fails
 * there.  Functions marked LULL_RT never allocate, lock, block, call the
 * system or fail, and do bounded work: only they belong in an audio callback.
 *
 * One instance serves one thread at a time; distinct instances are
 * independent.  lull_set() and lull_read() may be called from any thread at
 * any time, lull_new() and lull_free() from any thread.
 */
#ifndef LULL_H
#define LULL_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef LULL_API
#if defined(__GNUC__)
#define LULL_API __attribute__((visibility("default")))
#else
#define LULL_API
#endif
#endif

/* Safe in a real-time thread; see above. */
#ifndef LULL_RT
#define LULL_RT
#endif

enum {
    LULL_MAX_CHANNELS = 4096,
    LULL_MAX_ADAPT = 64,        /* directions of an adapter                     */
    LULL_MAX_RANK = 256,        /* directions of one subspace                   */
    LULL_BANDS = 24             /* bands of lull_readings, of equal width in ERB    */
};

typedef struct lull lull;       /* one denoiser; opaque */

typedef enum {
    LULL_OK,
    LULL_NO_MEMORY,
    LULL_BAD_FILTER,            /* no filter of that name; not a valid filter file */
    LULL_BAD_RATE,              /* rate_hz outside the filter's range, or not the
                                   rate that its signal was learned at        */
    LULL_BAD_CHANNELS,          /* channels outside 1..LULL_MAX_CHANNELS, or not the
                                   number that its signal was learned from    */
    LULL_BAD_LATENCY,           /* the filter does not offer this latency_ms  */
    LULL_BAD_REDUCTION,         /* reduction_db outside 0..60                 */
    LULL_BAD_MIX,               /* mix outside 0..1                           */
    LULL_BAD_DIM,               /* dim outside 1..LULL_MAX_DIM                */
    LULL_BAD_RANK,              /* rank outside 1..min(LULL_MAX_RANK, dim)    */
    LULL_BAD_STEP,              /* step neither 0 nor in (0, 1]               */
    LULL_BAD_RULE,              /* no such rule, or LULL_GRADIENT with auto_rank */
    LULL_BAD_SHRINKAGE,         /* no such shrinkage                          */
    LULL_BAD_NOISE,             /* noise_shape missing, out of range, or not
                                   positive definite                          */
    LULL_BAD_HOP,               /* hop greater than dim                       */
    LULL_BAD_BLOCK,             /* block outside 1..LULL_MAX_BLOCK            */
    LULL_BAD_BASE,              /* base missing, too large or not orthonormal */
    LULL_BAD_NUMBER,            /* an entry is not finite, or too large       */
    LULL_BAD_STATE,             /* saved state is damaged, of another version,
                                   or not a state at all                      */
    LULL_WRONG_STATE,           /* saved state of another configuration       */
    LULL_BAD_ADAPT              /* adapt outside 0..LULL_MAX_ADAPT, or not 0 though
                                   the filter has learned no signal           */
} lull_status;

typedef struct {
    const char *filter;         /* name of a filter, as "speech", or the text of a filter
                                 * file, or (with filter_size) a learned one; read by
                                 * lull_new() only, which copies what it needs         */
    double rate_hz;             /* frames per second: 8000..192000 for sound, 1e-9..1e8
                                 * for sensors                                         */
    unsigned channels;          /* samples in a frame, 1..LULL_MAX_CHANNELS            */
    float latency_ms;           /* < 0: the filter's default.  speech: 32 (default), 16
                                 * or 10; sensors: the most it may be, >= 0; music and
                                 * declick: their default only.  lull_latency() gives
                                 * the actual value in frames                          */
    float reduction_db;         /* greatest attenuation of noise (sensors: and of hum and
                                 * baseline), 0..60; 0: the input, delayed             */
    float mix;                  /* 0..1: mix * denoised + (1 - mix) * input            */
    size_t filter_size;         /* bytes at `filter`, if they are a learned filter; 0: it
                                 * is a name or text, ending in 0                      */
    unsigned adapt;             /* directions that follow the signal beside the learned
                                 * ones, 0..LULL_MAX_ADAPT; 0: none, the learned model
                                 * stays as it is                                      */
} lull_config;

/* The default settings of a filter, given by name or text, at this rate and number
 * of channels; change fields as you like, then lull_new().  If there is no such
 * filter, .filter is NULL, which lull_new() refuses with LULL_BAD_FILTER. */
LULL_API lull_config lull_preset(const char *filter, double rate_hz, unsigned channels);

/* The same for a learned filter, file[size] being the bytes of its file.  rate_hz 0
 * or channels 0 stand for what it was learned at. */
LULL_API lull_config lull_preset_file(const void *file, size_t size, double rate_hz,
                                      unsigned channels);

/* The name of the i-th built-in filter, NULL after the last; and the text of the
 * built-in filter of that name, NULL if there is none. */
LULL_API const char *lull_filter_name(size_t i);
LULL_API const char *lull_filter_text(const char *name);

/* LULL_OK if the text is a valid filter; else LULL_BAD_FILTER, with line number
 * (from 1), word and reason in message[size], as "3: lagz: no such key". */
LULL_API lull_status lull_filter_check(const char *text, char *message, size_t size);

/* The same for the bytes of a learned filter; a fault outside its text is reported
 * without a line. */
LULL_API lull_status lull_filter_check_file(const void *file, size_t file_size, char *message,
                                            size_t size);

/* A new denoiser, or NULL with the reason in *why (why may be NULL).  All the
 * memory it will ever use is taken here. */
LULL_API lull *lull_new(const lull_config *cfg, lull_status *why);
LULL_API void lull_free(lull *l);                       /* NULL is fine */

/* Denoises in[frames][channels] into out[frames][channels]; out may be in,
 * but must not overlap it otherwise.  However a signal is cut into calls, the
 * output is the same bit for bit.
 *
 * Sensors' filters learn from some thousand frames.  Where a recording is there as a whole,
 * pass its beginning through first and drop what comes out: then its first frames gain nearly
 * as much as its last. */
LULL_API void lull_process(lull *l, const float *in, float *out, size_t frames) LULL_RT;

/* The same for channels that lie apart: in[channels][frames], out likewise;
 * out[c] may be in[c]. */
LULL_API void lull_process_planar(lull *l, const float *const *in, float *const *out,
                                  size_t frames) LULL_RT;

/* Frames by which the output lags behind the input: out(t + latency) belongs
 * to in(t).  Constant for the life of an instance. */
LULL_API size_t lull_latency(const lull *l) LULL_RT;

/* After the last input: gives the next part of the tail still inside, at most
 * frames of it, into out[frames][channels].  Returns the frames written; 0
 * when all lull_latency() frames are out. */
LULL_API size_t lull_flush(lull *l, float *out, size_t frames) LULL_RT;

/* Forgets the signal: the instance is as new, but keeps its settings. */
LULL_API void lull_reset(lull *l) LULL_RT;

/* Saves the state: all that was learned from the signal, and the samples still
 * inside.  Writes it to buf[size] and returns its size in bytes, which depends on the
 * configuration alone; writes nothing if size is less.  The format is portable between
 * machines.  Settings are not part of it. */
LULL_API size_t lull_save(const lull *l, void *buf, size_t size) LULL_RT;

/* Restores a saved state: with the same settings the output continues, bit for bit,
 * as that of the saved instance would have.  LULL_BAD_STATE: damaged, of another
 * version, or not a state at all; LULL_WRONG_STATE: of another filter, rate, number
 * of channels or latency.  After either, the instance is unchanged. */
LULL_API lull_status lull_load(lull *l, const void *buf, size_t size) LULL_RT;

/* Settings that can change while the signal runs.  Each takes effect within a
 * few milliseconds, without a click. */
typedef enum {
    LULL_REDUCTION_DB,          /* 0..60                                              */
    LULL_MIX,                   /* 0..1                                               */
    LULL_RESIDUAL,              /* 1: give what was removed instead of what was kept  */
    LULL_BYPASS,                /* 1: give the input, delayed by the latency          */
    LULL_FREEZE,                /* 1: stop learning; denoise with what is known       */
    LULL_RANK                   /* 1..256: the most directions in use, strongest first:
                                 * less work, less kept.  Changes by one a frame, and grows
                                 * only while learning; a filter of single channels keeps at
                                 * least two.  Without effect where most_rank is 0 (speech,
                                 * music, declick)                                     */
} lull_control;

/* Sets one control; a value outside its range is brought to the nearest end,
 * NaN is ignored.  Any thread. */
LULL_API void lull_set(lull *l, lull_control control, float value) LULL_RT;

/* What the denoiser is doing; levels in dB re 1 (full scale of +-1 floats). */
typedef struct {
    float in_db, out_db;            /* level of the last frames, -200 for silence     */
    float noise_db;                 /* estimated level of the noise                   */
    float removed_db;               /* in_db - out_db                                 */
    float speech;                   /* probability that somebody speaks, 0..1         */
    float step;                     /* step size of the model in force, 0..1          */
    float fit;                      /* share of the power above the noise that the learned
                                     * model explains, 0..1; 1 if nothing was learned */
    unsigned rank;                  /* directions that the model uses                 */
    unsigned most_rank;             /* directions it has room for; 0: LULL_RANK has no
                                     * effect                                         */
    unsigned long long frames;      /* frames processed since new or reset            */
    unsigned long long invalid;     /* samples that were NaN or infinite              */
    float band_hz[LULL_BANDS];      /* upper edge of each band                        */
    float band_gain_db[LULL_BANDS]; /* gain of each band, <= 0                        */
} lull_readings;

/* Fills *r with the values of the last complete hop.  Any thread; what one call gives
 * is at most one hop apart. */
LULL_API void lull_read(const lull *l, lull_readings *r) LULL_RT;

/* Bytes that this instance takes, without the tables of the Fourier transform. */
LULL_API size_t lull_memory(const lull *l) LULL_RT;

/* A sentence for a status, without a full stop; never NULL. */
LULL_API const char *lull_strerror(lull_status why);

/* "0.1.0"; the version of the library that runs, not of this header. */
LULL_API const char *lull_version(void);

#ifdef __cplusplus
}
#endif
#endif
