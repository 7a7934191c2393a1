/* SPDX-License-Identifier: MIT
 *
 * rule.h - what the rules share.  A rule looks at a frame and says where to
 * turn the subspace: by which angle, in the plane of the residual e and one
 * direction U d of the subspace.  Everything else is the same for all:
 *
 *   U = U + ((cos - 1) U d + sin e/|e|) d'
 *
 * keeps U'U = I for any d of length 1 and any angle.  An angle of atan(|e||g|) reaches
 * y itself where g'p = 1; no rule goes beyond: every step in (0, 1] is stable.
 */
#ifndef LULL_TRACK_RULE_H
#define LULL_TRACK_RULE_H

#include "track/block.h"
#include "track/cov.h"

/* The frame as a rule sees it; y = U p + e. */
struct look {
    const float *p; /* [ld] coefficients, padded by zeros          */
    float weight;   /* factor of the frame, applied to p and e2    */
    float e2;       /* |e|^2                                       */
    float mu;       /* step in force, in (0, 1]                    */
    float trust;    /* 1, or dim / entries known if some are not   */
};

/* What it answers. */
struct motion {
    float *h;       /* [ld] C^-1 p, for the shrinkage              */
    float *room;    /* [ld] for d, if it is not h                  */
    const float *d; /* [ld] the turn is along U d, of any length   */
    float d2, pull; /* |d|^2; tangent = pull |d| |e|, >= 0         */
    float per;      /* if not 0, h = per d, which saves a product  */
    bool along_p;   /* d = weight p, likewise                      */
    float ph, h2;   /* p'h and |h|^2, perhaps infinite             */
};

struct rule_state {
    struct basis *U;
    struct cov cov;     /* rls, exact, block                           */
    float *power;       /* [cap] gradient: power of each direction     */
    float *a, *b;       /* [ld] exact: scratch                         */
    struct gathered block; /* block: the frames gathered so far           */
};

/* Every rule is a file with these.  The last two may be NULL: settle is called when
 * the sweep is over and has given e; flush before directions come or trackers
 * merge, so that nothing waits that was seen with other directions. */
struct rule {
    void (*place)(struct rule_state *s, struct arena *a);
    void (*reset)(struct rule_state *s, size_t r, float level);
    void (*update)(struct rule_state *s, const struct look *f, struct motion *m);
    void (*settle)(struct rule_state *s, const float *e);
    void (*flush)(struct rule_state *s);
};

extern const struct rule rule_rls, rule_exact, rule_gradient, rule_block;

#endif
