/* SPDX-License-Identifier: MIT
 *
 * floor.h - the noise of sensors: the level of white noise in each channel, and
 * what of it the channels share, from the frequencies where there is least.
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
    size_t last;                /* the last of `jumps` channels whose level jumped ...  */
    unsigned jumps;             /* ... in this segment                                */
    unsigned segments;          /* seen so far, saturating                            */
    unsigned due;               /* frames to the next                                 */
    float window[FLOOR_SPAN];
    float *ring;                /* [1.5 FLOOR_SPAN][channels] the last frames         */
    float *power;               /* [channels][FLOOR_BINS] mean power                  */
    size_t *whole;              /* [channels] frames since one was missing, saturating */
    unsigned *moved;            /* [channels] times that the level has jumped         */
    float *age;                 /* [channels] segments in that mean                   */
    struct contact contact;     /* which of them may have come loose                  */
    float *level;               /* [channels] power of the noise; 0: none to be found */
    float *fresh, *was;         /* [channels] what it will be; what it was before     */
    float *ratio;               /* [channels] power of all there is, over level       */
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

/* What of x[channels] is not known becomes what the shared noise alone would have there,
 * so that it does not lean on the rest in z. */
void floor_fill(struct floor *f, float *x, const unsigned char *known);

/* Whether some channels, but few of them, are louder than their levels of late, which may
 * have jumped: until that is settled what should be white is not.  Were they many, it
 * would be a signal.  A channel with gaps settles nothing, and nobody waits for it. */
bool floor_doubts(const struct floor *f);

/* While it doubts, and of channels that are lost for good, what they say is as good as
 * missing, if it hisses and is loud enough to do harm: known[] then says so.  A blow, a
 * step, a wave that comes to one channel before it comes to the others does not hiss. */
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
