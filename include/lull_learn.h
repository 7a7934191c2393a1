/* SPDX-License-Identifier: MIT
 *
 * lull_learn.h - filters that have learned: from a recording comes a filter file,
 * which lull_new() takes like any other.
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
 * Filters of sensors learn what the signal is like: the recording should be a clean
 * one, or at least 10 dB above its noise.  Speech learns its noise: the recording
 * should have nobody speaking.
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

/* What a learned filter may cost at most; 0 is no limit.  Where there is none at all, it
 * takes about a tenth of a core at its rate. */
typedef struct {
    size_t bytes;               /* of the model                                          */
    double us;                  /* a frame, about, on one core                           */
} lull_budget;

/* A new learner for that filter, rate and number of channels, or NULL with the reason
 * in *why.  budget may be NULL. */
LULL_API lull_learner *lull_learner_new(const lull_config *cfg, const lull_budget *budget,
                                        lull_status *why);
LULL_API void lull_learner_free(lull_learner *l);       /* NULL is fine */

/* Learns in[frames][channels], which follow those before.  Takes the same memory
 * however many there are. */
LULL_API void lull_learner_add(lull_learner *l, const float *in, size_t frames);

/* What goes before does not go before what comes: another recording. */
LULL_API void lull_learner_cut(lull_learner *l);

/* Writes the filter file to buf[size] and gives its bytes; writes nothing if size is
 * less, and gives 0 if there was nothing to learn from, or no memory.  `about`, one
 * line, says in the file what it was made from. */
LULL_API size_t lull_learner_save(lull_learner *l, const char *about, void *buf, size_t size);

typedef enum {
    LULL_SIGNAL,                /* what the signal is like                    */
    LULL_NOISE_ALONE,           /* what the noise is like, where nobody speaks */
    LULL_ADAPTER                /* what was added to a signal's filter        */
} lull_subject;

/* What was learned, and how well. */
typedef struct {
    lull_subject subject;
    unsigned long long frames;  /* seen                                                  */
    unsigned groups;            /* of channels, each with a model of its own             */
    unsigned dim;               /* numbers in a vector: channels of a group times lags;
                                   noise: frequencies                                    */
    unsigned parts, rank;       /* of a model: so many subspaces of so many directions   */
    float left;                 /* noise 10 dB below the signal: the share of it that is
                                   left in vectors not learned from, 0..1; files: 0      */
    float left_of_one;          /* ... with the best single subspace                     */
    unsigned long long numbers; /* that the models have                                  */
    float energy[LULL_LESSON_SPECTRUM]; /* of the strongest directions of all, falling, sum of
                                   all 1; learners: 0                                    */
} lull_lesson;

/* Of a learner, after lull_learner_save(); and of a file, filter or adapter (which has
 * 0 parts): LULL_BAD_FILTER if it is neither. */
LULL_API void lull_learner_read(const lull_learner *l, lull_lesson *what);
LULL_API lull_status lull_filter_read(const void *file, size_t size, lull_lesson *what);

/* Two learned filters of one kind become one that knows both, or a filter and an
 * adapter one that needs no adapter.  Returns as lull_learner_save() does; 0: *why, as
 * LULL_WRONG_STATE if they are not of one kind. */
LULL_API size_t lull_filter_merge(const void *a, size_t a_size, const void *b, size_t b_size,
                                  void *buf, size_t size, lull_status *why);

/* The adapter of a denoiser that runs with one, as a file, and back; as lull_save() and
 * lull_load(). */
LULL_API size_t lull_adapter_save(const lull *l, void *buf, size_t size);
LULL_API lull_status lull_adapter_load(lull *l, const void *buf, size_t size);

#ifdef __cplusplus
}
#endif
#endif
