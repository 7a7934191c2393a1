/* SPDX-License-Identifier: MIT
 *
 * lull_learn.h - learned filters: makes from recordings the bytes of a filter file,
 * which lull_new() takes like any other filter.
 *
 *     lull_config cfg = lull_preset("ecg", 360, 2);
 *     lull_learner *l = lull_learner_new(&cfg, NULL, &why);
 *     while ((n = next(block)) > 0)
 *         lull_learner_add(l, block, n);
 *     size = lull_learner_save(l, "from heart.csv", NULL, 0);
 *     lull_learner_save(l, "from heart.csv", file = malloc(size), size);
 *
 *     cfg.filter = file, cfg.filter_size = size;
 *
 * Filters for sensors learn the signal: the recording should be clean, or at least
 * 10 dB above its noise.  Speech learns the noise: nobody should speak in the recording.
 *
 * None of these functions is for a real-time thread.
 */
#ifndef LULL_LEARN_H
#define LULL_LEARN_H

#include "lull.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { LULL_LESSON_SPECTRUM = 32 };

typedef struct lull_learner lull_learner;       /* opaque */

/* The most that a learned filter may cost; 0: no limit.  Without any limit the model is
 * as large as a tenth of a core allows at its rate. */
typedef struct {
    size_t bytes;               /* size of the model                                     */
    double us;                  /* microseconds a frame, about, on one core              */
} lull_budget;

/* A new learner for the filter, rate and number of channels of *cfg, or NULL with the
 * reason in *why.  budget and why may be NULL. */
LULL_API lull_learner *lull_learner_new(const lull_config *cfg, const lull_budget *budget,
                                        lull_status *why);
LULL_API void lull_learner_free(lull_learner *l);       /* NULL is fine */

/* Learns from in[frames][channels], the continuation of the frames before.  Memory does
 * not grow with their number. */
LULL_API void lull_learner_add(lull_learner *l, const float *in, size_t frames);

/* The next frames do not continue those before: another recording begins. */
LULL_API void lull_learner_cut(lull_learner *l);

/* Writes the filter file to buf[size] and returns its size in bytes; writes nothing if
 * size is less.  Returns 0 if there was nothing to learn from, or no memory.  `about`,
 * one line, is a remark in the file on what it was made from. */
LULL_API size_t lull_learner_save(lull_learner *l, const char *about, void *buf, size_t size);

typedef enum {
    LULL_SIGNAL,                /* a signal                                              */
    LULL_NOISE_ALONE,           /* the noise of speech                                   */
    LULL_ADAPTER                /* what an adapter added to a learned signal             */
} lull_subject;

/* What was learned, and how well. */
typedef struct {
    lull_subject subject;
    unsigned long long frames;  /* frames learned from                                   */
    unsigned groups;            /* groups of channels, each with a model of its own      */
    unsigned dim;               /* numbers in a vector: channels of a group times lags;
                                 * noise: frequencies                                    */
    unsigned parts, rank;       /* of a model: number of subspaces, directions of each   */
    float left;                 /* on vectors held back from learning, with white noise
                                 * 10 dB below: share of its power left, 0..1; files: 0  */
    float left_of_one;          /* ... with the best single subspace                     */
    unsigned long long numbers; /* numbers in all models                                 */
    float energy[LULL_LESSON_SPECTRUM]; /* power of the strongest directions, falling, as
                                         * shares of that of all; learners: 0            */
} lull_lesson;

/* What a learner has learned, after lull_learner_save(); and what is in the bytes of a
 * learned filter or of an adapter (0 parts): LULL_BAD_FILTER if they are neither. */
LULL_API void lull_learner_read(const lull_learner *l, lull_lesson *what);
LULL_API lull_status lull_filter_read(const void *file, size_t size, lull_lesson *what);

/* Merges two learned filters of one kind into one that knows both, or a filter and its
 * adapter into a filter that needs none.  Writes and returns as lull_learner_save();
 * after 0 the reason is in *why, LULL_WRONG_STATE if they are not of one kind. */
LULL_API size_t lull_filter_merge(const void *a, size_t a_size, const void *b, size_t b_size,
                                  void *buf, size_t size, lull_status *why);

/* Saves the adapter of a denoiser that runs with one as a file, and restores it; sizes
 * and results as of lull_save() and lull_load(). */
LULL_API size_t lull_adapter_save(const lull *l, void *buf, size_t size);
LULL_API lull_status lull_adapter_load(lull *l, const void *buf, size_t size);

#ifdef __cplusplus
}
#endif
#endif
