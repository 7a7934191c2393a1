/* SPDX-License-Identifier: MIT
 *
 * contact.h - loose contacts: channels of which the noise level jumps while others rest.
 */
#ifndef LULL_NOISE_CONTACT_H
#define LULL_NOISE_CONTACT_H

#include "base/arena.h"
#include "base/store.h"

#include <stdbool.h>

/* A change that lasts for so many segments in a row is accepted. */
#define CONTACT_ROW 8.0f

struct contact {
    size_t channels;
    const size_t *whole;        /* [channels] frames since one was missing            */
    size_t span;                /* of them, in a segment                              */
    bool few;                   /* few channels were loud when all were last settled  */
    float *apart;               /* [channels] segments in a row far above (+), below (-) */
    float *rise;                /* [channels] power over level, of the last two or so */
    float *even;                /* [channels] spectral flatness of the last, 0..1     */
    unsigned char *harms;       /* [channels] 1: their noise matters beside all power */
};

/* A segment of a channel, and what is known of the channel. */
struct hearing {
    const float *x;     /* [n] powers of the segment                              */
    size_t n;
    float sum;          /* of x                                                   */
    float now;          /* noise of the segment, at one frequency                 */
    float level, least; /* noise level so far; below `least` it is rounding       */
    float all, ratio;   /* mean sum so far; mean power of a frequency over level  */
};

enum contact_verdict {
    CONTACT_AS_EVER,    /* the noise is as before                                 */
    CONTACT_APART,      /* it differs, and this is not yet settled                */
    CONTACT_OTHER,      /* it has changed for good, as that of all or harmlessly  */
    CONTACT_MOVED       /* it has changed for good in this channel                */
};

/* whole[channels] stays the owner's. */
void contact_place(struct contact *k, struct arena *a, size_t channels, const size_t *whole,
                   size_t span);
void contact_reset(struct contact *k);

enum contact_verdict contact_hear(struct contact *k, size_t c, const struct hearing *h);

/* All channels were heard. */
void contact_settle(struct contact *k);

/* Whether few channels are far above their levels, and this is not yet settled. */
bool contact_doubts(const struct contact *k);

/* Whether channel c is to be treated as missing. */
bool contact_is_loose(const struct contact *k, size_t c);

/* All that lasts from one frame to the next; see base/store.h. */
void contact_state(struct contact *k, struct store *s);

#endif
