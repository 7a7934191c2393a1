/* SPDX-License-Identifier: MIT
 *
 * floor.h - the noise of sensors: the level of white noise in each channel, and the
 * part of it that channels share, from the frequencies with the least power.
 */
#ifndef LULL_NOISE_FLOOR_H
#define LULL_NOISE_FLOOR_H

#include "base/fft.h"
#include "base/store.h"
#include "noise/common.h"
#include "noise/contact.h"

enum {
    FLOOR_SPAN = 32,            /* frames in a segment                  */
    FLOOR_BINS = COMMON_BINS,   /* but the first and the last           */
    FLOOR_SHARED_MOST = 64      /* channels whose co-spectra are learned */
};

struct floor {
    size_t channels;
    bool shared;                /* noise may be common to channels                    */
    size_t at;                  /* slot of the next frame                             */
    size_t each;                /* channels that are settled in a frame               */
    size_t from, next;          /* those of the newest frame: from..next - 1          */
    size_t last;                /* the last channel whose level jumped in this segment, */
    unsigned jumps;             /* of so many                                         */
    unsigned segments;          /* seen so far, saturating                            */
    unsigned due;               /* frames to the end of the next                      */
    float window[FLOOR_SPAN];
    float *ring;                /* [1.5 FLOOR_SPAN][channels] the last frames         */
    float *power;               /* [channels][FLOOR_BINS] mean power                  */
    size_t *whole;              /* [channels] frames since one was missing, saturating */
    unsigned *moved;            /* [channels] times that the level has jumped         */
    float *age;                 /* [channels] segments in that mean                   */
    struct contact contact;     /* which of them may have come loose                  */
    float *level;               /* [channels] power of the noise; 0: none to be found */
    float *fresh, *was;         /* [channels] the next level; the one before          */
    float *ratio;               /* [channels] mean power of a frequency, over level   */
    float *bare;                /* [channels] share of the frequencies with noise alone */
    float *u;                   /* [channels] scratch                                 */
    struct common common;       /* what they share, if `shared`                       */
};

/* shared: for at most FLOOR_SHARED_MOST channels. */
void floor_place(struct floor *f, struct arena *a, size_t channels, bool shared);
void floor_reset(struct floor *f);

/* Learns a frame x[channels], but for what is not known; t is a transform of
 * FLOOR_SPAN, as scratch. */
void floor_update(struct floor *f, struct fft *t, const float *x, const unsigned char *known);

/* Whether enough was seen for the rest. */
static inline bool floor_known(const struct floor *f)
{
    return f->segments >= 6;
}

/* Missing entries of x[channels] become what the shared noise predicts there, so that they
 * have no effect on the others in z. */
void floor_fill(struct floor *f, float *x, const unsigned char *known);

/* Whether some channels, but few of them, have lately been far above their levels: a jump of
 * level not yet settled, during which z is not white.  Channels with gaps do not count. */
bool floor_doubts(const struct floor *f);

/* Clears known[] of channels to be treated as missing: while the floor doubts, and of lost
 * ones, those that carry broad-band noise strong enough to matter (contact.c). */
void floor_distrust(const struct floor *f, unsigned char *known);

/* z = W x, so that the noise in z is white with power 1 and independent, and the
 * way back, x = W^-1 z, which spends z.  A channel without noise is 0 in z, and in x. */
void floor_whiten(const struct floor *f, const float *restrict x, float *restrict z);
void floor_restore(const struct floor *f, float *restrict z, float *restrict x);

/* x = W'z, which spends z. */
void floor_turn_back(const struct floor *f, float *restrict z, float *restrict x);

/* All that lasts from one frame to the next; see base/store.h. */
void floor_state(struct floor *f, struct store *s);

#endif
