/* SPDX-License-Identifier: MIT
 *
 * contact.h - which of several sensors have come loose, as far as their noise tells.
 */
#ifndef LULL_NOISE_CONTACT_H
#define LULL_NOISE_CONTACT_H

#include "base/arena.h"
#include "base/store.h"

#include <stdbool.h>

/* So many segments in a row are not to be doubted. */
#define CONTACT_ROW 8.0f

struct contact {
    size_t channels;
    const size_t *whole;        /* [channels] frames since one was missing            */
    size_t span;                /* of them, in a segment                              */
    bool few;                   /* whether few were loud when all were last settled   */
    float *apart;               /* [channels] segments in a row far above (+), below  */
    float *rise;                /* [channels] power over level in the last few        */
    float *even;                /* [channels] how alike the frequencies of the last few were */
    unsigned char *harms;       /* [channels] whether the last were loud beside all there is */
};

/* A segment of a channel, beside what is known of it. */
struct hearing {
    const float *x;     /* [n] powers                                             */
    size_t n;
    float sum;          /* of them                                                */
    float now;          /* of the noise, at one frequency                         */
    float level, least; /* what that was, and below what there is none            */
    float all, ratio;   /* what the sum was, and the mean over the level          */
};

enum contact_verdict {
    CONTACT_AS_EVER,    /* its own noise                                     */
    CONTACT_APART,      /* other noise; what it is, is not known yet         */
    CONTACT_OTHER,      /* its noise from now on, which changes nothing else */
    CONTACT_MOVED       /* its noise from now on, beside that of the others  */
};

/* whole[channels] stays the owner's. */
void contact_place(struct contact *k, struct arena *a, size_t channels, const size_t *whole,
                   size_t span);
void contact_reset(struct contact *k);

enum contact_verdict contact_hear(struct contact *k, size_t c, const struct hearing *h);

/* All channels were heard. */
void contact_settle(struct contact *k);

/* Whether few channels are louder than they were, and it is not yet settled why. */
bool contact_doubts(const struct contact *k);

/* Whether what a channel says is as good as missing. */
bool contact_is_loose(const struct contact *k, size_t c);

/* All that lasts from one frame to the next; see base/store.h. */
void contact_state(struct contact *k, struct store *s);

#endif
